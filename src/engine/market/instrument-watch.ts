import { describeFailure } from '../../domain/errors.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { Instrument } from '../../domain/instrument.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { MarketFeed } from '../../ports/market-feed.ts';

const EVERY_MS = HOUR_MS;
/** However often somebody asks for it, the instruments are not read more often. */
const AT_MOST_EVERY_MS = MINUTE_MS;

/**
 * Codes of a refused order that speak of old rules: a filter or a closed market (-1013), too many decimals (-1111), off the
 * tick (-4014); or of a symbol that does not trade any more: not known (-1121), in no state for it (-1122, -4140), settled
 * or about to be (-4108).
 */
const STALE_RULE_CODES: ReadonlySet<number> = new Set([-1013, -1111, -4014, -1121, -1122, -4108, -4140]);

export interface InstrumentWatchOptions {
  readonly feed: Pick<MarketFeed, 'instruments'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A known instrument is not what it was: its rules, its status. One that the venue no longer names is `delisted`. */
  readonly onChanged: (instrument: Instrument, before: Instrument) => void;
}

/** Keeps the instruments of a market as the venue has them: read at the start, every hour, and when an order was refused. */
export class InstrumentWatch {
  readonly #options: InstrumentWatchOptions;
  #known: ReadonlyMap<VenueSymbol, Instrument> = new Map();
  #readAtMs = -Infinity;
  #timer: Timer | null = null;
  #isStopped = false;

  constructor(options: InstrumentWatchOptions) {
    this.#options = options;
  }

  /** By symbol, as last read. */
  get instruments(): ReadonlyMap<VenueSymbol, Instrument> {
    return this.#known;
  }

  /** Reads the instruments for the first time. @throws what the feed throws; it may be tried again */
  async start(): Promise<void> {
    this.#take(await this.#options.feed.instruments());
    this.#plan(EVERY_MS);
  }

  /** An order was refused with a code of the venue: if it speaks of old rules, they are read again before long. */
  orderRefused(venueCode: number): void {
    if (STALE_RULE_CODES.has(venueCode)) this.#readSoon();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #readSoon(): void {
    this.#plan(Math.max(0, this.#readAtMs + AT_MOST_EVERY_MS - this.#options.clock.monotonicMs()));
  }

  #plan(delayMs: number): void {
    this.#timer?.cancel();
    if (!this.#isStopped) this.#timer = this.#options.clock.setTimer(delayMs, () => void this.#read());
  }

  async #read(): Promise<void> {
    const { feed, clock, logger } = this.#options;
    this.#readAtMs = clock.monotonicMs();
    this.#plan(EVERY_MS);
    try {
      const instruments = await feed.instruments();
      if (!this.#isStopped) this.#take(instruments);
    } catch (error) {
      if (this.#isStopped) return;
      logger.warn('the instruments could not be read again; the old ones hold', { problem: describeFailure(error) });
      this.#readSoon();
    }
  }

  #take(instruments: readonly Instrument[]): void {
    this.#readAtMs = this.#options.clock.monotonicMs();
    const before = this.#known;
    const now = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
    for (const [symbol, old] of before) {
      if (!now.has(symbol)) now.set(symbol, { ...old, status: 'delisted' });
    }
    this.#known = now;
    for (const [symbol, instrument] of now) {
      const old = before.get(symbol);
      if (old !== undefined && JSON.stringify(old) !== JSON.stringify(instrument)) {
        this.#options.onChanged(instrument, old);
      }
    }
  }
}
