/**
 * The architecture as tables (ARCHITECTURE.md, "Layers"): who may import whom, and which package is at home where.
 * .dependency-cruiser.cjs and eslint.config.js make their rules of them.
 */

/** Each folder of src/ and the other folders it may import. A folder that is not here is an error. */
export const LAYERS: Record<string, readonly string[]> = {
  lib: [],
  domain: ['lib'],
  analysis: ['lib', 'domain'],
  matching: ['lib', 'domain'],
  ports: ['lib', 'domain'],
  config: ['lib', 'domain'],
  engine: ['lib', 'domain', 'analysis', 'ports'],
  agents: ['lib', 'domain', 'analysis', 'ports'],
  backtest: ['lib', 'domain', 'analysis', 'matching', 'ports', 'engine'],
  sim: ['lib', 'domain', 'matching', 'ports'],
  adapters: ['lib', 'domain', 'analysis', 'matching', 'ports'],
  frontends: ['lib', 'domain', 'analysis', 'ports'],
  modes: [
    ...['lib', 'domain', 'analysis', 'matching', 'ports', 'config', 'engine', 'agents', 'backtest', 'sim'],
    ...['adapters', 'frontends'],
  ],
  testkit: ['lib', 'domain', 'analysis', 'matching', 'ports', 'config', 'engine', 'sim'],
};

/** Layers that reach the outside world through ports only. */
export const PURE_LAYERS = ['lib', 'domain', 'analysis', 'matching', 'ports', 'engine', 'agents', 'backtest'];

/** Node's own modules that neither do I/O nor know time, chance or the machine. */
export const PURE_BUILTINS = ['assert', 'buffer', 'events', 'util'];

/** Packages of values and rules alone, for every layer. */
export const PURE_PACKAGES = ['decimal.js'];

/**
 * Where every other package may be imported: a package that does I/O has one adapter or frontend folder, and the
 * simulated exchange may speak through it too. A package in neither list may not be imported from src/.
 */
export const PACKAGE_HOMES: Record<string, readonly string[]> = {
  acorn: ['src/modes/cli/filter/'],
  'acorn-walk': ['src/modes/cli/filter/'],
  'better-sqlite3': ['src/adapters/store/sqlite/'],
  ccxt: ['src/adapters/broker/ccxt/', 'src/adapters/feed/ccxt/'],
  commander: ['src/modes/cli/'],
  'eslint-scope': ['src/modes/cli/filter/'],
  '@fastify/websocket': ['src/frontends/api/'],
  fastify: ['src/sim/', 'src/frontends/api/'],
  hyparquet: ['src/modes/cli/filter/'],
  'hyparquet-compressors': ['src/modes/cli/filter/'],
  ink: ['src/frontends/tui/'],
  'isolated-vm': ['src/adapters/sandbox/isolated-vm/'],
  kysely: ['src/adapters/store/'],
  pino: ['src/adapters/logger/'],
  'pino-pretty': ['src/adapters/logger/'],
  'pino-roll': ['src/adapters/logger/'],
  'prom-client': ['src/frontends/api/'],
  react: ['src/frontends/tui/'],
  ws: ['src/sim/'],
  zod: ['src/config/', 'src/frontends/api/', 'src/frontends/control/', 'src/frontends/shared/'],
};
