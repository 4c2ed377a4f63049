import { describe } from './column.ts';

/** The default of a count of candles that means all there are. */
export const ALL = Infinity;

/** The longest period, TA-Lib's own bound: states keep one figure for each of its candles. */
const LONGEST_PERIOD = 100_000;

/** A number that a function takes beside its columns. */
export interface Parameter {
  readonly name: string;
  /** What holds when the caller leaves it out; undefined where there is no usual value. */
  readonly default: number | undefined;
  /** Whether only whole numbers are allowed. */
  readonly whole: boolean;
  readonly min: number;
  readonly max: number;
}

/** A count of candles: a whole number from 1 to 100,000. */
export function period(name: string, usual?: number): Parameter {
  return { name, default: usual, whole: true, min: 1, max: LONGEST_PERIOD };
}

/** A multiple, a step, a percentage: any finite number from 0. */
export function factor(name: string, usual?: number): Parameter {
  return { name, default: usual, whole: false, min: 0, max: Number.MAX_VALUE };
}

/**
 * The value of a parameter in a call of the function `owner`, or its default.
 * @throws RangeError naming the function, the parameter, what is allowed and what was given
 */
export function readParameter(owner: string, parameter: Parameter, value: unknown): number {
  const { name, whole, min, max } = parameter;
  if (value === undefined && parameter.default !== undefined) return parameter.default;
  const inRange = typeof value === 'number' && value >= min && value <= max;
  if (inRange && (!whole || Number.isInteger(value))) return value;
  const wanted = whole ? `a whole number from ${min} to ${max}` : `a number from ${min}`;
  throw new RangeError(`${owner}: ${name} must be ${wanted}, got ${describe(value)}`);
}

/**
 * A count of candles or an offset, for functions that look at the end of a column and keep no state.
 * @throws RangeError naming the function, the parameter, what is allowed and what was given
 */
export function requireWhole(owner: string, { name, min }: { name: string; min: number }, value: unknown): number {
  return readParameter(owner, { name, default: undefined, whole: true, min, max: Number.MAX_SAFE_INTEGER }, value);
}
