/** Answers about the last candle. */
import type { Column } from './column.ts';
import { requireColumn } from './column.ts';
import { requireWhole } from './parameter.ts';

/** The value of a column or of a level at the last row, or `back` rows before. */
function valueAt(x: Column | number, back: number): number {
  return typeof x === 'number' ? x : (x[x.length - 1 - back] ?? NaN);
}

function requirePair(owner: string, a: Column, b: Column | number): void {
  requireColumn(owner, 'a', a);
  if (typeof b === 'number') return;
  requireColumn(owner, 'b', b);
  if (a.length === b.length) return;
  throw new RangeError(`${owner}: a and b must be of one length, got ${a.length} and ${b.length} values`);
}

/**
 * Whether `a` crossed above `b` at the last row: above it now, not above it one row before. Pine's ta.crossover. False
 * where one of the four values is NaN.
 * @throws TypeError for what is neither column nor level, RangeError for columns of different lengths
 */
export function crossover(a: Column, b: Column | number): boolean {
  requirePair('crossover', a, b);
  return valueAt(a, 0) > valueAt(b, 0) && valueAt(a, 1) <= valueAt(b, 1);
}

/**
 * Whether `a` crossed below `b` at the last row: below it now, not below it one row before. Pine's ta.crossunder. False
 * where one of the four values is NaN.
 * @throws TypeError for what is neither column nor level, RangeError for columns of different lengths
 */
export function crossunder(a: Column, b: Column | number): boolean {
  requirePair('crossunder', a, b);
  return valueAt(a, 0) < valueAt(b, 0) && valueAt(a, 1) >= valueAt(b, 1);
}

/** How many rows a swing must stand out from on each side; towards the end of the column one is enough. */
const SWING_ROWS = 2;

/**
 * Regular divergence of price and oscillator between the last two swings of the price in the last n rows: `bullish` when
 * the lows fall and the oscillator's values at them rise, `bearish` when the highs rise and the oscillator's fall, null
 * else. A swing low is lower than the two prices before it and not higher than the two after it; at the end of the
 * column one price after it is enough. Where both kinds are found, the one with the later swing counts. The answer holds
 * until a newer swing: join it with a condition of the last candle, or cool down.
 * @throws TypeError for what is no column, RangeError for different lengths and unless n is a whole number from 1
 */
export function divergence(price: Column, osc: Column, n: number): 'bullish' | 'bearish' | null {
  const prices = requireColumn('divergence', 'price', price);
  const values = requireColumn('divergence', 'osc', osc);
  requireWhole('divergence', { name: 'n', min: 1 }, n);
  if (prices.length !== values.length)
    throw new RangeError(
      `divergence: price has ${prices.length} values, osc ${values.length}; they must be one series`,
    );
  const from = Math.max(0, prices.length - n);
  const low = lastSwings(prices, from, -1);
  const high = lastSwings(prices, from, 1);
  const diverges = (sign: number, [later, earlier]: number[]): boolean =>
    later !== undefined &&
    earlier !== undefined &&
    sign * prices[later]! > sign * prices[earlier]! &&
    sign * values[later]! < sign * values[earlier]!;
  const bullish = diverges(-1, low);
  const bearish = diverges(1, high);
  if (bullish && bearish) return low[0]! > high[0]! ? 'bullish' : 'bearish';
  return bullish ? 'bullish' : bearish ? 'bearish' : null;
}

/** The rows of the last two swings from row `from` on, the later first; sign 1 for highs, -1 for lows. */
function lastSwings(prices: Column, from: number, sign: number): number[] {
  const found: number[] = [];
  for (let row = prices.length - 2; row >= from + SWING_ROWS && found.length < 2; row -= 1) {
    if (isSwing(prices, row, sign)) found.push(row);
  }
  return found;
}

function isSwing(prices: Column, row: number, sign: number): boolean {
  const peak = sign * prices[row]!;
  for (let away = 1; away <= SWING_ROWS; away += 1) {
    const after = prices[row + away];
    if (!(peak > sign * prices[row - away]!)) return false;
    if (after !== undefined && !(peak >= sign * after)) return false;
  }
  return true;
}
