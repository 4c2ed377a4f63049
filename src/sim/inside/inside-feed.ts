import type { Candle, Ticker } from '../../domain/candle.ts';
import type { Instrument } from '../../domain/instrument.ts';
import { TIMEFRAMES } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  FeedCapabilities,
  FeedMetrics,
  FeedStatus,
  FeedSubscription,
  HistoryRequest,
  MarketFeed,
  MarketSink,
} from '../../ports/market-feed.ts';
import type { InsideStream } from './inside-stream.ts';

/** Nothing lies between this feed and its market: there is no network that could fail, delay or lose a message. */
const NO_NETWORK: Omit<FeedMetrics, 'connections' | 'streams' | 'messages'> = {
  bytes: 0,
  fallbackParses: 0,
  rejected: 0,
  dropped: 0,
  reconnects: 0,
  tradesMissed: 0,
  candlesFilled: 0,
  latency: { p50Ms: 0, p95Ms: 0, p99Ms: 0, clockOffsetMs: 0 },
  usedWeight: 0,
};

/**
 * Market data of a market inside the process. Every answer is of the moment at which it was asked for: history ends at
 * the last closed candle, and what closes later comes over the stream.
 */
export class InsideFeed implements MarketFeed {
  readonly capabilities: FeedCapabilities;
  readonly #stream: InsideStream;
  readonly #clock: Clock;
  readonly #onClose: () => Promise<void>;
  readonly #listeners = new Set<(status: FeedStatus) => void>();
  #isClosed = false;

  constructor(stream: InsideStream, clock: Clock, onClose: () => Promise<void>) {
    this.#stream = stream;
    this.#clock = clock;
    this.#onClose = onClose;
    this.capabilities = {
      markets: new Set([stream.market]),
      historyTimeframes: new Set(TIMEFRAMES),
      aggressorSide: true,
      markPrice: stream.market === 'futures',
      candleStream: true,
    };
  }

  async instruments(): Promise<readonly Instrument[]> {
    return this.#stream.symbols.map(({ instrument }) => instrument);
  }

  async tickers(): Promise<readonly Ticker[]> {
    const nowMs = this.#clock.now();
    return this.#stream.symbols.map((symbol) => symbol.ticker(nowMs));
  }

  /** @throws Error when it is connected already, or closed */
  async connect(sink: MarketSink): Promise<void> {
    const state = this.#isClosed ? 'closed' : 'connected already';
    if (this.#isClosed || this.#stream.sink !== null) throw new Error(`the feed is ${state}; make another market`);
    this.#stream.sink = sink;
    this.#tell({ status: 'connected' });
  }

  /** @throws AitraderError `SYMBOL_UNKNOWN`; the subscription before stays in force then */
  subscribe(subscription: FeedSubscription): void {
    this.#stream.subscribe(subscription);
  }

  /** @throws AitraderError `SYMBOL_UNKNOWN` */
  async history({ symbol, timeframe, fromMs, toMs }: HistoryRequest): Promise<readonly Candle[]> {
    return this.#stream.find(symbol).history(timeframe, fromMs, toMs);
  }

  onStatus(listener: (status: FeedStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  metrics(): FeedMetrics {
    const { sink, streams, counts } = this.#stream;
    return { ...NO_NETWORK, connections: sink === null ? 0 : 1, streams, messages: counts.messages };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stream.sink = null;
    this.#tell({ status: 'offline', cause: 'closed' });
    this.#listeners.clear();
    await this.#onClose();
  }

  #tell(status: FeedStatus): void {
    for (const listener of this.#listeners) listener(status);
  }
}
