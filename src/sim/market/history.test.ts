import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { candleOpenTime, DAY_MS, HOUR_MS, MINUTE_MS, TIMEFRAMES, timeframeMs } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import type { CandleColumns, MarketSource } from './source.ts';
import { createSyntheticMarket } from './synthetic-market.ts';

const START = Date.UTC(2026, 0, 7, 9, 17);

function market(seed: number, startMs = START): MarketSource {
  return createSyntheticMarket({ seed, symbols: ['BTCUSDT', 'XLMUSDT', 'KABITUSDT'], startMs });
}

const SUMS = ['volume', 'quoteVolume', 'trades', 'buyVolume', 'buyQuoteVolume'] as const;

/** Joins minutes that open before `untilMs` as a reader of the exchange would. */
function joined(minutes: CandleColumns, timeframe: Timeframe, untilMs: number): Record<keyof CandleColumns, number[]> {
  const names = Object.keys(minutes) as (keyof CandleColumns)[];
  const result = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    keyof CandleColumns,
    number[]
  >;
  minutes.openTime.forEach((minuteMs, i) => {
    if (minuteMs >= untilMs) return;
    const openTime = candleOpenTime(minuteMs, timeframe);
    const at = result.openTime.length - 1;
    if (result.openTime[at] !== openTime) {
      for (const name of names) result[name].push(minutes[name][i] ?? NaN);
      result.openTime[at + 1] = openTime;
      return;
    }
    result.high[at] = Math.max(result.high[at] ?? NaN, minutes.high[i] ?? NaN);
    result.low[at] = Math.min(result.low[at] ?? NaN, minutes.low[i] ?? NaN);
    result.close[at] = minutes.close[i] ?? NaN;
    for (const name of SUMS) result[name][at] = (result[name][at] ?? NaN) + (minutes[name][i] ?? NaN);
  });
  return result;
}

function largestDifference(actual: Float64Array, expected: readonly number[]): number {
  return expected.reduce((largest, value, i) => Math.max(largest, Math.abs((actual[i] ?? NaN) / value - 1)), 0);
}

/** Sums of decimals get room for the rounding of adding floats. */
function expectSame(actual: CandleColumns, expected: Record<keyof CandleColumns, number[]>): void {
  for (const name of ['openTime', 'open', 'high', 'low', 'close', 'trades'] as const) {
    expect([...actual[name]], name).toEqual(expected[name]);
  }
  for (const name of ['volume', 'buyVolume'] as const) {
    expect(largestDifference(actual[name], expected[name]), name).toBeLessThan(1e-11);
  }
  for (const name of ['quoteVolume', 'buyQuoteVolume'] as const) {
    expect(largestDifference(actual[name], expected[name]), name).toBeLessThan(1e-11);
  }
}

describe('synthetic history', () => {
  it('has candles of every timeframe that equal their minutes joined, also far back and where one is still forming', () => {
    const moments = fc.record({
      seed: fc.integer({ min: 0, max: 1e6 }),
      startMinute: fc.integer({ min: 0, max: 7 * 24 * 60 }),
      daysBack: fc.integer({ min: 0, max: 2_000 }),
      symbol: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(moments, ({ seed, startMinute, daysBack, symbol }) => {
        const source = market(seed, Date.UTC(2026, 0, 5) + startMinute * MINUTE_MS);
        const toMs = source.startMs - daysBack * DAY_MS;
        const fromMs = candleOpenTime(toMs - DAY_MS, '1w');
        const minutes = source.history(symbol, '1m', { fromMs, toMs });
        for (const timeframe of TIMEFRAMES) {
          const untilMs = daysBack === 0 ? Infinity : candleOpenTime(toMs, timeframe);
          const history = source.history(symbol, timeframe, { fromMs, toMs: Math.min(toMs, untilMs - 1) });
          expectSame(history, joined(minutes, timeframe, untilMs));
        }
      }),
      { numRuns: 10 },
    );
  });

  it('has well-formed candles: every minute has trades, and its average price lies inside its range', () => {
    const source = market(7);
    for (const symbol of [0, 1, 2]) {
      const all = source.history(symbol, '1m', { fromMs: START - 3 * DAY_MS, toMs: START });
      expect(all.openTime.length).toBe(3 * 24 * 60);
      const isSound = Array.from(all.openTime, (_, i) => {
        const [open = NaN, high = NaN, low = NaN, close = NaN] = [all.open[i], all.high[i], all.low[i], all.close[i]];
        const [volume = NaN, buyVolume = NaN, trades = NaN] = [all.volume[i], all.buyVolume[i], all.trades[i]];
        const average = (all.quoteVolume[i] ?? NaN) / volume;
        const isInside = average >= low * (1 - 1e-12) && average <= high * (1 + 1e-12);
        const isJoint = i === 0 || open === all.close[i - 1];
        return low <= Math.min(open, close) && high >= Math.max(open, close) && isInside && isJoint
          ? trades > 0 && buyVolume > 0 && buyVolume < volume
          : false;
      });
      expect(isSound.indexOf(false)).toBe(-1);
    }
  });

  it('does not depend on what was asked before', () => {
    const range = { fromMs: START - 900 * DAY_MS, toMs: START - 899 * DAY_MS };
    const asked = market(3);
    for (const timeframe of ['1w', '1m', '4h'] as const)
      asked.history(1, timeframe, { fromMs: START - DAY_MS, toMs: START });
    expect(asked.history(0, '5m', range)).toEqual(market(3).history(0, '5m', range));
    expect(market(4).history(0, '5m', range)).not.toEqual(market(3).history(0, '5m', range));
  });

  it('reaches back more than 500 weeks and gives nothing from before, nor from after the start', () => {
    const source = market(1);
    const weeks = source.history(2, '1w', { fromMs: 0, toMs: Infinity });
    expect(weeks.openTime.length).toBeGreaterThan(500);
    expect(weeks.openTime[0]).toBe(source.symbols[2]?.instruments.spot?.listedAt);
    expect(weeks.openTime.at(-1)).toBe(candleOpenTime(START, '1w'));
    for (const [fromMs, toMs] of [
      [START, START + DAY_MS] as const,
      [0, 1] as const,
      [START, START - DAY_MS] as const,
    ]) {
      expect(source.history(0, '1m', { fromMs, toMs }).openTime.length).toBe(0);
    }
  });

  it('takes a range that is not aligned as the venue does: candles that open inside it', () => {
    const source = market(1);
    for (const timeframe of TIMEFRAMES) {
      const lengthMs = timeframeMs(timeframe);
      const fromMs = START - 5 * lengthMs - 1_234;
      const opens = [...source.history(0, timeframe, { fromMs, toMs: START - lengthMs }).openTime];
      expect(opens.every((open) => open >= fromMs && open <= START - lengthMs)).toBe(true);
      expect(opens.length, timeframe).toBeGreaterThanOrEqual(4);
    }
  });

  it('ends at the price with which the stream begins', () => {
    for (const startMs of [START, Date.UTC(2026, 0, 7, 9), Date.UTC(2026, 0, 5)]) {
      const source = market(11, startMs);
      let first = NaN;
      const ignore = (): void => undefined;
      source.advanceTo(startMs, {
        ...{ trade: ignore, mark: ignore, raw: ignore },
        quote: ({ symbolIndex, bid, ask }) => (first = symbolIndex === 0 ? (bid + ask) / 2 : first),
      });
      const close = source.history(0, '1m', { fromMs: startMs - HOUR_MS, toMs: startMs }).close.at(-1) ?? NaN;
      expect(Math.abs(first / close - 1)).toBeLessThan(0.005);
    }
  });
});
