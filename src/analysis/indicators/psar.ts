import type { HighLow, IndicatorState, Span } from './indicator.ts';
import { defineIndicator } from './indicator.ts';
import { factor } from './parameter.ts';

type Inputs = readonly Float64Array[];

class Psar implements IndicatorState {
  private readonly step: number;
  private readonly max: number;
  /** Candles since the start or the last gap, counted to 2. */
  private seen = 0;
  private long = true;
  /** The stop for the next candle. */
  private stop = NaN;
  /** The highest high of a long run, the lowest low of a short one. */
  private extreme = NaN;
  private acceleration = NaN;
  private previousHigh = NaN;
  private previousLow = NaN;

  constructor(step: number, max: number) {
    this.step = Math.min(step, max);
    this.max = max;
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const out = outputs[0]!;
    for (let at = from; at < to; at += 1) out[at] = this.next(high[at]!, low[at]!);
  }

  private next(high: number, low: number): number {
    let result = NaN;
    if (!Number.isFinite(high + low)) this.seen = 0;
    else if (this.seen === 0) this.seen = 1;
    else {
      if (this.seen === 1) this.begin(high, low);
      result = this.advance(high, low);
    }
    this.previousHigh = high;
    this.previousLow = low;
    return result;
  }

  /** The second candle decides the side by the greater directional movement, long on a tie. */
  private begin(high: number, low: number): void {
    const up = high - this.previousHigh;
    const down = this.previousLow - low;
    this.seen = 2;
    this.long = !(down > 0 && down > up);
    this.stop = this.long ? this.previousLow : this.previousHigh;
    this.extreme = this.long ? high : low;
    this.acceleration = this.step;
    // The stop of this candle is held off its own range alone: the one before gave the stop itself.
    this.previousHigh = high;
    this.previousLow = low;
  }

  /** The stop of this candle; moves on to that of the next one. */
  private advance(high: number, low: number): number {
    const stopped = this.long ? low <= this.stop : high >= this.stop;
    let stop = this.stop;
    if (stopped) {
      this.long = !this.long;
      stop = this.offRange(this.extreme, high, low);
      this.extreme = this.long ? high : low;
      this.acceleration = this.step;
    } else if (this.long ? high > this.extreme : low < this.extreme) {
      this.extreme = this.long ? high : low;
      this.acceleration = Math.min(this.max, this.acceleration + this.step);
    }
    this.stop = this.offRange(stop + this.acceleration * (this.extreme - stop), high, low);
    return stop;
  }

  /** Keeps a stop out of the range of this candle and the one before, on the losing side. */
  private offRange(stop: number, high: number, low: number): number {
    return this.long ? Math.min(stop, this.previousLow, low) : Math.max(stop, this.previousHigh, high);
  }
}

/**
 * Parabolic stop and reverse: a stop that runs after the price, faster with each new extreme by `step` up to `max`, and
 * changes sides when it is touched. TA-Lib TA_SAR (Wilder 1978). First value at row 1.
 */
export const psar = defineIndicator<HighLow, [step?: number, max?: number]>({
  name: 'psar',
  inputs: ['high', 'low'],
  parameters: [factor('step', 0.02), factor('max', 0.2)],
  outputs: ['value'],
  warmUp: () => 1,
  start: (step, max) => new Psar(step, max),
});
