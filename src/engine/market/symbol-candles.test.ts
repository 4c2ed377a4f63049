import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Candle } from '../../domain/candle.ts';
import { asId } from '../../domain/ids.ts';
import { candleOpenTime, MINUTE_MS, timeframeMs } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import { CANDLE_COLUMNS } from '../../domain/candle.ts';
import type { CandleSeries } from './candle-series.ts';
import { SymbolCandles } from './symbol-candles.ts';

const BUILT: readonly Timeframe[] = ['3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h'];
const START = Date.UTC(2024, 7, 8);

/** A venue's minutes: a random walk in quarters, so that sums are exact and can be compared bit by bit. */
function venueMinutes(count: number, seed: number): Candle[] {
  let state = seed >>> 0;
  const draw = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  let close = 1000;
  return Array.from({ length: count }, (_, index) => {
    const open = close;
    close = Math.max(1, open + (Math.floor(draw() * 9) - 4) / 4);
    const volume = Math.floor(draw() * 40) / 4;
    const buyVolume = Math.floor(volume * 2) / 4;
    return {
      symbol: asId('BTCUSDT'),
      timeframe: '1m' as const,
      openTime: START + index * MINUTE_MS,
      open,
      high: Math.max(open, close) + 0.25,
      low: Math.min(open, close) - 0.25,
      close,
      volume,
      quoteVolume: volume * 4,
      trades: Math.floor(volume * 4),
      buyVolume,
      sellVolume: volume - buyVolume,
      closed: true,
    };
  });
}

/** The candle over some minutes, computed the plain way. */
function merged(minutes: readonly Candle[]): Record<(typeof CANDLE_COLUMNS)[number], number> {
  const sum = (pick: (candle: Candle) => number): number => minutes.reduce((total, candle) => total + pick(candle), 0);
  return {
    time: minutes[0]?.openTime ?? NaN,
    open: minutes[0]?.open ?? NaN,
    high: Math.max(...minutes.map((candle) => candle.high)),
    low: Math.min(...minutes.map((candle) => candle.low)),
    close: minutes.at(-1)?.close ?? NaN,
    volume: sum((candle) => candle.volume),
    quoteVolume: sum((candle) => candle.quoteVolume),
    trades: sum((candle) => candle.trades),
    buyVolume: sum((candle) => candle.buyVolume),
    sellVolume: sum((candle) => candle.sellVolume),
  };
}

function rows(series: CandleSeries | undefined): Record<string, number>[] {
  if (series === undefined) return [];
  return Array.from({ length: series.length }, (_, index) =>
    Object.fromEntries(CANDLE_COLUMNS.map((column) => [column, series.at(column, index)])),
  );
}

function truth(minutes: readonly Candle[], timeframe: Timeframe): Record<string, number>[] {
  const lengthMs = timeframeMs(timeframe);
  const buckets = Map.groupBy(minutes, (candle) => candleOpenTime(candle.openTime, timeframe));
  return [...buckets.values()].filter((bucket) => bucket.length === lengthMs / MINUTE_MS).map(merged);
}

