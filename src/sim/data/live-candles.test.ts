import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { MINUTE_MS, TIMEFRAMES, timeframeMs } from '../../domain/time.ts';
import { LiveCandles } from './live-candles.ts';

const MONDAY = Date.UTC(2026, 0, 5);
const trade = fc.record({
  price: fc.integer({ min: 90, max: 110 }),
  quantity: fc.integer({ min: 1, max: 5 }),
  buyerIsMaker: fc.boolean(),
});

describe('live candles', () => {
  it('of longer timeframes are exact sums of their minutes', () => {
    fc.assert(
      fc.property(fc.array(fc.array(trade, { maxLength: 4 }), { minLength: 1, maxLength: 40 }), (minutes) => {
        const candles = new LiveCandles(MONDAY, () => null, 100);
        for (const trades of minutes) {
          for (const one of trades) candles.trade(one);
          candles.closeMinute();
        }
        const closed = candles.closed('1m', 0, Infinity);
        expect(closed).toHaveLength(minutes.length);
        for (const timeframe of TIMEFRAMES) {
          const length = timeframeMs(timeframe);
          for (const row of [...candles.closed(timeframe, 0, Infinity), candles.forming(timeframe)]) {
            const own = closed.filter(({ openTime }) => openTime >= row.openTime && openTime < row.openTime + length);
            expect(row.volume).toBe(own.reduce((sum, { volume }) => sum + volume, 0));
            expect(row.trades).toBe(own.reduce((sum, { trades }) => sum + trades, 0));
            expect(row.buyVolume).toBe(own.reduce((sum, { buyVolume }) => sum + buyVolume, 0));
            expect(row.high).toBe(Math.max(...own.map(({ high }) => high), row.close));
            expect(row.low).toBe(Math.min(...own.map(({ low }) => low), row.close));
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('are forgotten when they are many, the oldest first', () => {
    const candles = new LiveCandles(MONDAY, () => null, 100);
    for (let minute = 0; minute < 5_000; minute += 1) {
      candles.trade({ price: 100 + (minute % 7), quantity: 1, buyerIsMaker: false });
      candles.closeMinute();
    }
    const openTimes = candles.closed('1m', 0, Infinity).map(({ openTime }) => openTime);
    expect(openTimes).toEqual(Array.from({ length: 2_048 }, (_, row) => MONDAY + (5_000 - 2_048 + row) * MINUTE_MS));
    const range = candles.closed('1m', MONDAY + 4_000 * MINUTE_MS, MONDAY + 4_002 * MINUTE_MS);
    expect(range.map(({ close }) => close)).toEqual([4_000, 4_001, 4_002].map((minute) => 100 + (minute % 7)));
    expect(candles.closed('5m', 0, Infinity)).toHaveLength(1_000);
  });

  it('of a minute without trades are flat at the last price', () => {
    const candles = new LiveCandles(MONDAY, () => null, 100);
    candles.trade({ price: 105, quantity: 1, buyerIsMaker: false });
    candles.closeMinute();
    candles.closeMinute();
    expect(candles.lastClosed('1m')).toMatchObject({
      openTime: MONDAY + MINUTE_MS,
      ...{ open: 105, high: 105, low: 105, close: 105, volume: 0, trades: 0 },
    });
  });

  it('go on with what history holds of a candle that forms at the start', () => {
    const begun = { ...{ openTime: MONDAY, open: 90, high: 120, low: 80, close: 100, volume: 7 } };
    const rest = { quoteVolume: 700, trades: 3, buyVolume: 4, buyQuoteVolume: 400 };
    const start = MONDAY + 30 * MINUTE_MS;
    const candles = new LiveCandles(start, (timeframe) => (timeframe === '1h' ? { ...begun, ...rest } : null), 100);
    candles.trade({ price: 101, quantity: 1, buyerIsMaker: true });
    expect(candles.forming('1h')).toMatchObject({
      openTime: MONDAY,
      open: 90,
      high: 120,
      low: 80,
      close: 101,
      volume: 8,
    });
    expect(candles.forming('1m')).toMatchObject({ openTime: start, open: 101, volume: 1 });
  });
});
