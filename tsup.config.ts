import { execFileSync } from 'node:child_process';
import { globSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { defineConfig } from 'tsup';
import type { Options } from 'tsup';

/** What other programs import as `aitrader/ta` and `aitrader/sdk`; only these need type declarations. */
const libraries = { ta: 'src/analysis/indicators/index.ts', sdk: 'src/modes/sdk.ts' };

const workerFiles = globSync('src/modes/workers/*.ts', { exclude: (file) => file.endsWith('.test.ts') });
const workers = Object.fromEntries(workerFiles.map((file) => [`workers/${basename(file, '.ts')}`, file]));

/** What runs inside the isolates of filters: read as a text, never imported. */
const isolate = { 'sandbox-runtime': 'src/adapters/sandbox/isolated-vm/runtime/main.ts' };

const shared: Options = { format: 'esm', target: 'node24', splitting: true };

/**
 * Packages of some hundred files that every start of a desk would read one by one: what takes the terminal over, and what rolls the
 * log's files over. Each becomes one file; ink is there in a third of the time, with 15 MB less.
 */
const packed = {
  entry: { ink: 'src/frontends/tui/ink.ts', rolling: 'node_modules/pino-roll/pino-roll.js' },
  packages: ['ink', 'react', 'pino-roll', 'sonic-boom', 'date-fns'],
};

const packedElsewhere: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'packed-elsewhere',
  setup(build) {
    build.onResolve({ filter: /\/ink\.ts$/ }, () => ({ path: './ink.js', external: true }));
    build.onResolve({ filter: /^pino-roll$/ }, () => ({ path: './rolling.js', external: true }));
  },
};

/** A module of an isolate does nothing by being loaded: what imports it for its types or for other functions leaves it out. */
const withoutUnused: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'without-unused',
  setup(build) {
    build.onResolve({ filter: /^\..*\.ts$/ }, ({ path, resolveDir, kind }) =>
      kind === 'import-statement' ? { path: join(resolveDir, path), sideEffects: false } : null,
    );
  },
};

rmSync('dist', { recursive: true, force: true });

export default defineConfig([
  {
    ...shared,
    entry: { main: 'src/modes/main.ts', ...libraries, ...workers },
    dts: { entry: libraries },
    // Every start reads commander: `--help` takes 1.5 times as long as bare node with it inside, 1.8 times with it outside.
    // Every start of a desk reads the others, some 350 files.
    noExternal: ['commander', 'kysely', 'zod', 'pino-roll'],
    esbuildPlugins: [packedElsewhere],
    // The launcher prints this for a lone --help, which then takes no longer than starting Node.
    onSuccess: async () => writeFileSync('dist/help.txt', execFileSync(process.execPath, ['dist/main.js', '--help'])),
  },
  {
    ...shared,
    entry: packed.entry,
    noExternal: packed.packages,
    minify: true,
    // Asked for only while ink itself is developed.
    external: ['react-devtools-core'],
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
    // Some of them ask Node's own modules by `require`.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  },
  {
    ...shared,
    entry: isolate,
    splitting: false,
    // Each of some fifty isolates keeps a copy of this text, and what it makes when it is loaded.
    minify: true,
    esbuildPlugins: [withoutUnused],
  },
]);