describe('the candles of a symbol', () => {
  it('builds every timeframe up to 12h exactly as its minutes say', () => {
    const minutes = venueMinutes(3000, 7);
    const candles = new SymbolCandles({ timeframes: BUILT, lookback: 2000 });
    for (const minute of minutes) candles.put('1m', minute);
    for (const timeframe of BUILT) expect(rows(candles.get(timeframe)), timeframe).toEqual(truth(minutes, timeframe));
  });

  it('ends equal to the truth whatever was late, doubled or fetched afterwards', () => {
    const timeframes: Timeframe[] = ['3m', '15m', '1h'];
    fc.assert(
      fc.property(fc.integer(), fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (seed, chance) => {
        const draw = (): number => chance.next().value as number;
        const minutes = venueMinutes(300, seed);
        const candles = new SymbolCandles({ timeframes, lookback: 250 });
        const [first, ...others] = minutes;
        if (first === undefined) return;
        candles.put('1m', first);
        const lost: Candle[] = [];
        for (const minute of others) {
          if (draw() < 0.2) lost.push(minute);
          else candles.put('1m', minute);
          if (draw() < 0.1) candles.put('1m', minutes[Math.floor(draw() * minutes.indexOf(minute))] ?? first);
        }
        expect(candles.minutes.unconfirmed).toBe([...candles.minutes.missingTimes()].length);
        for (const minute of lost.sort(() => draw() - 0.5)) candles.put('1m', minute);
        expect(candles.minutes.unconfirmed).toBe(0);
        expect(rows(candles.get('1m'))).toEqual(minutes.map((minute) => merged([minute])));
        for (const timeframe of timeframes) expect(rows(candles.get(timeframe))).toEqual(truth(minutes, timeframe));
      }),
      { numRuns: 30 },
    );
  });

  it('holds the same columns after a fresh start as after a long run', () => {
    const minutes = venueMinutes(9000, 11);
    const needs = { timeframes: BUILT, lookback: 250 };
    const old = new SymbolCandles(needs);
    for (const minute of minutes) old.put('1m', minute);
    const fresh = new SymbolCandles(needs);
    const liveFrom = minutes.length - 90;
    for (const minute of minutes.slice(liveFrom)) fresh.put('1m', minute);
    for (const timeframe of BUILT) {
      const history = truth(minutes.slice(0, liveFrom), timeframe).map((row) => ({
        ...(minutes[0] as Candle),
        ...row,
        openTime: row['time'] ?? NaN,
        timeframe,
      }));
      fresh.load(timeframe, history);
    }
    fresh.load('1m', minutes.slice(-1440 - 90, liveFrom));
    for (const timeframe of BUILT) {
      const count = Math.min(500, truth(minutes, timeframe).length);
      expect(rows(fresh.get(timeframe)).slice(-count), timeframe).toEqual(rows(old.get(timeframe)).slice(-count));
    }
  });

  it('never lets a bucket be built of some of its minutes', () => {
    const minutes = venueMinutes(120, 3);
    const candles = new SymbolCandles({ timeframes: ['1h'], lookback: 100 });
    for (const minute of minutes.slice(7)) candles.put('1m', minute);
    expect(rows(candles.get('1h'))).toEqual(truth(minutes, '1h').slice(1));
  });

  it('fills minutes without a candle flat and says that they are not confirmed', () => {
    const minutes = venueMinutes(10, 5);
    const candles = new SymbolCandles({ timeframes: ['5m'], lookback: 100 });
    candles.put('1m', minutes[0] as Candle);
    candles.put('1m', minutes[4] as Candle);
    const series = candles.minutes;
    expect(series.length).toBe(5);
    expect(series.unconfirmed).toBe(3);
    for (const index of [1, 2, 3]) {
      expect(series.at('close', index)).toBe(minutes[0]?.close);
      expect(series.at('volume', index)).toBe(0);
      expect(series.isConfirmed(index)).toBe(false);
    }
  });

  it('keeps at least its capacity and stays in order however long it runs', () => {
    const minutes = venueMinutes(4000, 13);
    const candles = new SymbolCandles({ timeframes: [], lookback: 250 });
    for (const [index, minute] of minutes.entries()) {
      candles.put('1m', minute);
      if (index >= 500) expect(candles.minutes.length).toBeGreaterThanOrEqual(500);
      expect(candles.minutes.lastTime).toBe(minute.openTime);
      expect(candles.minutes.lastTime - candles.minutes.firstTime).toBe((candles.minutes.length - 1) * MINUTE_MS);
    }
  });

  it('ignores a candle off the grid and one older than all that is held', () => {
    const minutes = venueMinutes(5, 17);
    const candles = new SymbolCandles({ timeframes: [], lookback: 100 });
    candles.put('1m', minutes[2] as Candle);
    expect(candles.put('1m', minutes[0] as Candle)).toEqual([]);
    expect(candles.put('1m', { ...(minutes[3] as Candle), openTime: START + 3 * MINUTE_MS + 1 })).toEqual([]);
    expect(candles.minutes.length).toBe(1);
  });
});
