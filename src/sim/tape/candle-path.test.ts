import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../domain/time.ts';
import type { CandleRecord } from './candle-file.ts';
import { CandlePath } from './candle-path.ts';

const SCALE = 1e4;
const GRID = { tick: 0.5, quantityScale: SCALE };
const LENGTH_MS = fc.oneof(
  fc.constantFrom(MINUTE_MS, 5 * MINUTE_MS, 60 * MINUTE_MS, DAY_MS, 7 * DAY_MS),
  fc.integer({ min: 4, max: 7 * DAY_MS }),
);
const CANDLE = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 4, maxLength: 4 }),
    fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 1e12 })),
  )
  .map(([prices, units]) => {
    const [a = 1, b = 1, c = 1, d = 1] = prices.toSorted((x, y) => x - y);
    const isRising = prices[0] === b;
    return { openTime: 0, open: isRising ? b : c, high: d, low: a, close: isRising ? c : b, volume: units / SCALE };
  });

interface Point {
  readonly offsetMs: number;
  readonly price: number;
  readonly units: number;
}

function pointsOf(candle: CandleRecord, lengthMs: number): Point[] {
  const path = new CandlePath(lengthMs, GRID);
  path.enter(candle);
  return Array.from({ length: path.length }, (_, at) => {
    return { offsetMs: path.offsetMs(at), price: path.price(at), units: Math.round(path.quantity(at) * SCALE) };
  });
}

describe('the path through a candle', () => {
  it('goes from its open to its close by way of both extremes, and never beyond them', () => {
    fc.assert(
      fc.property(CANDLE, LENGTH_MS, (candle, lengthMs) => {
        const prices = pointsOf(candle, lengthMs).map(({ price }) => price);
        expect([prices.at(0), prices.at(-1)]).toEqual([candle.open, candle.close]);
        expect([Math.max(...prices), Math.min(...prices)]).toEqual([candle.high, candle.low]);
        expect(prices.every((price) => Number.isInteger(price / GRID.tick))).toBe(true);
      }),
    );
  });

  it('has a price every few seconds from its first moment to its last, in order of time', () => {
    fc.assert(
      fc.property(CANDLE, fc.integer({ min: 4, max: DAY_MS }), (candle, lengthMs) => {
        const offsets = pointsOf(candle, lengthMs).map(({ offsetMs }) => offsetMs);
        expect([offsets.at(0), offsets.at(-1)]).toEqual([0, lengthMs - 1]);
        for (const [at, offsetMs] of offsets.entries()) {
          const gapMs = offsetMs - (offsets[at - 1] ?? 0);
          expect(gapMs).toBeGreaterThanOrEqual(0);
          expect(gapMs).toBeLessThanOrEqual(8 * SECOND_MS);
        }
      }),
    );
  });

  it('has a bounded number of points however long the candle is', () => {
    expect(new CandlePath(30 * DAY_MS, GRID).length).toBe(new CandlePath(DAY_MS, GRID).length);
    expect(new CandlePath(DAY_MS, GRID).length).toBeLessThan(11_000);
  });

  it('goes to the nearer extreme first; of two that are as near, away from the close', () => {
    const turns = (open: number, close: number) => {
      const prices = pointsOf({ openTime: 0, open, high: 20, low: 10, close, volume: 8 }, MINUTE_MS).map(
        ({ price }) => price,
      );
      return prices.filter((_, at) => at % ((prices.length - 1) / 3) === 0);
    };
    expect(turns(18, 12)).toEqual([18, 20, 10, 12]);
    expect(turns(12, 18)).toEqual([12, 10, 20, 18]);
    expect(turns(15, 18)).toEqual([15, 10, 20, 18]);
    expect(turns(15, 12)).toEqual([15, 20, 10, 12]);
  });

  it('shares out the volume to the last unit, to the four prices first', () => {
    fc.assert(
      fc.property(CANDLE, LENGTH_MS, (candle, lengthMs) => {
        const points = pointsOf(candle, lengthMs);
        const units = points.map((point) => point.units);
        const total = Math.round(candle.volume * SCALE);
        expect(units.reduce((sum, unit) => sum + unit, 0)).toBe(total);
        expect(Math.min(...units)).toBeGreaterThanOrEqual(0);
        const atTurns = units.filter((_, at) => at % ((points.length - 1) / 3) === 0);
        expect(atTurns.filter((unit) => unit > 0).length).toBe(Math.min(4, total));
      }),
    );
  });

  it('shares the volume evenly where there is enough of it', () => {
    const units = pointsOf({ openTime: 0, open: 1, high: 2, low: 1, close: 2, volume: 123.4567 }, MINUTE_MS).map(
      (point) => point.units,
    );
    expect(Math.max(...units) - Math.min(...units)).toBeLessThanOrEqual(1);
  });
});
