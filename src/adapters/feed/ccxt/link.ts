import type { VenueSymbol } from '../../../domain/ids.ts';
import { MINUTE_MS } from '../../../domain/time.ts';
import { backoffMs, RECONNECT_BACKOFF } from '../../../lib/backoff.ts';
import type { Chance } from '../../../ports/chance.ts';
import type { Clock, Timer } from '../../../ports/clock.ts';

/** What fails within this time failed together. */
const TOGETHER_MS = 100;
/** Streams that flowed for so long are not part of a series of failures. */
const STABLE_MS = MINUTE_MS;

/** A loss and when it will be made good. */
export interface LinkLoss {
  readonly cause: string;
  readonly symbols: readonly VenueSymbol[];
  /** 1 for the first try after the loss. */
  readonly attempt: number;
  /** By our clock. */
  readonly nextTryAt: number;
}

export interface LinkOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  /** Tries after a loss; Infinity for no end. */
  readonly maxAttempts: number;
  readonly onLost: (loss: LinkLoss) => void;
  /** The set number of tries was used up. */
  readonly onGaveUp: (cause: string) => void;
}

/**
 * When streams that were lost may try again. ccxt opens and shares connections as it likes, and tells a loss by failing
 * every stream on them: what fails together counts as one loss and comes back together.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #resume = new Set<() => void>();
  /** Symbols that lack a stream since all flowed. */
  readonly #lost = new Set<VenueSymbol>();
  #attempt = 0;
  #flowingSince = Infinity;
  #nextTryAt = NaN;
  #retry: Timer | null = null;
  #tell: Timer | null = null;
  #reconnects = 0;
  #isLost = false;
  #isClosed = false;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** How often all streams came back after a loss. */
  get reconnects(): number {
    return this.#reconnects;
  }

  /** A loss is being waited out. */
  get isWaiting(): boolean {
    return this.#retry !== null && !this.#isClosed;
  }

  /** Settles when a stream of the symbol, which failed, may try again, or when nothing will be tried any more. */
  lost(symbol: VenueSymbol, cause: string): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    if (this.#retry === null && !this.#planRetry(cause)) return Promise.resolve();
    this.#lost.add(symbol);
    this.#tell ??= this.#options.clock.setTimer(TOGETHER_MS, () => this.#tellLoss(cause));
    return this.ready();
  }

  /** Settles when streams may be asked for: at once, unless a loss is being waited out. */
  ready(): Promise<void> {
    if (!this.isWaiting) return Promise.resolve();
    return new Promise((resolve) => this.#resume.add(resolve));
  }

  /** All streams flow. */
  flows(): void {
    if (this.#flowingSince === Infinity) this.#flowingSince = this.#options.clock.monotonicMs();
    if (this.#isLost && this.#retry === null) {
      this.#isLost = false;
      this.#lost.clear();
      this.#reconnects += 1;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#retry?.cancel();
    this.#tell?.cancel();
    this.#release();
  }

  /** @returns false when the tries are used up */
  #planRetry(cause: string): boolean {
    const { clock, chance, maxAttempts, onGaveUp } = this.#options;
    if (clock.monotonicMs() - this.#flowingSince > STABLE_MS) this.#attempt = 0;
    this.#flowingSince = Infinity;
    this.#isLost = true;
    this.#attempt += 1;
    if (this.#attempt > maxAttempts) {
      this.close();
      onGaveUp(cause);
      return false;
    }
    const delayMs = backoffMs(this.#attempt, RECONNECT_BACKOFF, chance.next());
    this.#nextTryAt = clock.now() + delayMs;
    this.#retry = clock.setTimer(delayMs, () => {
      this.#retry = null;
      this.#release();
    });
    return true;
  }

  #tellLoss(cause: string): void {
    this.#tell = null;
    this.#options.onLost({ cause, symbols: [...this.#lost], attempt: this.#attempt, nextTryAt: this.#nextTryAt });
  }

  #release(): void {
    const waiting = [...this.#resume];
    this.#resume.clear();
    for (const resume of waiting) resume();
  }
}
