import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Decimal } from '../../../domain/decimal.ts';
import { moneyWord, priceWord, profitCell, quantityWord, spanWord, timeWord } from './words.ts';

describe('figures for people', () => {
  it('keep what matters: prices eight digits, money two places or three digits', () => {
    expect(priceWord('64250.50')).toBe('64250.5');
    expect(priceWord('0.000012345678901')).toBe('0.000012345679');
    expect(priceWord(null)).toBe('-');
    expect(quantityWord('0.123456789')).toBe('0.123457');
    expect([moneyWord('1234.5'), moneyWord('0.01234'), moneyWord('-0.5'), moneyWord('0'), moneyWord('0.9996')]).toEqual(
      [...['1234.50', '0.0123', '-0.5', '0.00', '1.00']],
    );
  });

  it('never turn a profit into a loss, or either into nothing', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (units) => {
        const amount = new Decimal(String(units)).dividedBy('1e10');
        const cell = profitCell(amount.toFixed());
        if (typeof cell === 'string') throw new Error('a profit has a tone');
        expect(new Decimal(cell.text).comparedTo(0)).toBe(amount.comparedTo(0));
        expect(cell.tone).toBe(amount.isZero() ? 'plain' : amount.isPositive() ? 'good' : 'bad');
      }),
    );
  });

  it('shorten moments of today to the time, and say the year of older ones', () => {
    const now = Date.UTC(2026, 4, 6, 12);
    expect(timeWord(Date.UTC(2026, 4, 6, 0, 0, 1), { now })).toBe('00:00:01');
    expect(timeWord(Date.UTC(2026, 4, 5, 23, 59, 59), { now })).toBe('05-05 23:59');
    expect(timeWord(Date.UTC(2025, 11, 31), { now })).toBe('2025-12-31');
    expect(timeWord(null, { now })).toBe('-');
  });

  it('say spans in their two largest units', () => {
    expect([spanWord(0), spanWord(999), spanWord(61_000), spanWord(3_600_000), spanWord(93_784_000)]).toEqual([
      ...['0s', '0s', '1m 1s', '1h', '1d 2h'],
    ]);
  });
});
