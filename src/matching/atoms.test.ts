import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../domain/decimal.ts';
import { atoms, atomsDecimal, atomsFromMarketData, atomsNumber, atomsText, ceilDiv, floorDiv, times } from './atoms.ts';

const amount = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });

describe('atoms', () => {
  it('come back from their text and their Decimal as they were', () => {
    fc.assert(
      fc.property(amount, (value) => {
        expect(atoms(atomsText(value))).toBe(value);
        expect(atoms(atomsDecimal(value))).toBe(value);
      }),
    );
  });

  it('are read as Decimal reads them', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.nat(8), (digits, decimals) => {
        const text = new Decimal(digits.toString()).times(`1e-${decimals}`).toFixed();
        expect(atomsDecimal(atoms(text)).toFixed()).toBe(text);
      }),
    );
  });

  it('take zeros beyond the eighth decimal and refuse other digits there', () => {
    expect(atoms('1.2300000000')).toBe(123_000_000n);
    for (const text of ['0.000000001', '1e3', '', '.5', '1,5', ' 1', '+1', 'NaN', '0x10']) {
      expect(() => atoms(text), text).toThrow(/plain decimal/);
    }
  });

  it('of a market price are those of its shortest decimal text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_000_000 }), fc.nat(8), (digits, decimals) => {
        const price = Number(`${digits}e-${decimals}`);
        expect(atomsFromMarketData(price)).toBe(atoms(new Decimal(price).toFixed()));
        expect(atomsNumber(atomsFromMarketData(price))).toBe(price);
      }),
    );
    expect(atomsFromMarketData(123_456_789_012)).toBe(12_345_678_901_200_000_000n);
    for (const bad of [NaN, -1, Infinity]) expect(() => atomsFromMarketData(bad)).toThrow(/price/);
  });

  it('divide down and up around the exact quotient, and multiply towards zero', () => {
    fc.assert(
      fc.property(amount, fc.bigInt({ min: 1n, max: 10n ** 12n }), (dividend, divisor) => {
        const [down, up] = [floorDiv(dividend, divisor), ceilDiv(dividend, divisor)];
        expect(down * divisor <= dividend && dividend <= up * divisor).toBe(true);
        expect(up - down).toBe(dividend % divisor === 0n ? 0n : 1n);
      }),
    );
    expect(times(-3n, 50_000_000n)).toBe(-1n);
  });
});
