import { readCall } from '../../../../analysis/indicators/call.ts';
import type { Indicator, IndicatorState } from '../../../../analysis/indicators/index.ts';
import type { HandedColumn, HandedSeries } from './handed.ts';
import { turn } from './handed.ts';
import type { Recipe } from './generation.ts';
import { LEFT_OUT } from './generation.ts';
import { RecipeResult } from './recipe-result.ts';
import type { ResultMemory } from './recipe-result.ts';

/** How many different series are kept for a trader, each for every symbol; the one used longest ago gives way. */
const MOST_RECIPES = 256;

/** The columns of a call when they are untouched columns of one series. */
export interface Source {
  readonly owner: HandedSeries;
  /** Column numbers. */
  readonly inputs: readonly number[];
  /** The columns themselves where they stand in the call; a candle set is always what it was. */
  readonly columns: readonly HandedColumn[];
  /** What follows the columns. */
  readonly rest: readonly unknown[];
}

/** A recipe with the series it is computed of and the form in which its result is handed out. */
export interface OwnedRecipe extends Recipe {
  readonly owner: HandedSeries;
  readonly result: RecipeResult;
}

interface KnownRecipe extends OwnedRecipe {
  readonly rest: readonly unknown[];
  /** Those of the last call: the views in them stay the same from symbol to symbol. */
  args: readonly unknown[];
  columns: readonly HandedColumn[];
  usedAt: number;
}

/** What the recipes of a trader have in common. */
export interface SharedByRecipes {
  /** Lets go of what was computed under the id. */
  forget(id: number): void;
  readonly memory: ResultMemory;
}

/** What a filter computes over and over: found again by its columns and arguments. */
export class Recipes {
  readonly #shared: SharedByRecipes;
  readonly #byIndicator = new Map<Indicator, KnownRecipe[]>();
  readonly #freeIds = Array.from({ length: MOST_RECIPES }, (_, id) => MOST_RECIPES - 1 - id);
  #uses = 0;

  constructor(shared: SharedByRecipes) {
    this.#shared = shared;
  }

  /**
   * The recipe of a call; null when the call is not over untouched columns of one series.
   * @param sourceOf finds the columns, asked when the call was not made like this before
   * @throws TypeError or RangeError as the functions of `ta` do, at the first call of its kind
   */
  find(
    indicator: Indicator,
    args: readonly unknown[],
    sourceOf: (args: readonly unknown[]) => Source | null,
  ): OwnedRecipe | null {
    const known = this.#knownOf(indicator);
    this.#uses += 1;
    // Counted by hand: an iterator would be garbage, and this is the busiest loop of a check.
    for (let at = 0; at < known.length; at += 1) {
      const recipe = known[at]!;
      if (!isRepeated(recipe, args)) continue;
      recipe.usedAt = this.#uses;
      return recipe;
    }
    const source = sourceOf(args);
    return source === null ? null : this.#findOrAdd(indicator, args, source);
  }

  #findOrAdd(indicator: Indicator, args: readonly unknown[], source: Source): KnownRecipe {
    const recipe = this.#knownOf(indicator).find((each) => isSame(each, source)) ?? this.#add(indicator, args, source);
    recipe.args = args;
    recipe.columns = source.columns;
    recipe.usedAt = this.#uses;
    return recipe;
  }

  #knownOf(indicator: Indicator): KnownRecipe[] {
    let known = this.#byIndicator.get(indicator);
    if (known === undefined) this.#byIndicator.set(indicator, (known = []));
    return known;
  }

  #add(indicator: Indicator, args: readonly unknown[], { owner, inputs, columns, rest }: Source): KnownRecipe {
    const { parameters } = readCall(indicator, args);
    const result = new RecipeResult(indicator, owner, this.#shared.memory);
    const start = (): IndicatorState => indicator.start(...parameters);
    const isUsed = indicator.outputs.map(() => false);
    const recipe = { id: this.#freeId(), owner, inputs, isUsed, start, result, rest, args, columns, usedAt: 0 };
    this.#knownOf(indicator).push(recipe);
    return recipe;
  }

  #freeId(): number {
    const free = this.#freeIds.pop();
    if (free !== undefined) return free;
    const all = [...this.#byIndicator.values()].flatMap((siblings) => siblings.map((recipe) => ({ recipe, siblings })));
    const { recipe, siblings } = all.reduce((a, b) => (b.recipe.usedAt < a.recipe.usedAt ? b : a));
    siblings.splice(siblings.indexOf(recipe), 1);
    this.#shared.forget(recipe.id);
    return recipe.id;
  }
}

/** Whether the very same values are given as in the last call, and the columns among them were handed out in this turn. */
function isRepeated({ args, columns }: KnownRecipe, given: readonly unknown[]): boolean {
  if (args.length !== given.length) return false;
  for (let at = 0; at < args.length; at += 1) if (args[at] !== given[at]) return false;
  for (let at = 0; at < columns.length; at += 1) if (columns[at]!.memory.turn !== turn.number) return false;
  return true;
}

function isSame(recipe: KnownRecipe, { owner, inputs, rest }: Source): boolean {
  return (
    recipe.owner === owner &&
    recipe.rest.length === rest.length &&
    recipe.inputs.every((input, at) => input === inputs[at]) &&
    recipe.rest.every((value, at) => value === rest[at])
  );
}

/**
 * The columns of a call by their place, when each is a column of one series as it was handed out in this turn.
 * @returns null when one is anything else: such a call is computed from what the filter holds
 */
export function readSource(
  indicator: Indicator,
  args: readonly unknown[],
  columnOf: (value: unknown) => HandedColumn | null,
): Source | null {
  const inputs: number[] = [];
  const columns: HandedColumn[] = [];
  let used = 0;
  for (const input of indicator.inputs) {
    const column = columnOf(args[used]);
    if (column === null) {
      if (!input.endsWith('?') || typeof args[used] === 'object') return null;
      inputs.push(LEFT_OUT);
      if (args[used] === undefined) used += 1;
      continue;
    }
    columns.push(column);
    inputs.push(column.number);
    used += 1;
  }
  const [first] = columns;
  if (first === undefined || columns.some(({ owner }) => owner !== first.owner)) return null;
  return { owner: first.owner, inputs, columns, rest: args.slice(used) };
}
