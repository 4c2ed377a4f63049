import { describe, expect, it } from 'vitest';

import { ta } from '../../analysis/indicators/index.ts';
import { anchorTime } from '../../domain/time.ts';
import type { FilterSandbox } from '../../ports/filter-sandbox.ts';
import { filterSource, SandboxMarket } from '../builders/sandbox-market.ts';
import { LIMITS, metadataOf, ROWS, succeeded, SYMBOLS, trader, useSandbox } from './harness.ts';
import type { OpenSandbox } from './harness.ts';

/** Which candles a check sees. */
export function describeCandles(open: OpenSandbox): void {
  describe('candles', () => {
    const stage = useSandbox(open);

    it('shows each symbol its closed candles from the anchor to the moment of the check, and indicators over them', async () => {
      const id = trader('columns');
      const body = `
        const { close, candles, time, hl2, symbol } = context;
        const { lower } = ta.bollinger(close, 5, 2);
        return { side: 'long', conditions: [symbol], metadata: {
          time: [...time], close: [...candles['5m'].close], hl2: ta.last(hl2), low: ta.last(lower),
          rsi: [...ta.rsi(close, 3)].slice(-2), atr: ta.last(ta.atr(candles['5m'], 4)), twice: ta.last(ta.ema(ta.ema(close, 3), 3)) } };`;
      await stage.sandbox.load(id, filterSource(body), {});
      // Row by row over several moves of the anchor: what was cached must not show.
      for (let row = 60; row < 130; row += 1) {
        const outcome = await stage.sandbox.check(stage.market.check('columns', row));
        const seen = new Map(
          succeeded(outcome).matches.map((match) => [match.symbol, JSON.parse(match.metadata) as unknown]),
        );
        expect(seen.size).toBe(SYMBOLS);
        const symbol = stage.market.symbols[row % SYMBOLS]!;
        const { time, high, low, close } = stage.market.candlesOf(symbol);
        const from = time.indexOf(anchorTime(stage.market.closeOf(row), '5m', 20));
        const cut = (column: Float64Array): Float64Array => column.slice(from, row + 1);
        const closes = cut(close);
        expect(closes.length).toBeGreaterThanOrEqual(20);
        expect(closes.length).toBeLessThan(40);
        const last = (column: Float64Array): number | null => (Number.isNaN(ta.last(column)) ? null : ta.last(column));
        expect(seen.get(symbol)).toEqual({
          time: [...cut(time)],
          close: [...closes],
          hl2: (high[row]! + low[row]!) / 2,
          low: last(ta.bollinger(closes, 5, 2).lower),
          rsi: [...ta.rsi(closes, 3)].slice(-2),
          atr: last(ta.atr(cut(high), cut(low), closes, 4)),
          twice: last(ta.ema(ta.ema(closes, 3), 3)),
        });
      }
    });

    it('never shows a candle that closes after the moment of the check, though it has come', async () => {
      const outcome = await stage.run(
        'return { side: "long", conditions: [], metadata: ta.last(context.time) }',
        {},
        100,
      );
      expect(metadataOf(outcome)).toEqual(Array(SYMBOLS).fill(stage.market.closeOf(99)));
    });

    it('hands out no memory that holds what comes after the moment of the check', async () => {
      const body = `const { close, hl2 } = context;
        const hidden = [close, hl2, ta.ema(close, 3)].map((x) => [...new Float64Array(x.buffer)].slice(x.length));
        return { side: 'long', conditions: [], metadata: [close.length, hidden.flat().every(Number.isNaN)] };`;
      await stage.sandbox.load(trader('peeping'), filterSource(body), {});
      for (let row = 140; row > 100; row -= 3) {
        const outcome = await stage.sandbox.check(stage.market.check('peeping', row));
        for (const [length, isEmpty] of metadataOf(outcome) as [number, boolean][]) {
          expect(length).toBeLessThan(40);
          expect(isEmpty).toBe(true);
        }
      }
    });

    it('leaves out symbols without a full lookback, and checks none while a reference has none', async () => {
      const late = new SandboxMarket(SYMBOLS, ROWS);
      const own = open(LIMITS);
      const id = trader('short');
      own.extend(late.stretch(0, ROWS).slice(0, 2));
      own.extend([late.stretchOf(late.symbols[2]!, ROWS - 19, ROWS)]);
      await own.load(id, filterSource('return { side: "long", conditions: [] }'), {});
      const outcome = succeeded(await own.check(late.check('short', ROWS - 1)));
      expect(outcome.checked).toBe(2);
      await own.load(id, filterSource('return null', { references: ['S2USDT'] }), {});
      expect(succeeded(await own.check(late.check('short', ROWS - 1))).checked).toBe(0);
      own.extend([late.stretchOf(late.symbols[2]!, 0, ROWS)]);
      expect(succeeded(await own.check(late.check('short', ROWS - 1))).checked).toBe(3);
      await own.close();
    });

    it('shows the same after weeks of candles as from a fresh start', async () => {
      const rows = 2_600;
      const long = new SandboxMarket(2, rows);
      const body = `const { close, time } = context;
        return { side: 'long', conditions: [], metadata: [time[0], close.length, ta.last(ta.rsi(close, 14)), ta.last(ta.obv(close, context.volume)), ta.last(ta.sma(context.hlc3, 400))] };`;
      const source = filterSource(body, { lookback: 500 });
      const at = async (sandboxAt: FilterSandbox, row: number) =>
        metadataOf(await sandboxAt.check(long.check('old', row)));
      const old = open(LIMITS);
      await old.load(trader('old'), source, {});
      old.extend(long.stretch(0, 1_100));
      for (let row = 1_099; row < rows; row += 1) {
        if (row > 1_099) old.extend(long.stretch(row, row + 1));
        if (row % 7 === 0) await at(old, row);
      }
      const fresh = open(LIMITS);
      await fresh.load(trader('old'), source, {});
      fresh.extend(long.stretch(rows - 1_000, rows));
      const seen = await at(fresh, rows - 1);
      expect(seen).toHaveLength(2);
      expect(await at(old, rows - 1)).toEqual(seen);
      await Promise.all([old.close(), fresh.close()]);
    });

    it('takes a corrected candle for the truth', async () => {
      const own = open(LIMITS);
      const id = trader('corrected');
      await own.load(
        id,
        filterSource('return { side: "long", conditions: [], metadata: ta.last(ta.sma(context.close, 3)) }'),
        {},
      );
      own.extend(stage.market.stretch(0, 100));
      const [before] = metadataOf(await own.check(stage.market.check('corrected', 99)));
      const { symbol, timeframe, columns } = stage.market.stretchOf(stage.market.symbols[SYMBOLS - 1]!, 98, 99);
      own.extend([
        { symbol, timeframe, columns: columns.map((column, at) => (at === 4 ? column.map((x) => x + 3) : column)) },
      ]);
      const [after] = metadataOf(await own.check(stage.market.check('corrected', 99)));
      expect(after as number).toBeCloseTo((before as number) + 1, 9);
      await own.close();
    });
  });
}
