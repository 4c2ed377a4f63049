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

interface Column {
  readonly values: Float64Array;
  /** How many rows are there. */
  length: number;
}

interface Cached {
  readonly recipe: Recipe;
  state: IndicatorState;
  /** Those that nobody looks at are written to memory that all series share. */
  readonly outputs: Float64Array[];
  length: number;
  /** True while the state runs. A stack overflow tears it out of its work: it is not used again. */
  running: boolean;
}

/**
 * The candles of a series from its anchor on: private copies of the columns that a filter touched and the indicators over
 * them, both extended by new candles only. None of these arrays is ever handed to a filter. Rows that are not there are NaN.
 * When the anchor moves all is computed anew in the same arrays.
 */
export class Generation {
  readonly #shared: Float64Array;
  readonly #memory: ColumnMemory;
  readonly #columns: (Column | undefined)[] = new Array<Column | undefined>(COLUMN_COUNT).fill(undefined);
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
    for (const column of this.#columns) {
      column?.values.fill(NaN);
      if (column !== undefined) column.length = 0;
    }
    for (const cached of this.#cached) if (cached !== undefined) reset(cached);
  }

  /** Computes all that was computed before. */
  catchUp(): void {
    this.#columns.forEach((column, number) => column !== undefined && this.column(number));
    for (const cached of this.#cached)
      if (cached !== undefined) this.series(cached.recipe, cached.recipe.isUsed.indexOf(true));
  }

  column(number: number): Float64Array {
    const column = (this.#columns[number] ??= { values: this.#memory.take(), length: 0 });
    if (column.length < this.#length) {
      if (number === HL2 || number === HLC3) this.#derive(number, column);
      else this.#copy(number, column);
      column.length = this.#length;
    }
    return column.values;
  }

  /** One of the columns that a recipe gives. */
  series(recipe: Recipe, output: number): Float64Array {
    recipe.isUsed[output] = true;
    let cached = this.#cached[recipe.id];
    if (cached === undefined) {
      const outputs = recipe.isUsed.map((isUsed, at) => (isUsed ? this.#memory.take() : this.#memory.unread(at)));
      cached = { recipe, state: recipe.start(), outputs, length: 0, running: false };
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
    const inputs = cached.recipe.inputs.map((number) => (number === LEFT_OUT ? NOTHING : this.column(number)));
    cached.running = true;
    cached.state.extend(inputs, cached.outputs, { from: cached.length, to: this.#length });
    cached.running = false;
    cached.length = this.#length;
  }

  #copy(number: number, { values, length }: Column): void {
    const shared = this.#shared;
    const start = columnStart(number);
    let at = (this.#from + length) % RING_ROWS;
    for (let row = length; row < this.#length; row += 1) {
      values[row] = shared[start + at]!;
      at = at + 1 === RING_ROWS ? 0 : at + 1;
    }
  }

  #derive(number: number, { values, length }: Column): void {
    const high = this.column(HIGH);
    const low = this.column(LOW);
    const close = this.column(CLOSE);
    for (let row = length; row < this.#length; row += 1) {
      const sum = high[row]! + low[row]!;
      values[row] = number === HL2 ? sum / 2 : (sum + close[row]!) / 3;
    }
  }
}

function reset(cached: Cached): void {
  cached.state = cached.recipe.start();
  for (const output of cached.outputs) output.fill(NaN);
  cached.length = 0;
  cached.running = false;
}
