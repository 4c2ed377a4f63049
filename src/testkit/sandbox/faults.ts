import { describe, expect, it } from 'vitest';

import { filterSource } from '../builders/sandbox-market.ts';
import { LIMITS, metadataOf, ROWS, trader, useSandbox } from './harness.ts';
import type { OpenSandbox } from './harness.ts';

/** What is said of mistakes, and how a filter ends at its limits. */
export function describeFaults(open: OpenSandbox): void {
  describe('faults', () => {
    const stage = useSandbox(open);

    it.each([
      ['if (context.close < 30) return null', /a column of \d+ values used as a number; use ta\.last\(x\)/],
      ['ta.rsii(context.close, 14)', /ta has no rsii; did you mean rsi/],
      ['ta.macd(context.close).hist', /ta\.macd has no hist.*histogram/],
      ['context.candels', /no candels.*candles/],
      ["context.candles['1h']", /meta\.timeframes.*no 1h/],
      ['context.others.BTCUSDT', /meta\.references.*no BTCUSDT/],
      ['ta.rsi(context.close, 0)', /rsi: n must be a whole number from 1/],
      ['ta.last(context.close, 1.5)', /whole number/],
      ['for (let i = 0; i < 9; i += 1) plot(`p${i}`, i)', /at most 8/],
      ['Date.now()', /current time/],
      ['new Date()', /current time/],
      ['Math.random()', /chance/],
      ['undeclared + 1', /undeclared is not defined/],
      ['undeclared = 1', /undeclared is not defined/],
      ['throw new Error("x".repeat(2000))', /^.{400,500}$/],
      ['throw { toString() { throw 1 } }', /cannot be described/],
      ['throw null', /threw null/],
    ])('explains the mistake in "%s"', async (body, message) => {
      const fault = await stage.faultOf(`\n${body}`);
      expect(fault.code).toBe('threw');
      expect(fault.message).toMatch(message);
      if (!body.startsWith('throw')) expect(fault.line).toBe(4);
    });

    it('ends a filter at its limits, counts its failures in a row, and goes on with the others', async () => {
      const own = open(LIMITS);
      own.extend(stage.market.stretch(0, ROWS));
      await own.load(
        trader('good'),
        filterSource('return { side: "long", conditions: [], metadata: ta.last(context.close) }'),
        {},
      );
      await own.load(trader('bad'), filterSource('for (;;) {}'), {});
      await own.load(trader('greedy'), filterSource('const all = []; for (;;) all.push(new Float64Array(1e6))'), {});
      const before = metadataOf(await own.check(stage.market.check('good', 100)));
      for (let failures = 1; failures <= 3; failures += 1) {
        const [bad, greedy, good] = await Promise.all(
          ['bad', 'greedy', 'good'].map((id) => own.check(stage.market.check(id, 100))),
        );
        expect(bad).toMatchObject({ ok: false, failuresInARow: failures, fault: { code: 'timeout', line: 3 } });
        expect(greedy).toMatchObject({ ok: false, failuresInARow: failures, fault: { code: 'memory' } });
        expect(metadataOf(good!)).toEqual(before);
      }
      await own.close();
    });
  });
}
