import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type IForbiddenRuleType, type IRequiredRuleType } from 'dependency-cruiser';
import extractConfig from 'dependency-cruiser/config-utl/extract-depcruise-config';
import { describe, expect, it } from 'vitest';
import { LAYERS } from '../../tools/layers.ts';
import { linkPackages, plantTree, REPOSITORY } from './plant.ts';

/** Who may import whom by the table of ARCHITECTURE.md: layer -> the other layers. The testkit is no layer of the product. */
const MAY_IMPORT = readTable(readFileSync(join(REPOSITORY, 'ARCHITECTURE.md'), 'utf8'));

function readTable(document: string): Record<string, string[]> {
  const rows = [...document.matchAll(/^\| `(\w+)`.*\|(.*)\|$/gm)].map(([, layer = '', cell = '']) => ({ layer, cell }));
  const layers = rows.map(({ layer }) => layer).filter((layer) => layer !== 'testkit');
  const named = (cell: string, layer: string): string[] =>
    cell.trim() === 'everything but testkit' ? layers.filter((l) => l !== layer) : (cell.match(/\w+/g) ?? []);
  return Object.fromEntries(
    rows.filter(({ layer }) => layers.includes(layer)).map(({ layer, cell }) => [layer, named(cell, layer)]),
  );
}

/** For every rule: the files that break it (path -> what they import), and nothing else. */
const OFFENDERS: Record<string, Record<string, string[]>> = {
  ...Object.fromEntries(Object.keys(MAY_IMPORT).map((layer) => [`layer-${layer}`, offenderOf(layer)])),
  'layer-domain': {
    ...offenderOf('domain'),
    'src/domain/types-alone.ts': ['type ../ports/target.ts'],
    'src/domain/lazily.ts': ['lazy ../ports/target.ts'],
  },
  'layer-testkit': { 'src/testkit/uses-adapter.ts': ['../adapters/store/sqlite/target.ts'] },

  'package-acorn': { 'src/modes/p11.ts': ['acorn'] },
  'package-acorn-walk': { 'src/adapters/sandbox/isolated-vm/p12.ts': ['acorn-walk'] },
  'package-ccxt': { 'src/adapters/feed/binance/p14.ts': ['ccxt'] },
  'package-eslint-scope': { 'src/modes/p13.ts': ['eslint-scope'] },
  'package-better-sqlite3': { 'src/adapters/store/postgres/p1.ts': ['better-sqlite3'] },
  'package-commander': { 'src/frontends/tui/p2.ts': ['commander'] },
  'package-@fastify/websocket': { 'src/frontends/tui/p17.ts': ['@fastify/websocket'] },
  'package-prom-client': { 'src/modes/p18.ts': ['prom-client'] },
  'package-fastify': { 'src/modes/p8.ts': ['fastify'] },
  'package-ws': { 'src/adapters/store/sqlite/p9.ts': ['ws'] },
  'package-hyparquet': { 'src/modes/p19.ts': ['hyparquet'] },
  'package-hyparquet-compressors': { 'src/sim/p20.ts': ['hyparquet-compressors'] },
  'package-ink': { 'src/modes/p15.ts': ['ink'] },
  'package-react': { 'src/frontends/control/p16.ts': ['react'] },
  'package-isolated-vm': { 'src/adapters/feed/binance/p10.ts': ['isolated-vm'] },
  'package-kysely': { 'src/adapters/feed/binance/p3.ts': ['kysely'] },
  'package-pino': { 'src/modes/p4.ts': ['pino'] },
  'package-pino-pretty': { 'src/frontends/tui/p5.ts': ['pino-pretty'] },
  'package-pino-roll': { 'src/adapters/store/sqlite/p6.ts': ['pino-roll'] },
  'package-zod': { 'src/domain/p7.ts': ['zod'] },
  'package-without-home': { 'src/adapters/feed/binance/homeless.ts': ['estraverse'] },
  'no-dev-packages': { 'src/adapters/feed/binance/dev.ts': ['vitest'] },
  'no-unknown-imports': { 'src/lib/lost.ts': ['./nowhere.ts'], 'test/transitive.ts': ['semver'] },

  'no-cycles': { 'src/domain/egg.ts': ['./hen.ts'] },
  'engine-parts-meet-in-engine': {
    'src/engine/signals/sideways.ts': ['../risk/target.ts'],
    'src/engine/signals/upwards.ts': ['../engine.ts'],
  },
  'only-risk-approves': { 'src/engine/execution/approves.ts': ['../../domain/risk-approval.ts'] },
  'adapter-kinds-apart': { 'src/adapters/broker/ccxt/kind.ts': ['../../store/sqlite/target.ts'] },
  'adapters-share-in-shared': { 'src/adapters/store/postgres/sibling.ts': ['../sqlite/target.ts'] },
  'frontends-apart': { 'src/frontends/tui/other.ts': ['../api/target.ts'] },
  'testkit-for-tests': { 'src/modes/ships-testkit.ts': ['../testkit/target.ts'] },
  'tests-are-ends': { 'test/imports-a-test.ts': ['../src/lib/target.test.ts'] },
  'src-stands-alone': { 'src/modes/shipped.ts': ['../../filters/target.ts'] },
  'pure-layers-without-io': Object.fromEntries([
    ...['lib', 'domain', 'analysis', 'matching', 'ports', 'engine', 'agents', 'backtest'].map((layer) => [
      `src/${layer}/io.ts`,
      ['node:fs'],
    ]),
    ...['net', 'http', 'child_process', 'worker_threads', 'os', 'process', 'timers', 'crypto', 'perf_hooks'].map(
      (name) => [`src/domain/io-${name}.ts`, [`node:${name}`]],
    ),
  ]) as Record<string, string[]>,
  'unlisted-folder': { 'src/helpers/unlisted.ts': [], 'src/loose.ts': [] },
};

