import { Decimal } from '../../../domain/decimal.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../domain/time.ts';
import type { Cell } from './table.ts';
import type { Tone, View } from './view.ts';

/** Figures of the API in the form for people. What is not there is a dash. */
export const NOTHING = '-';

/** Prices and quantities: so many digits, without zeros at the end. */
const PRICE_DIGITS = 8;
const QUANTITY_DIGITS = 6;

export function priceWord(text: string | number | null): string {
  return text === null ? NOTHING : new Decimal(text).toSignificantDigits(PRICE_DIGITS).toFixed();
}

export function quantityWord(text: string): string {
  return new Decimal(text).toSignificantDigits(QUANTITY_DIGITS).toFixed();
}

/** An amount of money with two places, or with three digits when it is smaller. */
export function moneyWord(text: string | null): string {
  if (text === null) return NOTHING;
  const amount = new Decimal(text);
  const short = amount.toSignificantDigits(3);
  return short.isZero() || short.abs().greaterThanOrEqualTo(1) ? amount.toFixed(2) : short.toFixed();
}

function toneOf(amount: Decimal): Tone {
  if (amount.isZero()) return 'plain';
  return amount.greaterThan(0) ? 'good' : 'bad';
}

/** A profit with its sign. */
export function profitCell(text: string | null): Cell {
  if (text === null) return NOTHING;
  const amount = new Decimal(text);
  return { text: `${amount.greaterThan(0) ? '+' : ''}${moneyWord(text)}`, tone: toneOf(amount) };
}

export function profitPctCell(pct: number | null): Cell {
  if (pct === null) return NOTHING;
  return { text: `${pct > 0 ? '+' : ''}${pct.toFixed(2)}%`, tone: toneOf(new Decimal(pct)) };
}

/** A moment, UTC: the time alone when it is of today. */
export function timeWord(ms: number | null, { now }: Pick<View, 'now'>): string {
  if (ms === null) return NOTHING;
  const iso = new Date(ms).toISOString();
  const isToday = Math.floor(ms / DAY_MS) === Math.floor(now / DAY_MS);
  const isThisYear = iso.startsWith(new Date(now).toISOString().slice(0, 4));
  if (isToday) return iso.slice(11, 19);
  return isThisYear ? iso.slice(5, 16).replace('T', ' ') : iso.slice(0, 10);
}

/** A span in its two largest units: `2d 3h`, `45s`. */
export function spanWord(ms: number): string {
  const units = [
    ['d', DAY_MS],
    ['h', HOUR_MS],
    ['m', MINUTE_MS],
    ['s', SECOND_MS],
  ] as const;
  const first = units.findIndex(([, lengthMs]) => ms >= lengthMs);
  if (first === -1) return '0s';
  let left = ms;
  const parts = units.slice(first, first + 2).map(([unit, lengthMs]) => {
    const count = Math.floor(left / lengthMs);
    left -= count * lengthMs;
    return count === 0 ? '' : `${count}${unit}`;
  });
  return parts.filter((part) => part !== '').join(' ');
}

/** As much of an id as the verbs take; the whole one stands in the JSON. */
const SHOWN_ID = 6;

export function idWord(id: string): string {
  return id.slice(-SHOWN_ID);
}
