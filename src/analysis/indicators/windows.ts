/**
 * Figures over the last n values of a series, in O(1) a value and without drift.
 *
 * A running sum that adds the new value and subtracts the old one keeps every rounding error for ever, and a huge value
 * or a NaN ruins it for good. Here the series is cut into blocks of n values. A window of n is the tail of one block and
 * the head of the next; the head grows value by value, and the tails of a block are all made at once when it is full.
 * Nothing is ever subtracted, so a value that left the window has left no trace, a NaN included.
 *
 * In each class `tail[k]` is the figure of the last n - k values of the block before, NaN while there is none;
 * `tail[n]` is that of no values. Until slot k is passed by the new block, it holds the tail; then the new value.
 */
import type { Span } from './indicator.ts';

function emptyTail(n: number, none: number): Float64Array {
  const tail = new Float64Array(n + 1).fill(NaN);
  tail[n] = none;
  return tail;
}

/** The sum of the last n values; NaN before there are n. */
export class WindowSum {
  private readonly n: number;
  private readonly tail: Float64Array;
  private head = 0;
  private filled = 0;

  constructor(n: number) {
    this.n = n;
    this.tail = emptyTail(n, 0);
  }

  next(value: number): number {
    const { tail } = this;
    tail[this.filled] = value;
    this.head += value;
    this.filled += 1;
    const sum = tail[this.filled]! + this.head;
    if (this.filled === this.n) this.turn();
    return sum;
  }

  /** As `next` over n for each row of a span, twice as fast. */
  means(x: Float64Array, out: Float64Array, { from, to }: Span): void {
    const { n, tail } = this;
    let at = from;
    while (at < to) {
      const blockEnd = Math.min(to, at + n - this.filled);
      let { head, filled } = this;
      for (; at < blockEnd; at += 1) {
        const value = x[at]!;
        tail[filled] = value;
        head += value;
        filled += 1;
        out[at] = (tail[filled]! + head) / n;
      }
      this.head = head;
      this.filled = filled;
      if (filled === n) this.turn();
    }
  }

  private turn(): void {
    let sum = 0;
    for (let k = this.n - 1; k >= 0; k -= 1) {
      sum += this.tail[k]!;
      this.tail[k] = sum;
    }
    this.head = 0;
    this.filled = 0;
  }
}

/**
 * The highest of the last n values of one series and the lowest of another (van Herk 1992, Gil and Werman 1993); NaN
 * before there are n.
 */
export class WindowExtremes {
  /** The highest high after the last `next`. */
  highest = NaN;
  /** The lowest low after the last `next`. */
  lowest = NaN;
  private readonly n: number;
  private readonly tailHighest: Float64Array;
  private readonly tailLowest: Float64Array;
  private headHighest = -Infinity;
  private headLowest = Infinity;
  private filled = 0;

  constructor(n: number) {
    this.n = n;
    this.tailHighest = emptyTail(n, -Infinity);
    this.tailLowest = emptyTail(n, Infinity);
  }

  next(high: number, low: number): void {
    this.tailHighest[this.filled] = high;
    this.tailLowest[this.filled] = low;
    this.filled += 1;
    const headHighest = Math.max(this.headHighest, high);
    const headLowest = Math.min(this.headLowest, low);
    this.highest = Math.max(this.tailHighest[this.filled]!, headHighest);
    this.lowest = Math.min(this.tailLowest[this.filled]!, headLowest);
    this.headHighest = headHighest;
    this.headLowest = headLowest;
    if (this.filled === this.n) this.turn();
  }

  private turn(): void {
    const { tailHighest, tailLowest } = this;
    let highest = -Infinity;
    let lowest = Infinity;
    for (let k = this.n - 1; k >= 0; k -= 1) {
      highest = Math.max(highest, tailHighest[k]!);
      lowest = Math.min(lowest, tailLowest[k]!);
      tailHighest[k] = highest;
      tailLowest[k] = lowest;
    }
    this.headHighest = -Infinity;
    this.headLowest = Infinity;
    this.filled = 0;
  }
}

