import type { IndicatorState } from '../../../../analysis/indicators/index.ts';
import { columnStart, RING_ROWS } from '../candle-memory.ts';
import type { ColumnMemory } from './column-memory.ts';

/** Columns computed of others stand behind the ten of a candle. */
export const HL2 = 10;
export const HLC3 = 11;
export const COLUMN_COUNT = 12;
const HIGH = 2;
const LOW = 3;
const CLOSE = 4;

/** In place of an optional column that a call leaves out. */
export const LEFT_OUT = -1;
const NOTHING = new Float64Array(0);

/** An indicator with its columns and parameters: the same for every symbol. */
export interface Recipe {
  readonly id: number;
  /** Column numbers. */
  readonly inputs: readonly number[];
  /** For each column that it gives, whether the filter has ever looked at it: the others need no memory. */
  readonly isUsed: boolean[];
  start(): IndicatorState;
}

interface Cached {
  readonly recipe: Recipe;
  state: IndicatorState;
  /** Shared by all series. */
  readonly inputs: readonly Float64Array[];
  /** Those that nobody looks at are written to memory that all series share. */
  readonly outputs: Float64Array[];
  length: number;
  /** True while the state runs. A stack overflow tears it out of its work: it is not used again. */
  running: boolean;
}

/** The rows that an indicator is extended by: one object for all, as each of some hundred series needs one in each check. */
const span = { from: 0, to: 0 };

/**
 * The candles of a series from its anchor on, and the indicators over them, extended by new candles only. None of these arrays
 * is ever handed to a filter. Rows of indicators that are not there are NaN. When the anchor moves all is computed anew in the
 * same arrays.
 */
export class Generation {
  readonly #shared: Float64Array;
  readonly #memory: ColumnMemory;
  readonly #cached: (Cached | undefined)[] = [];
  #from = -1;
  #length = 0;

  /** @param memory shared by all generations of a trader */
  constructor(shared: Float64Array, memory: ColumnMemory) {
    this.#shared = shared;
    this.#memory = memory;
  }

  /** The number of the first candle in the ring; -1 before there is one. */
  get from(): number {
    return this.#from;
  }

  /** How many candles are visible. */
  get length(): number {
    return this.#length;
  }

  /** Lets newer candles in. */
  extend(length: number): void {
    this.#length = length;
  }

  /** Begins at another candle. What was computed is forgotten, its memory kept. */
  startOver(from: number, length: number): void {
    this.#from = from;
    this.#length = length;
    for (const cached of this.#cached) if (cached !== undefined) reset(cached);
  }

  /** Computes all that was computed before. */
  catchUp(): void {
    for (const cached of this.#cached)
      if (cached !== undefined) this.series(cached.recipe, cached.recipe.isUsed.indexOf(true));
  }

  /** Copies the rows from `from` on of a column to the same rows of `into`. */
  copy(number: number, into: Float64Array, from: number): void {
    const length = this.#length;
    for (let row = from; row < length;) {
      const at = (this.#from + row) % RING_ROWS;
      const end = Math.min(length, row + RING_ROWS - at);
      this.#copyStretch(number, into, { row, end, at });
      row = end;
    }
  }

  /** One of the columns that a recipe gives. */
  series(recipe: Recipe, output: number): Float64Array {
    recipe.isUsed[output] = true;
    let cached = this.#cached[recipe.id];
    if (cached === undefined) {
      const outputs = recipe.isUsed.map((isUsed, at) => (isUsed ? this.#memory.take() : this.#memory.unread(at)));
      const inputs = recipe.inputs.map((number) => (number === LEFT_OUT ? NOTHING : this.#memory.input(number)));
      cached = { recipe, state: recipe.start(), inputs, outputs, length: 0, running: false };
      this.#cached[recipe.id] = cached;
    }
    if (cached.outputs[output] === this.#memory.unread(output)) {
      cached.outputs[output] = this.#memory.take();
      reset(cached);
    }
    if (cached.running) reset(cached);
    if (cached.length < this.#length) this.#extend(cached);
    return cached.outputs[output]!;
  }

  /** Lets go of a series; its memory serves the next. */
  forget(id: number): void {
    this.#cached[id]?.outputs.forEach((column, at) => {
      if (column !== this.#memory.unread(at)) this.#memory.give(column);
    });
    this.#cached[id] = undefined;
  }

  #extend(cached: Cached): void {
    const { inputs, outputs, length, state } = cached;
    const numbers = cached.recipe.inputs;
    for (let at = 0; at < numbers.length; at += 1) {
      if (numbers[at] !== LEFT_OUT) this.copy(numbers[at]!, inputs[at]!, length);
    }
    span.from = length;
    span.to = this.#length;
    cached.running = true;
    state.extend(inputs, outputs, span);
    cached.running = false;
    cached.length = this.#length;
  }

  /** Rows that lie side by side in the ring, from `at` on. */
  #copyStretch(number: number, into: Float64Array, { row, end, at }: { row: number; end: number; at: number }): void {
    const shared = this.#shared;
    const ahead = at - row;
    if (number < HL2) {
      const start = columnStart(number) + ahead;
      for (let each = row; each < end; each += 1) into[each] = shared[start + each]!;
      return;
    }
    const high = columnStart(HIGH) + ahead;
    const low = columnStart(LOW) + ahead;
    const close = columnStart(CLOSE) + ahead;
    for (let each = row; each < end; each += 1) {
      const sum = shared[high + each]! + shared[low + each]!;
      into[each] = number === HL2 ? sum / 2 : (sum + shared[close + each]!) / 3;
    }
  }
}

function reset(cached: Cached): void {
  cached.state = cached.recipe.start();
  for (const output of cached.outputs) output.fill(NaN);
  cached.length = 0;
  cached.running = false;
}
