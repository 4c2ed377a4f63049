import type { HighLowClose, IndicatorState, Span, X } from './indicator.ts';
import { defineIndicator } from './indicator.ts';
import { period } from './parameter.ts';
import { AverageTrueRange, TrueRange } from './true-range.ts';
import { WindowMoments } from './windows.ts';

type Inputs = readonly Float64Array[];

class Tr implements IndicatorState {
  private readonly range = new TrueRange();

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) out[at] = this.range.next(high[at]!, low[at]!, close[at]!);
  }
}

/**
 * True range: the greatest of high - low, |high - previous close| and |low - previous close|. TA-Lib TA_TRANGE (Wilder
 * 1978). First value at row 1.
 */
export const tr = defineIndicator<HighLowClose, []>({
  name: 'tr',
  inputs: ['high', 'low', 'close'],
  parameters: [],
  outputs: ['value'],
  warmUp: () => 1,
  start: () => new Tr(),
});

class Atr implements IndicatorState {
  private readonly average: AverageTrueRange;

  constructor(n: number) {
    this.average = new AverageTrueRange(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) out[at] = this.average.next(high[at]!, low[at]!, close[at]!);
  }
}

/**
 * Average true range: Wilder's average of n true ranges, in price units. TA-Lib TA_ATR (Wilder 1978).
 * First value at row n.
 */
export const atr = defineIndicator<HighLowClose, [n?: number]>({
  name: 'atr',
  inputs: ['high', 'low', 'close'],
  parameters: [period('n', 14)],
  outputs: ['value'],
  warmUp: (n) => n,
  start: (n) => new Atr(n),
});

class Natr implements IndicatorState {
  private readonly average: AverageTrueRange;

  constructor(n: number) {
    this.average = new AverageTrueRange(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) {
      const range = this.average.next(high[at]!, low[at]!, close[at]!);
      out[at] = close[at] === 0 ? NaN : (100 * range) / close[at]!;
    }
  }
}

/**
 * Normalised average true range: the ATR in percent of the close. TA-Lib TA_NATR. NaN where the close is 0.
 * First value at row n.
 */
export const natr = defineIndicator<HighLowClose, [n?: number]>({
  name: 'natr',
  inputs: ['high', 'low', 'close'],
  parameters: [period('n', 14)],
  outputs: ['value'],
  warmUp: (n) => n,
  start: (n) => new Natr(n),
});

class Stddev implements IndicatorState {
  private readonly window: WindowMoments;

  constructor(n: number) {
    this.window = new WindowMoments(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const x = inputs[0]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) {
      this.window.next(x[at]!);
      out[at] = Math.sqrt(this.window.variance);
    }
  }
}

/**
 * Population standard deviation (divisor n) of the last n values; exactly 0 where they are equal. TA-Lib TA_STDDEV,
 * without the cancellation of its E[x^2] - E[x]^2. First value at row n - 1.
 */
export const stddev = defineIndicator<X, [n: number]>({
  name: 'stddev',
  inputs: ['x'],
  parameters: [period('n')],
  outputs: ['value'],
  warmUp: (n) => n - 1,
  start: (n) => new Stddev(n),
});
