import { describe, expect, it, vi } from 'vitest';

import { judgeFilter } from './judge.ts';

// Each starts sandboxes of its own and runs hundreds of checks in them.
vi.setConfig({ testTimeout: 120_000 });

const META = "export const meta = { name: 'test', timeframes: ['5m'], lookback: 250, params: { n: 14 } };\n";

/** A filter with this body of `check` on line 3, `outside` on line 1 after its meta. */
function filter(body: string, outside = ''): string {
  return `${META.trimEnd()} ${outside}\nexport function check({ close, high, candles, params, symbol }) {\n${body}\n}\n`;
}

async function codesOf(source: string): Promise<string[]> {
  return (await judgeFilter(source)).findings.map(({ line, code }) => `${line}:${code}`);
}

describe('a file that is no filter', () => {
  it.each([
    [`${META}export function check({ close }) { return ta.last(close > ; }`, '2:syntax'],
    ['', '1:meta'],
    [META, '1:meta'],
    ['export function check() { return null; }', '1:meta'],
    [
      `export const meta = {\n  name: 'x',\n  timeframes: ['7m'],\n  lookback: 3 };\nexport function check() {}`,
      '3:meta',
    ],
    [
      `export const meta = {\n  name: 'x',\n  timeframes: ['1m'],\n  lookbak: 3 };\nexport function check() {}`,
      '4:meta',
    ],
    [
      `export const meta = { name: 'x', timeframes: ['1m'], lookback: 3,\n  params: {\n    a: { default: 5, max: 2 } } };\nexport const check = () => null;`,
      '3:meta',
    ],
    [`${META}\nnull.x; export function check() {}`, '3:threw'],
    [`${META}import fs from 'fs'; export function check() {}`, '2:forbidden'],
  ])('gets its line (%#)', async (source, expected) => {
    const { findings } = await judgeFilter(source);
    expect(findings.map(({ line, code }) => `${line}:${code}`)).toEqual([expected]);
    for (const { message, fix, column } of findings) {
      expect(message).not.toBe('');
      expect(fix).not.toBe('');
      expect(column).toBeGreaterThan(0);
    }
  });
});

describe('what running a filter shows', () => {
  it.each([
    ['throws in a rare branch', 'if (ta.crossover(close, ta.ema(close, 20))) null.x; return null;', '3:threw'],
    ['answers with a wrong side', "return { side: 'up', conditions: [] };", '2:result'],
    ['answers too much', "return { side: 'long', conditions: ['x'.repeat(20_000)] };", '2:result'],
    ['takes too much memory', 'const all = []; for (;;) all.push(new Array(1e5).fill(1));', '2:memory'],
    [
      'is slow',
      'let s = 0; for (let i = 0; i < 1e6; i += 1) s += Math.sqrt(i); return s < 0 ? null : false;',
      '2:slow',
    ],
  ])('it %s', async (_, body, expected) => {
    expect(await codesOf(filter(body))).toEqual([expected]);
  });

  it('manage fails', async () => {
    const source = `${filter('return null;')}export function manage({ position }) {\n  return { close: position.side };\n}\n`;
    const { findings } = await judgeFilter(source);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.message).toContain('manage');
  });

  it.each([
    ['counts its calls', 'let n = 0;', "n += 1; return n % 3 ? null : { side: 'long', conditions: ['x'] };"],
    [
      'remembers each symbol',
      'const seen = new Map();',
      "const n = seen.get(symbol) ?? 0; seen.set(symbol, n + 1); return n < 2 ? null : { side: 'long', conditions: ['x'] };",
    ],
    [
      'carries a value from symbol to symbol',
      'let before = 0;',
      "const x = ta.last(close); const up = x > before; before = x; return up ? { side: 'long', conditions: ['x'] } : null;",
    ],
  ])('it is not pure: it %s', async (_, outside, body) => {
    expect(await codesOf(filter(body, outside))).toEqual(['1:impure']);
  });

  it.each([
    ['ta.ema(close, 200)', 'Set meta.lookback to 500'],
    ['ta.sma(close, 300)', 'Set meta.lookback to 300'],
    ["ta.obv(close, candles['5m'].volume)", 'depends on where its columns begin'],
  ])('%s depends on the length of its columns', async (call, fix) => {
    const { findings } = await judgeFilter(
      filter(`const x = ${call}; return ta.crossover(x, ta.last(x)) ? null : null;`),
    );
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ line: 3, column: 11, code: 'lookback' });
    expect(findings[0]?.message).toContain(`${call} with lookback 250`);
    expect(findings[0]?.fix).toContain(fix);
  });

  it.each([
    ['a day of minutes in its ticker', { timeframes: ['1m'], lookback: 60 }],
    ['weeks beside hours', { timeframes: ['1w', '1h'], lookback: 60 }],
    ['checks between the closes', { timeframes: ['15m', '1h'], lookback: 60, every: '5m' }],
    ['another symbol', { timeframes: ['1h'], lookback: 60, references: ['XYZUSDT'] }],
  ])('nothing is wrong with %s', async (_, fields) => {
    const meta = { name: 'test', ...fields };
    const source = `export const meta = ${JSON.stringify(meta)};
export function check({ close, ticker, candles, others }) {
  plot('day', ticker.changePct, 1);
  const { forming } = candles['${fields.timeframes.at(-1)}'];
  const price = forming === null ? ta.last(close) : forming.close;
  const [other] = Object.values(others);
  const more = other === undefined ? 0 : ta.last(other['1h'].close);
  if (!(ticker.changePct > 1 || more > price)) return null;
  return { side: 'long', conditions: ['x'], metadata: { ...ticker, price, more } };
}
`;
    expect((await judgeFilter(source)).findings).toEqual([]);
  });
});
