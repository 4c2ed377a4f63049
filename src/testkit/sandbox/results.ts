import { describe, expect, it } from 'vitest';

import { filterSource } from '../builders/sandbox-market.ts';
import { POSITION, succeeded, trader, useSandbox } from './harness.ts';
import type { OpenSandbox } from './harness.ts';

/** What comes of what a filter returns. */
export function describeResults(open: OpenSandbox): void {
  describe('results', () => {
    const stage = useSandbox(open);

    it('ranks matches by score, then quote volume, then symbol, and keeps the best', async () => {
      const body = `const at = Number(context.symbol[1]); return { side: 'short', conditions: ['c'], score: at === 3 ? 0 : 1,
        stopLoss: '2%', takeProfit: ['1.5r', { at: '3r', part: 0.5 }] }`;
      const outcome = succeeded(await stage.run(body, { top: 3 }));
      expect(outcome.matches.map(({ symbol }) => symbol)).toEqual(['S2USDT', 'S1USDT', 'S0USDT']);
      expect(outcome.matches[0]).toMatchObject({
        side: 'short',
        confidence: 50,
        score: 1,
        stopLoss: { kind: 'percent' },
      });
      expect(outcome.matches[0]?.takeProfit.map(({ at, part }) => [at.kind, part?.toNumber()])).toEqual([
        ['r', undefined],
        ['r', 0.5],
      ]);
    });

    it('tells plots of matches and of the nearest misses', async () => {
      const body = `const at = Number(context.symbol[1]); plot('x', at + 10, 10); plot('y', context.close);
        return at === 0 ? { side: 'long', conditions: [] } : null`;
      const { matches, misses } = succeeded(await stage.run(body));
      expect(matches[0]?.plots).toMatchObject([
        { name: 'x', value: 10, level: 10 },
        { name: 'y', level: null },
      ]);
      expect(misses.map(({ symbol, plots }) => [symbol, plots[0]?.value])).toEqual([
        ['S1USDT', 11],
        ['S2USDT', 12],
        ['S3USDT', 13],
      ]);
    });

    it('asks manage about open positions alone', async () => {
      const id = trader('manager');
      const source = `${filterSource('return null')}
        export function manage({ symbol, position }) {
          return symbol === 'S1USDT' ? { close: 0.5, conditions: ['half'] } : { stopLoss: position.entryPrice };
        }`;
      await stage.sandbox.load(id, source, {});
      const positions = new Map(stage.market.symbols.slice(1, 3).map((symbol) => [symbol, POSITION]));
      const outcome = succeeded(
        await stage.sandbox.check(stage.market.check('manager', 100, { kind: 'manage', positions })),
      );
      expect(outcome.manage).toMatchObject([
        { symbol: 'S1USDT', action: 'close', part: 0.5, conditions: ['half'] },
        { symbol: 'S2USDT', action: 'stop', stopLoss: { kind: 'price' } },
      ]);
      expect(outcome.checked).toBe(2);
    });

    it.each([
      ['return 5', 'a number'],
      ['return []', 'a list'],
      ['return Promise.resolve(null)', 'promise'],
      ['return (function* () {})()', 'no plain object'],
      ['return new Map()', 'no plain object'],
      ['return { side: "up", conditions: [] }', "'up'"],
      ['return { side: "long" }', 'conditions'],
      ['return { side: "long", conditions: [5] }', 'condition'],
      ['return { side: "long", conditions: [], confidence: 101 }', 'confidence'],
      ['return { side: "long", conditions: [], confidence: NaN }', 'confidence'],
      ['return { side: "long", conditions: [], score: Infinity }', 'score'],
      ['return { side: "long", conditions: [], stoploss: 1 }', 'stoploss'],
      ['return { side: "long", conditions: [], stopLoss: "a lot" }', 'stopLoss'],
      ['return { side: "long", conditions: [], stopLoss: -1 }', 'stopLoss'],
      ['return { side: "long", conditions: [], takeProfit: [{ at: "1r", part: 2 }] }', 'takeProfit'],
      ['return { side: "long", conditions: [], get score() { return 1; } }', 'getter'],
      ['return { side: "long", conditions: [], metadata: { f() {} } }', 'function'],
      ['return { side: "long", conditions: [], metadata: "x".repeat(70000) }', 'large'],
      ['return { side: "long", conditions: [], metadata: "é".repeat(12000) }', 'bytes'],
      ['const a = {}; a.a = a; return { side: "long", conditions: [], metadata: a }', 'nested'],
      ['return { side: "long", conditions: [], metadata: Array(1e9) }', 'large'],
    ])('refuses the result of "%s" and says why', async (body, named) => {
      const fault = await stage.faultOf(body);
      expect(fault).toMatchObject({ code: 'result' });
      expect(fault.message).toContain(named);
      expect(fault.message).toMatch(/^S\dUSDT: |^the results are/);
    });
  });
}
