import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createFakeClock } from '../../../../testkit/fake-clock.ts';
import { RateLimit } from './rate-limit.ts';

describe('the rate limit', () => {
  it('runs actions in turn, never more than allowed within any stretch, and never later than needed', async () => {
    const arrivals = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(arrivals, fc.integer({ min: 1, max: 5 }), async (gaps, count) => {
        const clock = createFakeClock();
        const limit = new RateLimit(clock, { count, withinMs: 1_000 });
        const ran: { index: number; at: number }[] = [];
        const expected: number[] = [];
        let arrivedAt = 0;
        for (const [index, gap] of gaps.entries()) {
          await clock.advance(gap);
          arrivedAt += gap;
          limit.run(() => ran.push({ index, at: clock.monotonicMs() }));
          const earliest = (expected[index - count] ?? -Infinity) + 1_000;
          expected.push(Math.max(arrivedAt, earliest, expected.at(-1) ?? 0));
        }
        await clock.advance(60_000);
        expect(ran).toEqual(expected.map((at, index) => ({ index, at })));
        expect(clock.pendingTimers()).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it('counts what could not wait', async () => {
    const clock = createFakeClock();
    const limit = new RateLimit(clock, { count: 2, withinMs: 1_000 });
    const ran: number[] = [];
    limit.note();
    limit.note();
    limit.note();
    limit.run(() => ran.push(clock.monotonicMs()));
    expect(ran).toEqual([]);
    await clock.advance(5_000);
    expect(ran).toEqual([1_000]);
  });

  it('forgets what waits when it is stopped', async () => {
    const clock = createFakeClock();
    const limit = new RateLimit(clock, { count: 1, withinMs: 1_000 });
    let runs = 0;
    for (let action = 0; action < 3; action += 1) limit.run(() => (runs += 1));
    limit.stop();
    await clock.advance(10_000);
    expect(runs).toBe(1);
    expect(clock.pendingTimers()).toBe(0);
  });
});
