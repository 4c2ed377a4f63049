import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CandleSeries } from '../../../../engine/market/candle-series.ts';
import { aggregate } from '../../../../engine/market/aggregate.ts';
import { asId } from '../../../../domain/ids.ts';
import type { VenueSymbol } from '../../../../domain/ids.ts';
import { candleOpenTime, MINUTE_MS, TIMEFRAMES, timeframeMs } from '../../../../domain/time.ts';
import type { CandleColumns } from '../../../../ports/filter-sandbox.ts';
import { aggregateColumns, formingCandle } from './aggregate-columns.ts';

const START_MS = Date.UTC(2024, 0, 1);

/** Minute candles from a moment on, some of them missing. */
const anyMinutes = fc
  .record({
    startMinute: fc.integer({ min: 0, max: 3_000 }),
    rows: fc.array(
      fc.record({
        price: fc.integer({ min: 50, max: 150 }),
        reach: fc.nat(9),
        volume: fc.nat(99),
        isThere: fc.boolean(),
      }),
      { minLength: 1, maxLength: 300 },
    ),
    sparse: fc.boolean(),
  })
  .map(({ startMinute, rows, sparse }): CandleColumns => {
    const kept = rows
      .map((row, at) => ({ ...row, time: START_MS + (startMinute + at) * MINUTE_MS }))
      .filter(({ isThere }, at) => at === 0 || isThere || !sparse);
    const column = (read: (row: (typeof kept)[number]) => number): Float64Array => Float64Array.from(kept, read);
    const volume = column((row) => row.volume);
    return {
      symbol: asId<VenueSymbol>('XUSDT'),
      timeframe: '1m',
      columns: [
        column((row) => row.time),
        column((row) => row.price),
        column((row) => row.price + row.reach),
        column((row) => row.price - row.reach),
        column((row) => row.price + (row.reach % 3) - 1),
        ...[volume, volume, volume, volume],
        column(() => NaN),
      ],
    };
  });

describe('coarser candles of a history', () => {
  it('are those that the engine makes, where nothing is missing', () => {
    fc.assert(
      fc.property(anyMinutes, fc.constantFrom(...TIMEFRAMES.slice(1)), (minutes, timeframe) => {
        const [time, open, high, low, close, volume] = minutes.columns;
        const isWhole = time!.every((each, row) => each === time![0]! + row * MINUTE_MS);
        fc.pre(isWhole);
        const series = new CandleSeries('1m', time!.length);
        time!.forEach((openTime, row) => {
          const flow = volume![row]!;
          const figures = { open: open![row]!, high: high![row]!, low: low![row]!, close: close![row]!, volume: flow };
          series.put({ openTime, ...figures, quoteVolume: flow, trades: flow, buyVolume: flow, sellVolume: NaN });
        });
        const made = aggregateColumns(minutes, timeframe);
        made.columns[0]!.forEach((openTime, at) => {
          const from = series.indexOf(openTime);
          const to = Math.min(time!.length, from + timeframeMs(timeframe) / MINUTE_MS);
          const expected = aggregate(series, { from, to }, openTime)!;
          expect(made.columns.map((column) => column[at])).toEqual([
            ...[expected.openTime, expected.open, expected.high, expected.low, expected.close, expected.volume],
            ...[expected.quoteVolume, expected.trades, expected.buyVolume, expected.sellVolume],
          ]);
        });
      }),
    );
  });

  it('lie on their grid, in order, without the first one when its beginning is missing, and lose no volume after it', () => {
    fc.assert(
      fc.property(anyMinutes, fc.constantFrom(...TIMEFRAMES.slice(1)), (minutes, timeframe) => {
        const made = aggregateColumns(minutes, timeframe);
        const times = [...made.columns[0]!];
        for (const time of times) expect(candleOpenTime(time, timeframe)).toBe(time);
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
        const [first] = minutes.columns[0]!;
        const beginsWhole = candleOpenTime(first!, timeframe) === first;
        const kept = [...minutes.columns[0]!].map(
          (time) => candleOpenTime(time, timeframe) !== candleOpenTime(first!, timeframe) || beginsWhole,
        );
        const total = minutes.columns[5]!.reduce((sum, each, row) => sum + (kept[row] === true ? each : 0), 0);
        expect(made.columns[5]!.reduce((sum, each) => sum + each, 0)).toBe(total);
      }),
    );
  });

  it('that are forming hold the rows so far, and are not there without any', () => {
    fc.assert(
      fc.property(anyMinutes, (minutes) => {
        const rows = minutes.columns[0]!.length;
        expect(formingCandle(minutes, { from: rows, to: rows }, '1d')).toBeNull();
        const forming = formingCandle(minutes, { from: 0, to: rows }, '1w');
        expect(forming).toMatchObject({
          open: minutes.columns[1]![0],
          high: Math.max(...minutes.columns[2]!),
          low: Math.min(...minutes.columns[3]!),
          close: minutes.columns[4]!.at(-1),
          sellVolume: NaN,
          closed: false,
        });
      }),
    );
  });
});
