import { TimerQueue } from '../../lib/timer-queue.ts';
import type { Clock, Timer } from '../../ports/clock.ts';

/** Timers that set each other without time passing would otherwise hold time back for good. */
const MOST_TIMERS_OF_A_MOMENT = 100_000;

/**
 * Time that stands until its driver moves it. The driver runs the timers on the way (`runNext`), lets the promises that
 * one of them settled go on before the next, and hears what a callback throws.
 */
export class SimulatedClock implements Clock {
  /** Simulated time when `monotonicMs` was 0; whole milliseconds UTC. */
  readonly startMs: number;
  readonly #queue = new TimerQueue();
  /** Time is kept from the start on: beside 1.7e12 milliseconds, fractions lose their last digits. */
  #elapsedMs = 0;
  #timersOfMoment = 0;

  /** @param startMs what `now` says at first, whole milliseconds UTC */
  constructor(startMs: number) {
    this.startMs = startMs;
  }

  now(): number {
    return this.startMs + Math.floor(this.#elapsedMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  /** @throws RangeError for a delay that is not finite */
  setTimer(delayMs: number, callback: () => void): Timer {
    if (!Number.isFinite(delayMs)) throw new RangeError(`a timer of ${delayMs} ms; give a finite delay`);
    return { cancel: this.#queue.add(this.#elapsedMs + Math.max(0, delayMs), callback) };
  }

  /** When the next timer is due, on the scale of `monotonicMs`; Infinity when none waits. */
  get nextDueMs(): number {
    return this.#queue.nextDueMs ?? Infinity;
  }

  /** Lets time pass up to `timeMs`, milliseconds UTC; never back. No timer may be due before it: run those first. */
  moveTo(timeMs: number): void {
    this.#pass(timeMs - this.startMs);
  }

  /**
   * Lets time pass until the next timer is due and runs it; does nothing when none waits.
   * @throws Error when timers keep setting each other while time stands, and what the callback throws
   */
  runNext(): void {
    const dueMs = this.#queue.nextDueMs;
    if (dueMs === null) return;
    this.#pass(dueMs);
    this.#timersOfMoment += 1;
    if (this.#timersOfMoment > MOST_TIMERS_OF_A_MOMENT) {
      throw new Error(`more than ${MOST_TIMERS_OF_A_MOMENT} timers at ${this.now()}: do they set each other?`);
    }
    this.#queue.takeDue(dueMs)?.();
  }

  #pass(elapsedMs: number): void {
    if (elapsedMs <= this.#elapsedMs) return;
    this.#elapsedMs = elapsedMs;
    this.#timersOfMoment = 0;
  }
}
