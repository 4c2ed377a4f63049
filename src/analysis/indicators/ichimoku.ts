import type { Column } from './column.ts';
import type { IndicatorState, Span } from './indicator.ts';
import { defineIndicator } from './indicator.ts';
import { period } from './parameter.ts';
import { Delay, WindowExtremes } from './windows.ts';

type Inputs = readonly Float64Array[];

/** The middle between the highest high and the lowest low of n candles. */
class Midpoint {
  private readonly window: WindowExtremes;

  constructor(n: number) {
    this.window = new WindowExtremes(n);
  }

  next(high: number, low: number): number {
    this.window.next(high, low);
    return (this.window.highest + this.window.lowest) / 2;
  }
}

type Periods = [conversion: number, base: number, spanB: number, displacement: number];

class Ichimoku implements IndicatorState {
  private readonly conversion: Midpoint;
  private readonly base: Midpoint;
  private readonly spanB: Midpoint;
  /** How many rows the spans are drawn ahead and the lagging line behind. */
  private readonly shift: number;
  private readonly aheadA: Delay;
  private readonly aheadB: Delay;

  constructor([conversion, base, spanB, displacement]: Periods) {
    this.conversion = new Midpoint(conversion);
    this.base = new Midpoint(base);
    this.spanB = new Midpoint(spanB);
    this.shift = displacement - 1;
    this.aheadA = new Delay(this.shift);
    this.aheadB = new Delay(this.shift);
  }

  extend(inputs: Inputs, outputs: Inputs, { from, to }: Span): void {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const conversion = outputs[0]!;
    const base = outputs[1]!;
    const spanA = outputs[2]!;
    const spanB = outputs[3]!;
    const lagging = outputs[4]!;
    for (let at = from; at < to; at += 1) {
      conversion[at] = this.conversion.next(high[at]!, low[at]!);
      base[at] = this.base.next(high[at]!, low[at]!);
      spanA[at] = this.aheadA.next((conversion[at]! + base[at]!) / 2);
      spanB[at] = this.aheadB.next(this.spanB.next(high[at]!, low[at]!));
      lagging[at] = NaN;
      if (at >= this.shift && close.length > 0) lagging[at - this.shift] = close[at]!;
    }
  }
}

/**
 * Ichimoku Kinko Hyo (Hosoda 1969), drawn as TradingView draws it. `conversion`, `base` and span B are the middle of the
 * highest high and the lowest low of 9, 26 and 52 candles, span A is the middle of conversion and base. Both spans stand
 * `displacement` - 1 rows ahead: `spanA` and `spanB` at a row are the cloud that lies there, made of earlier candles.
 * `lagging` is the close, `displacement` - 1 rows behind: the one output that looks ahead, NaN in its last rows until
 * those closes are known, and throughout when no close is given: `ichimoku(high, low)`, `ichimoku(high, low, close)` or
 * `ichimoku(candles)`. First values at rows conversion - 1, base - 1, and displacement - 1 later for the spans.
 */
export const ichimoku = defineIndicator<
  [high: Column, low: Column, close?: Column],
  [conversion?: number, base?: number, spanB?: number, displacement?: number],
  'conversion' | 'base' | 'spanA' | 'spanB' | 'lagging'
>({
  name: 'ichimoku',
  inputs: ['high', 'low', 'close?'],
  parameters: [period('conversion', 9), period('base', 26), period('spanB', 52), period('displacement', 26)],
  outputs: ['conversion', 'base', 'spanA', 'spanB', 'lagging'],
  warmUp: (...periods) => {
    const [conversion, base, spanB, displacement] = periods as Periods;
    return Math.max(conversion, base, spanB) + displacement - 2;
  },
  start: (...periods) => new Ichimoku(periods as Periods),
});
