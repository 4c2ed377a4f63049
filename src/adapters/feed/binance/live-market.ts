import type { VenueSymbol } from '../../../domain/ids.ts';
import { SECOND_MS, timeframeMs } from '../../../domain/time.ts';
import type { Chance } from '../../../ports/chance.ts';
import type { Clock, Timer } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { FeedMetrics, FeedStatus, FeedSubscription, MarketSink } from '../../../ports/market-feed.ts';
import { Backfill, GRACE_MS } from '../shared/backfill.ts';
import type { CandleGap } from '../shared/backfill.ts';
import { Intake } from './intake/intake.ts';
import { TappedIntake } from './intake/tapped-intake.ts';
import type { RawListener } from './intake/tapped-intake.ts';
import type { MarketRest } from './rest.ts';
import { RestError } from './rest/http.ts';
import type { LineLoss } from './streams/stream-line.ts';
import { streamsOf, symbolOfStream } from './streams/stream-names.ts';
import { StreamPool } from './streams/stream-pool.ts';
import type { VenueMarket } from './venue.ts';

/** How often it is looked whether candles were left out without a trace, and how the clocks stand. */
const SWEEP_MS = 5 * SECOND_MS;
const BACKFILL_WORKERS = 6;
/** How often missed candles are asked for when there is no answer: about an hour. */
const TRIES_UNANSWERED = 60;

export interface LiveMarketOptions {
  readonly venue: VenueMarket;
  /** Base of the stream urls. */
  readonly streamHost: string;
  readonly streamsPerConnection: number;
  readonly maxAttempts: number;
  readonly rest: MarketRest;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly logger: Logger;
  readonly onStatus: (status: FeedStatus) => void;
  /** See BinanceFeedOptions; null for nobody. */
  readonly onRaw: RawListener | null;
}

/** The live side of a feed: streams into the sink, what they left out fetched, and the state of it all. */
export class LiveMarket {
  readonly #options: LiveMarketOptions;
  readonly #intake: Intake;
  readonly #pool: StreamPool;
  readonly #backfill: Backfill;
  #followed: ReadonlySet<VenueSymbol> = new Set();
  #isConnected = false;
  #sweep: Timer | null = null;
  #isClosed = false;

  constructor(sink: MarketSink, options: LiveMarketOptions) {
    const { rest, clock, logger, onRaw } = options;
    const onGap = (gap: CandleGap): void => this.#backfill.request(gap);
    this.#options = options;
    this.#intake = onRaw === null ? new Intake(sink, onGap) : new TappedIntake(sink, { onGap, onRaw });
    this.#backfill = new Backfill({
      ...{ clock, logger, workers: BACKFILL_WORKERS, triesUnanswered: TRIES_UNANSWERED },
      // The stream has told of later ones: whatever the clocks say, they are there soon.
      waitMs: ({ toMs, timeframe }) => Math.min(0, toMs + timeframeMs(timeframe) - rest.venueNow) + GRACE_MS,
      fetch: (gap) => rest.candles(gap, 'backfill'),
      isOpen: (gap) => this.#intake.candles.isOpen(gap),
      isWhole: ({ fromMs, toMs, timeframe }, { length }) => length > (toMs - fromMs) / timeframeMs(timeframe),
      isHopeless: (failure) => failure instanceof RestError && failure.fault === 'refused',
      onFilled: (gap, candles) => {
        this.#intake.candles.fill(gap, candles);
        this.#settle();
      },
    });
    this.#pool = new StreamPool({
      ...options,
      intake: this.#intake,
      events: {
        flowing: (streams) => this.#flows(streams),
        lost: (streams, loss) => this.#loses(streams, loss),
        gaveUp: (cause) => this.#giveUp(cause),
        refused: (problem) => logger.error('the exchange refused a subscription', { problem }),
      },
    });
    this.#intake.clockOffsetMs = rest.clockOffsetMs;
    this.#planSweep();
  }

  subscribe(subscription: FeedSubscription): void {
    if (this.#isClosed) return;
    const wanted = new Set([...subscription.symbols, ...subscription.markSymbols]);
    for (const symbol of wanted) if (!this.#followed.has(symbol)) this.#intake.follow(symbol);
    for (const symbol of this.#followed) if (!wanted.has(symbol)) this.#intake.unfollow(symbol);
    this.#followed = wanted;
    this.#intake.candles.follow(new Set(['1m', ...subscription.timeframes]));
    this.#pool.setStreams(streamsOf(this.#options.venue.market, subscription));
    // New connections: it is said anew when they flow as well.
    if (!this.#pool.isFlowing) this.#isConnected = false;
    this.#settle();
  }

  metrics(): Omit<FeedMetrics, 'usedWeight'> {
    const { latency, clockOffsetMs, counts } = this.#intake;
    return {
      ...counts,
      connections: this.#pool.lines.filter((line) => line.isFlowing).length,
      streams: this.#pool.lines.reduce((sum, line) => sum + line.streams.size, 0),
      reconnects: this.#pool.reconnects,
      candlesFilled: this.#backfill.filled,
      latency: {
        p50Ms: latency.percentile(0.5),
        p95Ms: latency.percentile(0.95),
        p99Ms: latency.percentile(0.99),
        clockOffsetMs,
      },
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#sweep?.cancel();
    this.#backfill.close();
    this.#pool.close();
  }

  /** Some streams flow, for the first time or again: asks for what they would have brought before. */
  #flows(streams: ReadonlySet<string>): void {
    const { venueNow } = this.#options.rest;
    for (const symbol of symbolsOf(streams)) this.#intake.candles.findOverdue(symbol, venueNow);
    this.#settle();
  }

  #planSweep(): void {
    const { clock, rest } = this.#options;
    this.#sweep = clock.setTimer(SWEEP_MS, () => {
      this.#planSweep();
      this.#intake.clockOffsetMs = rest.clockOffsetMs;
      this.#intake.candles.findUnclosed(rest.venueNow);
    });
  }

  /** The set number of tries was used up: what still flows would pass for the whole. */
  #giveUp(cause: string): void {
    this.close();
    this.#options.logger.error('the market streams are given up', { cause });
    this.#tell({ status: 'offline', cause });
  }

  #loses(streams: ReadonlySet<string>, loss: LineLoss): void {
    const symbols = symbolsOf(streams);
    for (const stream of streams) {
      if (stream.endsWith('@aggTrade')) this.#intake.interrupted(symbolOfStream(stream), 'trades');
      if (stream.endsWith('@bookTicker')) this.#intake.interrupted(symbolOfStream(stream), 'quotes');
    }
    this.#options.logger.warn('a market stream is lost', { ...loss, symbols: symbols.length });
    this.#tell({ status: 'reconnecting', symbols, ...loss });
  }

  /** Says that all is well when it has become so. */
  #settle(): void {
    if (this.#isConnected || this.#isClosed) return;
    if (this.#pool.isFlowing && this.#backfill.isIdle) this.#tell({ status: 'connected' });
  }

  #tell(status: FeedStatus): void {
    this.#isConnected = status.status === 'connected';
    this.#options.onStatus(status);
  }
}

function symbolsOf(streams: ReadonlySet<string>): VenueSymbol[] {
  return [...new Set([...streams].map(symbolOfStream))];
}
