import type { Indicator } from '../../../../analysis/indicators/index.ts';
import { Handed, turn } from './handed.ts';
import type { HandedSeries } from './handed.ts';
import type { Recipe } from './generation.ts';
import { strictObject } from './strict-object.ts';

/** Results of one turn that lie in memory kept ready; further ones get memory of their own. */
const MOST_READY = 64;

/** Memory for results: filled anew from symbol to symbol. */
export class ResultMemory {
  readonly #capacity: number;
  readonly #ready: Handed[] = [];
  #turn = -1;
  #taken = 0;

  /** @param capacity rows, twice the lookback */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  copyOf(values: Float64Array, length: number): Float64Array {
    if (this.#turn !== turn.number) {
      this.#turn = turn.number;
      this.#taken = 0;
    }
    if (this.#taken === MOST_READY) return values.slice(0, length);
    const memory = (this.#ready[this.#taken] ??= new Handed(this.#capacity));
    this.#taken += 1;
    return memory.fill(values, length);
  }
}

/**
 * The result of a recipe as the filter gets it. Several columns are the properties of one object, which stays the same from
 * symbol to symbol; only those that the filter looks at are copied for it.
 */
export class RecipeResult {
  readonly #owner: HandedSeries;
  readonly #memory: ResultMemory;
  readonly #names: readonly string[];
  readonly #handed: { view: Float64Array | null; turn: number }[];
  readonly #object: object;
  #recipe: Recipe | null = null;
  #turn = -1;

  constructor({ name, outputs }: Indicator, owner: HandedSeries, memory: ResultMemory) {
    this.#owner = owner;
    this.#memory = memory;
    this.#names = outputs;
    this.#handed = outputs.map(() => ({ view: null, turn: -1 }));
    const properties = outputs.map((output, at) => [output, { get: () => this.#view(at), enumerable: true }]);
    const columns = Object.defineProperties({}, Object.fromEntries(properties) as PropertyDescriptorMap);
    this.#object = strictObject(`the result of ta.${name}`, columns);
  }

  /** The result for the symbol whose turn it is. A second one in the same turn is apart from the first. */
  of(recipe: Recipe): unknown {
    if (this.#names.length === 1) return this.#copy(recipe, 0);
    if (this.#turn === turn.number) {
      return Object.fromEntries(this.#names.map((name, at) => [name, this.#copy(recipe, at)]));
    }
    this.#turn = turn.number;
    this.#recipe = recipe;
    return this.#object;
  }

  #copy(recipe: Recipe, at: number): Float64Array {
    const { generation } = this.#owner.series!;
    return this.#memory.copyOf(generation.series(recipe, at), generation.length);
  }

  #view(at: number): Float64Array {
    const handed = this.#handed[at]!;
    if (handed.turn !== this.#turn || handed.view === null) {
      handed.view = this.#copy(this.#recipe!, at);
      handed.turn = this.#turn;
    }
    return handed.view;
  }
}
