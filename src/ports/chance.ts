/** Randomness for jitter and simulation. Seeded in tests and replays: the same seed gives the same numbers. */
export interface Chance {
  /** Uniform in [0, 1). */
  next(): number;
}

/**
 * Fresh ids of 24 characters `[0-9a-z]` that sort by the time they were made in. Two calls never give the same id, and a
 * later call never gives a smaller one, also within one millisecond.
 */
export interface IdSource {
  next(): string;
}
