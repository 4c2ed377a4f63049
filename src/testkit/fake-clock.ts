import { setImmediate } from 'node:timers/promises';
import { TimerQueue } from '../lib/timer-queue.ts';
import type { Clock } from '../ports/clock.ts';

/** Timers that set each other without time passing would otherwise keep `advance` busy for good. */
const MOST_TIMERS = 1_000_000;

/** A clock that stands until a test moves it. */
export interface FakeClock extends Clock {
  /**
   * Lets `ms` pass: runs every timer that falls due on the way, each at its own time, and lets all promises settle before
   * the first, after each and after the last. Rejects with what a callback throws; the clock then stands at that
   * callback's time and the timers after it still wait.
   */
  advance(ms: number): Promise<void>;
  /** How many timers wait. */
  pendingTimers(): number;
}

/** @param startMs what `now` says at first, whole milliseconds UTC */
export function createFakeClock(startMs = Date.UTC(2026, 0, 1)): FakeClock {
  const queue = new TimerQueue();
  let elapsedMs = 0;
  let advancing = false;

  async function runTimersUntil(endMs: number): Promise<void> {
    await setImmediate();
    for (let run = 0; queue.nextDueMs !== null && queue.nextDueMs <= endMs; run += 1) {
      if (run === MOST_TIMERS)
        throw new Error(`more than ${MOST_TIMERS} timers in one advance: do they set each other?`);
      elapsedMs = Math.max(elapsedMs, queue.nextDueMs);
      queue.takeDue(endMs)?.();
      await setImmediate();
    }
    elapsedMs = endMs;
  }

  return {
    now: () => startMs + Math.floor(elapsedMs),
    monotonicMs: () => elapsedMs,
    setTimer(delayMs, callback) {
      if (!Number.isFinite(delayMs)) throw new RangeError(`a timer of ${delayMs} ms; give a finite delay`);
      return { cancel: queue.add(elapsedMs + Math.max(0, delayMs), callback) };
    },
    async advance(ms) {
      if (!(ms >= 0 && ms < Infinity)) throw new RangeError(`time cannot move by ${ms} ms`);
      if (advancing) throw new Error('the clock is being advanced already: await the first call');
      advancing = true;
      try {
        await runTimersUntil(elapsedMs + ms);
      } finally {
        advancing = false;
      }
    },
    pendingTimers: () => queue.size,
  };
}