/** Files that look like offenders and break nothing. */
const LEGAL: Record<string, string[]> = {
  'src/engine/engine.ts': ['./signals/target.ts', './risk/target.ts', '../ports/target.ts'],
  'src/engine/risk/approves.ts': ['../../domain/risk-approval.ts'],
  'src/ports/names-approval.ts': ['type ../domain/risk-approval.ts'],
  'src/adapters/store/sqlite/legal.ts': ['better-sqlite3', 'kysely', 'node:fs', '../shared/target.ts', './target.ts'],
  'src/adapters/sandbox/isolated-vm/legal.ts': ['isolated-vm'],
  'src/adapters/logger/pino/legal.ts': ['pino', 'pino-pretty', 'pino-roll'],
  'src/sim/legal.ts': ['fastify', 'ws', 'node:http'],
  'src/modes/cli/legal.ts': ['commander'],
  'src/frontends/tui/legal.ts': ['ink', 'react'],
  'src/config/legal.ts': ['zod', 'node:fs', 'decimal.js'],
  'src/domain/hen.ts': ['./egg.ts'], // a cycle is reported once, at the first of its files
  'src/domain/legal.ts': ['decimal.js', 'node:events', '../lib/target.ts'],
  'src/domain/legal.test.ts': ['vitest', 'node:fs', '../testkit/target.ts', '../adapters/store/sqlite/target.ts'],
  'src/testkit/legal.ts': ['vitest', '../ports/target.ts'],
  'test/legal.ts': ['vitest', '../src/testkit/target.ts', '../src/modes/target.ts'],
};

const TARGETS = [
  ...Object.keys(MAY_IMPORT).map((layer) => `src/${layer}/target.ts`),
  ...['src/engine/signals/target.ts', 'src/engine/risk/target.ts', 'src/testkit/target.ts', 'src/lib/target.test.ts'],
  ...['src/adapters/store/sqlite/target.ts', 'src/adapters/store/shared/target.ts', 'src/frontends/api/target.ts'],
  'filters/target.ts',
  'src/domain/risk-approval.ts',
];

