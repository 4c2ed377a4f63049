import { CANDLE_COLUMNS } from '../../domain/candle.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import { candleOpenTime, timeframeMs } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import type { CandleColumns, FilterSandbox } from '../../ports/filter-sandbox.ts';
import type { DeskMarket, DeskSeries } from './desk-market.ts';

/** Twice the longest lookback that a filter may ask for, and some for checks that wait while newer candles come in. */
const MOST_ROWS = 1_050;

/** What the sandbox holds of a series. */
interface Handed {
  readonly timeframe: Timeframe;
  /** How many traders look at it. */
  users: number;
  /** Open time of the newest candle that was handed over. */
  lastTime: number;
  /** Open time of the oldest one that was corrected since; Infinity without. */
  correctedFrom: number;
}

/** The series of a symbol. Those that nobody looks at any more stay noted, so that only what came since is handed over. */
interface SymbolSeries {
  /** How many traders look at the symbol. */
  users: number;
  readonly byTimeframe: Map<Timeframe, Handed>;
}

/**
 * Hands the sandbox every closed candle that some trader looks at, once for all traders, and corrections of it. Costs
 * nothing while nothing new has come.
 */
export class CandleHandOver {
  readonly #market: DeskMarket;
  readonly #sandbox: Pick<FilterSandbox, 'extend'>;
  readonly #bySymbol = new Map<VenueSymbol, SymbolSeries>();
  readonly #loaded = new Set<VenueSymbol>();
  /** Series of which the sandbox may lack something. */
  readonly #pending = new Map<VenueSymbol, Set<Handed>>();

  constructor(market: DeskMarket, sandbox: Pick<FilterSandbox, 'extend'>) {
    this.#market = market;
    this.#sandbox = sandbox;
  }

  /** Symbols that somebody looks at and whose history is loaded. */
  *loadedSymbols(): Generator<VenueSymbol> {
    for (const [symbol, { users }] of this.#bySymbol) if (users > 0 && this.#loaded.has(symbol)) yield symbol;
  }

  /** One trader more looks at these series. */
  use(symbols: Iterable<VenueSymbol>, timeframes: readonly Timeframe[]): void {
    for (const symbol of symbols) {
      const series = this.#seriesOf(symbol);
      series.users += 1;
      for (const timeframe of timeframes) {
        let handed = series.byTimeframe.get(timeframe);
        if (handed === undefined) {
          handed = { timeframe, users: 0, lastTime: -Infinity, correctedFrom: Infinity };
          series.byTimeframe.set(timeframe, handed);
        }
        handed.users += 1;
        this.#expect(symbol, handed);
      }
    }
  }

  /** Takes `use` back. */
  release(symbols: Iterable<VenueSymbol>, timeframes: readonly Timeframe[]): void {
    for (const symbol of symbols) {
      const series = this.#seriesOf(symbol);
      series.users -= 1;
      for (const timeframe of timeframes) {
        const handed = series.byTimeframe.get(timeframe);
        if (handed !== undefined) handed.users -= 1;
      }
    }
  }

  isLoaded(symbol: VenueSymbol): boolean {
    return this.#loaded.has(symbol);
  }

  /**
   * The market holds the history of a symbol, new or changed from `fromMs` on. It is handed over at once: histories come one
   * by one, and all of them together before a check would hold up everything else.
   */
  loaded(symbol: VenueSymbol, fromMs: number): void {
    this.#loaded.add(symbol);
    for (const handed of this.#seriesOf(symbol).byTimeframe.values()) this.#changed(symbol, handed, fromMs);
    this.#extend(this.#takeLacking(symbol));
  }

  /** The market no longer holds the symbol. */
  lost(symbol: VenueSymbol): void {
    this.#loaded.delete(symbol);
  }

  /** A candle was closed or corrected. */
  closed(symbol: VenueSymbol, timeframe: Timeframe, openTime: number): void {
    const handed = this.#bySymbol.get(symbol)?.byTimeframe.get(timeframe);
    if (handed !== undefined) this.#changed(symbol, handed, openTime);
  }

  /** Hands over what the sandbox lacks. */
  handOver(): void {
    if (this.#pending.size > 0) this.#extend(this.#pending.keys().flatMap((symbol) => this.#takeLacking(symbol)));
  }

  #extend(stretches: Iterable<CandleColumns>): void {
    const given = [...stretches];
    if (given.length > 0) this.#sandbox.extend(given);
  }

  #takeLacking(symbol: VenueSymbol): CandleColumns[] {
    const pending = this.#pending.get(symbol);
    if (pending === undefined || !this.#loaded.has(symbol)) return [];
    this.#pending.delete(symbol);
    const stretches: CandleColumns[] = [];
    for (const handed of pending) {
      if (handed.users === 0) continue;
      const held = this.#market.get(symbol)?.candles.get(handed.timeframe);
      const columns = held === undefined ? null : lackingColumns(held, handed);
      if (held === undefined || columns === null) continue;
      handed.lastTime = held.lastTime;
      handed.correctedFrom = Infinity;
      stretches.push({ symbol, timeframe: handed.timeframe, columns });
    }
    return stretches;
  }

  #seriesOf(symbol: VenueSymbol): SymbolSeries {
    let series = this.#bySymbol.get(symbol);
    if (series === undefined) this.#bySymbol.set(symbol, (series = { users: 0, byTimeframe: new Map() }));
    return series;
  }

  #changed(symbol: VenueSymbol, handed: Handed, openTime: number): void {
    if (openTime < handed.correctedFrom) handed.correctedFrom = openTime;
    this.#expect(symbol, handed);
  }

  #expect(symbol: VenueSymbol, handed: Handed): void {
    const pending = this.#pending.get(symbol);
    if (pending === undefined) this.#pending.set(symbol, new Set([handed]));
    else pending.add(handed);
  }
}

/** What of a series is new or corrected; null when nothing is. */
function lackingColumns(held: DeskSeries, { timeframe, lastTime, correctedFrom }: Handed): Float64Array[] | null {
  const { length } = held;
  // Candles that were filled in flat before a later one are told of by that one alone.
  const wanted = candleOpenTime(Math.min(lastTime + timeframeMs(timeframe), correctedFrom), timeframe);
  if (length === 0 || wanted > held.lastTime) return null;
  const first = wanted > held.firstTime ? held.indexOf(wanted) : 0;
  return CANDLE_COLUMNS.map((column) => held.view(column, Math.max(first, length - MOST_ROWS), length));
}
