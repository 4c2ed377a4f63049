/**
 * The trusted part of an isolate. The sandbox process calls what is exported here, in this order: `configure`, which locks
 * the globals down; then the filter's module is run between `beginLoading` and `adopt`; then `bind...` and `run`. The filter
 * itself reaches none of it: it sees its globals, and may import nothing.
 */
import type { Timeframe } from '../../../../domain/time.ts';
import type { FilterPosition } from '../../../../ports/filter-sandbox.ts';
import type { FilterConfig } from '../filter-config.ts';
import type { IsolateFault } from './fault.ts';
import { describeThrown } from './fault.ts';
import { FilterRun } from './filter-run.ts';
import type { FilterFunctions } from './filter-run.ts';
import { createFilterTa } from './filter-ta.ts';
import { lockDown } from './lockdown.ts';
import { Market } from './market.ts';
import { budgetOf, readPlain, Unreadable } from './plain.ts';
import { Plots } from './plots.ts';
import { ResultMemory } from './recipe-result.ts';
import { Recipes } from './recipes.ts';

/** Characters of `meta` and its values, at most. */
const LONGEST_META = 20_000;

type Loading = { readonly meta: unknown } | { readonly fault: IsolateFault };

const plots = new Plots();
let config: FilterConfig | null = null;
let market: Market | null = null;
let filterRun: FilterRun | null = null;
let hasWaited = false;
let loading: Loading = {
  fault: { code: 'meta', message: 'the module waits: a filter has no top-level await', line: null, column: null },
};

/** Sets the isolate up for one filter. Nothing of the filter may have run before. */
export function configure(configJson: string): void {
  const given = JSON.parse(configJson) as FilterConfig;
  const candles = new Market(given);
  const memory = new ResultMemory(2 * given.lookback);
  const recipes = new Recipes({ forget: (id) => candles.forget(id), memory });
  const ta = createFilterTa({
    recipes,
    columnOf: candles.columnOf,
    seriesOf: candles.seriesOf,
    length: () => candles.rows,
  });
  config = given;
  market = candles;
  lockDown({ ta, plot: Object.freeze(plots.plot) });
}

/** Called right before the filter's module runs. */
export function beginLoading(): void {
  // Runs before anything that comes after an await of the filter, and after a module that has none.
  void Promise.resolve().then(() => {
    hasWaited = true;
  });
}

/** Called with the filter's exports right after its module ran. */
export function adopt(exported: Readonly<Record<string, unknown>>): void {
  if (hasWaited || config === null || market === null) return;
  try {
    const { check, manage } = exported;
    if (typeof check !== 'function') throw new Unreadable('no check; write export function check({ close }) { ... }');
    if (manage !== undefined && typeof manage !== 'function') throw new Unreadable('manage is no function');
    if (exported['meta'] === undefined) throw new Unreadable('no meta; write export const meta = { name: ..., ... }');
    loading = { meta: readPlain(exported['meta'], 'meta', budgetOf(LONGEST_META)) };
    const functions = { check, manage: manage ?? null } as FilterFunctions;
    filterRun = new FilterRun(functions, config, { market, plots });
  } catch (thrown) {
    const fault = describeThrown(thrown, '');
    loading = { fault: { ...fault, code: fault.code === 'result' ? 'meta' : fault.code } };
  }
}

/** What came of loading: `{"meta": ...}` or `{"fault": ...}`. */
export function loaded(): string {
  return JSON.stringify(loading);
}

export function bindSeries(symbol: string, timeframe: Timeframe, shared: SharedArrayBuffer): void {
  market?.bind(symbol, timeframe, new Float64Array(shared));
}

export function bindTickers(shared: SharedArrayBuffer): void {
  market?.bindTickers(new Float64Array(shared));
}

/** The symbols to check with the rows of their tickers, once their series are bound. */
export function setSymbols(listedJson: string): void {
  const listed = JSON.parse(listedJson) as [symbol: string, tickerRow: number][];
  const candles = market;
  if (filterRun === null || candles === null) return;
  filterRun.symbols = listed.map(([symbol, tickerRow]) => ({
    symbol,
    tickerRow,
    series: candles.seriesOfSymbol(symbol),
  }));
}

/** @returns a RawOutcome as JSON, or `{"fault": ...}` */
export function run(kind: 'check' | 'manage', now: number, positionsJson: string): string {
  const positions = JSON.parse(positionsJson) as Readonly<Record<string, FilterPosition>>;
  return filterRun?.run(kind, now, positions) ?? loaded();
}

/** Computes ahead what a check at `now` will need, for the symbols numbered [from, to); gives how many there are. */
export function prepare(now: number, from: number, to: number): number {
  return filterRun?.prepare(now, from, to) ?? 0;
}
