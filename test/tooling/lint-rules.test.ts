import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ESLint, type Rule } from 'eslint';
import tseslint from 'typescript-eslint';
import { expect, it } from 'vitest';
import { plugin } from '../../tools/eslint/plugin.ts';
import { linkPackages, plantTree, REPOSITORY } from './plant.ts';

const manyLines = (count: number): string => 'void 0;\n'.repeat(count);

/** For every rule: files (path -> text) of which each breaks that rule and no other. */
const OFFENDERS: Record<string, Record<string, string>> = {
  'aitrader/kebab-case-files': { 'src/modes/orderBook.ts': 'export {};' },
  'aitrader/no-ambient': {
    'src/lib/date-now.ts': 'export const t = Date.now();',
    'src/domain/new-date.ts': 'export const t = new Date();',
    'src/analysis/local-date.ts': 'export const t = new Date(2026, 1, 1);',
    'src/matching/date-call.ts': 'export const t = Date();',
    'src/engine/risk/random.ts': 'export const t = Math.random();',
    'src/agents/timeout.ts': 'export const t = AbortSignal.timeout(5);',
    'src/backtest/local.ts': 'export const t = new Date(5).toLocaleString();',
    'src/ports/zone.ts': 'export const t = new Date(5).getHours();',
    'src/domain/sort.ts': "export const t = 'a'.localeCompare('b');",
  },
  'no-restricted-globals': Object.fromEntries(
    [
      ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'performance', 'crypto', 'process', 'global'],
      ...['globalThis', 'navigator', 'fetch', 'Intl', 'WebSocket', '__dirname', '__filename', 'require', 'module'],
    ].map((name, i) => [`src/engine/global-${i}.ts`, `export const t: unknown = ${name};`]),
  ),
  'aitrader/env-only-in-config': {
    'src/adapters/logger/pino/env.ts': 'export const t = process.env;',
    'src/modes/env.ts': "import { env } from 'node:process';\nexport const t = env;",
  },
  'aitrader/packable-layout': {
    'src/modes/top-await.ts': 'await Promise.resolve();\nexport {};',
    'src/modes/top-for-await.ts': 'for await (const x of new ReadableStream<number>()) void x;\nexport {};',
    'src/modes/computed.ts': "export const load = (name: string): Promise<unknown> => import('./' + name);",
    'src/modes/url.ts': 'export const t = import.meta.url;',
    'src/adapters/store/sqlite/beside.ts': "export const t = new URL('x.sql', import.meta.url);",
  },
  'aitrader/named-exports': {
    'src/modes/default.ts': 'export default 5;',
    'src/modes/renamed.ts': 'const five = 5;\nexport { five as default };',
  },
  'aitrader/import-with-extension': {
    'src/modes/js.ts': "export * from './five.js';",
    'src/modes/bare.ts': "import { five } from './five';\nexport const six = (five as number) + 1;",
    'src/modes/dynamic.ts': "export const load = async (): Promise<void> => void (await import('../lib/five.js'));",
  },
  'aitrader/no-focused-tests': {
    'src/lib/only.test.ts': "import { it } from 'vitest';\nit.only('x', () => undefined);",
    'test/skip.test.ts': "import { describe } from 'vitest';\ndescribe.skip('x', () => undefined);",
  },
  'no-console': { 'src/modes/cli/print.ts': "console.log('x');\nexport {};" },
  eqeqeq: { 'src/lib/equal.ts': 'export const t = (a: number): boolean => a == 5;' },
  'max-lines': { 'src/lib/long.ts': manyLines(351) },
  'max-lines-per-function': { 'src/lib/long-function.ts': `export function f(): void {\n${manyLines(71)}}` },
  '@typescript-eslint/max-params': {
    'src/lib/params.ts': 'export const f = (a: number, b: number, c: number, d: number): number => a + b + c + d;',
  },
  '@typescript-eslint/consistent-type-imports': {
    'src/modes/type-import.ts': "import { Five } from '../lib/five.ts';\nexport const t = (five: Five): Five => five;",
  },
  '@typescript-eslint/switch-exhaustiveness-check': {
    'src/lib/switch.ts': "export function f(a: 'x' | 'y'): void {\n  switch (a) {\n    case 'x':\n  }\n}",
  },
  '@typescript-eslint/restrict-template-expressions': {
    'src/lib/template.ts': 'export const t = (a: number[]): string => `${a}`;',
  },
  '@typescript-eslint/no-floating-promises': { 'src/lib/floating.ts': 'Promise.resolve();\nexport {};' },
  '@typescript-eslint/no-misused-promises': {
    'src/lib/misused.ts': 'export const t = (a: Promise<boolean>): number => (a ? 1 : 2);',
  },
  '@typescript-eslint/no-explicit-any': { 'src/lib/any.ts': 'export type T = any;' },
  '@typescript-eslint/no-unsafe-assignment': { 'src/lib/unsafe1.ts': "const t = JSON.parse('1');\nexport { t };" },
  '@typescript-eslint/no-unsafe-argument': { 'src/lib/unsafe2.ts': "export const t = Math.abs(JSON.parse('1'));" },
  '@typescript-eslint/no-unsafe-call': { 'src/lib/unsafe3.ts': "void JSON.parse('1')();\nexport {};" },
  '@typescript-eslint/no-unsafe-member-access': { 'src/lib/unsafe4.ts': "void JSON.parse('1').x;\nexport {};" },
  '@typescript-eslint/no-unsafe-return': { 'src/lib/unsafe5.ts': "export const f = () => JSON.parse('1');" },
};

