import { anchorTime, candleOpenTime, timeframeMs } from '../../../../domain/time.ts';
import type { Timeframe } from '../../../../domain/time.ts';
import { CANDLE_COLUMNS } from '../../../../domain/candle.ts';
import { FORMING, HAS_FORMING, TICKER_FIGURES } from '../candle-memory.ts';
import type { FilterConfig } from '../filter-config.ts';
import { ColumnMemory } from './column-memory.ts';
import type { HandedColumn } from './handed.ts';
import { HandedSeries, NO_CANDLES, turn } from './handed.ts';
import { HL2, HLC3 } from './generation.ts';
import { Series } from './series.ts';
import type { Moment } from './series.ts';
import { strictObject } from './strict-object.ts';

/** Columns by their names in a candle set. */
const COLUMN_NUMBERS = { ...Object.fromEntries(CANDLE_COLUMNS.map((name, at) => [name, at])), hl2: HL2, hlc3: HLC3 };

/** A symbol of the trader. */
export interface ListedSymbol {
  readonly symbol: string;
  /** Where its ticker lies; -1 without one. */
  readonly tickerRow: number;
  readonly series: readonly Series[] | null;
}

type CandleSet = Readonly<Record<string, unknown>>;

/** The candles of the symbol whose turn it is and of the references, and the objects in which a filter sees them. */
export class Market {
  readonly #config: FilterConfig;
  readonly #series = new Map<string, Series>();
  readonly #memory: ColumnMemory;
  readonly #byView = new Map<Float64Array, HandedColumn>();
  readonly #bySet = new Map<unknown, HandedSeries>();
  readonly #own: readonly HandedSeries[];
  readonly #others: readonly { readonly symbol: string; readonly handed: readonly HandedSeries[] }[];
  #tickers: Float64Array = new Float64Array(0);
  #tickerRow = -1;
  /** By timeframe name, as the filter sees them. */
  readonly candles: CandleSet;
  readonly others: CandleSet;

  constructor(config: FilterConfig) {
    this.#config = config;
    this.#memory = new ColumnMemory(2 * config.lookback);
    const handed = (): readonly HandedSeries[] =>
      config.timeframes.map(() => new HandedSeries(this.#memory.capacity, this.#byView));
    this.#own = handed();
    this.#others = config.references.map((symbol) => ({ symbol, handed: handed() }));
    this.candles = this.#candleSets('candles', this.#own);
    const others = this.#others.map((each) => [each.symbol, this.#candleSets(`others.${each.symbol}`, each.handed)]);
    this.others = strictObject('others (see meta.references)', Object.fromEntries(others) as Record<string, unknown>);
  }

  /** The clock timeframe's columns. */
  get clock(): HandedSeries {
    return this.#own[0]!;
  }

  /** Rows of the clock timeframe's columns. */
  get rows(): number {
    if (this.clock.series === null) throw new Error(NO_CANDLES);
    return this.clock.series.generation.length;
  }

  bind(symbol: string, timeframe: Timeframe, shared: Float64Array): void {
    this.#series.set(`${symbol} ${timeframe}`, new Series(shared, this.#memory));
  }

  bindTickers(shared: Float64Array): void {
    this.#tickers = shared;
  }

  moments(now: number): Moment[] {
    const { timeframes, lookback } = this.#config;
    return timeframes.map((timeframe) => ({
      formingOpenTime: candleOpenTime(now, timeframe),
      anchor: anchorTime(now, timeframe, lookback),
      stepMs: timeframeMs(timeframe),
      lookback,
    }));
  }

  /** The series of a symbol, one for each timeframe; null while they are not bound. */
  seriesOfSymbol(symbol: string): readonly Series[] | null {
    const series = this.#config.timeframes.map((timeframe) => this.#series.get(`${symbol} ${timeframe}`));
    return series.every((each) => each !== undefined) ? series : null;
  }

  /** Whether every reference has its candles up to the moment. */
  moveReferences(moments: readonly Moment[]): boolean {
    return this.#others.every(({ symbol, handed }) => {
      const series = this.seriesOfSymbol(symbol);
      return series !== null && move(series, moments, handed);
    });
  }

  /** Gives a symbol its turn; false when it has no full lookback of candles up to the moment. */
  moveTo({ series, tickerRow }: ListedSymbol, moments: readonly Moment[]): boolean {
    turn.number += 1;
    this.#tickerRow = tickerRow;
    return series !== null && move(series, moments, this.#own);
  }

  /** Computes ahead what a later moment will need of a symbol. */
  prepare(symbol: string, moments: readonly Moment[]): void {
    this.seriesOfSymbol(symbol)?.forEach((series, at) => series.prepare(moments[at]!));
  }

  /** A column that was handed out in this turn. */
  readonly columnOf = (value: unknown): HandedColumn | null => {
    const column = this.#byView.get(value as Float64Array);
    return column?.memory.turn === turn.number ? column : null;
  };

  readonly seriesOf = (value: unknown): HandedSeries | null => this.#bySet.get(value) ?? null;

  forget(recipeId: number): void {
    for (const series of this.#series.values()) series.forget(recipeId);
  }

  /** The figures of the ticker; NaN where there is none. */
  ticker(): Readonly<Record<string, number>> {
    const start = this.#tickerRow * TICKER_FIGURES.length;
    const figures: Record<string, number> = {};
    TICKER_FIGURES.forEach(
      (name, at) => (figures[name] = this.#tickerRow < 0 ? NaN : (this.#tickers[start + at] ?? NaN)),
    );
    return Object.freeze(figures);
  }

  quoteVolume(): number {
    const at = this.#tickerRow * TICKER_FIGURES.length + TICKER_FIGURES.indexOf('quoteVolume');
    return this.#tickerRow < 0 ? NaN : (this.#tickers[at] ?? NaN);
  }

  #candleSets(called: string, handed: readonly HandedSeries[]): CandleSet {
    const sets = this.#config.timeframes.map((timeframe, at) => [
      timeframe,
      this.#candleSet(`${called}['${timeframe}']`, handed[at]!),
    ]);
    return strictObject(`${called} (see meta.timeframes)`, Object.fromEntries(sets) as Record<string, unknown>);
  }

  #candleSet(called: string, handed: HandedSeries): CandleSet {
    const columns: PropertyDescriptorMap = { forming: { get: () => formingOf(handed), enumerable: true } };
    for (const [name, number] of Object.entries(COLUMN_NUMBERS)) {
      columns[name] = { get: () => handed.column(number), enumerable: true };
    }
    const set = strictObject(called, Object.defineProperties({}, columns)) as CandleSet;
    this.#bySet.set(set, handed);
    return set;
  }
}

function move(series: readonly Series[], moments: readonly Moment[], handed: readonly HandedSeries[]): boolean {
  for (let at = 0; at < series.length; at += 1) {
    if (!series[at]!.moveTo(moments[at]!)) return false;
    handed[at]!.series = series[at]!;
  }
  return true;
}

/** The unfinished candle as plain numbers, null when there is none. */
function formingOf({ series }: HandedSeries): object | null {
  if (series === null || series.shared[HAS_FORMING] !== 1) return null;
  const { shared } = series;
  return Object.freeze(Object.fromEntries(CANDLE_COLUMNS.map((name, at) => [name, shared[FORMING + at]!])));
}
