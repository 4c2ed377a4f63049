import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decimalsOf, parseNumber } from './decimal-text.ts';

function parse(text: string): number {
  const bytes = Buffer.from(`"${text}"`, 'utf8');
  return parseNumber(bytes, 1, bytes.length - 1);
}

const DECIMAL = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.integer({ min: 0, max: 24 }), fc.boolean())
  .map(([digits, decimals, isNegative]) => {
    const text = digits.toString().padStart(decimals + 1, '0');
    const fraction = decimals === 0 ? '' : `.${text.slice(-decimals)}`;
    return `${isNegative ? '-' : ''}${text.slice(0, text.length - decimals)}${fraction}`;
  });

describe('numbers in bytes', () => {
  it('are read as Number reads them, to the last bit', () => {
    fc.assert(
      fc.property(DECIMAL, (text) => {
        expect(parse(text)).toBe(Number(text));
      }),
    );
    for (const text of ['61837.63000000', '0.00000001', '1e-7', '5.33E-05', '9007199254740993', '0']) {
      expect(parse(text)).toBe(Number(text));
    }
  });

  it.each(['', '-', '.', 'abc', '1.2.3', '0x10', 'NaN', 'Infinity', '1e', '5.', '.5', ' 1', '1,5', '--1'])(
    'refuse "%s"',
    (text) => {
      expect(parse(text)).toBeNaN();
    },
  );

  it('have as many decimals as their shortest text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 0, max: 8 }), (digits, decimals) => {
        const value = digits / 10 ** decimals;
        const [, fraction = ''] = value
          .toFixed(decimals)
          .replace(/(\.\d*?)0+$/, '$1')
          .split('.');
        expect(decimalsOf(value, 0)).toBe(fraction.length);
        expect(decimalsOf(value, 8)).toBe(8);
      }),
    );
    expect(decimalsOf(NaN, 3)).toBe(3);
    expect(decimalsOf(9_123_456_789_012_345, 2)).toBe(2);
    expect(decimalsOf(1 / 3, 0)).toBe(8);
  });
});
