import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../domain/time.ts';

/** Figures as people read them on a screen; none of them is money to count with. What is not known is a dash. */
export const NOTHING = '-';

const PRICE_DIGITS = 6;
const FEWEST_DECIMALS = 2;
/** No exchange has more. */
const MOST_DECIMALS = 8;
/** An amount below a cent has so many digits: in an account that is kept in BTC these are no trifles. */
const SMALL_DIGITS = 2;

/** A price with about six digits, at least two of them after the point. */
export function priceWord(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NOTHING;
  const magnitude = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.min(MOST_DECIMALS, Math.max(FEWEST_DECIMALS, PRICE_DIGITS - 1 - magnitude)));
}

/** A quantity with six digits, without zeros at the end. */
export function quantityWord(value: number): string {
  return String(Number(value.toPrecision(PRICE_DIGITS)));
}

/** An amount of money with two places and separated thousands; two digits when it is less than a cent. */
export function moneyWord(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NOTHING;
  const size = Math.abs(value);
  if (size < 0.01 && size >= 10 ** -MOST_DECIMALS) {
    const places = Math.min(MOST_DECIMALS, SMALL_DIGITS - 1 - Math.floor(Math.log10(size)));
    return value.toFixed(places);
  }
  return value.toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** With its sign, also when it is a gain. Zero has none. */
function signed(value: number | null, word: (value: number) => string): string {
  if (value === null || !Number.isFinite(value)) return NOTHING;
  const text = word(value);
  if (Number(text.replaceAll(',', '')) === 0) return text.replace('-', '');
  return value > 0 ? `+${text}` : text;
}

export function profitWord(value: number | null): string {
  return signed(value, moneyWord);
}

export function percentWord(value: number | null): string {
  const word = signed(value, (known) => known.toFixed(2));
  return word === NOTHING ? word : `${word}%`;
}

const SHORT_UNITS = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** A large figure in at most five characters: `12`, `1.2k`, `345M`. */
export function shortWord(value: number): string {
  if (!Number.isFinite(value)) return NOTHING;
  for (const [size, unit] of SHORT_UNITS) {
    if (value < size * 0.9995) continue;
    const scaled = value / size;
    return `${scaled < 9.95 ? scaled.toFixed(1) : scaled.toFixed(0)}${unit}`;
  }
  return value.toFixed(0);
}

const SPAN_UNITS = [
  [DAY_MS, 'd'],
  [HOUR_MS, 'h'],
  [MINUTE_MS, 'm'],
] as const;

/** A span in its largest unit: `45s`, `12m`, `3h`, `2d`. A span below zero is zero. */
export function spanWord(ms: number): string {
  if (!Number.isFinite(ms)) return NOTHING;
  const [lengthMs, unit] = SPAN_UNITS.find(([length]) => ms >= length) ?? [SECOND_MS, 's'];
  return `${Math.max(0, Math.floor(ms / lengthMs))}${unit}`;
}

/** The time of day, UTC. */
export function clockWord(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}

/** Day and time, UTC. */
export function momentWord(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
