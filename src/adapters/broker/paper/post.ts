import type { Clock, Timer } from '../../../ports/clock.ts';

/** A request to the venue that takes its time to get there. */
export interface Letter {
  /** It has come. */
  readonly deliver: () => void;
  /** The program closes before it has come. */
  readonly abandon: () => void;
}

/** Requests on their way: each arrives after the latency, and they arrive in the order in which they were sent. */
export class Post {
  readonly #clock: Clock;
  readonly #latencyMs: number;
  readonly #underway = new Map<Letter, Timer>();

  constructor(clock: Clock, latencyMs: number) {
    this.#clock = clock;
    this.#latencyMs = latencyMs;
  }

  send(letter: Letter): void {
    const timer = this.#clock.setTimer(this.#latencyMs, () => {
      this.#underway.delete(letter);
      letter.deliver();
    });
    this.#underway.set(letter, timer);
  }

  close(): void {
    for (const [letter, timer] of this.#underway) {
      timer.cancel();
      letter.abandon();
    }
    this.#underway.clear();
  }
}
