import { TimerQueue } from '../../../lib/timer-queue.ts';
import type { Clock } from '../../../ports/clock.ts';

/** Node fires a longer timeout at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * The machine's time. `now` holds while the machine's clock stands behind an earlier answer. Timers follow the monotonic
 * clock, so that a machine's clock that is set neither delays nor hastens them; promises that one timer settled are
 * handled before the next timer runs. What a callback throws is an uncaught exception of the process; the other timers
 * still run.
 * @returns a clock whose `setTimer` throws RangeError for a delay that is not finite
 */
export function createSystemClock(): Clock {
  const queue = new TimerQueue();
  let latestMs = -Infinity;
  let cancelWakeUp: (() => void) | null = null;
  let wakeUpMs = Infinity;

  function sleep(): void {
    cancelWakeUp?.();
    cancelWakeUp = null;
    wakeUpMs = Infinity;
  }

  /** Each timer gets a turn of the event loop of its own: all timers due in one turn would run before any promise. */
  function runNext(): void {
    sleep();
    try {
      queue.takeDue(performance.now())?.();
    } finally {
      planWakeUp();
    }
  }

  function planWakeUp(): void {
    const dueMs = queue.nextDueMs;
    if (dueMs === null) return sleep();
    if (dueMs >= wakeUpMs) return;
    sleep();
    wakeUpMs = dueMs;
    const waitMs = Math.ceil(dueMs - performance.now());
    if (waitMs <= 0) {
      const immediate = setImmediate(runNext);
      cancelWakeUp = () => clearImmediate(immediate);
    } else {
      const timeout = setTimeout(runNext, Math.min(waitMs, LONGEST_TIMEOUT_MS));
      cancelWakeUp = () => clearTimeout(timeout);
    }
  }

  return {
    now() {
      latestMs = Math.max(latestMs, Date.now());
      return latestMs;
    },
    monotonicMs: () => performance.now(),
    setTimer(delayMs, callback) {
      if (!Number.isFinite(delayMs)) throw new RangeError(`a timer of ${delayMs} ms; give a finite delay`);
      const cancel = queue.add(performance.now() + Math.max(0, delayMs), callback);
      planWakeUp();
      return {
        cancel() {
          cancel();
          planWakeUp();
        },
      };
    },
  };
}
