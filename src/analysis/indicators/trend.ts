import { NO_MOVEMENT, wilderAverage } from './averages.ts';
import type { Column } from './column.ts';
import { describe, isColumn } from './column.ts';
import type { HighLowClose, IndicatorState, Span } from './indicator.ts';
import { defineIndicator } from './indicator.ts';
import { ema } from './moving-averages.ts';
import { factor, period } from './parameter.ts';
import { AverageTrueRange, TrueRange } from './true-range.ts';

type Inputs = readonly Float64Array[];

/**
 * Wilder's running sum, s(t) = s(t-1) - s(t-1) / n + x(t), seeded with the plain sum of n - 1 values as in TA-Lib's
 * TA_ADX; first result with value n. A value that is not finite starts it anew.
 */
class WilderSum {
  private readonly n: number;
  private readonly keep: number;
  private count = 0;
  private sum = NaN;

  constructor(n: number) {
    this.n = n;
    this.keep = 1 - 1 / n;
  }

  next(x: number): number {
    if (this.count === this.n && x - x === 0) return (this.sum = this.sum * this.keep + x);
    return this.seed(x);
  }

  private seed(x: number): number {
    if (x - x !== 0) {
      this.count = 0;
      return NaN;
    }
    this.count += 1;
    if (this.count === this.n) return (this.sum = (this.n === 1 ? 0 : this.sum * this.keep) + x);
    this.sum = this.count === 1 ? x : this.sum + x;
    return NaN;
  }
}

class Adx implements IndicatorState {
  private readonly trueRange = new TrueRange();
  private readonly range: WilderSum;
  private readonly plus: WilderSum;
  private readonly minus: WilderSum;
  private readonly average;
  private previousHigh = NaN;
  private previousLow = NaN;

  constructor(n: number) {
    this.range = new WilderSum(n);
    this.plus = new WilderSum(n);
    this.minus = new WilderSum(n);
    this.average = wilderAverage(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const adx = outputs[0]!;
    const plusDi = outputs[1]!;
    const minusDi = outputs[2]!;
    for (let at = from; at < to; at += 1) {
      const rise = high[at]! - this.previousHigh;
      const fall = this.previousLow - low[at]!;
      const trueRange = this.trueRange.next(high[at]!, low[at]!, close[at]!);
      // 0, or NaN when any figure of this candle or the one before is missing.
      const gap = 0 * (rise + fall + trueRange);
      this.previousHigh = high[at]!;
      this.previousLow = low[at]!;

      const range = this.range.next(trueRange + gap);
      // The greater of the two if it is above 0, without branches: which it is cannot be predicted.
      const up = (Math.abs(rise) + rise) / 2;
      const down = (Math.abs(fall) + fall) / 2;
      const plus = this.plus.next(up * Number(up > down) + gap);
      const minus = this.minus.next(down * Number(down > up) + gap);
      const movement = plus + minus;
      const percent = range > NO_MOVEMENT ? 100 / range : NaN;
      plusDi[at] = plus * percent;
      minusDi[at] = minus * percent;
      adx[at] = this.average.next(movement > NO_MOVEMENT ? (100 * Math.abs(plus - minus)) / movement : NaN);
    }
  }
}

/**
 * Average directional movement, 0 to 100: `plusDi` and `minusDi` are Wilder's sums of directional movement in percent of
 * that of the true range; `adx` is Wilder's average of n values of 100 |plusDi - minusDi| / (plusDi + minusDi). TA-Lib
 * TA_ADX, TA_PLUS_DI, TA_MINUS_DI (Wilder 1978). NaN while nothing has moved, where TA-Lib gives 0.
 * `plusDi` and `minusDi` from row n, `adx` from row 2n - 1.
 */
export const adx = defineIndicator<HighLowClose, [n?: number], 'adx' | 'plusDi' | 'minusDi'>({
  name: 'adx',
  inputs: ['high', 'low', 'close'],
  parameters: [period('n', 14)],
  outputs: ['adx', 'plusDi', 'minusDi'],
  warmUp: (n) => 2 * n - 1,
  start: (n) => new Adx(n),
});

class Supertrend implements IndicatorState {
  private readonly mult: number;
  private readonly average: AverageTrueRange;
  private upper = NaN;
  private lower = NaN;
  private previousClose = NaN;
  /** 1 up, -1 down, 0 not begun. */
  private direction = 0;

  constructor(n: number, mult: number) {
    this.mult = mult;
    this.average = new AverageTrueRange(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const line = outputs[0]!;
    const direction = outputs[1]!;
    for (let at = from; at < to; at += 1) {
      const reach = this.mult * this.average.next(high[at]!, low[at]!, close[at]!);
      this.turn((high[at]! + low[at]!) / 2, reach, close[at]!);
      line[at] = this.direction === 0 ? NaN : this.direction === 1 ? this.lower : this.upper;
      direction[at] = this.direction === 0 ? NaN : this.direction;
    }
  }

  private turn(middle: number, reach: number, close: number): void {
    if (!Number.isFinite(middle + reach + close)) {
      this.direction = 0;
    } else if (this.direction === 0) {
      this.upper = middle + reach;
      this.lower = middle - reach;
      this.direction = -1;
    } else {
      const upper = middle + reach;
      const lower = middle - reach;
      if (upper < this.upper || this.previousClose > this.upper) this.upper = upper;
      if (lower > this.lower || this.previousClose < this.lower) this.lower = lower;
      if (this.direction === 1 && close < this.lower) this.direction = -1;
      else if (this.direction === -1 && close > this.upper) this.direction = 1;
    }
    this.previousClose = close;
  }
}

/**
 * Supertrend: bands of mult ATR(n) around (high + low) / 2 that only tighten, until the close breaks through one; `line`
 * is the band on the market's other side. Pine's ta.supertrend with TA-Lib's ATR; it begins as a downtrend there and
 * here. `direction` is 1 in an uptrend (line below the price) and -1 in a downtrend: Pine writes these the other way
 * round. First values at row n.
 */
export const supertrend = defineIndicator<HighLowClose, [n?: number, mult?: number], 'line' | 'direction'>({
  name: 'supertrend',
  inputs: ['high', 'low', 'close'],
  parameters: [period('n', 10), factor('mult', 3)],
  outputs: ['line', 'direction'],
  warmUp: (n) => n,
  start: (n, mult) => new Supertrend(n, mult),
});

/**
 * Exponential moving averages of one column, one for each period and in their order: a trend is up while each lies above
 * the next longer one. See `ema`.
 * @throws RangeError for a period that `ema` refuses, TypeError for periods that are no list
 */
export function emaRibbon(x: Column, periods: Column = [8, 13, 21, 34, 55]): Float64Array[] {
  if (!isColumn(periods)) throw new TypeError(`emaRibbon: periods must be a list of numbers, got ${describe(periods)}`);
  return Array.from(periods, (n) => ema(x, n));
}
