import { Decimal as DecimalJs } from 'decimal.js';

import { AitraderError } from './errors.ts';

/**
 * The program's decimal numbers: 40 significant digits, half-even, never in exponent notation. A constructor of its own,
 * so that no other user of decimal.js in the process can change its rounding.
 */
export const Decimal = DecimalJs.clone({
  precision: 40,
  rounding: DecimalJs.ROUND_HALF_EVEN,
  toExpNeg: -9e15,
  toExpPos: 9e15,
});
export type Decimal = DecimalJs;

declare const unit: unique symbol;
type Unit<Name extends string> = Decimal & { readonly [unit]: Name };

/** Quote units for one base unit. */
export type Price = Unit<'Price'>;
/** Base units (contracts on futures). Never negative: the side says the direction. */
export type Quantity = Unit<'Quantity'>;
/** An amount of one asset, usually the quote asset. May be negative (a loss, a cost). */
export type Money = Unit<'Money'>;

export const ZERO = new Decimal(0);
export const ZERO_QUANTITY = ZERO as Quantity;
export const ZERO_MONEY = ZERO as Money;

/** What the three constructors take: a decimal string from a venue, store or user, or the result of a calculation. */
export type DecimalInput = string | Decimal;

const PLAIN_DECIMAL = /^-?\d+(\.\d+)?$/;

/**
 * Reads a plain decimal (`-12.50`), or takes a calculated one. Zero has no sign.
 * @throws AitraderError `DECIMAL_INVALID` for exponents, blanks, signs out of place, NaN and infinities
 */
export function decimal(input: DecimalInput): Decimal {
  const isReadable = typeof input === 'string' ? PLAIN_DECIMAL.test(input) : input.isFinite();
  if (!isReadable) throw new AitraderError('DECIMAL_INVALID', { given: input.toString() });
  const value = new Decimal(input);
  return value.isZero() ? ZERO : value;
}

/** @throws AitraderError `DECIMAL_INVALID`, or `PRICE_INVALID` when not above zero */
export function price(input: DecimalInput): Price {
  const value = decimal(input);
  if (!value.greaterThan(0)) throw new AitraderError('PRICE_INVALID', { given: value.toFixed() });
  return value as Price;
}

/** @throws AitraderError `DECIMAL_INVALID`, or `QUANTITY_INVALID` when below zero */
export function quantity(input: DecimalInput): Quantity {
  const value = decimal(input);
  if (value.lessThan(0)) throw new AitraderError('QUANTITY_INVALID', { given: value.toFixed() });
  return value as Quantity;
}

/** @throws AitraderError `DECIMAL_INVALID` */
export function money(input: DecimalInput): Money {
  return decimal(input) as Money;
}

/** Price times quantity, in quote units, exact. */
export function notional(at: Price, amount: Quantity): Money {
  return at.times(amount) as Money;
}

/**
 * The one place where market data (Float64) becomes a price of money: the shortest decimal that reads back as the same
 * float, which for a venue's prices is the text the venue sent.
 * @throws AitraderError `PRICE_INVALID` for NaN, infinities, zero and negative numbers
 */
export function priceFromMarketData(value: number): Price {
  if (!(value > 0) || value === Infinity) throw new AitraderError('PRICE_INVALID', { given: String(value) });
  return new Decimal(value) as Price;
}

/** A price of the market as one of money; null for what is no price (NaN, infinite, zero, negative). */
export function readPrice(value: number): Price | null {
  return value > 0 && value < Infinity ? priceFromMarketData(value) : null;
}
