import { exponentialAverage } from './averages.ts';
import type { IndicatorState, Span, X } from './indicator.ts';
import { defineIndicator } from './indicator.ts';
import { period } from './parameter.ts';
import { RsiValue } from './rsi-value.ts';
import { Delay } from './windows.ts';

type Inputs = readonly Float64Array[];

class Rsi implements IndicatorState {
  private readonly rsi: RsiValue;

  constructor(n: number) {
    this.rsi = new RsiValue(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const x = inputs[0]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) out[at] = this.rsi.next(x[at]!);
  }
}

/**
 * Relative strength index, 0 to 100: 100 gain / (gain + loss), both Wilder averages of n changes. TA-Lib TA_RSI (Wilder
 * 1978). NaN while no price has changed, where TA-Lib gives 0. First value at row n.
 */
export const rsi = defineIndicator<X, [n?: number]>({
  name: 'rsi',
  inputs: ['x'],
  parameters: [period('n', 14)],
  outputs: ['value'],
  warmUp: (n) => n,
  start: (n) => new Rsi(n),
});

class Macd implements IndicatorState {
  private readonly fast;
  private readonly slow;
  private readonly signal;

  constructor(fast: number, slow: number, signal: number) {
    this.fast = exponentialAverage(fast, slow - fast);
    this.slow = exponentialAverage(slow);
    this.signal = exponentialAverage(signal);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const x = inputs[0]!;
    const macd = outputs[0]!;
    const signals = outputs[1]!;
    const histogram = outputs[2]!;
    for (let at = from; at < to; at += 1) {
      const value = x[at]!;
      const line = this.fast.next(value) - this.slow.next(value);
      const signal = this.signal.next(line);
      const known = signal === signal;
      macd[at] = known ? line : NaN;
      signals[at] = signal;
      histogram[at] = line - signal;
    }
  }
}

/**
 * Moving average convergence/divergence: `macd` = EMA(fast) - EMA(slow), `signal` = EMA(signal) of it, `histogram` = the
 * difference. TA-Lib TA_MACD (Appel): the fast average is seeded late, so that both start at the same row, and all three
 * outputs begin together; fast and slow change places when fast is the longer one.
 * First values at row slow + signal - 2.
 */
export const macd = defineIndicator<
  X,
  [fast?: number, slow?: number, signal?: number],
  'macd' | 'signal' | 'histogram'
>({
  name: 'macd',
  inputs: ['x'],
  parameters: [period('fast', 12), period('slow', 26), period('signal', 9)],
  outputs: ['macd', 'signal', 'histogram'],
  warmUp: (fast, slow, signal) => Math.max(fast, slow) + signal - 2,
  start: (fast, slow, signal) => new Macd(Math.min(fast, slow), Math.max(fast, slow), signal),
});

class Mom implements IndicatorState {
  private readonly delay: Delay;

  constructor(n: number) {
    this.delay = new Delay(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const x = inputs[0]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) out[at] = x[at]! - this.delay.next(x[at]!);
  }
}

/** Momentum: x(t) - x(t-n). TA-Lib TA_MOM. First value at row n. */
export const mom = defineIndicator<X, [n?: number]>({
  name: 'mom',
  inputs: ['x'],
  parameters: [period('n', 10)],
  outputs: ['value'],
  warmUp: (n) => n,
  start: (n) => new Mom(n),
});

class Roc implements IndicatorState {
  private readonly delay: Delay;

  constructor(n: number) {
    this.delay = new Delay(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const x = inputs[0]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) {
      const before = this.delay.next(x[at]!);
      out[at] = before === 0 ? NaN : 100 * (x[at]! / before - 1);
    }
  }
}

/**
 * Rate of change in percent: 100 (x(t) / x(t-n) - 1). TA-Lib TA_ROC. NaN where x(t-n) is 0, where TA-Lib gives 0.
 * First value at row n.
 */
export const roc = defineIndicator<X, [n?: number]>({
  name: 'roc',
  inputs: ['x'],
  parameters: [period('n', 10)],
  outputs: ['value'],
  warmUp: (n) => n,
  start: (n) => new Roc(n),
});
