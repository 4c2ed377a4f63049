import type { Clock, Timer } from '../../../../ports/clock.ts';

/**
 * Lets actions happen in turn, at most so many within any stretch of time. The queue has no bound of its own: whoever asks
 * bounds what is asked.
 */
export class RateLimit {
  readonly #clock: Clock;
  readonly #count: number;
  readonly #withinMs: number;
  /** When the last `count` actions happened, oldest first. */
  readonly #recent: number[] = [];
  readonly #waiting: (() => void)[] = [];
  #timer: Timer | null = null;

  constructor(clock: Clock, limit: { readonly count: number; readonly withinMs: number }) {
    this.#clock = clock;
    this.#count = limit.count;
    this.#withinMs = limit.withinMs;
  }

  /** Runs `action` at once if the limit allows, else in turn when it does. */
  run(action: () => void): void {
    this.#waiting.push(action);
    this.#runWaiting();
  }

  /** Counts something that could not wait. */
  note(): void {
    this.#recent.push(this.#clock.monotonicMs());
    if (this.#recent.length > this.#count) this.#recent.shift();
  }

  /** Forgets what waits. */
  stop(): void {
    this.#waiting.length = 0;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #runWaiting(): void {
    while (this.#timer === null && this.#waiting.length > 0) {
      const delayMs = this.#delayMs();
      if (delayMs > 0) {
        this.#timer = this.#clock.setTimer(delayMs, () => {
          this.#timer = null;
          this.#runWaiting();
        });
        return;
      }
      this.note();
      this.#waiting.shift()?.();
    }
  }

  /** How long until one more is allowed. */
  #delayMs(): number {
    const oldest = this.#recent[0];
    if (oldest === undefined || this.#recent.length < this.#count) return 0;
    return oldest + this.#withinMs - this.#clock.monotonicMs();
  }
}
