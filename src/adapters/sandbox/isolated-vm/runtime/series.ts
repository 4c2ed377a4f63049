import { columnStart, END, REVISION, RING_ROWS } from '../candle-memory.ts';
import type { ColumnMemory } from './column-memory.ts';
import { Generation } from './generation.ts';

/** What the moment of a check means for a timeframe. */
export interface Moment {
  /** The open time of the candle that is forming, milliseconds UTC. */
  readonly formingOpenTime: number;
  /** Where columns begin, see `anchorTime`. */
  readonly anchor: number;
  readonly stepMs: number;
  /** Candles. */
  readonly lookback: number;
}

/**
 * The candles of one symbol and timeframe as a filter sees them: from the anchor to the last candle that is closed at the
 * moment of the check. The shared memory is read by whole indices alone and stays in here.
 */
export class Series {
  readonly shared: Float64Array;
  readonly generation: Generation;
  #anchor = NaN;
  #revision = NaN;

  constructor(shared: Float64Array, memory: ColumnMemory) {
    this.shared = shared;
    this.generation = new Generation(shared, memory);
  }

  /** Brings the series to a moment; false when it has no full lookback of candles up to it. */
  moveTo(moment: Moment): boolean {
    const { generation } = this;
    const end = this.#visibleEnd(moment);
    const from = end === -1 ? -1 : this.#from(moment, end);
    if (from === -1) return false;
    const isKnown = this.#revision === this.shared[REVISION] && generation.from === from;
    if (isKnown && end - from >= generation.length) generation.extend(end - from);
    else generation.startOver(from, end - from);
    this.#anchor = moment.anchor;
    this.#revision = this.shared[REVISION]!;
    return true;
  }

  /**
   * Computes what a later moment with another anchor will need, as far as candles have come. A check at an earlier moment is
   * still right afterwards, and slow.
   */
  prepare(moment: Moment): void {
    if (moment.anchor === this.#anchor || this.#revision !== this.shared[REVISION]) return;
    const end = this.#end;
    const from = this.#rowFrom(moment.anchor, end);
    if (from >= end || this.#timeAt(from) !== moment.anchor) return;
    this.generation.startOver(from, end - from);
    this.generation.catchUp();
    this.#anchor = moment.anchor;
  }

  forget(id: number): void {
    this.generation.forget(id);
  }

  #timeAt(index: number): number {
    return this.shared[columnStart(0) + (index % RING_ROWS)]!;
  }

  /** The number after the last candle closed at the moment; -1 when the newest of them has not come. */
  #visibleEnd({ formingOpenTime, stepMs }: Moment): number {
    const first = this.#first;
    let end = this.#end;
    while (end > first && this.#timeAt(end - 1) >= formingOpenTime) end -= 1;
    return end > first && this.#timeAt(end - 1) === formingOpenTime - stepMs ? end : -1;
  }

  /** How many candles ever came. As a whole number: the remainder of a floating one takes as long as all the rest. */
  get #end(): number {
    return this.shared[END]! | 0;
  }

  get #first(): number {
    const end = this.#end;
    return end > RING_ROWS ? end - RING_ROWS : 0;
  }

  /** The number of the first candle to be seen: that of the latest anchor which leaves a full lookback; -1 without one. */
  #from({ anchor, lookback, stepMs }: Moment, end: number): number {
    const first = this.#first;
    for (let start = anchor; ; start -= lookback * stepMs) {
      const from = this.#rowFrom(start, end);
      if (end - from >= lookback) return from;
      if (from === first) return -1;
    }
  }

  /** The number of the first candle at or after a time: at once in series without gaps. */
  #rowFrom(time: number, end: number): number {
    const { generation } = this;
    const first = this.#first;
    if (generation.length > 0 && generation.from >= first && this.#timeAt(generation.from) === time)
      return generation.from;
    let low = first;
    let high = end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#timeAt(middle) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
