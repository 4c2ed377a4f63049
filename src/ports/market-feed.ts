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

/**
 * One trade, or several that one taker order made at one price, in an object that the feed reuses: read it at once, keep
 * nothing of it. A symbol is always the same string object, so that looking it up compares no characters.
 */
export interface TradeTick {
  symbol: VenueSymbol;
  price: number;
  quantity: number;
  /** How many trades this stands for: 1, or more where the venue aggregates. */
  trades: number;
  /** True when the buyer was the aggressor. */
  buyerIsTaker: boolean;
  /** Rises from tick to tick of a symbol; counts aggregates where the venue aggregates. */
  venueTradeId: number;
  time: number;
}

/** The best bid and ask, in an object that the feed reuses. NaN on a side where nobody quotes. */
export interface QuoteTick {
  symbol: VenueSymbol;
  bid: number;
  bidQuantity: number;
  ask: number;
  askQuantity: number;
  /** The venue's time; where it gives none (Binance spot), when the quote was received. */
  time: number;
}

/** What a futures contract is worth by the venue's own reckoning, in an object that the feed may reuse. */
export interface MarkTick {
  symbol: VenueSymbol;
  price: number;
  /** What the next funding pays, as a fraction of the notional; above zero longs pay. NaN where the venue does not tell. */
  fundingRate: number;
  time: number;
}

/** Where a feed writes what it receives. Called for every message: nothing may be awaited in it, and little allocated. */
export interface MarketSink {
  trade(tick: Readonly<TradeTick>): void;
  quote(tick: Readonly<QuoteTick>): void;
  /** A forming or closed candle of the venue's own stream: the authority for closed candles. Never changed later. */
  candle(candle: Candle): void;
  ticker(ticker: Ticker): void;
  mark(tick: Readonly<MarkTick>): void;
}

/** What to stream. Replaces what was asked before, without a reconnect. */
export interface FeedSubscription {
  readonly symbols: readonly VenueSymbol[];
  /** Candle streams of every symbol. `1m` is always among them, as the others up to `12h` can be built from it. */
  readonly timeframes: readonly Timeframe[];
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
  /** Every stream flows, and what was missed has been told to the sink. */
  | { readonly status: 'connected' }
  /** `symbols` lack at least one of their streams until the next `connected`; what is known of them grows old. */
  | {
      readonly status: 'reconnecting';
      readonly cause: string;
      readonly symbols: readonly VenueSymbol[];
      /** 1 for the first try after the loss. */
      readonly attempt: number;
      readonly nextTryAt: number;
    }
  /** Closed, or given up after the set number of tries. */
  | { readonly status: 'offline'; readonly cause: string };

/** How long messages took from the venue's event time to the sink, by the venue's clock, over the last minutes. */
export interface FeedLatency {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** What the venue's clock is ahead of this machine's. */
  readonly clockOffsetMs: number;
}

/** Counters since the start. */
export interface FeedMetrics {
  readonly connections: number;
  readonly streams: number;
  readonly messages: number;
  readonly bytes: number;
  /** Messages of the frequent kinds that had to be read the slow way. */
  readonly fallbackParses: number;
  /** Messages that made no sense: malformed, of the wrong types, beyond any market. */
  readonly rejected: number;
  /** Messages that were late, doubled, or about symbols that nobody follows. */
  readonly dropped: number;
  readonly reconnects: number;
  /** Trade ids that were left out. */
  readonly tradesMissed: number;
  /** Closed candles that had not come over the stream and were fetched. */
  readonly candlesFilled: number;
  readonly latency: FeedLatency;
  /** Request weight that the venue counts against this address in the current minute. */
  readonly usedWeight: number;
}

/**
 * Market data of one market at one venue. Contract suite: testkit/feed-suite.
 *
 * Late, doubled and out-of-order messages never reach the sink as news. Closed candles that were missed while disconnected
 * are fetched and told to the sink, in order, before `connected` is.
 */
export interface MarketFeed {
  readonly capabilities: FeedCapabilities;
  instruments(): Promise<readonly Instrument[]>;
  /** The 24 h figures of all symbols: by which `top:N` chooses. */
  tickers(): Promise<readonly Ticker[]>;
  /** Begins to stream what is subscribed, now or later. Settles when the venue has been reached for the first time. */
  connect(sink: MarketSink): Promise<void>;
  subscribe(subscription: FeedSubscription): void;
  /** Closed candles, oldest first, without gaps inside the venue's own series. */
  history(request: HistoryRequest): Promise<readonly Candle[]>;
  onStatus(listener: (status: FeedStatus) => void): () => void;
  metrics(): FeedMetrics;
  close(): Promise<void>;
}
