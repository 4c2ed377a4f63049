/** A callback that was asked for. Cancelling one that has run, or twice, does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * Time as the core sees it. The system clock and the fake clock of tests keep the same contract (testkit/clock-suite):
 * timers run in the order of their due times, those due at once in the order in which they were set, never inside the
 * call that sets them, and `now` never goes back.
 */
export interface Clock {
  /** Milliseconds UTC since the epoch; whole. */
  now(): number;
  /** Milliseconds of a clock that only moves forward, with fractions; for measuring spans. Its zero means nothing. */
  monotonicMs(): number;
  /**
   * Runs `callback` once, when `delayMs` have passed. A delay below zero counts as zero. A timer keeps the process alive.
   * What the callback throws reaches whoever drives the clock, not the one who set the timer.
   */
  setTimer(delayMs: number, callback: () => void): Timer;
}
