/** How waits grow from try to try. */
export interface BackoffRule {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Share of the wait, 0 .. 1, that chance takes off, so that many clients do not come back at once. */
  readonly jitter: number;
}

/** Lost connections: 5, 10, 20, 40, 60, 60 ... seconds, up to a fifth less. */
export const RECONNECT_BACKOFF: BackoffRule = { firstMs: 5_000, maxMs: 60_000, jitter: 0.2 };

/**
 * The wait before try number `attempt`: doubled each time up to the maximum, less a random share.
 * @param attempt 1 for the first try after a failure
 * @param chance uniform in [0, 1)
 * @returns whole milliseconds
 */
export function backoffMs(attempt: number, rule: BackoffRule, chance: number): number {
  const grown = Math.min(rule.maxMs, rule.firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(grown * (1 - rule.jitter * chance));
}
