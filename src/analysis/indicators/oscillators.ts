import type { Column } from './column.ts';
import type { HighLowClose, IndicatorState, Span, X } from './indicator.ts';
import { defineIndicator } from './indicator.ts';
import { period } from './parameter.ts';
import { RsiValue } from './rsi-value.ts';
import { WindowExtremes, WindowSum } from './windows.ts';

type Inputs = readonly Float64Array[];

class Stochastic implements IndicatorState {
  private readonly window: WindowExtremes;
  private readonly smooth: number;
  private readonly d: number;
  private readonly smoothing: WindowSum;
  private readonly signal: WindowSum;

  constructor(k: number, smooth: number, d: number) {
    this.window = new WindowExtremes(k);
    this.smooth = smooth;
    this.d = d;
    this.smoothing = new WindowSum(smooth);
    this.signal = new WindowSum(d);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const k = outputs[0]!;
    const d = outputs[1]!;
    for (let at = from; at < to; at += 1) {
      this.window.next(high[at]!, low[at]!);
      const { lowest } = this.window;
      const range = this.window.highest - lowest;
      const raw = range > 0 ? (100 * (close[at]! - lowest)) / range : NaN;
      const smoothed = this.smoothing.next(raw) / this.smooth;
      const signal = this.signal.next(smoothed) / this.d;
      k[at] = signal === signal ? smoothed : NaN;
      d[at] = signal;
    }
  }
}

/**
 * Stochastic oscillator, 0 to 100: where the close lies between the lowest low and the highest high of the last k
 * candles; `k` is that averaged over `smooth` rows, `d` is `k` averaged over d rows. TA-Lib TA_STOCH with simple averages
 * (Lane), both outputs beginning together. NaN while the range is 0, where TA-Lib gives 0.
 * First values at row k + smooth + d - 3.
 */
export const stochastic = defineIndicator<HighLowClose, [k?: number, smooth?: number, d?: number], 'k' | 'd'>({
  name: 'stochastic',
  inputs: ['high', 'low', 'close'],
  parameters: [period('k', 14), period('smooth', 3), period('d', 3)],
  outputs: ['k', 'd'],
  warmUp: (k, smooth, d) => k + smooth + d - 3,
  start: (k, smooth, d) => new Stochastic(k, smooth, d),
});

/** RSI values nearer than this differ by rounding alone: on a market that stands still RSI is constant but for it. */
const RSI_ROUNDING = 1e-9;

class StochRsi implements IndicatorState {
  private readonly rsi: RsiValue;
  private readonly window: WindowExtremes;
  private readonly d: number;
  private readonly signal: WindowSum;

  constructor(n: number, k: number, d: number) {
    this.rsi = new RsiValue(n);
    this.window = new WindowExtremes(k);
    this.d = d;
    this.signal = new WindowSum(d);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const x = inputs[0]!;
    const k = outputs[0]!;
    const d = outputs[1]!;
    for (let at = from; at < to; at += 1) {
      const rsi = this.rsi.next(x[at]!);
      this.window.next(rsi, rsi);
      const { lowest } = this.window;
      const range = this.window.highest - lowest;
      const raw = range > RSI_ROUNDING ? (100 * (rsi - lowest)) / range : NaN;
      const signal = this.signal.next(raw) / this.d;
      k[at] = signal === signal ? raw : NaN;
      d[at] = signal;
    }
  }
}

/**
 * Stochastic RSI, 0 to 100: where RSI(n) lies between its lowest and highest value of the last k rows; `k` is that
 * itself, `d` its average over d rows. TA-Lib TA_STOCHRSI (Chande and Kroll 1994), both outputs beginning together.
 * TradingView's smoothed lines of (n, k, 3, 3) are `d` and its `sma(d, 3)`. NaN while RSI stands still.
 * First values at row n + k + d - 2.
 */
