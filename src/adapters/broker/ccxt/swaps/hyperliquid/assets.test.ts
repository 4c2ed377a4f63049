import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Decimal, price, quantity } from '../../../../../domain/decimal.ts';
import { RefusedHere } from '../../connection/failures.ts';
import { exactPrice, exactSize, roundedPrice } from './assets.ts';

const asset = (sizeDecimals: number) => ({ index: 0, coin: 'X', symbol: 'XUSDC', sizeDecimals });

/** As the documentation says it: https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/tick-and-lot-size */
function isTaken(text: string, sizeDecimals: number): boolean {
  const [whole = '', decimals = ''] = text.split('.');
  if (decimals === '') return true;
  const significant = `${whole}${decimals}`.replace(/^0+/, '');
  return significant.length <= 5 && decimals.length <= 6 - sizeDecimals;
}

describe('a price for Hyperliquid', () => {
  const prices = fc
    .record({ digits: fc.integer({ min: 1, max: 99_999_999 }), scale: fc.integer({ min: 0, max: 8 }) })
    .map(({ digits, scale }) => new Decimal(digits).div(new Decimal(10).pow(scale)));

  it('is rounded to one that the exchange takes, upwards for buys and downwards for sells, by less than a ten-thousandth', () => {
    fc.assert(
      fc.property(prices, fc.integer({ min: 0, max: 5 }), (given, sizeDecimals) => {
        const least = new Decimal(10).pow(sizeDecimals - 6);
        const [up, down] = [
          roundedPrice(given, 'buy', asset(sizeDecimals)),
          roundedPrice(given, 'sell', asset(sizeDecimals)),
        ];
        expect([up, down].every((rounded) => isTaken(rounded.toFixed(), sizeDecimals))).toBe(true);
        expect(up.greaterThanOrEqualTo(given) && down.lessThanOrEqualTo(given)).toBe(true);
        expect(up.minus(down).lessThanOrEqualTo(Decimal.max(given.times('1.0001e-4'), least))).toBe(true);
      }),
    );
  });

  it.each([
    ['0.0012345', 0, false],
    ['1234.5', 1, true],
    ['1234.56', 1, false],
    ['0.001234', 0, true],
    ['0.01234', 2, false],
    ['123456', 5, true],
    ['123456.5', 0, false],
  ] as const)('%s with %d decimals in sizes is taken as it is: %s', (text, sizeDecimals, expected) => {
    const given = price(text);
    if (expected) expect(exactPrice(given, asset(sizeDecimals))).toBe(given);
    else expect(() => exactPrice(given, asset(sizeDecimals))).toThrow(RefusedHere);
  });
});

describe('a size for Hyperliquid', () => {
  it('has the decimals of its asset at most, and is not nothing', () => {
    expect(exactSize(quantity('0.123'), asset(3)).toFixed()).toBe('0.123');
    for (const wrong of ['0.1234', '0']) expect(() => exactSize(quantity(wrong), asset(3))).toThrow(RefusedHere);
  });
});
