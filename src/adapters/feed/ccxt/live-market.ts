import type { Exchange } from 'ccxt';

import { SECOND_MS, timeframeMs } from '../../../domain/time.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import type { Chance } from '../../../ports/chance.ts';
import type { Clock, Timer } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { FeedMetrics, FeedStatus, FeedSubscription, MarketSink } from '../../../ports/market-feed.ts';
import { Backfill, GRACE_MS } from '../shared/backfill.ts';
import { CandleBook } from './candle-book.ts';
import { Channel } from './channel.ts';
import { isPassing } from './faults.ts';
import { Intake } from './intake.ts';
import { Link } from './link.ts';
import { Pace } from './pace.ts';
import { streamsOf } from './streams.ts';
import type { Stream } from './streams.ts';
import type { VenueHistory } from './venue-history.ts';
import type { KnownSymbol } from './venue-symbols.ts';

const SWEEP_MS = SECOND_MS;
const BACKFILL_WORKERS = 4;
/** How often missed candles are asked for when there is no answer: about a quarter of an hour. */
const TRIES_UNANSWERED = 20;
/** Between two streams that are asked for: venues take four to ten requests a second on a connection. */
const PACE_MS = SECOND_MS / 5;
/** Where nothing is traded no news come: streams on connections that stand count as flowing after this time. */
const QUIET_START_MS = 5 * SECOND_MS;
/** Connections that bring no news of any stream for so long have lost their subscriptions. */
const NO_NEWS_MS = 90 * SECOND_MS;

export interface LiveMarketOptions {
  readonly exchange: Exchange;
  /** A symbol of the venue, undefined for one that it does not have. */
  readonly find: (symbol: VenueSymbol) => KnownSymbol | undefined;
  readonly history: VenueHistory;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly logger: Logger;
  readonly maxAttempts: number;
  readonly onStatus: (status: FeedStatus) => void;
}

/** What ccxt's connections have, of which its types tell less. */
interface Connection {
  readonly isConnected: boolean;
  onError(error: Error): void;
  close(): void;
}

/** The live side of a feed: streams into the sink, what they left out asked for, and the state of it all. */
export class LiveMarket {
  readonly #options: LiveMarketOptions;
  readonly #candles: CandleBook;
  readonly #backfill: Backfill;
  readonly #intake: Intake;
  readonly #link: Link;
  readonly #pace: Pace;
  readonly #channels = new Map<string, Channel>();
  #followed: ReadonlySet<VenueSymbol> = new Set();
  /** Symbols of which it was said that the venue does not have them. */
  readonly #unknown = new Set<VenueSymbol>();
  #isConnected = false;
  #newsAtMs = NaN;
  #sweep: Timer | null = null;
  #isClosed = false;