export const stochRsi = defineIndicator<X, [n?: number, k?: number, d?: number], 'k' | 'd'>({
  name: 'stochRsi',
  inputs: ['x'],
  parameters: [period('n', 14), period('k', 14), period('d', 3)],
  outputs: ['k', 'd'],
  warmUp: (n, k, d) => n + k + d - 2,
  start: (n, k, d) => new StochRsi(n, k, d),
});

class Cci implements IndicatorState {
  /** The last n typical prices, the newest overwriting the oldest. */
  private readonly prices: Float64Array;
  private at = 0;

  constructor(n: number) {
    this.prices = new Float64Array(n).fill(NaN);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) out[at] = this.next((high[at]! + low[at]! + close[at]!) / 3);
  }

  private next(price: number): number {
    const { prices } = this;
    const n = prices.length;
    prices[this.at] = price;
    this.at = this.at + 1 === n ? 0 : this.at + 1;
    let above = 0;
    for (let i = 0; i < n; i += 1) above += price - prices[i]!;
    above /= n;
    let deviation = 0;
    for (let i = 0; i < n; i += 1) deviation += Math.abs(price - prices[i]! - above);
    return deviation > 0 ? above / ((0.015 * deviation) / n) : NaN;
  }
}

/**
 * Commodity channel index: (p - mean) / (0.015 mean deviation) of the typical price p = (high + low + close) / 3 over n
 * candles. TA-Lib TA_CCI (Lambert 1980). NaN while prices stand still, where TA-Lib gives 0. First value at row n - 1.
 */
export const cci = defineIndicator<HighLowClose, [n?: number]>({
  name: 'cci',
  inputs: ['high', 'low', 'close'],
  parameters: [period('n', 20)],
  outputs: ['value'],
  warmUp: (n) => n - 1,
  start: (n) => new Cci(n),
});

class Willr implements IndicatorState {
  private readonly window: WindowExtremes;

  constructor(n: number) {
    this.window = new WindowExtremes(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) {
      this.window.next(high[at]!, low[at]!);
      const { highest } = this.window;
      const range = highest - this.window.lowest;
      out[at] = range > 0 ? (100 * (close[at]! - highest)) / range : NaN;
    }
  }
}

/**
 * Williams %R, -100 to 0: 100 (close - highest high) / (highest high - lowest low) of n candles. TA-Lib TA_WILLR
 * (Williams 1973). NaN while the range is 0, where TA-Lib gives 0. First value at row n - 1.
 */
export const willr = defineIndicator<HighLowClose, [n?: number]>({
  name: 'willr',
  inputs: ['high', 'low', 'close'],
  parameters: [period('n', 14)],
  outputs: ['value'],
  warmUp: (n) => n - 1,
  start: (n) => new Willr(n),
});

class Mfi implements IndicatorState {
  private readonly rising: WindowSum;
  private readonly falling: WindowSum;
  private previous = NaN;

  constructor(n: number) {
    this.rising = new WindowSum(n);
    this.falling = new WindowSum(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const volume = inputs[3]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) {
      const price = (high[at]! + low[at]! + close[at]!) / 3;
      const change = price - this.previous;
      this.previous = price;
      const money = price * volume[at]!;
      const rising = this.rising.next(change > 0 ? money : change <= 0 ? 0 : NaN);
      const total = rising + this.falling.next(change < 0 ? money : change >= 0 ? 0 : NaN);
      out[at] = total > 0 ? (100 * rising) / total : NaN;
    }
  }
}

/**
 * Money flow index, 0 to 100: the share of typical price times volume that was traded at rising typical prices, over n
 * changes. TA-Lib TA_MFI (Quong and Soudack 1989). NaN while no money flows. First value at row n.
 */
export const mfi = defineIndicator<[...HighLowClose, volume: Column], [n?: number]>({
  name: 'mfi',
  inputs: ['high', 'low', 'close', 'volume'],
  parameters: [period('n', 14)],
  outputs: ['value'],
  warmUp: (n) => n,
  start: (n) => new Mfi(n),
});
