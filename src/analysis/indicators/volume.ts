import type { Column } from './column.ts';
import type { HighLowClose, IndicatorState, Span } from './indicator.ts';
import { defineIndicator } from './indicator.ts';
import { period } from './parameter.ts';
import { WindowSum } from './windows.ts';

type Inputs = readonly Float64Array[];

const DAY_MS = 86_400_000;

class Vwap implements IndicatorState {
  private day = NaN;
  private priced = 0;
  private traded = 0;

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const volume = inputs[3]!;
    const time = inputs[4]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) {
      const day = Math.floor(time[at]! / DAY_MS);
      const priced = ((high[at]! + low[at]! + close[at]!) / 3) * volume[at]!;
      const known = Number.isFinite(priced + day);
      if (day !== this.day || !known) {
        this.day = day;
        this.priced = 0;
        this.traded = 0;
      }
      if (known) {
        this.priced += priced;
        this.traded += volume[at]!;
      }
      out[at] = this.traded > 0 ? this.priced / this.traded : NaN;
    }
  }
}

/**
 * Volume-weighted average price of the UTC day so far: the sum of typical price (high + low + close) / 3 times volume
 * over the sum of volume, Pine's ta.vwap anchored to the day. `time` is each candle's opening time in milliseconds. A
 * first day that begins before the column does counts from the column's first row. NaN while nothing was traded.
 * First value at row 0.
 */
export const vwap = defineIndicator<[...HighLowClose, volume: Column, time: Column], []>({
  name: 'vwap',
  inputs: ['high', 'low', 'close', 'volume', 'time'],
  parameters: [],
  outputs: ['value'],
  warmUp: () => 0,
  start: () => new Vwap(),
});

class Obv implements IndicatorState {
  private total = NaN;
  private previous = NaN;

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const x = inputs[0]!;
    const volume = inputs[1]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) {
      const change = x[at]! - this.previous;
      if (!Number.isFinite(x[at]! + volume[at]!)) this.total = NaN;
      else if (this.total !== this.total) this.total = volume[at]!;
      else if (change > 0) this.total += volume[at]!;
      else if (change < 0) this.total -= volume[at]!;
      this.previous = x[at]!;
      out[at] = this.total;
    }
  }
}

/**
 * On-balance volume: volume added on a rise of x, taken off on a fall, beginning with the first volume. TA-Lib TA_OBV
 * (Granville 1963). First value at row 0.
 */
export const obv = defineIndicator<[x: Column, volume: Column], []>({
  name: 'obv',
  inputs: ['x', 'volume'],
  parameters: [],
  outputs: ['value'],
  warmUp: () => 0,
  start: () => new Obv(),
});

class Cmf implements IndicatorState {
  private readonly flow: WindowSum;
  private readonly traded: WindowSum;

  constructor(n: number) {
    this.flow = new WindowSum(n);
    this.traded = new WindowSum(n);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const volume = inputs[3]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) {
      const range = high[at]! - low[at]!;
      const share = range === 0 ? 0 : (2 * close[at]! - high[at]! - low[at]!) / range;
      const flow = this.flow.next(share * volume[at]!);
      const traded = this.traded.next(volume[at]!);
      out[at] = traded > 0 ? flow / traded : NaN;
    }
  }
}

/**
 * Chaikin money flow, -1 to 1: the sum of volume times (2 close - high - low) / (high - low) over the sum of volume, of n
 * candles. A candle without a range takes no side, as in TA-Lib's TA_AD. NaN where nothing was traded.
 * First value at row n - 1.
 */
export const cmf = defineIndicator<[...HighLowClose, volume: Column], [n?: number]>({
  name: 'cmf',
  inputs: ['high', 'low', 'close', 'volume'],
  parameters: [period('n', 20)],
  outputs: ['value'],
  warmUp: (n) => n - 1,
  start: (n) => new Cmf(n),
});
