import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, price } from './decimal.ts';
import { formatLevel, parseLevel } from './levels.ts';
import type { Level } from './levels.ts';

const amount = fc
  .tuple(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: 1, max: 99_999_999 }))
  .map(([integer, fraction]) => new Decimal(`${integer}.${String(fraction).padStart(8, '0')}`));
const level: fc.Arbitrary<Level> = fc.oneof(
  amount.map((value): Level => ({ kind: 'price', price: price(value) })),
  amount.map((percent): Level => ({ kind: 'percent', percent })),
  amount.map((multiple): Level => ({ kind: 'atr', multiple })),
  amount.map((multiple): Level => ({ kind: 'r', multiple })),
);

describe('levels', () => {
  it('are written as text that reads back as the same level', () => {
    fc.assert(
      fc.property(level, (written) => {
        expect(parseLevel(formatLevel(written))).toEqual(written);
      }),
    );
  });

  it('are prices when they are bare numbers, distances when they have a unit', () => {
    expect(parseLevel(64250.5)).toEqual({ kind: 'price', price: price('64250.5') });
    expect(parseLevel('64250.5')).toEqual({ kind: 'price', price: price('64250.5') });
    expect(parseLevel('2%')).toEqual({ kind: 'percent', percent: new Decimal(2) });
    expect(parseLevel(' 2.5 ATR ')).toEqual({ kind: 'atr', multiple: new Decimal('2.5') });
    expect(parseLevel('1.5r')).toEqual({ kind: 'r', multiple: new Decimal('1.5') });
  });

  it('take a number of market data as the price that it shows', () => {
    const value = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(value, (given) => {
        const read = parseLevel(given);
        expect(read.kind === 'price' && read.price.toNumber()).toBe(given);
      }),
    );
  });

  it('are nothing else', () => {
    const others = [
      '',
      '%',
      'atr',
      '0',
      '0%',
      '0.0r',
      '-2%',
      '-5',
      '+5',
      '2%%',
      '2x',
      '1e5',
      '2,5%',
      'NaN',
      'Infinity',
      '.5r',
      '5.r',
    ];
    for (const text of others) expect(() => parseLevel(text), JSON.stringify(text)).toThrow(/is not a price level/);
    for (const number of [0, -0, -1, Number.NaN, Infinity]) {
      expect(() => parseLevel(number)).toThrow(/is not a price level/);
    }
  });
});
