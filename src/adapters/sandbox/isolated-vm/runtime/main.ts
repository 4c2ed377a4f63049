/**
 * The trusted part of an isolate. The sandbox process calls what is exported here, in this order: `secure`, which locks the
 * globals down; then the filter's module is run between `beginLoading` and `adopt`; then `configure`, `bind...` and `run`.
 * The filter itself reaches none of it: it sees its globals, and may import nothing.
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
import { NO_CANDLES } from './handed.ts';
import { Market } from './market.ts';
import { budgetOf, readPlain, Unreadable } from './plain.ts';
import { Plots } from './plots.ts';
import { ResultMemory } from './recipe-result.ts';
import { Recipes } from './recipes.ts';

/** Characters of `meta` and its values, at most. */
const LONGEST_META = 20_000;

/** More bytes than any isolate may take. */
const TOO_MANY = 2 ** 33;
/** Before `secure` puts its own in place of it. */
const NativeArrayBuffer = ArrayBuffer;

type Loading = { readonly meta: unknown; readonly functions: FilterFunctions } | { readonly fault: IsolateFault };

const plots = new Plots();
let market: Market | null = null;
let recipes: Recipes | null = null;
let filterRun: FilterRun | null = null;
let hasWaited = false;
let loading: Loading = {
  fault: { code: 'meta', message: 'the module waits: a filter has no top-level await', line: null, column: null },
};

/** Makes the globals of a filter. Nothing of the filter may have run before. */
export function secure(): void {
  const ta = createFilterTa({
    recipes: () => recipes,
    columnOf: (value) => market?.columnOf(value) ?? null,
    seriesOf: (value) => market?.seriesOf(value) ?? null,
    length: () => {
      if (market === null) throw new Error(NO_CANDLES);
      return market.rows;
    },
  });
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
  if (hasWaited) return;
  try {
    const { check, manage } = exported;
    if (typeof check !== 'function') throw new Unreadable('no check; write export function check({ close }) { ... }');
    if (manage !== undefined && typeof manage !== 'function') throw new Unreadable('manage is no function');
    if (exported['meta'] === undefined) throw new Unreadable('no meta; write export const meta = { name: ..., ... }');
    const meta = readPlain(exported['meta'], 'meta', budgetOf(LONGEST_META));
    loading = { meta, functions: { check, manage: manage ?? null } as FilterFunctions };
  } catch (thrown) {
    const fault = describeThrown(thrown, '');
    loading = { fault: { ...fault, code: fault.code === 'result' ? 'meta' : fault.code } };
  }
}

/** What came of loading: `{"meta": ...}` or `{"fault": ...}`. */
export function loaded(): string {
  return JSON.stringify('fault' in loading ? loading : { meta: loading.meta });
}

/** Puts the filter to work with the settings that were made of its meta. */
export function configure(configJson: string): void {
  if ('fault' in loading) return;
  const config = JSON.parse(configJson) as FilterConfig;
  const candles = new Market(config);
  market = candles;
  recipes = new Recipes({ forget: (id) => candles.forget(id), memory: new ResultMemory(2 * config.lookback) });
  filterRun = new FilterRun(loading.functions, config, { market: candles, plots });
}

/** @param namesJson symbol and timeframe of each of the series that follow */
export function bindSeries(namesJson: string, ...shared: SharedArrayBuffer[]): void {
  const names = JSON.parse(namesJson) as [symbol: string, timeframe: Timeframe][];
  names.forEach(([symbol, timeframe], at) => market?.bind(symbol, timeframe, new Float64Array(shared[at]!)));
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

/**
 * Lets go of all that nobody can reach any more, which is the last that V8 does before it refuses memory. Its collector itself
 * can be called from contexts alone that were made for it, and those would be garbage in turn.
 */
export function collectGarbage(): void {
  try {
    void new NativeArrayBuffer(TOO_MANY);
  } catch {
    // It is refused in any case.
  }
}
