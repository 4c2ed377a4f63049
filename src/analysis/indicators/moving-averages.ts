import type { RecursiveAverage } from './averages.ts';
import { exponentialAverage, wilderAverage } from './averages.ts';
import type { Column } from './column.ts';
import type { IndicatorState, Span, X } from './indicator.ts';
import { defineIndicator } from './indicator.ts';
import { period } from './parameter.ts';
import { WindowSum, WindowWeighted } from './windows.ts';

type Inputs = readonly Float64Array[];

/** What the averages of one column have in common. */
const ofOneColumn = { inputs: ['x'], parameters: [period('n')], outputs: ['value'] } as const;

class Sma implements IndicatorState {
  private readonly window: WindowSum;

  constructor(n: number) {
    this.window = new WindowSum(n);
  }

  extend(inputs: Inputs, outputs: Inputs, span: Span): void {
    this.window.means(inputs[0]!, outputs[0]!, span);
  }
}

/**
 * Simple moving average: the mean of the last n values. TA-Lib TA_SMA.
 * First value at row n - 1.
 */
export const sma = defineIndicator<X, [n: number]>({
  ...ofOneColumn,
  name: 'sma',
  warmUp: (n) => n - 1,
  start: (n) => new Sma(n),
});

class Recursive implements IndicatorState {
  private readonly average: RecursiveAverage;

  constructor(average: RecursiveAverage) {
    this.average = average;
  }

  extend(inputs: Inputs, outputs: Inputs, span: Span): void {
    this.average.run(inputs[0]!, outputs[0]!, span);
  }
}

/**
 * Exponential moving average: e(t) = e(t-1) + 2 / (n + 1) (x(t) - e(t-1)), seeded with the mean of the first n values.
 * TA-Lib TA_EMA. First value at row n - 1.
 */
export const ema = defineIndicator<X, [n: number]>({
  ...ofOneColumn,
  name: 'ema',
  warmUp: (n) => n - 1,
  start: (n) => new Recursive(exponentialAverage(n)),
});

/**
 * Wilder's moving average, Pine's rma: r(t) = r(t-1) + (x(t) - r(t-1)) / n, seeded with the mean of the first n values.
 * The smoothing inside TA-Lib's TA_RSI and TA_ATR. First value at row n - 1.
 */
export const rma = defineIndicator<X, [n: number]>({
  ...ofOneColumn,
  name: 'rma',
  warmUp: (n) => n - 1,
  start: (n) => new Recursive(wilderAverage(n)),
});

/** The mean of the last n values with the weights 1 (oldest) to n (newest). */
class WeightedMean {
  private readonly window: WindowWeighted;
  private readonly weights: number;

  constructor(n: number) {
    this.window = new WindowWeighted(n);
    this.weights = (n * (n + 1)) / 2;
  }

  next(x: number): number {
    this.window.next(x);
    return this.window.weighted / this.weights;
  }
}

class Wma implements IndicatorState {
  private readonly mean: WeightedMean;

  constructor(n: number) {
    this.mean = new WeightedMean(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const x = inputs[0]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) out[at] = this.mean.next(x[at]!);
  }
}

/**
 * Linearly weighted moving average, weights 1 (oldest) to n (newest). TA-Lib TA_WMA.
 * First value at row n - 1.
 */
export const wma = defineIndicator<X, [n: number]>({
  ...ofOneColumn,
  name: 'wma',
  warmUp: (n) => n - 1,
  start: (n) => new Wma(n),
});

class Dema implements IndicatorState {
  private readonly first: RecursiveAverage;
  private readonly second: RecursiveAverage;

  constructor(n: number) {
    this.first = exponentialAverage(n);
    this.second = exponentialAverage(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const x = inputs[0]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) {
      const once = this.first.next(x[at]!);
      out[at] = 2 * once - this.second.next(once);
    }
  }
}

/**
 * Double exponential moving average: 2 EMA - EMA(EMA). TA-Lib TA_DEMA (Mulloy 1994).
 * First value at row 2 (n - 1).
 */
export const dema = defineIndicator<X, [n: number]>({
  ...ofOneColumn,
  name: 'dema',
  warmUp: (n) => 2 * (n - 1),
  start: (n) => new Dema(n),
});

class Tema implements IndicatorState {
  private readonly first: RecursiveAverage;
  private readonly second: RecursiveAverage;
  private readonly third: RecursiveAverage;

  constructor(n: number) {
    this.first = exponentialAverage(n);
    this.second = exponentialAverage(n);
    this.third = exponentialAverage(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const x = inputs[0]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) {
      const once = this.first.next(x[at]!);
      const twice = this.second.next(once);
      out[at] = 3 * (once - twice) + this.third.next(twice);
    }
  }
}

/**
 * Triple exponential moving average: 3 EMA - 3 EMA(EMA) + EMA(EMA(EMA)). TA-Lib TA_TEMA (Mulloy 1994).
 * First value at row 3 (n - 1).
 */
export const tema = defineIndicator<X, [n: number]>({
  ...ofOneColumn,
  name: 'tema',
  warmUp: (n) => 3 * (n - 1),
  start: (n) => new Tema(n),
});

const halfOf = (n: number) => Math.max(1, Math.floor(n / 2));
const rootOf = (n: number) => Math.floor(Math.sqrt(n));

class Hma implements IndicatorState {
  private readonly half: WeightedMean;
  private readonly full: WeightedMean;
  private readonly smoothed: WeightedMean;

  constructor(n: number) {
    this.half = new WeightedMean(halfOf(n));
    this.full = new WeightedMean(n);
    this.smoothed = new WeightedMean(rootOf(n));
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const x = inputs[0]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) {
      const value = x[at]!;
      out[at] = this.smoothed.next(2 * this.half.next(value) - this.full.next(value));
    }
  }
}

/**
 * Hull moving average: WMA over floor(sqrt(n)) of 2 WMA(floor(n / 2)) - WMA(n). Pine's ta.hma (Hull 2005).
 * First value at row n + floor(sqrt(n)) - 2.
 */
export const hma = defineIndicator<X, [n: number]>({
  ...ofOneColumn,
  name: 'hma',
  warmUp: (n) => n + rootOf(n) - 2,
  start: (n) => new Hma(n),
});

class Vwma implements IndicatorState {
  private readonly priced: WindowSum;
  private readonly traded: WindowSum;

  constructor(n: number) {
    this.priced = new WindowSum(n);
    this.traded = new WindowSum(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const x = inputs[0]!;
    const volume = inputs[1]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) {
      const priced = this.priced.next(x[at]! * volume[at]!);
      const traded = this.traded.next(volume[at]!);
      out[at] = traded > 0 ? priced / traded : NaN;
    }
  }
}

/**
 * Volume-weighted moving average: the sum of x times volume over the sum of volume, of the last n rows. Pine's ta.vwma,
 * with the volume named: `vwma(x, volume, n)` or `vwma(candles, n)`. NaN where nothing was traded.
 * First value at row n - 1.
 */
export const vwma = defineIndicator<[x: Column, volume: Column], [n: number]>({
  name: 'vwma',
  inputs: ['x', 'volume'],
  parameters: [period('n')],
  outputs: ['value'],
  warmUp: (n) => n - 1,
  start: (n) => new Vwma(n),
});
