import type { Exchange } from 'ccxt';

import type { Candle, Ticker } from '../../../domain/candle.ts';
import { AitraderError } from '../../../domain/errors.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import type { Instrument, Market } from '../../../domain/instrument.ts';
import { TIMEFRAMES } from '../../../domain/time.ts';
import { nearest } from '../../../lib/nearest.ts';
import type { Chance } from '../../../ports/chance.ts';
import type { Clock } from '../../../ports/clock.ts';
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
import { LiveMarket } from './live-market.ts';
import { readTicker } from './readings.ts';
import { retried } from './retried.ts';
import { isStreamed } from './streams.ts';
import { VenueHistory } from './venue-history.ts';
import { readSymbols } from './venue-symbols.ts';
import type { KnownSymbol } from './venue-symbols.ts';

export interface CcxtFeedOptions {
  /** A venue of ccxt.pro that nobody else uses: the feed sets it up, and closes it. */
  readonly exchange: Exchange;
  readonly market: Market;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly logger: Logger;
  /**
   * Says how often symbols, tickers and the time of the first connection are asked for, now, before that fails: once for
   * callers that repeat their questions themselves. By default, and when it is undefined, four times.
   */
  readonly tries?: () => number | undefined;
  /** Tries after a loss before the feed gives up; by default without end. */
  readonly maxAttempts?: number;
}

/**
 * Market data of any venue that ccxt.pro has, for those without an adapter of their own. Candles lack what ccxt does not
 * tell (quote volume, number of trades, aggressors): NaN. Nothing is asked for before its first call.
 *
 * Of its own: `instruments`, `tickers`, `history` and `connect` throw ccxt's errors when the venue refuses or cannot be
 * reached, `history` a `SYMBOL_UNKNOWN`.
 */
export function createCcxtFeed(options: CcxtFeedOptions): MarketFeed {
  return new CcxtFeed(options);
}

const NOTHING: FeedSubscription = { symbols: [], timeframes: [], markSymbols: [] };
const NOT_MEASURED = { p50Ms: NaN, p95Ms: NaN, p99Ms: NaN };

class CcxtFeed implements MarketFeed {
  readonly capabilities: FeedCapabilities;
  readonly #options: CcxtFeedOptions;
  readonly #history: VenueHistory;
  readonly #listeners = new Set<(status: FeedStatus) => void>();
  #known: ReadonlyMap<VenueSymbol, KnownSymbol> | null = null;
  #loading: Promise<ReadonlyMap<VenueSymbol, KnownSymbol>> | null = null;
  #state: 'idle' | 'connecting' | 'connected' | 'closed' = 'idle';
  #subscription = NOTHING;
  #live: LiveMarket | null = null;
  #isOffline = false;

  constructor(options: CcxtFeedOptions) {
    const { exchange, market, clock } = options;
    this.#options = options;
    setUp(exchange, market);
    this.#history = new VenueHistory(exchange, clock);
    this.capabilities = {
      markets: new Set([market]),
      historyTimeframes: new Set(TIMEFRAMES.filter((timeframe) => timeframe in exchange.timeframes)),
      aggressorSide: true,
      markPrice: market === 'futures' && exchange.has['watchMarkPrice'] === true,
      candleStream: isStreamed(exchange, '1m'),
    };
  }

