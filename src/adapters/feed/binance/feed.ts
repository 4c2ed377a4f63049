import type { Candle, Ticker } from '../../../domain/candle.ts';
import { describeFailure } from '../../../domain/errors.ts';
import type { Instrument, Market } from '../../../domain/instrument.ts';
import { HOUR_MS, TIMEFRAMES } from '../../../domain/time.ts';
import type { Chance } from '../../../ports/chance.ts';
import type { Clock, Timer } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type {
  FeedCapabilities,
  FeedMetrics,
  FeedStatus,
  FeedSubscription,
  HistoryRequest,
  MarketFeed,
  MarketSink,
} from '../../../ports/market-feed.ts';
import type { RawListener } from './intake/tapped-intake.ts';
import { LiveMarket } from './live-market.ts';
import { MarketRest } from './rest.ts';
import { WeightBudget } from '../../../lib/weight-budget.ts';
import { feedHosts, VENUE_MARKETS } from './venue.ts';
import type { BinanceEnvironment, FeedHosts } from './venue.ts';

export interface BinanceFeedOptions {
  readonly market: Market;
  readonly environment: BinanceEnvironment;
  /** `BINANCE_REST_URL`: another base host, to which the paths are appended; null for the environment's. */
  readonly restUrl: string | null;
  /** `BINANCE_WS_URL`, the same for streams; see `feedHosts`. */
  readonly webSocketUrl: string | null;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly logger: Logger;
  /** Shared with all who ask the venue from this address. Default: one of its own. */
  readonly budget?: WeightBudget;
  /** At most so many streams on one connection; by default as many as the market takes at any load. */
  readonly streamsPerConnection?: number;
  /**
   * Says how often symbols, tickers and the time of the first connection are asked for, now, before that fails: once for
   * callers that repeat their questions themselves. By default, and when it is undefined, four times.
   */
  readonly tries?: () => number | undefined;
  /** Tries after a loss before the feed gives up; by default without end. */
  readonly maxAttempts?: number;
  /** Hears of every message as it came, before it is read. */
  readonly onRaw?: RawListener;
}

/**
 * Market data of Binance spot or USD-M futures. Nothing is asked for before its first call.
 *
 * Of its own: `instruments`, `tickers`, `history` and `connect` throw RestError when the venue refuses or cannot be reached.
 */
export function createBinanceFeed(options: BinanceFeedOptions): MarketFeed {
  return new BinanceFeed(options);
}

const NOTHING: FeedSubscription = { symbols: [], timeframes: [], markSymbols: [] };

class BinanceFeed implements MarketFeed {
  readonly capabilities: FeedCapabilities;
  readonly #options: BinanceFeedOptions;
  readonly #hosts: FeedHosts;
  readonly #budget: WeightBudget;
  readonly #rest: MarketRest;
  readonly #listeners = new Set<(status: FeedStatus) => void>();
  #state: 'idle' | 'connecting' | 'connected' | 'closed' = 'idle';
  #subscription = NOTHING;
  #live: LiveMarket | null = null;
  #clockTimer: Timer | null = null;

  constructor(options: BinanceFeedOptions) {
    const { market, environment, clock } = options;
    const venue = VENUE_MARKETS[market];
    this.#options = options;
    this.#hosts = feedHosts(market, environment, options);
    this.#budget = options.budget ?? new WeightBudget(clock, venue.weightPerMinute);
    this.#rest = new MarketRest(venue, this.#hosts.rest, { clock, budget: this.#budget });
    this.capabilities = {
      markets: new Set([market]),
      historyTimeframes: new Set(TIMEFRAMES),
      aggressorSide: true,
      markPrice: market === 'futures',
      candleStream: true,
    };
  }

  async instruments(): Promise<readonly Instrument[]> {
    const { instruments, unreadable } = await this.#rest.exchangeInfo(this.#options.tries?.());
    if (unreadable.length > 0) {
      this.#options.logger.warn('symbols of the exchange that cannot be read are left out', { symbols: unreadable });
    }
    return instruments;
  }

  async tickers(): Promise<readonly Ticker[]> {
    return this.#rest.tickers(this.#options.tries?.());
  }

  /** May be called again when the venue could not be reached. @throws Error when it is connected already, or closed */
  async connect(sink: MarketSink): Promise<void> {
    if (this.#state !== 'idle') throw new Error(`the feed is ${this.#state}; make another one for another sink`);
    this.#state = 'connecting';
    try {
      await this.#rest.measureClock(this.#options.tries?.());
    } catch (error) {
      if (this.#state === 'connecting') this.#state = 'idle';
      throw error;
    }
    if (this.#state === 'connecting') this.#goLive(sink);
  }

  subscribe(subscription: FeedSubscription): void {
    this.#subscription = subscription;
    this.#live?.subscribe(subscription);
  }

  async history(request: HistoryRequest): Promise<readonly Candle[]> {
    return this.#rest.candles(request, 'backfill');
  }

  onStatus(listener: (status: FeedStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  metrics(): FeedMetrics {
    return { ...(this.#live?.metrics() ?? NOTHING_MEASURED), usedWeight: this.#budget.used };
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#clockTimer?.cancel();
    this.#live?.close();
    this.#rest.close();
    this.#budget.close();
    this.#tell({ status: 'offline', cause: 'closed' });
    this.#listeners.clear();
  }

  #goLive(sink: MarketSink): void {
    const { market, clock, chance, logger, maxAttempts, streamsPerConnection, onRaw } = this.#options;
    const venue = VENUE_MARKETS[market];
    this.#state = 'connected';
    this.#live = new LiveMarket(sink, {
      ...{ venue, clock, chance, logger, rest: this.#rest, streamHost: this.#hosts.stream },
      maxAttempts: maxAttempts ?? Infinity,
      streamsPerConnection: streamsPerConnection ?? venue.streamsPerConnection,
      onStatus: (status) => this.#tell(status),
      onRaw: onRaw ?? null,
    });
    this.#live.subscribe(this.#subscription);
    this.#planMeasuring();
  }

  /** Clocks drift: the offset is measured again every hour. */
  #planMeasuring(): void {
    this.#clockTimer = this.#options.clock.setTimer(HOUR_MS, () => {
      this.#planMeasuring();
      this.#rest.measureClock().catch((error: unknown) => {
        if (this.#state === 'closed') return;
        this.#options.logger.warn('the clock of the exchange could not be read', { problem: describeFailure(error) });
      });
    });
  }

  #tell(status: FeedStatus): void {
    for (const listener of this.#listeners) listener(status);
  }
}

const NOTHING_MEASURED: Omit<FeedMetrics, 'usedWeight'> = {
  connections: 0,
  streams: 0,
  messages: 0,
  bytes: 0,
  fallbackParses: 0,
  rejected: 0,
  dropped: 0,
  reconnects: 0,
  tradesMissed: 0,
  candlesFilled: 0,
  latency: { p50Ms: NaN, p95Ms: NaN, p99Ms: NaN, clockOffsetMs: 0 },
};
