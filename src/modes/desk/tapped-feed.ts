import type { Instrument } from '../../domain/instrument.ts';
import type { Ticker } from '../../domain/candle.ts';
import type { Candle } from '../../domain/candle.ts';
import type {
  FeedCapabilities,
  FeedMetrics,
  FeedStatus,
  FeedSubscription,
  HistoryRequest,
  MarketFeed,
  MarketSink,
} from '../../ports/market-feed.ts';

/** Where prices go besides the engine: into the paper account. */
export type PriceTap = Pick<MarketSink, 'trade' | 'quote' | 'mark'>;

/** A feed that tells a tap of every price, too, right before it tells the sink. */
export class TappedFeed implements MarketFeed {
  readonly capabilities: FeedCapabilities;
  readonly #feed: MarketFeed;
  readonly #tap: PriceTap;

  constructor(feed: MarketFeed, tap: PriceTap) {
    this.capabilities = feed.capabilities;
    this.#feed = feed;
    this.#tap = tap;
  }

  connect(sink: MarketSink): Promise<void> {
    const tap = this.#tap;
    return this.#feed.connect({
      trade(tick) {
        tap.trade(tick);
        sink.trade(tick);
      },
      quote(tick) {
        tap.quote(tick);
        sink.quote(tick);
      },
      mark(tick) {
        tap.mark(tick);
        sink.mark(tick);
      },
      candle: (candle) => sink.candle(candle),
      ticker: (ticker) => sink.ticker(ticker),
    });
  }

  instruments(): Promise<readonly Instrument[]> {
    return this.#feed.instruments();
  }

  tickers(): Promise<readonly Ticker[]> {
    return this.#feed.tickers();
  }

  subscribe(subscription: FeedSubscription): void {
    this.#feed.subscribe(subscription);
  }

  history(request: HistoryRequest): Promise<readonly Candle[]> {
    return this.#feed.history(request);
  }

  onStatus(listener: (status: FeedStatus) => void): () => void {
    return this.#feed.onStatus(listener);
  }

  metrics(): FeedMetrics {
    return this.#feed.metrics();
  }

  close(): Promise<void> {
    return this.#feed.close();
  }
}
