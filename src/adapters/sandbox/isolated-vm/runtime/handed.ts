import type { Generation } from './generation.ts';
import { COLUMN_COUNT } from './generation.ts';
import type { Series } from './series.ts';

/** What a filter is told that asks for candles while its module is loaded. */
export const NO_CANDLES = 'candles are there while check or manage runs, not before';

/** Counts symbols over all checks: what was handed out for an earlier one is stale. */
export const turn = { number: 0 };

/**
 * Memory that a filter may hold in its hands: a copy of private values. It is the same from symbol to symbol and filled anew
 * each time, so that what a filter writes into it reaches nobody, and no memory is taken in a check. A view can neither be
 * given properties nor another prototype.
 */
export class Handed {
  readonly #values: Float64Array;
  /** From here on `#values` is NaN. */
  #end = 0;
  view: Float64Array;
  turn = -1;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity).fill(NaN);
    this.view = this.#values;
  }

  /** Copies `length` values; the rest of `values` is NaN. Both arrays are of one capacity. */
  fill(values: Float64Array, length: number): Float64Array {
    this.#values.set(values);
    return this.#show(length);
  }

  /** Copies a column of candles. */
  fillFrom(generation: Generation, number: number): Float64Array {
    const { length } = generation;
    // What stood there was a longer series, maybe one that knew more.
    if (length < this.#end) this.#values.fill(NaN, length);
    this.#end = length;
    generation.copy(number, this.#values, 0);
    return this.#show(length);
  }

  #show(length: number): Float64Array {
    if (this.view.length !== length) {
      this.view = new Float64Array(this.#values.buffer, 0, length);
      Object.preventExtensions(this.view);
    }
    return this.view;
  }
}

/** The columns of a series as the filter holds them; `series` is that of the symbol whose turn it is. */
export class HandedSeries {
  series: Series | null = null;
  readonly #capacity: number;
  readonly #byView: Map<Float64Array, HandedColumn>;
  readonly #columns: (HandedColumn | undefined)[] = new Array<HandedColumn | undefined>(COLUMN_COUNT).fill(undefined);

  constructor(capacity: number, byView: Map<Float64Array, HandedColumn>) {
    this.#capacity = capacity;
    this.#byView = byView;
  }

  column(number: number): Float64Array {
    const { series } = this;
    if (series === null) throw new Error(NO_CANDLES);
    const column = (this.#columns[number] ??= { owner: this, number, memory: new Handed(this.#capacity) });
    const { memory } = column;
    if (memory.turn === turn.number) return memory.view;
    const before = memory.view;
    const view = memory.fillFrom(series.generation, number);
    if (view !== before || memory.turn === -1) {
      this.#byView.delete(before);
      this.#byView.set(view, column);
    }
    memory.turn = turn.number;
    return view;
  }
}

export interface HandedColumn {
  readonly owner: HandedSeries;
  readonly number: number;
  readonly memory: Handed;
}
