import type { Candle } from '../../../domain/candle.ts';
import { describeFailure } from '../../../domain/errors.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import { MINUTE_MS, SECOND_MS } from '../../../domain/time.ts';
import type { Timeframe } from '../../../domain/time.ts';
import { backoffMs } from '../../../lib/backoff.ts';
import type { BackoffRule } from '../../../lib/backoff.ts';
import type { Clock, Timer } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';

/** Closed candles that did not come over a stream: open times of the first and the last, milliseconds UTC. */
export interface CandleGap {
  readonly symbol: VenueSymbol;
  readonly timeframe: Timeframe;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A venue needs a moment after the end of a candle until it hands it out as closed. */
export const GRACE_MS = 500;
/** How often a stretch is asked for that the venue does not have complete. */
const TRIES_INCOMPLETE = 5;
const RETRY: BackoffRule = { firstMs: SECOND_MS, maxMs: MINUTE_MS, jitter: 0 };

export interface BackfillOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Requests under way at once; what more there is waits. There is one gap at most per series, so they are bounded. */
  readonly workers: number;
  /** How often a gap is asked for when the venue does not answer. */
  readonly triesUnanswered: number;
  /** How long it takes until the venue can have them. */
  readonly waitMs: (gap: CandleGap) => number;
  readonly fetch: (gap: CandleGap) => Promise<readonly Candle[]>;
  /** Whether the candles are still missing: they may have come late over the stream. */
  readonly isOpen: (gap: CandleGap) => boolean;
  /** Whether these are all that the venue can be expected to have. */
  readonly isWhole: (gap: CandleGap, found: readonly Candle[]) => boolean;
  /** Whether asking again after this failure is in vain. */
  readonly isHopeless: (failure: unknown) => boolean;
  /** Takes what was found, oldest first: all of the gap, or as much as the venue has. Called once for every gap. */
  readonly onFilled: (gap: CandleGap, candles: readonly Candle[]) => void;
}

/** Fetches closed candles that did not come over the streams. */
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

  /** Nothing is asked for. */
  get isIdle(): boolean {
    return this.#busy === 0 && this.#waiting.length === 0;
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
    this.#pauses.clear();
  }

  #work(): void {
    while (this.#busy < this.#options.workers && this.#waiting.length > 0 && !this.#isClosed) {
      const gap = this.#waiting.shift();
      if (gap !== undefined) void this.#fill(gap);
    }
  }

  async #fill(gap: CandleGap): Promise<void> {
    this.#busy += 1;
    const candles = await this.#find(gap);
    this.#busy -= 1;
    if (this.#isClosed) return;
    if (this.#options.isOpen(gap)) this.#filled += candles.length;
    this.#options.onFilled(gap, candles);
    this.#work();
  }

  async #find(gap: CandleGap): Promise<readonly Candle[]> {
    const { fetch, isOpen, isWhole, waitMs } = this.#options;
    let found: readonly Candle[] = [];
    let unanswered = 0;
    let incomplete = 0;
    await this.#pause(waitMs(gap));
    while (!this.#isClosed && isOpen(gap)) {
      try {
        found = await fetch(gap);
        incomplete += 1;
        if (isWhole(gap, found)) break;
        if (incomplete === TRIES_INCOMPLETE) {
          this.#warn('the exchange does not have all candles of a gap', gap, { found: found.length });
          break;
        }
      } catch (error) {
        unanswered += 1;
        if (!this.#mayTryAgain(gap, error, unanswered)) break;
      }
      await this.#pause(backoffMs(unanswered + incomplete, RETRY, 0));
    }
    return found;
  }

  #mayTryAgain(gap: CandleGap, error: unknown, unanswered: number): boolean {
    const { isHopeless, triesUnanswered } = this.#options;
    const isLast = isHopeless(error) || unanswered === triesUnanswered;
    const problem = describeFailure(error);
    if (isLast) this.#warn('missed candles could not be fetched and stay missing', gap, { problem });
    else if (unanswered === 1) this.#warn('missed candles could not be fetched; it is tried again', gap, { problem });
    return !isLast;
  }

  #warn(message: string, gap: CandleGap, fields: Readonly<Record<string, unknown>>): void {
    if (!this.#isClosed) this.#options.logger.warn(message, { ...gap, ...fields });
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
