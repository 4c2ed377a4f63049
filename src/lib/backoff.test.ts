import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { backoffMs, RECONNECT_BACKOFF } from './backoff.ts';

describe('the wait between tries', () => {
  it('doubles from 5 s to 60 s and stays there', () => {
    const waits = [1, 2, 3, 4, 5, 6, 1000].map((attempt) => backoffMs(attempt, RECONNECT_BACKOFF, 0));
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
  });

  it('is shortened by chance, by at most the jitter', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, chance) => {
          const full = backoffMs(attempt, RECONNECT_BACKOFF, 0);
          const wait = backoffMs(attempt, RECONNECT_BACKOFF, chance);
          expect(wait).toBeLessThanOrEqual(full);
          expect(wait).toBeGreaterThanOrEqual(Math.floor(full * (1 - RECONNECT_BACKOFF.jitter)));
        },
      ),
    );
  });
});
