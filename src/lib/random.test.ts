import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom, xoshiro128 } from './random.ts';

function draws(seed: number, count: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random.next());
}

describe('xoshiro128**', () => {
  it("gives the reference implementation's numbers for the state 1, 2, 3, 4", () => {
    const next = xoshiro128([1, 2, 3, 4]);
    const words = Array.from({ length: 10 }, next);
    expect(words).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });
});

describe('seeded randomness', () => {
  it('gives the same numbers for the same seed, and others for another', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), (seed, other) => {
        fc.pre(seed !== other);
        expect(draws(seed, 20)).toEqual(draws(seed, 20));
        expect(draws(seed, 20)).not.toEqual(draws(other, 20));
      }),
    );
  });

  it('stays the same from version to version: recorded simulations depend on it', () => {
    expect(draws(1, 3)).toEqual([0.3946724931250869, 0.1477500889354657, 0.16688351314326166]);
  });

  it('is uniform in [0, 1): every tenth is hit about equally, for neighbouring seeds too', () => {
    for (const seed of [0, 1, 2, -1]) {
      const counts = new Array<number>(10).fill(0);
      const drawn = draws(seed, 20_000);
      expect(drawn.every((draw) => draw >= 0 && draw < 1)).toBe(true);
      for (const draw of drawn) counts[Math.floor(draw * 10)]! += 1;
      // Chi-squared with 9 degrees of freedom: above 35 once in 20,000 good generators; the seeds are fixed.
      const chiSquared = counts.reduce((sum, count) => sum + (count - 2_000) ** 2 / 2_000, 0);
      expect(chiSquared).toBeLessThan(35);
    }
  });

  it('refuses a seed that is no whole number', () => {
    expect(() => seededRandom(1.5)).toThrow(RangeError);
    expect(() => seededRandom(Number.NaN)).toThrow(RangeError);
  });
});
