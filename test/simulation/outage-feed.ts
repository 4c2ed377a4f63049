import type { Candle } from '../../src/domain/candle.ts';
import type { VenueSymbol } from '../../src/domain/ids.ts';
import type { Instrument } from '../../src/domain/instrument.ts';
import type { FeedStatus, MarketFeed, MarketSink } from '../../src/ports/market-feed.ts';

/** Market data goes to one program: the one that connected last. */
export interface FeedSeat {
  take(feed: OutageFeed): void;
  isTakenBy(feed: OutageFeed): boolean;
}

/** A feed that can be cut off. What was missed then is made up for as the contract says: closed candles alone. */
export class OutageFeed implements MarketFeed {
  readonly #feed: MarketFeed;
  readonly #seat: FeedSeat;
  readonly #instruments: () => Promise<readonly Instrument[]>;
  readonly #listeners = new Set<(status: FeedStatus) => void>();
  readonly #missed: Candle[] = [];
  #sink: MarketSink | null = null;
  #isDown = false;

  /** @param instruments the symbols with the rules that hold now */
  constructor(feed: MarketFeed, instruments: () => Promise<readonly Instrument[]>, seat: FeedSeat) {
    this.#feed = feed;
    this.#seat = seat;
    this.#instruments = instruments;
    feed.onStatus((status) => this.#tell(status));
  }

  get capabilities(): MarketFeed['capabilities'] {
    return this.#feed.capabilities;
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  lose(symbols: readonly VenueSymbol[]): void {
    if (this.#isDown) return;
    this.#isDown = true;
    this.#tell({ status: 'reconnecting', cause: 'a simulation wants it', symbols, attempt: 1, nextTryAt: 0 });
  }

  restore(): void {
    if (!this.#isDown) return;
    this.#isDown = false;
    for (const candle of this.#missed.splice(0)) this.#sink?.candle(candle);
    this.#tell({ status: 'connected' });
  }

  connect(sink: MarketSink): Promise<void> {
    this.#sink = sink;
    this.#seat.take(this);
    const ifUp = (tell: () => void): void => {
      if (!this.#isDown) tell();
    };
    return this.#feed.connect({
      trade: (tick) => ifUp(() => sink.trade(tick)),
      quote: (tick) => ifUp(() => sink.quote(tick)),
      ticker: (ticker) => ifUp(() => sink.ticker(ticker)),
      mark: (tick) => ifUp(() => sink.mark(tick)),
      candle: (candle) => {
        if (!this.#isDown) sink.candle(candle);
        else if (candle.closed) this.#missed.push(candle);
      },
    });
  }

  onStatus(listener: (status: FeedStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  instruments(): ReturnType<MarketFeed['instruments']> {
    return this.#instruments();
  }

  tickers(): ReturnType<MarketFeed['tickers']> {
    return this.#feed.tickers();
  }

  subscribe(subscription: Parameters<MarketFeed['subscribe']>[0]): void {
    this.#feed.subscribe(subscription);
  }

  history(request: Parameters<MarketFeed['history']>[0]): ReturnType<MarketFeed['history']> {
    return this.#feed.history(request);
  }

  metrics(): ReturnType<MarketFeed['metrics']> {
    return this.#feed.metrics();
  }

  close(): Promise<void> {
    return this.#seat.isTakenBy(this) ? this.#feed.close() : Promise.resolve();
  }

  #tell(status: FeedStatus): void {
    for (const listener of this.#listeners) listener(status);
  }
}
