import { MINUTE_MS } from '../../domain/time.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { Clock, Timer } from '../../ports/clock.ts';

/** How long a boundary waits for symbols that have not delivered their candle. */
export const CLOSE_GRACE_MS = 2_000;

/** A minute boundary that has been reached by the symbols that are not stale. */
export interface ClosedBoundary {
  /** The boundary: candles that end here are closed. Milliseconds UTC. */
  readonly time: number;
  /** Symbols whose candle had not come; each gets a check of its own when it does. */
  readonly late: readonly VenueSymbol[];
}

/**
 * Tells when the candles of a minute are complete: when every awaited symbol has delivered the candle that ends at the
 * boundary, or two seconds after it. Boundaries are told in order and once; what comes after is reported as late.
 */
export class CloseBarrier {
  readonly #clock: Clock;
  readonly #awaited: () => Iterable<VenueSymbol>;
  readonly #onClosed: (boundary: ClosedBoundary) => void;
  readonly #onLate: (symbol: VenueSymbol, time: number) => void;
  readonly #waiting = new Map<number, Set<VenueSymbol>>();
  #lastTold = -Infinity;
  #timer: Timer | null = null;

  /** @param awaited the symbols that are followed and not stale, asked anew for each boundary */
  constructor(options: {
    readonly clock: Clock;
    readonly awaited: () => Iterable<VenueSymbol>;
    readonly onClosed: (boundary: ClosedBoundary) => void;
    readonly onLate: (symbol: VenueSymbol, time: number) => void;
  }) {
    this.#clock = options.clock;
    this.#awaited = options.awaited;
    this.#onClosed = options.onClosed;
    this.#onLate = options.onLate;
  }

  /** Begins with the next boundary. */
  start(): void {
    this.#lastTold = Math.floor(this.#clock.now() / MINUTE_MS) * MINUTE_MS;
    this.#expectNext();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#waiting.clear();
  }

  /** A one-minute candle that ends at `time` has come. */
  delivered(symbol: VenueSymbol, time: number): void {
    if (time <= this.#lastTold) {
      this.#onLate(symbol, time);
      return;
    }
    const missing = this.#missingAt(time);
    missing.delete(symbol);
    if (missing.size === 0 && time === this.#lastTold + MINUTE_MS) this.#tell(time);
  }

  /** A symbol is no longer awaited: stale, or not followed any more. */
  excused(symbol: VenueSymbol): void {
    for (const [time, missing] of this.#waiting) {
      if (missing.delete(symbol) && missing.size === 0 && time === this.#lastTold + MINUTE_MS) this.#tell(time);
    }
  }

  #missingAt(time: number): Set<VenueSymbol> {
    const known = this.#waiting.get(time);
    if (known !== undefined) return known;
    const missing = new Set(this.#awaited());
    this.#waiting.set(time, missing);
    return missing;
  }

  #expectNext(): void {
    const due = this.#lastTold + MINUTE_MS;
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimer(due + CLOSE_GRACE_MS - this.#clock.now(), () => this.#tell(due));
  }

  #tell(time: number): void {
    const late = [...this.#missingAt(time)];
    this.#waiting.delete(time);
    this.#lastTold = time;
    this.#expectNext();
    this.#onClosed({ time, late });
    const next = this.#waiting.get(time + MINUTE_MS);
    if (next?.size === 0) this.#tell(time + MINUTE_MS);
  }
}