/**
 * Mean and population variance of the last n values, by Welford's update (1962) within a block and Chan's formula
 * (1979) for two parts. No difference of large squares is taken: the variance of equal values is exactly 0, and the
 * size of the values does not eat its digits.
 */
export class WindowMoments {
  /** The mean after the last `next`; NaN before there are n values. */
  mean = NaN;
  /** The variance after the last `next`, the sum of squared distances over n; NaN before there are n values. */
  variance = NaN;
  private readonly n: number;
  private readonly tailMean: Float64Array;
  private readonly tailSquares: Float64Array;
  /** 1/1, 1/2, ... at their index: a division would be on the critical path of every update. */
  private readonly inverse: Float64Array;
  private headMean = 0;
  private headSquares = 0;
  private filled = 0;

  constructor(n: number) {
    this.n = n;
    this.tailMean = emptyTail(n, 0);
    this.tailSquares = emptyTail(n, 0);
    this.inverse = new Float64Array(n + 1);
    for (let count = 1; count <= n; count += 1) this.inverse[count] = 1 / count;
  }

  next(value: number): void {
    const { n } = this;
    this.tailMean[this.filled] = value;
    this.filled += 1;
    const count = this.filled;
    const fromHead = value - this.headMean;
    this.headMean += fromHead * this.inverse[count]!;
    this.headSquares += fromHead * (value - this.headMean);
    const apart = this.headMean - this.tailMean[count]!;
    const older = (n - count) / n;
    this.mean = this.headMean - apart * older;
    this.variance = (this.headSquares + this.tailSquares[count]!) / n + apart * apart * older * (count / n);
    if (count === n) this.turn();
  }

  private turn(): void {
    const { n, tailMean, tailSquares, inverse } = this;
    let mean = 0;
    let squares = 0;
    for (let k = n - 1; k >= 0; k -= 1) {
      const value = tailMean[k]!;
      const fromMean = value - mean;
      mean += fromMean * inverse[n - k]!;
      squares += fromMean * (value - mean);
      tailMean[k] = mean;
      tailSquares[k] = squares;
    }
    this.headMean = 0;
    this.headSquares = 0;
    this.filled = 0;
  }
}

/** Sums of the last n values, plain and with the weights 1 (oldest) to n (newest); NaN before there are n. */
export class WindowWeighted {
  /** The plain sum after the last `next`. */
  sum = NaN;
  /** The weighted sum after the last `next`. */
  weighted = NaN;
  private readonly n: number;
  private readonly tailSum: Float64Array;
  private readonly tailWeighted: Float64Array;
  private headSum = 0;
  private headWeighted = 0;
  private filled = 0;

  constructor(n: number) {
    this.n = n;
    this.tailSum = emptyTail(n, 0);
    this.tailWeighted = emptyTail(n, 0);
  }

  next(value: number): void {
    this.tailSum[this.filled] = value;
    this.filled += 1;
    const count = this.filled;
    this.headSum += value;
    this.headWeighted += count * value;
    this.sum = this.tailSum[count]! + this.headSum;
    this.weighted = this.tailWeighted[count]! + this.headWeighted + (this.n - count) * this.headSum;
    if (count === this.n) this.turn();
  }

  private turn(): void {
    let sum = 0;
    let weighted = 0;
    for (let k = this.n - 1; k >= 0; k -= 1) {
      sum += this.tailSum[k]!;
      weighted += sum;
      this.tailSum[k] = sum;
      this.tailWeighted[k] = weighted;
    }
    this.headSum = 0;
    this.headWeighted = 0;
    this.filled = 0;
  }
}

/** The value n before the newest; NaN before there is one. */
export class Delay {
  private readonly values: Float64Array;
  private at = 0;

  constructor(n: number) {
    this.values = new Float64Array(n).fill(NaN);
  }

  next(value: number): number {
    const { values, at } = this;
    if (values.length === 0) return value;
    const old = values[at]!;
    values[at] = value;
    this.at = at + 1 === values.length ? 0 : at + 1;
    return old;
  }
}
