import { Decimal, price } from './decimal.ts';
import type { Price } from './decimal.ts';
import { AitraderError } from './errors.ts';

/** Where a stop or target lies: at a price, or so far from the fill. */
export type Level =
  | { readonly kind: 'price'; readonly price: Price }
  | { readonly kind: 'percent'; readonly percent: Decimal }
  /** Multiples of the average true range (14) of the clock timeframe. */
  | { readonly kind: 'atr'; readonly multiple: Decimal }
  /** Multiples of the stop's distance; targets and break-even only. */
  | { readonly kind: 'r'; readonly multiple: Decimal };

const DISTANCE = /^(\d+(?:\.\d+)?)\s*(%|atr|r)$/i;

/**
 * Reads a level as filters and the command line write it: a number is a price, `'2%'`, `'2atr'`, `'1.5r'` are distances.
 * @throws AitraderError `LEVEL_INVALID`
 */
export function parseLevel(given: string | number): Level {
  if (typeof given === 'number') {
    if (!(given > 0) || given === Infinity) throw new AitraderError('LEVEL_INVALID', { given: String(given) });
    return { kind: 'price', price: price(new Decimal(given)) };
  }
  const text = given.trim();
  const [, digits, unit] = DISTANCE.exec(text) ?? [];
  if (digits === undefined || unit === undefined) {
    if (!/^\d+(\.\d+)?$/.test(text) || Number(text) === 0) throw new AitraderError('LEVEL_INVALID', { given });
    return { kind: 'price', price: price(text) };
  }
  const amount = new Decimal(digits);
  if (amount.isZero()) throw new AitraderError('LEVEL_INVALID', { given });
  switch (unit.toLowerCase()) {
    case '%':
      return { kind: 'percent', percent: amount };
    case 'atr':
      return { kind: 'atr', multiple: amount };
    default:
      return { kind: 'r', multiple: amount };
  }
}

/** The level as `parseLevel` reads it. */
export function formatLevel(level: Level): string {
  switch (level.kind) {
    case 'price':
      return level.price.toFixed();
    case 'percent':
      return `${level.percent.toFixed()}%`;
    case 'atr':
      return `${level.multiple.toFixed()}atr`;
    case 'r':
      return `${level.multiple.toFixed()}r`;
  }
}
