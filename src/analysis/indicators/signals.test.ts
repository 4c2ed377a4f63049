import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ta } from './index.ts';

describe('crossover and crossunder', () => {
  it('hold on the one row where the sides change', () => {
    expect(ta.crossover([1, 3], [2, 2])).toBe(true);
    expect(ta.crossover([1, 3, 4], [2, 2, 2])).toBe(false);
    expect(ta.crossunder([3, 1], [2, 2])).toBe(true);
    expect(ta.crossunder([3, 1, 0], [2, 2, 2])).toBe(false);
  });

  it('take a level for the second column', () => {
    expect(ta.crossover([29, 31], 30)).toBe(true);
    expect(ta.crossunder([31, 29], 30)).toBe(true);
  });

  it('count touching as not yet across', () => {
    expect(ta.crossover([1, 2], 2)).toBe(false);
    expect(ta.crossover([2, 3], 2)).toBe(true);
    expect(ta.crossunder([2, 1], 2)).toBe(true);
  });

  it('are false where a value is missing', () => {
    for (const cross of [ta.crossover, ta.crossunder]) {
      expect(cross([NaN, 3], 2)).toBe(false);
      expect(cross([3, NaN], 2)).toBe(false);
      expect(cross([1], 2)).toBe(false);
      expect(cross([], 2)).toBe(false);
      expect(cross([1, 3], [NaN, 2])).toBe(false);
    }
  });

  it('never hold together, and change places with the columns', () => {
    const pair = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })), { minLength: 2 });
    fc.assert(
      fc.property(pair, (rows) => {
        const a = rows.map(([first]) => first);
        const b = rows.map(([, second]) => second);
        expect(ta.crossover(a, b) && ta.crossunder(a, b)).toBe(false);
        expect(ta.crossover(a, b)).toBe(ta.crossunder(b, a));
      }),
    );
  });

  it('refuse columns of different lengths and what is neither column nor level', () => {
    expect(() => ta.crossover([1, 2], [1, 2, 3])).toThrow(
      /crossover: a and b must be of one length, got 2 and 3 values/,
    );
    expect(() => ta.crossunder([1, 2], '3' as unknown as number)).toThrow(/crossunder: b must be a column, got "3"/);
  });
});

describe('divergence', () => {
  const falling = [10, 9, 8, 9, 10, 9, 7, 8, 9];
  const turning = [50, 40, 30, 40, 50, 45, 35, 45, 50];

  it('is bullish when lows fall and the oscillator rises', () => {
    expect(ta.divergence(falling, turning, 9)).toBe('bullish');
  });

  it('is bearish when highs rise and the oscillator falls', () => {
    const up = falling.map((price) => 20 - price);
    const weaker = turning.map((value) => 100 - value);
    expect(ta.divergence(up, weaker, 9)).toBe('bearish');
  });

  it('is null when both go the same way', () => {
    expect(ta.divergence(falling, falling, 9)).toBeNull();
  });

  it('needs both swings within the last n rows', () => {
    expect(ta.divergence(falling, turning, 6)).toBeNull();
    expect(ta.divergence(falling, turning, 50)).toBe('bullish');
  });

  it('sees a swing from the first row after it on, and not before', () => {
    expect(ta.divergence(falling.slice(0, 7), turning.slice(0, 7), 9)).toBeNull();
    expect(ta.divergence(falling.slice(0, 8), turning.slice(0, 8), 9)).toBe('bullish');
  });

  it('is null where the oscillator is still warming up', () => {
    const warming = turning.map((value, row) => (row < 4 ? NaN : value));
    expect(ta.divergence(falling, warming, 9)).toBeNull();
  });

  it('changes sides with the prices', () => {
    const column = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 })), {
      maxLength: 40,
    });
    const opposite = { bullish: 'bearish', bearish: 'bullish' } as const;
    fc.assert(
      fc.property(column, fc.integer({ min: 1, max: 40 }), (rows, n) => {
        const price = rows.map(([first]) => first);
        const osc = rows.map(([, second]) => second);
        const found = ta.divergence(price, osc, n);
        const mirrored = ta.divergence(
          price.map((value) => -value),
          osc.map((value) => -value),
          n,
        );
        expect(mirrored).toBe(found === null ? null : opposite[found]);
      }),
    );
  });

  it('refuses columns of different lengths', () => {
    expect(() => ta.divergence([1, 2], [1], 5)).toThrow(/divergence: price has 2 values, osc 1/);
  });
});
