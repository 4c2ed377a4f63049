import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { moneyWord, percentWord, priceWord, profitWord, quantityWord, shortWord, spanWord } from './figures.ts';

describe('figures on the screen', () => {
  it.each([
    [64_250.5, '64250.50'],
    [142.35, '142.350'],
    [3.1, '3.10000'],
    [0.081234, '0.0812340'],
    [0.00001234, '0.00001234'],
    [0, '0.00000'],
    [NaN, '-'],
    [null, '-'],
  ])('the price %s is %s', (price, word) => {
    expect(priceWord(price)).toBe(word);
  });

  it.each([
    [1_234_567.891, '1,234,567.89'],
    [-1_000, '-1,000.00'],
    [0.004, '0.0040'],
    [-0.000_041_27, '-0.000041'],
    [0.000_000_041, '0.00000004'],
    [0.000_000_004, '0.00'],
    [null, '-'],
  ])('the amount %s is %s', (amount, word) => {
    expect(moneyWord(amount)).toBe(word);
  });

  it('a gain and a loss are told apart by their signs; what rounds to nothing has none', () => {
    expect([profitWord(1_234.5), profitWord(-3), profitWord(0), profitWord(-1e-9), profitWord(1e-9)]).toEqual([
      ...['+1,234.50', '-3.00', '0.00', '0.00', '0.00'],
    ]);
    expect([percentWord(2.044), percentWord(-0.13), percentWord(NaN)]).toEqual(['+2.04%', '-0.13%', '-']);
  });

  it.each([
    [0, '0'],
    [999, '999'],
    [999.7, '1.0k'],
    [1_240, '1.2k'],
    [64_250_500, '64M'],
    [13e9, '13B'],
    [NaN, '-'],
  ])('the large figure %s is %s', (value, word) => {
    expect(shortWord(value)).toBe(word);
  });

  it('a large figure takes at most five characters', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 9e14, noNaN: true }), (value) => {
        expect(shortWord(value).length).toBeLessThanOrEqual(5);
      }),
    );
  });

  it.each([
    [-5, '0s'],
    [59_999, '59s'],
    [60_000, '1m'],
    [7_199_000, '1h'],
    [172_800_000, '2d'],
  ])('the span of %s ms is %s', (ms, word) => {
    expect(spanWord(ms)).toBe(word);
  });

  it('a quantity has no zeros at its end', () => {
    expect([quantityWord(2), quantityWord(0.12), quantityWord(1_234.56789)]).toEqual(['2', '0.12', '1234.57']);
  });
});
