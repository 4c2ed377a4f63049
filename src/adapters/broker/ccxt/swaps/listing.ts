import { HOUR_MS } from '../../../../domain/time.ts';
import type { Clock } from '../../../../ports/clock.ts';

/** What an exchange lists changes seldom. */
const VALID_FOR_MS = 6 * HOUR_MS;

/** What an exchange lists: asked for when it is needed first, and anew after some hours. */
export class Listing<Listed> {
  readonly #clock: Clock;
  readonly #ask: () => Promise<Listed>;
  #listed: Promise<Listed> | null = null;
  #listedAtMs = -Infinity;

  constructor(clock: Clock, ask: () => Promise<Listed>) {
    this.#clock = clock;
    this.#ask = ask;
  }

  /** Fails as the question does; then the next one asks again. */
  now(): Promise<Listed> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#listed === null || nowMs - this.#listedAtMs > VALID_FOR_MS) {
      this.#listedAtMs = nowMs;
      this.#listed = this.#ask();
      this.#listed.catch(() => (this.#listed = null));
    }
    return this.#listed;
  }
}
