import { readCall } from './call.ts';
import type { CandleColumns, Column } from './column.ts';
import type { HighLow, HighLowClose, IndicatorState, Span, X } from './indicator.ts';
import { defineIndicator } from './indicator.ts';
import { ALL, period } from './parameter.ts';

type Inputs = readonly Float64Array[];

const DAY_MS = 86_400_000;

class Pivots implements IndicatorState {
  private day = NaN;
  /** Whether the day under way was seen from its first moment. */
  private whole = false;
  private high = NaN;
  private low = NaN;
  private close = NaN;
  private readonly levels = new Float64Array(7).fill(NaN);

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const time = inputs[3]!;
    for (let at = from; at < to; at += 1) {
      const day = Math.floor(time[at]! / DAY_MS);
      if (day === this.day) {
        this.high = Math.max(this.high, high[at]!);
        this.low = Math.min(this.low, low[at]!);
      } else {
        if (this.whole) this.setLevels();
        this.whole = Number.isFinite(this.day) || time[at]! === day * DAY_MS;
        this.day = day;
        this.high = high[at]!;
        this.low = low[at]!;
      }
      this.close = close[at]!;
      for (let level = 0; level < 7; level += 1) outputs[level]![at] = this.levels[level]!;
    }
  }

  private setLevels(): void {
    const { high, low, close } = this;
    const pivot = (high + low + close) / 3;
    const range = high - low;
    const above = [2 * pivot - low, pivot + range, high + 2 * (pivot - low)];
    const below = [2 * pivot - high, pivot - range, low - 2 * (high - pivot)];
    this.levels.set([pivot, ...above, ...below]);
  }
}

/**
 * Floor traders' pivot points of the UTC day before, constant over a day: `pivot` P = (high + low + close) / 3,
 * r1 = 2P - low, r2 = P + (high - low), r3 = high + 2 (P - low), s1 = 2P - high, s2 = P - (high - low),
 * s3 = low - 2 (high - P); TradingView's "Traditional". `time` is each candle's opening time in milliseconds. The day
 * before is the last one that has candles, and NaN in one of them leaves the next day without levels; a first day that
 * begins before the column does gives none. First values at the first row after a whole day, wherever that is.
 */
export const pivots = defineIndicator<
  [...HighLowClose, time: Column],
  [],
  'pivot' | 'r1' | 'r2' | 'r3' | 's1' | 's2' | 's3'
>({
  name: 'pivots',
  inputs: ['high', 'low', 'close', 'time'],
  parameters: [],
  outputs: ['pivot', 'r1', 'r2', 'r3', 's1', 's2', 's3'],
  warmUp: () => 1,
  start: () => new Pivots(),
});

class Pivot implements IndicatorState {
  /** 1 for highs; -1 for lows, which are the highs of the negated column. */
  private readonly sign: number;
  private readonly left: number;
  private readonly right: number;
  /** The last left + 1 + right values in a ring; `at` is the oldest's place, which the next value takes. */
  private readonly values: Float64Array;
  private at = 0;

  constructor(sign: number, left: number, right: number) {
    this.sign = sign;
    this.left = left;
    this.right = right;
    this.values = new Float64Array(left + 1 + right).fill(NaN);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const { sign, values } = this;
    const x = inputs[0]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) {
      values[this.at] = sign * x[at]!;
      this.at = this.at + 1 === values.length ? 0 : this.at + 1;
      out[at] = this.isPivot() ? sign * this.value(this.left) : NaN;
    }
  }

  private isPivot(): boolean {
    const { left, right } = this;
    const peak = this.value(left);
    for (let i = left - 1; i >= 0; i -= 1) if (!(peak > this.value(i))) return false;
    for (let i = left + 1; i <= left + right; i += 1) if (!(peak >= this.value(i))) return false;
    return peak === peak;
  }

  /** The value `age` places after the oldest. */
  private value(age: number): number {
    const place = this.at + age;
    return this.values[place < this.values.length ? place : place - this.values.length]!;
  }
}

/**
 * Pivot highs: at a row, x of `right` rows before if that is higher than the `left` values before it and no lower than
 * the `right` values after it; NaN at all other rows. Pine's ta.pivothigh; of equal peaks in a row the first counts. The
 * value stands where it is confirmed, not where the peak is, so it never changes later.
 * First possible value at row left + right.
 */
export const pivotHigh = defineIndicator<X, [left?: number, right?: number]>({
  name: 'pivotHigh',
  inputs: ['x'],
  parameters: [period('left', 5), period('right', 5)],
  outputs: ['value'],
  warmUp: (left, right) => left + right,
  start: (left, right) => new Pivot(1, left, right),
});

/**
 * Pivot lows: at a row, x of `right` rows before if that is lower than the `left` values before it and no higher than the
 * `right` values after it; NaN at all other rows. Pine's ta.pivotlow; see `pivotHigh`.
 * First possible value at row left + right.
 */
export const pivotLow = defineIndicator<X, [left?: number, right?: number]>({
  name: 'pivotLow',
  inputs: ['x'],
  parameters: [period('left', 5), period('right', 5)],
  outputs: ['value'],
  warmUp: (left, right) => left + right,
  start: (left, right) => new Pivot(-1, left, right),
});

/** A swing and the prices at which it is retraced by a share of its range. */
export interface Retracement {
  readonly high: number;
  readonly low: number;
  /** `up` when the low came first; null when there is no swing to measure. */
  readonly direction: 'up' | 'down' | null;
  readonly levels: readonly { readonly ratio: number; readonly price: number }[];
}

const FIBONACCI_RATIOS = [0, 0.236, 0.382, 0.5, 0.618, 0.786, 1];

/**
 * Fibonacci retracement of the swing between the highest high and the lowest low (the latest of equals) of the last n
 * candles, all when n is left out: ratio 0 at the end of the swing, 1 at its beginning, 0.236, 0.382, 0.5, 0.618 and
 * 0.786 between. Prices are NaN and the direction null with fewer than n candles, a gap among them, or prices that stand
 * still; in a candle that holds both extremes the low counts as first.
 * @throws TypeError or RangeError as all functions of `ta` for what is no column and for periods out of range
 */
export function fibonacci(...args: [...HighLow, n?: number] | [candles: CandleColumns, n?: number]): Retracement {
  const signature = { name: 'fibonacci', inputs: ['high', 'low'], parameters: [period('n', ALL)] };
  const { inputs, parameters } = readCall(signature, args);
  const swing = swingOf(inputs[0]!, inputs[1]!, parameters[0]!);
  const { high, low, direction } = swing;
  const price = (ratio: number) => (direction === 'up' ? high - ratio * (high - low) : low + ratio * (high - low));
  return { ...swing, levels: FIBONACCI_RATIOS.map((ratio) => ({ ratio, price: price(ratio) })) };
}

function swingOf(highs: Float64Array, lows: Float64Array, n: number): Omit<Retracement, 'levels'> {
  const none = { high: NaN, low: NaN, direction: null };
  const start = n === ALL ? 0 : highs.length - n;
  if (start < 0 || highs.length === 0) return none;
  let top = start;
  let bottom = start;
  for (let at = start; at < highs.length; at += 1) {
    if (!Number.isFinite(highs[at]! + lows[at]!)) return none;
    if (highs[at]! >= highs[top]!) top = at;
    if (lows[at]! <= lows[bottom]!) bottom = at;
  }
  const high = highs[top]!;
  const low = lows[bottom]!;
  return high > low ? { high, low, direction: bottom <= top ? 'up' : 'down' } : none;
}
