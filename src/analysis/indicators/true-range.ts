import type { RecursiveAverage } from './averages.ts';
import { wilderAverage } from './averages.ts';

/** The true range value by value; see `tr`. A candle with a gap in it is wholly a gap. */
export class TrueRange {
  private previousClose = NaN;

  next(high: number, low: number, close: number): number {
    const height = high - low;
    const above = this.previousClose - high;
    const below = low - this.previousClose;
    // Adds 0, or NaN when the high or the low is missing.
    this.previousClose = close + 0 * height;
    // The candle's height and what a gap adds to it; |x| + x is 2x or 0 without a branch that would be mispredicted.
    return height + (Math.abs(above) + above + (Math.abs(below) + below)) / 2;
  }
}

/** The average true range value by value; see `atr`. */
export class AverageTrueRange {
  private readonly range = new TrueRange();
  private readonly average: RecursiveAverage;

  constructor(n: number) {
    this.average = wilderAverage(n);
  }

  next(high: number, low: number, close: number): number {
    return this.average.next(this.range.next(high, low, close));
  }
}
