import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { candlePath } from './candle-path.ts';

const CANDLE = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 4, maxLength: 4 }),
    fc.integer({ min: 0, max: 1e12 }),
  )
  .map(([prices, units]) => {
    const [a = 1, b = 1, c = 1, d = 1] = prices.toSorted((x, y) => x - y);
    const isRising = prices[0] === b;
    return { openTime: 0, open: isRising ? b : c, high: d, low: a, close: isRising ? c : b, volume: units / 1e4 };
  });

describe('the path through a candle', () => {
  it('visits its four prices in time, and no others', () => {
    fc.assert(
      fc.property(CANDLE, fc.integer({ min: 4, max: 604_800_000 }), (candle, lengthMs) => {
        const path = candlePath(candle, lengthMs, 1e4);
        const prices = path.map(({ price }) => price);
        expect([prices[0], prices[3]]).toEqual([candle.open, candle.close]);
        expect(new Set(prices.slice(1, 3))).toEqual(new Set([candle.high, candle.low]));
        const offsets = path.map(({ offsetMs }) => offsetMs);
        expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
        expect([offsets[0], offsets[3]]).toEqual([0, lengthMs - 1]);
      }),
    );
  });

  it('goes to the nearer extreme first; of two that are as near, away from the close', () => {
    const path = (open: number, close: number) =>
      candlePath({ openTime: 0, open, high: 20, low: 10, close, volume: 8 }, 60_000, 1).map(({ price }) => price);
    expect(path(18, 12)).toEqual([18, 20, 10, 12]);
    expect(path(12, 18)).toEqual([12, 10, 20, 18]);
    expect(path(15, 18)).toEqual([15, 10, 20, 18]);
    expect(path(15, 12)).toEqual([15, 20, 10, 12]);
  });

  it('shares out the volume to the last unit', () => {
    fc.assert(
      fc.property(CANDLE, (candle) => {
        const units = candlePath(candle, 60_000, 1e4).map(({ quantity }) => Math.round(quantity * 1e4));
        expect(units.reduce((sum, unit) => sum + unit, 0)).toBe(Math.round(candle.volume * 1e4));
        expect(Math.min(...units)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
