import type { Clock, Timer } from '../../../ports/clock.ts';

/** Lets things begin one after the other, at a distance. The queue has no bound of its own: whoever asks bounds what is asked. */
export class Pace {
  readonly #clock: Clock;
  readonly #distanceMs: number;
  readonly #waiting: (() => void)[] = [];
  #timer: Timer | null = null;

  constructor(clock: Clock, distanceMs: number) {
    this.#clock = clock;
    this.#distanceMs = distanceMs;
  }

  /** Settles when it is the caller's turn. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#timer === null) this.#next();
    });
  }

  /** Nobody has to wait any more. */
  close(): void {
    this.#timer?.cancel();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #next(): void {
    const resolve = this.#waiting.shift();
    this.#timer = resolve === undefined ? null : this.#clock.setTimer(this.#distanceMs, () => this.#next());
    resolve?.();
  }
}
