import type { Candle } from '../../../domain/candle.ts';
import { describeFailure } from '../../../domain/errors.ts';
import { MINUTE_MS, SECOND_MS, timeframeMs } from '../../../domain/time.ts';
import { backoffMs } from '../../../lib/backoff.ts';
import type { BackoffRule } from '../../../lib/backoff.ts';
import type { Clock, Timer } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { CandleBook, CandleGap } from './candle-book.ts';
import { isPassing } from './faults.ts';

/** Requests under way at once; what more there is waits. There is one gap at most per series, so they are bounded. */
const WORKERS = 4;
/** The venue needs a moment after the end of a candle until it hands it out as closed. */
const GRACE_MS = SECOND_MS / 2;
const RETRY: BackoffRule = { firstMs: SECOND_MS, maxMs: MINUTE_MS, jitter: 0 };
/** How often a candle is asked for that the stream told of and the venue does not hand out, */
const TRIES_INCOMPLETE = 5;
/** and how often when it does not answer: about a quarter of an hour. */
const TRIES_UNANSWERED = 20;

export interface BackfillOptions {
  readonly book: CandleBook;
  readonly fetch: (gap: CandleGap) => Promise<readonly Candle[]>;
  /** The venue's time now, rather too early than too late. */
  readonly venueNow: () => number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A gap was ended. */
  readonly onFilled: () => void;
}

/** Asks for closed candles that no stream told. */
export class Backfill {
  readonly #options: BackfillOptions;
  readonly #waiting: CandleGap[] = [];
  readonly #pauses = new Set<Timer>();
  #busy = 0;
  #filled = 0;
  #isClosed = false;

  constructor(options: BackfillOptions) {
    this.#options = options;
  }

  /** How many candles were fetched. */
  get filled(): number {
    return this.#filled;
  }

  request(gap: CandleGap): void {
    this.#waiting.push(gap);
    this.#work();
  }

  /** Ends without another word. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    for (const pause of this.#pauses) pause.cancel();
  }

  #work(): void {
    while (this.#busy < WORKERS && this.#waiting.length > 0 && !this.#isClosed) {
      const gap = this.#waiting.shift();
      if (gap !== undefined) void this.#end(gap);
    }
  }

  async #end(gap: CandleGap): Promise<void> {
    const { book, onFilled } = this.#options;
    this.#busy += 1;
    const candles = await this.#find(gap);
    this.#busy -= 1;
    if (this.#isClosed) return;
    if (book.isOpen(gap)) this.#filled += candles.length;
    book.fill(gap, candles);
    onFilled();
    this.#work();
  }

  async #find(gap: CandleGap): Promise<readonly Candle[]> {
    const { book, fetch, venueNow } = this.#options;
    let found: readonly Candle[] = [];
    let unanswered = 0;
    let incomplete = 0;
    await this.#pause(gap.toMs + timeframeMs(gap.timeframe) + GRACE_MS - venueNow());
    while (!this.#isClosed && book.isOpen(gap)) {
      try {
        found = await fetch(gap);
        incomplete += 1;
        const known = book.knownIn(gap);
        if (known === null || found.some(({ openTime }) => openTime === known)) break;
        if (incomplete === TRIES_INCOMPLETE) break;
      } catch (error) {
        unanswered += 1;
        if (!this.#mayTryAgain(gap, error, unanswered)) break;
      }
      await this.#pause(backoffMs(unanswered + incomplete, RETRY, 0));
    }
    return found;
  }

  #mayTryAgain(gap: CandleGap, error: unknown, unanswered: number): boolean {
    if (this.#isClosed) return false;
    const isLast = !isPassing(error) || unanswered === TRIES_UNANSWERED;
    const fields = { ...gap, problem: describeFailure(error) };
    const { logger } = this.#options;
    if (isLast) logger.warn('missed candles could not be fetched and stay missing', fields);
    else if (unanswered === 1) logger.warn('missed candles could not be fetched; it is tried again', fields);
    return !isLast;
  }

  async #pause(ms: number): Promise<void> {
    if (ms <= 0 || this.#isClosed) return;
    await new Promise<void>((resolve) => {
      const timer = this.#options.clock.setTimer(ms, () => {
        this.#pauses.delete(timer);
        resolve();
      });
      this.#pauses.add(timer);
    });
  }
}
