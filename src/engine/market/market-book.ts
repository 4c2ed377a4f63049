import type { Candle, Ticker } from '../../domain/candle.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import { anchorTime, candleOpenTime, MINUTE_MS } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import type { MarketSink, MarkTick, QuoteTick, TradeTick } from '../../ports/market-feed.ts';
import type { CandleSeries } from './candle-series.ts';
import { FormingCandle } from './forming-candle.ts';
import { SymbolCandles } from './symbol-candles.ts';
import type { CandleNeeds, ClosedCandle } from './symbol-candles.ts';

/** What is known of one symbol now, as market data: NaN until it was heard. Changes in place; copy what is kept. */
export interface SymbolMarket {
  readonly symbol: VenueSymbol;
  last: number;
  lastTime: number;
  bid: number;
  ask: number;
  mark: number;
  /** The venue's 24 h figures, null until the first came. */
  day: Ticker | null;
  /** When anything was heard last, by the venue's time. */
  heardAt: number;
  readonly forming: FormingCandle;
  candles: SymbolCandles;
}

/** Who wants to know what the book learns. Called inside the tick: do little. */
export interface MarketListener {
  candlesClosed(symbol: VenueSymbol, closed: readonly ClosedCandle[]): void;
  /** The last price of a symbol that `watch` was called for moved. */
  priceMoved(market: SymbolMarket): void;
}

/** A stretch of columns as a filter sees it: from the anchor to the newest candle closed at the moment of the check. */
export interface CandleWindow {
  readonly series: CandleSeries;
  readonly from: number;
  readonly to: number;
}

/**
 * The market as the engine knows it: per symbol the last price, the best quotes, the forming minute and the closed candles
 * of all timeframes asked for. Feeds write into it; nothing here waits or allocates per trade or quote.
 */
export class MarketBook implements MarketSink {
  readonly #markets = new Map<VenueSymbol, SymbolMarket>();
  readonly #watched = new Set<VenueSymbol>();
  #needs: CandleNeeds;
  readonly #listener: MarketListener;

  constructor(needs: CandleNeeds, listener: MarketListener) {
    this.#needs = needs;
    this.#listener = listener;
  }

  /** Follows a symbol; messages about others are ignored. */
  follow(symbol: VenueSymbol): SymbolMarket {
    const known = this.#markets.get(symbol);
    if (known !== undefined) return known;
    const market: SymbolMarket = {
      symbol,
      last: NaN,
      lastTime: -Infinity,
      bid: NaN,
      ask: NaN,
      mark: NaN,
      day: null,
      heardAt: -Infinity,
      forming: new FormingCandle(),
      candles: new SymbolCandles(this.#needs),
    };
    this.#markets.set(symbol, market);
    return market;
  }

  /** Holds other candles from now on. What is held of every symbol is let go: its history has to be loaded again. */
  hold(needs: CandleNeeds): void {
    this.#needs = needs;
    for (const market of this.#markets.values()) market.candles = new SymbolCandles(needs);
  }

  unfollow(symbol: VenueSymbol): void {
    this.#markets.delete(symbol);
    this.#watched.delete(symbol);
  }

  /** Reports each move of the last or mark price of a symbol: it has a position or a working order. */
  watch(symbol: VenueSymbol, isWatched: boolean): void {
    if (isWatched) this.#watched.add(symbol);
    else this.#watched.delete(symbol);
  }

  get(symbol: VenueSymbol): SymbolMarket | undefined {
    return this.#markets.get(symbol);
  }

  get symbols(): IterableIterator<VenueSymbol> {
    return this.#markets.keys();
  }

  trade(tick: Readonly<TradeTick>): void {
    const market = this.#markets.get(tick.symbol);
    if (market === undefined) return;
    if (tick.time > market.heardAt) market.heardAt = tick.time;
    market.forming.trade(tick);
    if (tick.time < market.lastTime) return;
    market.lastTime = tick.time;
    if (tick.price === market.last) return;
    market.last = tick.price;
    if (this.#watched.has(tick.symbol)) this.#listener.priceMoved(market);
  }

  quote(tick: Readonly<QuoteTick>): void {
    const market = this.#markets.get(tick.symbol);
    if (market === undefined) return;
    market.bid = tick.bid;
    market.ask = tick.ask;
    if (tick.time > market.heardAt) market.heardAt = tick.time;
  }

  candle(candle: Candle): void {
    const market = this.#markets.get(candle.symbol);
    if (market === undefined) return;
    market.heardAt = Math.max(market.heardAt, candle.openTime);
    if (!candle.closed) {
      if (candle.timeframe === '1m') market.forming.venueCandle(candle);
      return;
    }
    const closed = market.candles.put(candle.timeframe, candle);
    if (closed.length > 0) this.#listener.candlesClosed(candle.symbol, closed);
  }

  ticker(ticker: Ticker): void {
    const market = this.#markets.get(ticker.symbol);
    if (market !== undefined) market.day = ticker;
  }

  mark({ symbol, price, time }: Readonly<MarkTick>): void {
    const market = this.#markets.get(symbol);
    if (market === undefined) return;
    market.mark = price;
    if (time > market.heardAt) market.heardAt = time;
    if (this.#watched.has(symbol)) this.#listener.priceMoved(market);
  }

  /**
   * Closes a minute flat when nobody traded in it: venues send no candle for it. A minute in which trades were seen is left
   * open: its candle is late, or has to be fetched.
   * @param boundary the end of the minute, milliseconds UTC
   * @returns whether the minute is closed now
   */
  settleQuietMinute(symbol: VenueSymbol, boundary: number): boolean {
    const market = this.#markets.get(symbol);
    if (market === undefined || market.candles.minutes.length === 0) return false;
    const openTime = boundary - MINUTE_MS;
    if (market.candles.minutes.lastTime >= openTime) return true;
    if (market.forming.openTime === openTime && market.forming.hasTradesSince(openTime)) return false;
    const closed = market.candles.fillFlat(boundary);
    if (closed.length > 0) this.#listener.candlesClosed(symbol, closed);
    return closed.length > 0;
  }

  /**
   * The columns that a check at `nowMs` sees of a symbol: from the anchor of the lookback to the last closed candle.
   * @returns null while fewer than `lookback` candles are held, or the newest is missing
   */
  window(symbol: VenueSymbol, timeframe: Timeframe, at: { nowMs: number; lookback: number }): CandleWindow | null {
    const series = this.#markets.get(symbol)?.candles.get(timeframe);
    if (series === undefined || series.length === 0) return null;
    const end = series.indexOf(candleOpenTime(candleOpenTime(at.nowMs, timeframe) - 1, timeframe));
    if (end === -1) return null;
    const anchor = anchorTime(at.nowMs, timeframe, at.lookback);
    const from = anchor <= series.firstTime ? 0 : series.indexOf(anchor);
    const to = end + 1;
    return to - from < at.lookback ? null : { series, from, to };
  }
}