function forbiddenTo(layer: string): string[] {
  const allowed = [layer, ...(MAY_IMPORT[layer] ?? [])];
  return Object.keys(MAY_IMPORT).filter((other) => !allowed.includes(other));
}

/** modes/ may import every layer, so its offender reaches for a folder that is none. */
function offenderOf(layer: string): Record<string, string[]> {
  const [victim] = forbiddenTo(layer);
  return { [`src/${layer}/offender.ts`]: [victim ? `../${victim}/target.ts` : '../loose.ts'] };
}

/** The text of a file that imports `specifiers`: as a whole, `type ` for its types alone, `lazy ` when it is needed. */
const importing = (specifiers: string[]): string =>
  specifiers
    .map((specifier, i) => {
      const [, how, path] = /^(type |lazy |)(.*)$/.exec(specifier) ?? [];
      return how === 'lazy ' ? `void import('${path}');\n` : `import ${how}* as x${i} from '${path}';\n`;
    })
    .join('') + 'export const nothing = 0;\n';

const configured = await extractConfig(join(REPOSITORY, '.dependency-cruiser.cjs'));
const ruleNames = [...(configured.forbidden ?? []), ...(configured.required ?? [])].map((rule) => rule.name);

/** Cruises a tree of `files` (path -> imports) and gives what broke which rule. */
async function rulesBroken(files: Record<string, string[]>): Promise<{ file: string; to: string; rule: string }[]> {
  const manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as { dependencies: object };
  const root = plantTree({
    ...Object.fromEntries(Object.entries(files).map(([path, specifiers]) => [path, importing(specifiers)])),
    'package.json': JSON.stringify({ ...manifest, dependencies: { ...manifest.dependencies, estraverse: '*' } }),
  });
  linkPackages(root);
  const topFolders = [...new Set(Object.keys(files).map((path) => path.replace(/\/.*/, '')))];
  const { forbidden, required, options } = configured;
  const { output } = await cruise(topFolders, {
    ...options,
    baseDir: root,
    validate: true,
    ruleSet: { forbidden: forbidden as IForbiddenRuleType[], required: required as IRequiredRuleType[] },
  });
  if (typeof output === 'string') throw new Error(output);
  return output.summary.violations.map(({ from, to, rule }) => ({ file: from, to, rule: rule.name }));
}

describe('layers', () => {
  it('every rule of the configuration catches its offenders, no rule catches anything else', async () => {
    const offenders = Object.assign({}, ...Object.values(OFFENDERS)) as Record<string, string[]>;
    const targets = Object.fromEntries(TARGETS.map((path) => [path, []]));
    const broken = await rulesBroken({ ...targets, ...LEGAL, ...offenders });

    const expected = Object.entries(OFFENDERS).flatMap(([rule, files]) =>
      Object.keys(files).map((f) => `${f}: ${rule}`),
    );
    expect(broken.map(({ file, rule }) => `${file}: ${rule}`).sort()).toEqual(expected.sort());
    expect(Object.keys(OFFENDERS).sort()).toEqual(ruleNames.sort());
  });

  it('a layer may import exactly what the table of ARCHITECTURE.md says', async () => {
    const layers = Object.keys(MAY_IMPORT);
    const files = Object.fromEntries(
      layers.flatMap((layer) => [
        [`src/${layer}/target.ts`, []],
        [`src/${layer}/probe.ts`, layers.filter((l) => l !== layer).map((other) => `../${other}/target.ts`)],
      ]),
    );
    const broken = await rulesBroken(files);

    const expected = layers.flatMap((layer) => forbiddenTo(layer).map((other) => `${layer} -> ${other}`));
    expect(layers).toEqual(Object.keys(LAYERS).filter((layer) => layer !== 'testkit'));
    expect(broken.map(({ file, to }) => `${file.split('/')[1]} -> ${to.split('/')[1]}`).sort()).toEqual(
      expected.sort(),
    );
  });
});
