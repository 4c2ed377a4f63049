import { ta } from '../../../../analysis/indicators/index.ts';
import type { Indicator, IndicatorFunction } from '../../../../analysis/indicators/index.ts';
import { CANDLE_COLUMNS } from '../../../../domain/candle.ts';
import type { HandedColumn, HandedSeries } from './handed.ts';
import { readSource } from './recipes.ts';
import type { Recipes, Source } from './recipes.ts';
import { strictObject } from './strict-object.ts';

type TaFunction = (...args: unknown[]) => unknown;

/** What `ta` must know of the filter that calls it. */
export interface Surroundings {
  /** Null as long as there are no candles. */
  readonly recipes: () => Recipes | null;
  /** A column that was handed out in this turn; null for anything else. */
  readonly columnOf: (value: unknown) => HandedColumn | null;
  /** The series behind a candle set; null for anything else. */
  readonly seriesOf: (value: unknown) => HandedSeries | null;
  /** Rows of the clock timeframe's columns. */
  readonly length: () => number;
}

/**
 * The `ta` of a filter: the functions of analysis/indicators, where those over columns of candles remember their series from
 * check to check. Over a candle column they see the candles, whatever a filter wrote into it.
 */
export function createFilterTa(around: Surroundings): object {
  const made = new Map<unknown, TaFunction>();
  const functions: Record<string, TaFunction> = {};
  for (const [name, original] of Object.entries(ta) as [
    string,
    TaFunction | IndicatorFunction<never, never, string>,
  ][]) {
    let own = made.get(original);
    if (own === undefined) {
      own = 'indicator' in original ? remembering(original as TaFunction & { indicator: Indicator }, around) : original;
      made.set(original, Object.freeze(own));
    }
    functions[name] = own;
  }
  const { ema, column, barsSince, emaRibbon } = functions;
  functions['emaRibbon'] = Object.freeze((x: unknown, ...periods: unknown[]) =>
    periods.length === 1 && Array.isArray(periods[0]) && around.columnOf(x) !== null
      ? periods[0].map((n) => ema!(x, n))
      : emaRibbon!(x, ...periods),
  );
  functions['column'] = Object.freeze((value: unknown, length?: unknown) => column!(value, length ?? around.length()));
  functions['barsSince'] = Object.freeze((condition: unknown, length?: unknown) =>
    barsSince!(condition, length ?? around.length()),
  );
  return strictObject('ta', functions);
}

function remembering(original: TaFunction & { readonly indicator: Indicator }, around: Surroundings): TaFunction {
  const { indicator } = original;
  const names = indicator.inputs.map((input) => (input === 'x' ? 'close' : input.replace('?', '')));
  const inputsOfSet = names.map((name) => (CANDLE_COLUMNS as readonly string[]).indexOf(name));
  const sourceOf = (args: readonly unknown[]): Source | null => {
    const owner = around.seriesOf(args[0]);
    if (owner === null) return readSource(indicator, args, around.columnOf);
    return { owner, inputs: inputsOfSet, columns: [], rest: args.slice(1) };
  };
  return (...args) => {
    const recipe = around.recipes()?.find(indicator, args, sourceOf);
    return recipe === null || recipe === undefined ? original(...args) : recipe.result.of(recipe);
  };
}
