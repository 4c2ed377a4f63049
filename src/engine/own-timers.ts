import type { Clock, Timer } from '../ports/clock.ts';

/** A clock whose timers end with the one that it was made for: each of them would keep the process alive until it is due. */
export interface OwnedClock extends Clock {
  /** Cancels what is still to come; from now on nothing is set any more. */
  end(): void;
}

export function ownTimers(clock: Clock): OwnedClock {
  const pending = new Set<Timer>();
  let hasEnded = false;
  return {
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    setTimer(delayMs, callback) {
      if (hasEnded) return { cancel: () => undefined };
      const timer = clock.setTimer(delayMs, () => {
        pending.delete(timer);
        callback();
      });
      pending.add(timer);
      return {
        cancel() {
          pending.delete(timer);
          timer.cancel();
        },
      };
    },
    end() {
      hasEnded = true;
      for (const timer of pending) timer.cancel();
      pending.clear();
    },
  };
}
