/** Numbers read off the end of a column. NaN where the column is too short, and where a NaN is among the values read. */
import type { Column } from './column.ts';
import { describe, requireColumn, toFloat64 } from './column.ts';
import { requireWhole } from './parameter.ts';

/** How long a column that a function makes may be. */
const LONGEST_COLUMN = 100_000_000;

/**
 * The last value, or the one `back` rows before it.
 * @throws RangeError unless back is a whole number from 0
 */
export function last(x: Column, back = 0): number {
  const column = requireColumn('last', 'x', x);
  return column[column.length - 1 - requireWhole('last', { name: 'back', min: 0 }, back)] ?? NaN;
}

/** The last n values, or undefined where there are fewer; checks the arguments of the function `owner`. */
function lastValues(owner: string, x: Column, n: number): Float64Array | undefined {
  const column = requireColumn(owner, 'x', x);
  const start = column.length - requireWhole(owner, { name: 'n', min: 1 }, n);
  if (start < 0) return undefined;
  return toFloat64(column).subarray(start);
}

/**
 * The highest of the last n values.
 * @throws RangeError unless n is a whole number from 1
 */
export function max(x: Column, n: number): number {
  return lastValues('max', x, n)?.reduce((highest, value) => Math.max(highest, value)) ?? NaN;
}

/**
 * The lowest of the last n values.
 * @throws RangeError unless n is a whole number from 1
 */
export function min(x: Column, n: number): number {
  return lastValues('min', x, n)?.reduce((lowest, value) => Math.min(lowest, value)) ?? NaN;
}

/**
 * The sum of the last n values.
 * @throws RangeError unless n is a whole number from 1
 */
export function sum(x: Column, n: number): number {
  return lastValues('sum', x, n)?.reduce((total, value) => total + value) ?? NaN;
}

/**
 * The last value less the one n rows before it. Pine's ta.change.
 * @throws RangeError unless n is a whole number from 0
 */
export function change(x: Column, n = 1): number {
  const column = requireColumn('change', 'x', x);
  const before = column.length - 1 - requireWhole('change', { name: 'n', min: 0 }, n);
  return (column[column.length - 1] ?? NaN) - (column[before] ?? NaN);
}

/**
 * The slope of the least-squares line through the last n values, in units of x a row. TA-Lib TA_LINEARREG_SLOPE. A line
 * takes two points: NaN for n = 1.
 * @throws RangeError unless n is a whole number from 1
 */
export function slope(x: Column, n: number): number {
  const values = lastValues('slope', x, n);
  if (values === undefined || n < 2) return NaN;
  const first = values[0]!;
  const middle = (n - 1) / 2;
  let covariance = 0;
  // Distances from the first value: the size of the prices must not eat the digits of a small slope.
  values.forEach((value, at) => (covariance += (at - middle) * (value - first)));
  return covariance / ((n * (n * n - 1)) / 12);
}

/**
 * How many rows ago the condition last held: 0 at the last row, NaN if it never did. Pine's ta.barssince.
 * @param condition asked with row indices, the last row first, until it holds
 * @param length the number of rows; a filter's `ta` knows it
 * @throws TypeError unless condition is a function, RangeError unless length is a whole number from 0
 */
export function barsSince(condition: (row: number) => boolean, length: number): number {
  requireFunction('barsSince', 'condition', condition);
  const rows = requireWhole('barsSince', { name: 'length', min: 0 }, length);
  for (let row = rows - 1; row >= 0; row -= 1) if (condition(row)) return rows - 1 - row;
  return NaN;
}

/**
 * A column made row by row.
 * @param value gives the value of a row, asked in order from row 0
 * @param length the number of rows; a filter's `ta` knows it
 * @throws TypeError unless value is a function, RangeError unless length is a whole number from 0
 */
export function column(value: (row: number) => number, length: number): Float64Array {
  requireFunction('column', 'value', value);
  const rows = requireWhole('column', { name: 'length', min: 0 }, length);
  if (rows > LONGEST_COLUMN) throw new RangeError(`column: length must be at most ${LONGEST_COLUMN}, got ${rows}`);
  const made = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) made[row] = value(row);
  return made;
}

function requireFunction(owner: string, argument: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw new TypeError(`${owner}: ${argument} must be a function of a row index, got ${describe(value)}`);
}
