import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Decimal } from '../../../domain/decimal.ts';
import { parseDuration } from '../../../domain/time.ts';
import { amountText, durationText, figure, ratioNumber } from './figures.ts';

describe('figures in JSON', () => {
  it('durations read back as the same span, in their largest unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999_999 }), (seconds) => {
        expect(parseDuration(durationText(seconds * 1_000))).toBe(seconds * 1_000);
      }),
    );
    expect(['90m', '12h', '24h', '14d', '45s', '0s'].map((text) => durationText(parseDuration(text)))).toEqual([
      ...['90m', '12h', '1d', '2w', '45s', '0s'],
    ]);
  });

  it('amounts are plain text without the tail of a division', () => {
    expect(amountText(new Decimal('1e-8'))).toBe('0.00000001');
    expect(amountText(new Decimal(1).dividedBy(3))).toBe(`0.${'3'.repeat(18)}`);
    expect(amountText(new Decimal('1e30'))).toBe(`1${'0'.repeat(30)}`);
  });

  it('market data that JSON does not know is null; ratios are numbers', () => {
    expect([NaN, Infinity, -Infinity, 0, 1.5].map(figure)).toEqual([null, null, null, 0, 1.5]);
    expect(ratioNumber(new Decimal(1).dividedBy(3))).toBe(0.333333);
  });
});
