import { Decimal as Foreign } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, decimal, money, notional, price, priceFromMarketData, quantity } from './decimal.ts';

const NOT_PLAIN = [
  ...['', ' ', ' 1', '1 ', '1\n', '.', '.5', '5.', '+1', '--1', '-', '1e5', '1E-3', '0x10', '1,000', '1_000', '1.2.3'],
  ...['NaN', 'Infinity', '-Infinity', 'null', '١'],
];

const digits = (max: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: max });
const plain = fc
  .tuple(fc.constantFrom('', '-'), digits(20), fc.option(digits(20)))
  .map(([sign, integer, fraction]) => `${sign}${integer}${fraction === null ? '' : `.${fraction}`}`);

describe('decimal numbers', () => {
  it('are read from plain decimal text alone', () => {
    for (const text of NOT_PLAIN) expect(() => decimal(text), JSON.stringify(text)).toThrow(/is not a plain decimal/);
  });

  it('refuse calculated values that are no number', () => {
    const nonsense = [new Decimal(Number.NaN), new Decimal(1).dividedBy(0), new Decimal(-1).dividedBy(0)];
    for (const value of nonsense) expect(() => decimal(value)).toThrow(/is not a plain decimal/);
  });

  it('keep every digit of the text, and are written as text that reads back the same', () => {
    fc.assert(
      fc.property(plain, (text) => {
        const value = decimal(text);
        expect(decimal(value.toFixed())).toEqual(value);
        expect(decimal(JSON.parse(JSON.stringify(value)) as string)).toEqual(value);
        const [, sign, integer = '', fraction = ''] = /^(-?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(text) ?? [];
        const canonical = `${integer || '0'}${fraction && `.${fraction}`}`;
        expect(value.toFixed()).toBe(canonical === '0' ? '0' : `${sign}${canonical}`);
      }),
    );
  });

  it('are never written with an exponent, however small or large', () => {
    const extremes = [new Decimal(10).pow(-90), new Decimal(10).pow(90), new Decimal(1).dividedBy('3e70')];
    for (const value of extremes) {
      expect(JSON.stringify(value)).not.toMatch(/e/i);
      expect(decimal(value.toString())).toEqual(value);
    }
  });

  it('have one zero, without a sign', () => {
    for (const zero of [decimal('-0'), decimal('0.00'), decimal(new Decimal(0).negated()), quantity('-0.0')]) {
      expect(JSON.stringify(zero)).toBe('"0"');
    }
  });

  it('calculate with 40 digits, whatever other users of the library have set', () => {
    const taken = decimal(new Foreign(1));
    expect(taken.dividedBy(3).toFixed()).toBe(`0.${'3'.repeat(40)}`);
  });
});

describe('prices, quantities and money', () => {
  it('take only what they may be: prices above zero, quantities from zero, money of any sign', () => {
    expect(() => price('0')).toThrow('a price of 0');
    expect(() => price('-1')).toThrow('a price of -1');
    expect(() => quantity('-0.1')).toThrow('a quantity of -0.1');
    expect(quantity('0').isZero()).toBe(true);
    expect(money('-3.5').toFixed()).toBe('-3.5');
  });

  it('multiply exactly', () => {
    expect(notional(price('64250.12345678'), quantity('0.00000001')).toFixed()).toBe('0.0006425012345678');
    const amount = fc.bigInt({ min: 1n, max: 10n ** 18n });
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        expect(notional(price(String(a)), quantity(String(b))).toFixed()).toBe(String(a * b));
      }),
    );
  });
});

describe('prices from market data', () => {
  it('read back as the same float', () => {
    const positive = fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(positive, (value) => {
        expect(Number(priceFromMarketData(value).toFixed())).toBe(value);
      }),
    );
  });

  it('are the text that the venue sent', () => {
    const sent = fc
      .tuple(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 1, max: 99_999_999 }))
      .map(([integer, fraction]) => `${integer}.${String(fraction).padStart(8, '0')}`.replace(/0+$/, ''));
    fc.assert(
      fc.property(sent, (text) => {
        expect(priceFromMarketData(Number(text)).toFixed()).toBe(text);
      }),
    );
  });

  it('are refused when they are no price', () => {
    for (const value of [Number.NaN, Infinity, -Infinity, 0, -0, -1]) {
      expect(() => priceFromMarketData(value)).toThrow(/a price of/);
    }
  });
});
