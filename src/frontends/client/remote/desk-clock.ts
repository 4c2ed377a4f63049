import type { Clock } from '../../../ports/clock.ts';

/** Two moments nearer than this tell too little about how fast the desk's time runs. */
const LEAST_SPAN_MS = 1_500;

/** The time of a remote desk, which runs faster than the wall's in a simulation, by what the daemon says of it now and then. */
export class RemoteDeskClock implements Pick<Clock, 'now'> {
  readonly #clock: Clock;
  /** What the desk's time was at a moment of the monotonic clock here. Null: nothing was heard yet. */
  #heard: { readonly deskTime: number; readonly atMs: number } | null = null;
  #speed = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param deskTime milliseconds UTC
   * @param ageMs how long ago it was that
   */
  hear(deskTime: number, ageMs = 0): void {
    const atMs = this.#clock.monotonicMs() - ageMs;
    if (this.#heard !== null) {
      const spanMs = atMs - this.#heard.atMs;
      if (spanMs < LEAST_SPAN_MS) return;
      this.#speed = Math.max(0, (deskTime - this.#heard.deskTime) / spanMs);
    }
    this.#heard = { deskTime, atMs };
  }

  now(): number {
    if (this.#heard === null) return this.#clock.now();
    const sinceMs = this.#clock.monotonicMs() - this.#heard.atMs;
    return Math.round(this.#heard.deskTime + sinceMs * this.#speed);
  }
}