/** Files that look like offenders and break nothing. */
const LEGAL: Record<string, string> = {
  'src/lib/five.ts': 'export const five = 5;\nexport type Five = 5;',
  'src/lib/utc.ts': 'export const t = new Date(5).toISOString() + new Date(5).getUTCHours();',
  'src/lib/default-case.ts':
    "export function f(a: 'x' | 'y'): number {\n  switch (a) {\n    case 'x':\n      return 1;\n    default:\n      return 2;\n  }\n}",
  'src/lib/clock.test.ts': "import { it } from 'vitest';\nit.skipIf(Date.now() < 5)('x', () => undefined);",
  'src/adapters/clock/system/system-clock.ts': 'export const t = Date.now() + Math.random();',
  'src/config/env.ts': 'export const t = process.env;',
  'src/modes/assets.ts': 'export const t = import.meta.url;',
  'src/modes/lazy.ts':
    "export async function f(): Promise<number> {\n  const { five } = await import('../lib/five.ts');\n  return five;\n}",
  'test/long.test.ts': `import { it } from 'vitest';\nit('x', () => {\n${manyLines(400)}});`,
  'planted.config.ts': 'export default {};',
};

it('every lint rule catches its offenders, no rule catches anything else', async () => {
  const offenders = Object.assign({}, ...Object.values(OFFENDERS)) as Record<string, string>;
  const tsconfig = readFileSync(join(REPOSITORY, 'tsconfig.json'), 'utf8');
  const root = plantTree({ ...LEGAL, ...offenders, 'tsconfig.json': tsconfig, 'package.json': '{"type":"module"}' });
  linkPackages(root);
  const eslint = new ESLint({ cwd: root, overrideConfigFile: join(REPOSITORY, 'eslint.config.js') });
  const found = (await eslint.lintFiles(['.'])).flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId, messageId, message }) => ({
      offence: `${relative(root, filePath)}: ${ruleId ?? message}`,
      reason: `${ruleId}: ${messageId}`,
    })),
  );

  const expected = Object.entries(OFFENDERS).flatMap(([rule, files]) => Object.keys(files).map((f) => `${f}: ${rule}`));
  expect([...new Set(found.map(({ offence }) => offence))].sort()).toEqual(expected.sort());

  const reasons = Object.entries<Rule.RuleModule>(plugin.rules).flatMap(([name, rule]) =>
    Object.keys(rule.meta?.messages ?? {}).map((messageId) => `aitrader/${name}: ${messageId}`),
  );
  expect(reasons.filter((reason) => !found.some((f) => f.reason === reason))).toEqual([]);
});

it('every rule that the configuration adds to the preset has an offender', async () => {
  const preset = new Set(tseslint.configs.recommendedTypeChecked.flatMap(({ rules }) => Object.keys(rules ?? {})));
  const eslint = new ESLint({ cwd: REPOSITORY });
  const configs = await Promise.all(
    ['src/engine/x.ts', 'src/modes/x.ts', 'src/lib/x.test.ts', 'tools/x.ts'].map(
      (file) => eslint.calculateConfigForFile(file) as Promise<{ rules: Record<string, [number]> }>,
    ),
  );
  const added = configs.flatMap(({ rules }) =>
    Object.entries(rules).flatMap(([rule, [severity]]) => (severity > 0 && !preset.has(rule) ? [rule] : [])),
  );
  expect(added.filter((rule) => !(rule in OFFENDERS))).toEqual([]);
});