  constructor(sink: MarketSink, options: LiveMarketOptions) {
    const { clock, logger, history, chance, maxAttempts } = options;
    this.#options = options;
    this.#pace = new Pace(clock, PACE_MS);
    this.#candles = new CandleBook(
      (candle) => sink.candle(candle),
      (gap) => this.#backfill.request(gap),
    );
    this.#backfill = new Backfill({
      ...{ clock, logger, workers: BACKFILL_WORKERS, triesUnanswered: TRIES_UNANSWERED },
      // The venue's time is known rather too early than too late.
      waitMs: ({ toMs, timeframe }) => toMs + timeframeMs(timeframe) + GRACE_MS - history.venueNow,
      fetch: (gap) => history.candles(gap, this.#unified(gap.symbol)),
      isOpen: (gap) => this.#candles.isOpen(gap),
      isWhole: (gap, found) => this.#candles.hasKnown(gap, found),
      isHopeless: (failure) => !isPassing(failure),
      onFilled: (gap, candles) => {
        this.#candles.fill(gap, candles);
        this.#settle();
      },
    });
    this.#intake = new Intake({
      ...{ sink, candles: this.#candles },
      venueNow: () => (history.tellsTime ? history.venueNow : NaN),
      now: () => clock.now(),
    });
    this.#link = new Link({
      ...{ clock, chance, maxAttempts },
      onLost: (loss) => {
        logger.warn('market streams are lost', { ...loss, symbols: loss.symbols.length });
        this.#tell({ status: 'reconnecting', ...loss });
      },
      onGaveUp: (cause) => this.#giveUp(cause),
    });
    this.#planSweep();
  }

  subscribe({ symbols, timeframes, markSymbols }: FeedSubscription): void {
    if (this.#isClosed) return;
    const { exchange, history } = this.#options;
    const all = new Set([...symbols, ...markSymbols].filter((symbol) => this.#isKnown(symbol)));
    const wantedTimeframes = [...new Set(['1m' as const, ...timeframes])].filter((each) => each in exchange.timeframes);
    const marks = new Set(markSymbols);
    for (const symbol of this.#followed) if (!all.has(symbol)) this.#intake.forget(symbol);
    this.#followed = all;
    this.#intake.markSymbols = marks;
    const series = [...all].flatMap((symbol) => wantedTimeframes.map((timeframe) => ({ symbol, timeframe })));
    this.#candles.follow(series, history.venueNow);
    const streams = [...all].flatMap((symbol) =>
      streamsOf({ exchange, intake: this.#intake }, this.#knownSymbol(symbol), {
        ...{ timeframes: wantedTimeframes, withMarks: marks.has(symbol) },
      }),
    );
    this.#setStreams(streams);
    this.#settle();
  }

  metrics(): Pick<
    FeedMetrics,
    'connections' | 'streams' | 'messages' | 'rejected' | 'dropped' | 'reconnects' | 'candlesFilled'
  > {
    return {
      ...this.#intake.counts,
      connections: this.#connections().filter(({ isConnected }) => isConnected).length,
      streams: this.#channels.size,
      reconnects: this.#link.reconnects,
      candlesFilled: this.#backfill.filled,
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#sweep?.cancel();
    this.#backfill.close();
    for (const channel of this.#channels.values()) channel.stop();
    this.#channels.clear();
    this.#link.close();
    this.#pace.close();
  }

  #setStreams(streams: readonly Stream[]): void {
    const wanted = new Set(streams.map(({ key }) => key));
    for (const [key, channel] of this.#channels) {
      if (wanted.has(key)) continue;
      channel.stop();
      this.#channels.delete(key);
    }
    for (const stream of streams) {
      if (this.#channels.has(stream.key)) continue;
      this.#isConnected = false;
      this.#channels.set(stream.key, this.#open(stream));
    }
    this.#newsAtMs = this.#options.clock.monotonicMs();
  }

  #open(stream: Stream): Channel {
    const { clock, logger } = this.#options;
    return new Channel(stream, {
      ...{ clock, link: this.#link, pace: this.#pace },
      onNews: () => {
        this.#newsAtMs = clock.monotonicMs();
        this.#settle();
      },
      onLost: (symbol) => {
        this.#isConnected = false;
        this.#candles.interrupted(symbol);
      },
      onRefused: ({ key }, problem) => {
        logger.error('the exchange refuses a stream', { stream: key, problem });
        this.#settle();
      },
    });
  }

  #planSweep(): void {
    const { clock, history } = this.#options;
    this.#sweep = clock.setTimer(SWEEP_MS, () => {
      this.#planSweep();
      this.#candles.findDue(history.venueNow);
      if (this.#connections().every(({ isConnected }) => isConnected)) {
        for (const channel of this.#channels.values()) channel.acceptSilence(QUIET_START_MS);
      }
      if (this.#isConnected && this.#channels.size > 0 && clock.monotonicMs() - this.#newsAtMs > NO_NEWS_MS) {
        this.#dropConnections();
      }
      this.#settle();
    });
  }

  /** The connections that ccxt holds. */
  #connections(): readonly Connection[] {
    return Object.values(this.#options.exchange.clients);
  }

  /** Ends connections that bring nothing any more: their streams fail, and are opened anew. */
  #dropConnections(): void {
    this.#newsAtMs = this.#options.clock.monotonicMs();
    for (const connection of this.#connections()) {
      connection.onError(new Error(`no news on any stream for ${NO_NEWS_MS / SECOND_MS} s`));
      connection.close();
    }
  }

  /** A position may be in a symbol that is no more, or that another venue had: the others go on. */
  #isKnown(symbol: VenueSymbol): boolean {
    const { find, logger, exchange } = this.#options;
    const isKnown = find(symbol) !== undefined;
    if (!isKnown && !this.#unknown.has(symbol)) {
      logger.error('the exchange does not have a symbol that is wanted', { symbol, venue: exchange.id });
      this.#unknown.add(symbol);
    }
    return isKnown;
  }

  #unified(symbol: VenueSymbol): string {
    return this.#knownSymbol(symbol).unified;
  }

  #knownSymbol(symbol: VenueSymbol): KnownSymbol {
    const known = this.#options.find(symbol);
    if (known === undefined) throw new RangeError(`no symbol ${symbol} at ${this.#options.exchange.id}`);
    return known;
  }

  #giveUp(cause: string): void {
    this.close();
    this.#options.logger.error('the market streams are given up', { cause });
    this.#tell({ status: 'offline', cause });
  }

  /** Says that all is well when it has become so. */
  #settle(): void {
    if (this.#isConnected || this.#isClosed) return;
    if (![...this.#channels.values()].every(({ isSettled }) => isSettled)) return;
    this.#link.flows();
    if (this.#candles.isWhole) this.#tell({ status: 'connected' });
  }

  #tell(status: FeedStatus): void {
    this.#isConnected = status.status === 'connected';
    this.#options.onStatus(status);
  }
}
