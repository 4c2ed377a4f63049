import type { Candle, Ticker } from '../../domain/candle.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { Timeframe } from '../../domain/time.ts';
import { timeframeMs } from '../../domain/time.ts';
import type { MarketView } from '../../ports/filter-sandbox.ts';
import { closeTicker } from './close-ticker.ts';
import type { DeskMarket } from './desk-market.ts';
import { formingCandle, liveTicker } from './live-view.ts';

/** What all checks of one moment see besides closed candles. */
export interface Moment {
  /** Milliseconds UTC. */
  readonly at: number;
  readonly view: MarketView;
  /** The tickers of the view; at a close, of the symbols whose candle is there. */
  readonly tickers: ReadonlyMap<VenueSymbol, Ticker>;
}

interface MomentScope {
  /** Symbols that are looked at and whose history is loaded. */
  readonly symbols: () => Iterable<VenueSymbol>;
  /** Timeframes whose unfinished candle is looked at. */
  readonly formingTimeframes: () => ReadonlySet<Timeframe>;
}

/**
 * Freezes the market for the checks of a moment: built by the first of them, shared by the others, dropped at the next
 * moment of their kind. Costs as much as a day of candles per symbol, once per moment.
 */
export class Moments {
  readonly #market: DeskMarket;
  readonly #scope: MomentScope;
  readonly #closes = new Map<Timeframe, Moment>();
  #between: Moment | null = null;

  constructor(market: DeskMarket, scope: MomentScope) {
    this.#market = market;
    this.#scope = scope;
  }

  /** The moment at which candles of the clock timeframe closed. */
  atClose(clock: Timeframe, at: number): Moment {
    const known = this.#closes.get(clock);
    if (known?.at === at) return known;
    const tickers: Ticker[] = [];
    for (const symbol of this.#scope.symbols()) {
      const series = this.#market.get(symbol)?.candles.get(clock);
      const ticker = series === undefined ? null : closeTicker({ symbol, timeframe: clock, series, at });
      if (ticker !== null) tickers.push(ticker);
    }
    const moment = momentOf(at, tickers, []);
    this.#closes.set(clock, moment);
    return moment;
  }

  /** A moment by the clock on the wall: what the venue says now, and unfinished candles. */
  between(at: number): Moment {
    if (this.#between?.at === at) return this.#between;
    const tickers: Ticker[] = [];
    const forming: Candle[] = [];
    const timeframes = this.#scope.formingTimeframes();
    for (const symbol of this.#scope.symbols()) {
      const market = this.#market.get(symbol);
      if (market === undefined) continue;
      tickers.push(liveTicker(symbol, market, at));
      for (const timeframe of timeframes) {
        const candle = formingCandle(market, { symbol, timeframe, at });
        if (candle !== null) forming.push(candle);
      }
    }
    return (this.#between = momentOf(at, tickers, forming));
  }

  /** A candle was closed or corrected: moments that it belongs to are frozen anew. */
  closed(timeframe: Timeframe, openTime: number): void {
    const moment = this.#closes.get(timeframe);
    if (moment !== undefined && openTime + timeframeMs(timeframe) <= moment.at) this.#closes.delete(timeframe);
  }

  /** Other symbols are looked at. */
  clear(): void {
    this.#closes.clear();
    this.#between = null;
  }
}

function momentOf(at: number, tickers: readonly Ticker[], forming: readonly Candle[]): Moment {
  return { at, view: { tickers, forming }, tickers: new Map(tickers.map((ticker) => [ticker.symbol, ticker])) };
}
