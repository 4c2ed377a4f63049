import { NO_MOVEMENT, wilderAverage } from './averages.ts';

/** The relative strength index value by value; see `rsi`. */
export class RsiValue {
  private readonly gain;
  private readonly loss;
  private previous = NaN;

  constructor(n: number) {
    this.gain = wilderAverage(n);
    this.loss = wilderAverage(n);
  }

  next(x: number): number {
    const change = x - this.previous;
    this.previous = x;
    const size = Math.abs(change);
    // Twice the rise and twice the fall, without a branch that a market's ups and downs would mispredict.
    const gain = this.gain.next(size + change);
    const movement = gain + this.loss.next(size - change);
    return movement > NO_MOVEMENT ? (100 * gain) / movement : NaN;
  }
}
