import type { OHLCV, Ticker as CcxtTicker, Trade } from 'ccxt';

import { asId } from '../../../domain/ids.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import type { MarketSink, QuoteTick, TradeTick } from '../../../ports/market-feed.ts';
import type { CandleBook } from './candle-book.ts';
import { figure, quoted, readCandle, readTicker } from './readings.ts';
import type { SeriesName } from './readings.ts';
import { TradeGuard } from './trade-guard.ts';
import type { KnownSymbol } from './venue-symbols.ts';

/** The best prices as ccxt tells them. */
export interface ToldQuote {
  readonly bid: number | undefined;
  readonly bidVolume: number | undefined;
  readonly ask: number | undefined;
  readonly askVolume: number | undefined;
  readonly timestamp: number | undefined;
}

export interface IntakeOptions {
  readonly sink: MarketSink;
  readonly candles: CandleBook;
  /** The venue's time now, NaN where it cannot be known. */
  readonly venueNow: () => number;
  readonly now: () => number;
}

const NOT_YET = asId<VenueSymbol>('-');

/** Where the news of all streams come in: leaves out what is late, doubled or senseless, and tells the sink the rest. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #guard = new TradeGuard();
  readonly #trade: TradeTick = {
    ...{ symbol: NOT_YET, price: NaN, quantity: NaN, trades: 1, buyerIsTaker: false, venueTradeId: NaN, time: NaN },
  };
  readonly #quote: QuoteTick = {
    ...{ symbol: NOT_YET, bid: NaN, bidQuantity: NaN, ask: NaN, askQuantity: NaN, time: NaN },
  };
  /** Symbols whose mark prices are wanted. */
  markSymbols: ReadonlySet<VenueSymbol> = new Set();
  #messages = 0;
  #rejected = 0;
  #dropped = 0;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  get counts(): { readonly messages: number; readonly rejected: number; readonly dropped: number } {
    const dropped = this.#dropped + this.#options.candles.dropped;
    return { messages: this.#messages, rejected: this.#rejected, dropped };
  }

  forget(symbol: VenueSymbol): void {
    this.#guard.forget(symbol);
  }

  trades({ symbol, contractSize }: KnownSymbol, news: readonly Trade[]): void {
    const tick = this.#trade;
    for (const told of news) {
      this.#messages += 1;
      tick.price = quoted(told.price);
      tick.quantity = quoted(told.amount) * contractSize;
      if (!(tick.price * tick.quantity > 0)) {
        this.#rejected += 1;
        continue;
      }
      const count = this.#guard.admit(symbol, told, this.#options.venueNow());
      if (count === null) {
        this.#dropped += 1;
        continue;
      }
      tick.symbol = symbol;
      tick.buyerIsTaker = told.side === 'buy';
      tick.venueTradeId = count;
      tick.time = told.timestamp ?? NaN;
      this.#options.sink.trade(tick);
    }
  }

  quote({ symbol, contractSize }: KnownSymbol, told: ToldQuote): void {
    const tick = this.#quote;
    this.#messages += 1;
    tick.symbol = symbol;
    tick.bid = quoted(told.bid);
    tick.ask = quoted(told.ask);
    tick.bidQuantity = figure(told.bidVolume) * contractSize;
    tick.askQuantity = figure(told.askVolume) * contractSize;
    tick.time = told.timestamp ?? this.#options.now();
    if (tick.bid > tick.ask) this.#rejected += 1;
    else this.#options.sink.quote(tick);
  }

  candles(series: SeriesName, rows: readonly OHLCV[]): void {
    for (const row of rows) {
      this.#messages += 1;
      const candle = readCandle(row, series);
      if (candle === null) this.#rejected += 1;
      else this.#options.candles.take(candle);
    }
  }

  ticker(known: KnownSymbol, told: CcxtTicker): void {
    this.#messages += 1;
    const ticker = readTicker(known, told, this.#options.now());
    this.#options.sink.ticker(ticker);
    this.#tellMark(known.symbol, ticker.mark, ticker.time);
  }

  mark(known: KnownSymbol, told: CcxtTicker): void {
    this.#messages += 1;
    const { mark, time } = readTicker(known, told, this.#options.now());
    this.#tellMark(known.symbol, mark, time);
  }

  #tellMark(symbol: VenueSymbol, mark: number, time: number): void {
    if (mark > 0 && this.markSymbols.has(symbol))
      this.#options.sink.mark({ symbol, price: mark, fundingRate: NaN, time });
  }
}
