/** Figures of one kind, one a candle, oldest first: a Float64Array, or any array of numbers. NaN marks a gap. */
export type Column = ArrayLike<number>;

/** The columns of a candle series. `time` is the opening time in milliseconds UTC. Functions read the ones they need. */
export interface CandleColumns {
  readonly time: Column;
  readonly open: Column;
  readonly high: Column;
  readonly low: Column;
  readonly close: Column;
  readonly volume: Column;
}

/** Whether `value` is an array or a typed array of numbers; what is in it is not looked at. */
export function isColumn(value: unknown): value is Column {
  if (Array.isArray(value)) return true;
  if (!ArrayBuffer.isView(value) || value instanceof DataView) return false;
  return !(value instanceof BigInt64Array) && !(value instanceof BigUint64Array);
}

/**
 * The column as a Float64Array: itself when it is one, else a copy. States read Float64Array alone, because reading one
 * kind of array is several times as fast as reading many.
 */
export function toFloat64(column: Column): Float64Array {
  return column instanceof Float64Array ? column : new Float64Array(column);
}

/** What an error message calls a value: numbers and strings as written, all else by its kind. */
export function describe(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (isColumn(value)) return `a column of ${value.length} values`;
  return value === null ? 'null' : typeof value;
}

/**
 * Refuses what is not a column.
 * @throws TypeError naming the function and the argument
 */
export function requireColumn(owner: string, argument: string, value: unknown): Column {
  if (isColumn(value)) return value;
  throw new TypeError(`${owner}: ${argument} must be a column, got ${describe(value)}`);
}