  async instruments(): Promise<readonly Instrument[]> {
    return [...(await this.#load()).values()].map(({ instrument }) => instrument);
  }

  async tickers(): Promise<readonly Ticker[]> {
    const { exchange, clock, tries } = this.#options;
    const known = await this.#symbols();
    const told = await retried(clock, () => exchange.fetchTickers(), tries?.());
    return [...known.values()].flatMap((one) => {
      const ticker = told[one.unified];
      return ticker === undefined ? [] : [readTicker(one, ticker, clock.now())];
    });
  }

  /** May be called again when the venue could not be reached. @throws Error when it is connected already, or closed */
  async connect(sink: MarketSink): Promise<void> {
    if (this.#state !== 'idle') throw new Error(`the feed is ${this.#state}; make another one for another sink`);
    this.#state = 'connecting';
    try {
      // Plain ws:// needs it; without a proxy it is but an agent.
      const { exchange, clock, tries } = this.#options;
      await exchange.loadHttpProxyAgent();
      await this.#symbols();
      await retried(clock, () => this.#history.measureClock(), tries?.());
      if (this.#state === 'connecting') this.#goLive(sink);
    } catch (error) {
      if (this.#state === 'connecting') this.#state = 'idle';
      throw error;
    }
  }

  subscribe(subscription: FeedSubscription): void {
    this.#subscription = subscription;
    this.#live?.subscribe(subscription);
  }

  async history(request: HistoryRequest): Promise<readonly Candle[]> {
    const { market, clock, exchange } = this.#options;
    const known = await this.#symbols();
    const { symbol, timeframe } = request;
    const found = known.get(symbol);
    if (found === undefined) {
      const near = nearest(symbol, [...known.keys()]).join(', ') || 'none comes near';
      throw new AitraderError('SYMBOL_UNKNOWN', { given: symbol, market, nearest: near });
    }
    if (!this.capabilities.historyTimeframes.has(timeframe)) {
      throw new Error(`${exchange.id} has no candles of ${timeframe}; its capabilities say which it has`);
    }
    return retried(clock, () => this.#history.candles(request, found.unified));
  }

  onStatus(listener: (status: FeedStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  metrics(): FeedMetrics {
    const live = this.#live?.metrics();
    return {
      ...{ connections: 0, streams: 0, messages: 0, rejected: 0, dropped: 0, reconnects: 0, candlesFilled: 0 },
      ...live,
      // ccxt does not tell what it received, and ids do not tell what is missing.
      ...{ bytes: NaN, fallbackParses: 0, tradesMissed: 0, usedWeight: NaN },
      latency: { ...NOT_MEASURED, clockOffsetMs: this.#history.clockOffsetMs },
    };
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#live?.close();
    // A connection that is dead takes half a minute to be given up; nobody waits for it.
    this.#options.exchange.close().catch(() => undefined);
    if (!this.#isOffline) this.#tell({ status: 'offline', cause: 'closed' });
    this.#listeners.clear();
  }

  #goLive(sink: MarketSink): void {
    const { exchange, clock, chance, logger, maxAttempts } = this.#options;
    this.#state = 'connected';
    this.#live = new LiveMarket(sink, {
      ...{ exchange, history: this.#history, clock, chance, logger },
      find: (symbol) => this.#known?.get(symbol),
      maxAttempts: maxAttempts ?? Infinity,
      onStatus: (status) => this.#tell(status),
    });
    this.#live.subscribe(this.#subscription);
  }

  /** The venue's symbols as they were last asked for. */
  async #symbols(): Promise<ReadonlyMap<VenueSymbol, KnownSymbol>> {
    return this.#known ?? this.#load();
  }

  /** Asks for the venue's symbols. Calls at the same time share an answer. */
  #load(): Promise<ReadonlyMap<VenueSymbol, KnownSymbol>> {
    this.#loading ??= this.#readMarkets().finally(() => (this.#loading = null));
    return this.#loading;
  }

  async #readMarkets(): Promise<ReadonlyMap<VenueSymbol, KnownSymbol>> {
    const { exchange, market, clock, logger, tries } = this.#options;
    await retried(clock, () => exchange.loadMarkets(true), tries?.());
    const { known, unreadable } = readSymbols(exchange, market);
    if (unreadable.length > 0) {
      logger.warn('symbols of the exchange that cannot be read are left out', { symbols: unreadable });
    }
    if (known.length === 0) throw new Error(`${exchange.id} has no ${market} market that can be read`);
    this.#known = new Map(known.map((one) => [one.symbol, one]));
    return this.#known;
  }

  #tell(status: FeedStatus): void {
    this.#isOffline = status.status === 'offline';
    for (const listener of this.#listeners) listener(status);
  }
}

/**
 * Makes ccxt tell news alone, of the right market, and leave the waits after a loss and between subscriptions to the feed.
 * Its own pace of subscriptions sends without looking whether that fails: a connection that is lost then would end the
 * program.
 */
function setUp(exchange: Exchange, market: Market): void {
  const options = exchange.options as Record<string, unknown>;
  exchange.newUpdates = true;
  options['defaultType'] = market === 'spot' ? 'spot' : 'swap';
  options['ws'] = { ...(options['ws'] as object | undefined), backoff: { base: 0 }, throttle: undefined };
}
