import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ta } from './index.ts';

const x = Float64Array.of(4, 1, 7, 3, 5);

describe('numbers at the end of a column', () => {
  it('are read from the last row back', () => {
    expect([ta.last(x), ta.last(x, 1), ta.last(x, 4)]).toEqual([5, 3, 4]);
    expect([ta.max(x, 3), ta.min(x, 3), ta.sum(x, 3)]).toEqual([7, 3, 15]);
    expect([ta.change(x), ta.change(x, 2), ta.change(x, 0)]).toEqual([2, -2, 0]);
    expect(ta.last([1, 2, 3])).toBe(3);
  });

  it('are NaN where the column is too short', () => {
    expect([ta.last(x, 5), ta.max(x, 6), ta.min(x, 6), ta.sum(x, 6), ta.change(x, 5), ta.slope(x, 6)]).toEqual(
      new Array(6).fill(NaN),
    );
    expect([ta.last([]), ta.change([]), ta.sum([], 1)]).toEqual([NaN, NaN, NaN]);
  });

  it('are NaN where a value among them is', () => {
    const gapped = [1, NaN, 3, 4];
    expect([ta.max(gapped, 3), ta.min(gapped, 3), ta.sum(gapped, 3), ta.slope(gapped, 3)]).toEqual(
      new Array(4).fill(NaN),
    );
    expect([ta.max(gapped, 2), ta.sum(gapped, 2)]).toEqual([4, 7]);
  });

  it.each([-1, 0.5, NaN, '1'])('refuse %s as an offset', (bad) => {
    const shown = typeof bad === 'string' ? '"1"' : String(bad);
    expect(() => ta.last(x, bad as number)).toThrow(
      new RangeError(`last: back must be a whole number from 0 to 9007199254740991, got ${shown}`),
    );
    expect(() => ta.change(x, bad as number)).toThrow(RangeError);
  });

  it.each([0, -1, 1.5, undefined])('refuse %s as a count', (bad) => {
    for (const read of [ta.max, ta.min, ta.sum, ta.slope])
      expect(() => read(x, bad as number)).toThrow(/n must be a whole number from 1/);
  });

  it('refuse what is no column', () => {
    expect(() => ta.last(5 as unknown as number[])).toThrow(new TypeError('last: x must be a column, got 5'));
    expect(() => ta.max(undefined as unknown as number[], 2)).toThrow(/max: x must be a column, got undefined/);
  });
});

describe('slope', () => {
  it('is that of a line, whatever its level', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 50 }),
        fc.integer({ min: -64, max: 64 }),
        fc.constantFrom(0, 1e9),
        (n, step, level) => {
          const line = Array.from({ length: 60 }, (_, row) => level + (row * step) / 64);
          expect(ta.slope(line, n)).toBeCloseTo(step / 64, 9);
        },
      ),
    );
  });

  it('is NaN for a single value', () => {
    expect(ta.slope(x, 1)).toBeNaN();
  });
});

describe('barsSince', () => {
  it('counts the rows since the condition held last', () => {
    expect(ta.barsSince((row) => x[row]! > 4, x.length)).toBe(0);
    expect(ta.barsSince((row) => x[row]! > 6, x.length)).toBe(2);
  });

  it('is NaN where it never held', () => {
    expect(ta.barsSince(() => false, 5)).toBeNaN();
    expect(ta.barsSince(() => true, 0)).toBeNaN();
  });

  it('refuses what is no function, and no length', () => {
    expect(() => ta.barsSince(true as unknown as () => boolean, 5)).toThrow(
      /condition must be a function of a row index/,
    );
    expect(() => ta.barsSince(() => true, undefined as unknown as number)).toThrow(/barsSince: length must be/);
  });
});

describe('column', () => {
  it('is made row by row', () => {
    expect(ta.column((row) => x[row]! * 2, x.length)).toEqual(Float64Array.of(8, 2, 14, 6, 10));
  });

  it('refuses a length that no memory holds', () => {
    expect(() => ta.column(() => 1, 1e12)).toThrow(RangeError);
  });
});
