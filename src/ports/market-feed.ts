import type { Candle, Ticker } from '../domain/candle.ts';
import type { VenueSymbol } from '../domain/ids.ts';
import type { Instrument, Market } from '../domain/instrument.ts';
import type { Timeframe } from '../domain/time.ts';

export interface FeedCapabilities {
  readonly markets: ReadonlySet<Market>;
  readonly historyTimeframes: ReadonlySet<Timeframe>;
  /** The venue tells which side was the aggressor of a trade. */
  readonly aggressorSide: boolean;
  readonly markPrice: boolean;
  /** Closed candles come over a stream; otherwise they are asked for. */
  readonly candleStream: boolean;
}

/** One trade, in an object that the feed reuses: read it at once, keep nothing of it. */
export interface TradeTick {
  symbol: VenueSymbol;
  price: number;
  quantity: number;
  /** True when the buyer was the aggressor. */
  buyerIsTaker: boolean;
  venueTradeId: number;
  time: number;
}

/** The best bid and ask, in an object that the feed reuses. */
export interface QuoteTick {
  symbol: VenueSymbol;
  bid: number;
  bidQuantity: number;
  ask: number;
  askQuantity: number;
  time: number;
}

/** Where a feed writes what it receives. Called for every message: nothing may be allocated or awaited in it. */
export interface MarketSink {
  trade(tick: Readonly<TradeTick>): void;
  quote(tick: Readonly<QuoteTick>): void;
  /** A forming or closed candle of the venue's own stream: the authority for closed candles. */
  candle(candle: Candle): void;
  ticker(ticker: Ticker): void;
  mark(symbol: VenueSymbol, markPrice: number, time: number): void;
}

/** What to stream. Replaces what was asked before, without a reconnect. */
export interface FeedSubscription {
  readonly symbols: readonly VenueSymbol[];
  /** Symbols with a position, which get their mark price every second. */
  readonly markSymbols: readonly VenueSymbol[];
}

export interface HistoryRequest {
  readonly symbol: VenueSymbol;
  readonly timeframe: Timeframe;
  /** First and last open time wanted, milliseconds UTC. */
  readonly fromMs: number;
  readonly toMs: number;
}

export type FeedStatus =
  | { readonly status: 'connected'; readonly latencyMs: number }
  | { readonly status: 'reconnecting'; readonly cause: string; readonly attempt: number; readonly nextTryAt: number }
  | { readonly status: 'offline'; readonly cause: string };

/**
 * Market data of one market at one venue. Contract suite: testkit/feed-suite.
 *
 * Late, doubled and out-of-order messages never reach the sink as news. What was missed while disconnected is fetched as
 * history before the sink hears `connected` again.
 */
export interface MarketFeed {
  readonly capabilities: FeedCapabilities;
  instruments(): Promise<readonly Instrument[]>;
  /** The 24 h figures of all symbols: by which `top:N` chooses. */
  tickers(): Promise<readonly Ticker[]>;
  connect(sink: MarketSink): Promise<void>;
  subscribe(subscription: FeedSubscription): void;
  /** Closed candles, oldest first, without gaps inside the venue's own series. */
  history(request: HistoryRequest): Promise<readonly Candle[]>;
  onStatus(listener: (status: FeedStatus) => void): () => void;
  close(): Promise<void>;
}
