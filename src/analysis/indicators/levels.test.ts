import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ta } from './index.ts';
import { sampleCandles } from './sample-candles.ts';

const DAY_ROWS = 288;

describe('pivots', () => {
  const candles = sampleCandles(3 * DAY_ROWS);
  const { high, low, close } = candles;

  it('are the levels of the whole UTC day before, all day long', () => {
    const top = Math.max(...high.slice(0, DAY_ROWS));
    const bottom = Math.min(...low.slice(0, DAY_ROWS));
    const pivot = (top + bottom + close[DAY_ROWS - 1]!) / 3;
    const levels = ta.pivots(candles);
    for (const row of [DAY_ROWS, 2 * DAY_ROWS - 1]) {
      expect(levels.pivot[row]).toBeCloseTo(pivot, 9);
      expect(levels.r1[row]).toBeCloseTo(2 * pivot - bottom, 9);
      expect(levels.s1[row]).toBeCloseTo(2 * pivot - top, 9);
      expect(levels.r2[row]).toBeCloseTo(pivot + top - bottom, 9);
      expect(levels.s2[row]).toBeCloseTo(pivot - top + bottom, 9);
      expect(levels.r3[row]).toBeCloseTo(top + 2 * (pivot - bottom), 9);
      expect(levels.s3[row]).toBeCloseTo(bottom - 2 * (top - pivot), 9);
    }
    expect(levels.pivot[2 * DAY_ROWS]).not.toBe(levels.pivot[DAY_ROWS]);
  });

  it('are not made of a day that was only partly seen', () => {
    const { pivot } = ta.pivots(high.slice(1), low.slice(1), close.slice(1), candles.time.slice(1));
    const first = pivot.findIndex((value) => !Number.isNaN(value));
    expect(first).toBe(2 * DAY_ROWS - 1);
  });

  it('are missing after a day with a gap', () => {
    const gapped = { ...candles, high: high.map((price, row) => (row === 5 ? NaN : price)) };
    const { pivot } = ta.pivots(gapped);
    expect(pivot[DAY_ROWS]).toBeNaN();
    expect(pivot[2 * DAY_ROWS]).not.toBeNaN();
  });
});

describe('pivotHigh and pivotLow', () => {
  const x = [1, 2, 5, 3, 2, 1, 4, 4, 2, 3];

  it('stand where they are confirmed, right rows after the peak', () => {
    expect(Array.from(ta.pivotHigh(x, 2, 2))).toEqual([NaN, NaN, NaN, NaN, 5, NaN, NaN, NaN, 4, NaN]);
    expect(Array.from(ta.pivotLow(x, 2, 1))).toEqual([NaN, NaN, NaN, NaN, NaN, NaN, 1, NaN, NaN, 2]);
  });

  it('count the first of equal peaks in a row once', () => {
    expect(Array.from(ta.pivotHigh([1, 3, 3, 3, 1, 1], 1, 2))).toEqual([NaN, NaN, NaN, 3, NaN, NaN]);
  });

  it('are not found beside a gap', () => {
    expect(Array.from(ta.pivotHigh([1, NaN, 5, 1, 1], 2, 2))).toEqual([NaN, NaN, NaN, NaN, NaN]);
  });

  it('mirror each other', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 })), fc.integer({ min: 1, max: 4 }), (values, side) => {
        const mirrored = ta.pivotLow(
          values.map((value) => -value),
          side,
        );
        const high = ta.pivotHigh(values, side);
        expect(mirrored.map((value) => 0 - value)).toEqual(high.map((value) => value + 0));
      }),
    );
  });
});

describe('fibonacci', () => {
  const prices = (...args: Parameters<typeof ta.fibonacci>) => ta.fibonacci(...args).levels.map(({ price }) => price);

  it('retraces a rise from its high and a fall from its low', () => {
    expect(ta.fibonacci([11, 15, 20], [10, 12, 18])).toMatchObject({ high: 20, low: 10, direction: 'up' });
    const rise = [20, 17.64, 16.18, 15, 13.82, 12.14, 10];
    prices([11, 15, 20], [10, 12, 18]).forEach((price, at) => expect(price).toBeCloseTo(rise[at]!, 9));
    expect(ta.fibonacci([20, 15, 11], [18, 12, 10])).toMatchObject({ high: 20, low: 10, direction: 'down' });
    const fall = [10, 12.36, 13.82, 15, 16.18, 17.86, 20];
    prices([20, 15, 11], [18, 12, 10]).forEach((price, at) => expect(price).toBeCloseTo(fall[at]!, 9));
  });

  it('looks at the last n candles alone', () => {
    expect(ta.fibonacci([99, 11, 15, 20], [1, 10, 12, 18], 3)).toMatchObject({ high: 20, low: 10 });
  });

  it.each([
    ['fewer than n candles', [[2, 3], [1, 1], 3]],
    ['a gap', [[2, NaN], [1, 1], 2]],
    ['prices that stand still', [[2, 2], [2, 2], 2]],
    ['no candles', [[], []]],
  ])('has no swing with %s', (_, args) => {
    const { high, low, direction, levels } = (ta.fibonacci as (...all: unknown[]) => ReturnType<typeof ta.fibonacci>)(
      ...args,
    );
    expect([high, low, direction]).toEqual([NaN, NaN, null]);
    expect(levels.map(({ price }) => price)).toEqual(new Array(7).fill(NaN));
  });
});
