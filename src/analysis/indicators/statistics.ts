import type { IndicatorState, Span, X } from './indicator.ts';
import { defineIndicator } from './indicator.ts';
import { period } from './parameter.ts';
import { WindowExtremes, WindowMoments, WindowWeighted } from './windows.ts';

type Inputs = readonly Float64Array[];

/** What the statistics of one column have in common. */
const ofOneColumn = { inputs: ['x'], parameters: [period('n')], outputs: ['value'] } as const;

class Linreg implements IndicatorState {
  private readonly n: number;
  private readonly window: WindowWeighted;

  constructor(n: number) {
    this.n = n;
    this.window = new WindowWeighted(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const { n } = this;
    const x = inputs[0]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) {
      this.window.next(x[at]!);
      // The line's end is three times the linearly weighted mean less twice the plain one.
      out[at] = (6 * this.window.weighted) / (n * (n + 1)) - (2 * this.window.sum) / n;
    }
  }
}

/**
 * Linear regression: the end of the least-squares line through the last n values. TA-Lib TA_LINEARREG, Pine's
 * ta.linreg with offset 0. First value at row n - 1. Its slope at the last row is `slope`.
 */
export const linreg = defineIndicator<X, [n: number]>({
  ...ofOneColumn,
  name: 'linreg',
  warmUp: (n) => n - 1,
  start: (n) => new Linreg(n),
});

class Zscore implements IndicatorState {
  private readonly window: WindowMoments;

  constructor(n: number) {
    this.window = new WindowMoments(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const x = inputs[0]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) {
      this.window.next(x[at]!);
      const { mean, variance } = this.window;
      out[at] = variance > 0 ? (x[at]! - mean) / Math.sqrt(variance) : NaN;
    }
  }
}

/**
 * Z-score: how many population standard deviations x lies above the mean of the last n values. NaN while they are equal.
 * First value at row n - 1.
 */
export const zscore = defineIndicator<X, [n: number]>({
  ...ofOneColumn,
  name: 'zscore',
  warmUp: (n) => n - 1,
  start: (n) => new Zscore(n),
});

class PercentRank implements IndicatorState {
  /** The n values before the newest, in a ring. */
  private readonly values: Float64Array;
  private at = 0;

  constructor(n: number) {
    this.values = new Float64Array(n).fill(NaN);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const x = inputs[0]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) out[at] = this.next(x[at]!);
  }

  private next(value: number): number {
    const { values } = this;
    const n = values.length;
    let below = 0;
    let above = 0;
    for (let i = 0; i < n; i += 1) {
      if (values[i]! <= value) below += 1;
      else if (values[i]! > value) above += 1;
    }
    values[this.at] = value;
    this.at = this.at + 1 === n ? 0 : this.at + 1;
    return below + above === n ? (100 * below) / n : NaN;
  }
}

/**
 * Percent rank, 0 to 100: the share of the n values before this one that are at most as high. Pine's ta.percentrank.
 * First value at row n.
 */
export const percentRank = defineIndicator<X, [n: number]>({
  ...ofOneColumn,
  name: 'percentRank',
  warmUp: (n) => n,
  start: (n) => new PercentRank(n),
});

class Highest implements IndicatorState {
  private readonly window: WindowExtremes;

  constructor(n: number) {
    this.window = new WindowExtremes(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const x = inputs[0]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) {
      this.window.next(x[at]!, x[at]!);
      out[at] = this.window.highest;
    }
  }
}

/** The highest of the last n values, this one included. TA-Lib TA_MAX. First value at row n - 1. */
export const highest = defineIndicator<X, [n: number]>({
  ...ofOneColumn,
  name: 'highest',
  warmUp: (n) => n - 1,
  start: (n) => new Highest(n),
});

class Lowest implements IndicatorState {
  private readonly window: WindowExtremes;

  constructor(n: number) {
    this.window = new WindowExtremes(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const x = inputs[0]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) {
      this.window.next(x[at]!, x[at]!);
      out[at] = this.window.lowest;
    }
  }
}

/** The lowest of the last n values, this one included. TA-Lib TA_MIN. First value at row n - 1. */
export const lowest = defineIndicator<X, [n: number]>({
  ...ofOneColumn,
  name: 'lowest',
  warmUp: (n) => n - 1,
  start: (n) => new Lowest(n),
});
