import { Decimal } from '../domain/decimal.ts';
import { AitraderError } from '../domain/errors.ts';

/**
 * An exact amount in multiples of 1e-8, the finest that the venue names: prices, quantities, balances, rates and fees.
 * Bigint, so that sums of any size are exact and an amount is never mistaken for a number of ticks or milliseconds.
 */
export type Atoms = bigint;

const DECIMALS = 8;

/** Atoms of one unit: `1` is 100_000_000n. */
export const ONE: Atoms = 100_000_000n;

const PLAIN_DECIMAL = /^(-?)(\d+)(?:\.(\d*?)0*)?$/;

/**
 * Reads a plain decimal text (`-12.50`), or takes a calculated Decimal.
 * @throws AitraderError `DECIMAL_INVALID` for anything else, and for digits beyond the eighth decimal
 */
export function atoms(input: string | Decimal): Atoms {
  const text = typeof input === 'string' ? input : input.toFixed();
  const match = PLAIN_DECIMAL.exec(text);
  const fraction = match?.[3] ?? '';
  if (match === null || fraction.length > DECIMALS) throw new AitraderError('DECIMAL_INVALID', { given: text });
  const digits = BigInt((match[2] ?? '') + fraction.padEnd(DECIMALS, '0'));
  return match[1] === '-' ? -digits : digits;
}

/** The amount as plain text with exactly eight decimals, as the venue writes it: `0.00100000`. */
export function atomsText(amount: Atoms): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(DECIMALS + 1, '0');
  const text = `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`;
  return amount < 0n ? `-${text}` : text;
}

/** The amount as the program's Decimal; cast it to Price, Quantity or Money by what it is. */
export function atomsDecimal(amount: Atoms): Decimal {
  return new Decimal(amount.toString()).times('1e-8');
}

/**
 * Market data as an amount, to the nearest atom.
 * @throws AitraderError `PRICE_INVALID` for NaN, infinities and numbers below zero
 */
export function atomsFromMarketData(value: number): Atoms {
  if (!(value >= 0) || value === Infinity) throw new AitraderError('PRICE_INVALID', { given: String(value) });
  const scaled = value * 1e8;
  return scaled <= Number.MAX_SAFE_INTEGER ? BigInt(Math.round(scaled)) : atoms(new Decimal(value).toDecimalPlaces(8));
}

/** The nearest Float64: for comparing with market data, never for money. Equal decimals give equal floats. */
export function atomsNumber(amount: Atoms): number {
  return Number(amount) / 1e8;
}

/** Quotient towards minus infinity. */
export function floorDiv(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor !== 0n && dividend < 0n !== divisor < 0n ? quotient - 1n : quotient;
}

/** Quotient towards plus infinity. */
export function ceilDiv(dividend: bigint, divisor: bigint): bigint {
  return -floorDiv(-dividend, divisor);
}

/** Product of two amounts (price x quantity, amount x rate) towards zero: what is paid and received is cut, never raised. */
export function times(a: Atoms, b: Atoms): Atoms {
  return (a * b) / ONE;
}
