import { exponentialAverage } from './averages.ts';
import type { HighLow, HighLowClose, IndicatorState, Span, X } from './indicator.ts';
import { defineIndicator } from './indicator.ts';
import { factor, period } from './parameter.ts';
import { TrueRange } from './true-range.ts';
import { WindowExtremes, WindowMoments } from './windows.ts';

type Inputs = readonly Float64Array[];

class Bollinger implements IndicatorState {
  private readonly mult: number;
  private readonly window: WindowMoments;

  constructor(n: number, mult: number) {
    this.mult = mult;
    this.window = new WindowMoments(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const x = inputs[0]!;
    const upper = outputs[0]!;
    const middle = outputs[1]!;
    const lower = outputs[2]!;
    const width = outputs[3]!;
    const percentB = outputs[4]!;
    for (let at = from; at < to; at += 1) {
      const value = x[at]!;
      this.window.next(value);
      const { mean } = this.window;
      const reach = this.mult * Math.sqrt(this.window.variance);
      upper[at] = mean + reach;
      middle[at] = mean;
      lower[at] = mean - reach;
      width[at] = mean === 0 ? NaN : (2 * reach) / mean;
      percentB[at] = reach > 0 ? 0.5 + (value - mean) / (2 * reach) : NaN;
    }
  }
}

/**
 * Bollinger bands: `middle` = SMA(n), `upper` and `lower` = middle +- mult population standard deviations. TA-Lib
 * TA_BBANDS. `width` = (upper - lower) / middle, a fraction; `percentB` = (x - lower) / (upper - lower), 0 at the lower
 * band, 1 at the upper (Bollinger 2001), NaN while prices stand still. First values at row n - 1.
 */
export const bollinger = defineIndicator<
  X,
  [n?: number, mult?: number],
  'upper' | 'middle' | 'lower' | 'width' | 'percentB'
>({
  name: 'bollinger',
  inputs: ['x'],
  parameters: [period('n', 20), factor('mult', 2)],
  outputs: ['upper', 'middle', 'lower', 'width', 'percentB'],
  warmUp: (n) => n - 1,
  start: (n, mult) => new Bollinger(n, mult),
});

class Keltner implements IndicatorState {
  private readonly mult: number;
  private readonly range = new TrueRange();
  private readonly middle;
  private readonly reach;

  constructor(n: number, mult: number) {
    this.mult = mult;
    this.middle = exponentialAverage(n);
    this.reach = exponentialAverage(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const upper = outputs[0]!;
    const middle = outputs[1]!;
    const lower = outputs[2]!;
    for (let at = from; at < to; at += 1) {
      const centre = this.middle.next(close[at]!);
      const reach = this.mult * this.reach.next(this.range.next(high[at]!, low[at]!, close[at]!));
      upper[at] = centre + reach;
      middle[at] = centre;
      lower[at] = centre - reach;
    }
  }
}

/**
 * Keltner channels as Pine's ta.kc: `middle` = EMA(n) of the close, `upper` and `lower` = middle +- mult EMA(n) of the
 * true range. `middle` from row n - 1, the others from row n, as the true range begins at row 1.
 */
export const keltner = defineIndicator<HighLowClose, [n?: number, mult?: number], 'upper' | 'middle' | 'lower'>({
  name: 'keltner',
  inputs: ['high', 'low', 'close'],
  parameters: [period('n', 20), factor('mult', 2)],
  outputs: ['upper', 'middle', 'lower'],
  warmUp: (n) => n,
  start: (n, mult) => new Keltner(n, mult),
});

class Donchian implements IndicatorState {
  private readonly window: WindowExtremes;

  constructor(n: number) {
    this.window = new WindowExtremes(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const upper = outputs[0]!;
    const middle = outputs[1]!;
    const lower = outputs[2]!;
    for (let at = from; at < to; at += 1) {
      this.window.next(high[at]!, low[at]!);
      upper[at] = this.window.highest;
      middle[at] = (this.window.highest + this.window.lowest) / 2;
      lower[at] = this.window.lowest;
    }
  }
}

/**
 * Donchian channels: the highest high, the lowest low and their middle over the last n candles, this one included. A
 * breakout compares with the row before: `close > last(upper, 1)`. First values at row n - 1.
 */
export const donchian = defineIndicator<HighLow, [n?: number], 'upper' | 'middle' | 'lower'>({
  name: 'donchian',
  inputs: ['high', 'low'],
  parameters: [period('n', 20)],
  outputs: ['upper', 'middle', 'lower'],
  warmUp: (n) => n - 1,
  start: (n) => new Donchian(n),
});
