import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { asId } from '../../domain/ids.ts';
import type { TraderId, VenueSymbol } from '../../domain/ids.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { createFakeClock } from '../../testkit/fake-clock.ts';
import { CheckScheduler } from './check-scheduler.ts';
import type { CheckDue } from './check-scheduler.ts';

const START = Date.UTC(2026, 0, 5, 10);
const TRADER = asId<TraderId>('trader');
const CLOSE = { kind: 'close' } as const;

/** A scheduler whose checks take as long as `takesMs` says, and what it ran when. */
function schedulerOf(options: { parallel?: number; takesMs?: (due: CheckDue) => number } = {}): {
  clock: ReturnType<typeof createFakeClock>;
  scheduler: CheckScheduler;
  ran: { due: CheckDue; from: number; to: number }[];
} {
  const clock = createFakeClock(START);
  const ran: { due: CheckDue; from: number; to: number }[] = [];
  const scheduler = new CheckScheduler({
    clock,
    parallel: options.parallel ?? 1,
    run: (due) =>
      new Promise((resolve) => {
        const entry = { due, from: clock.now(), to: Infinity };
        ran.push(entry);
        clock.setTimer(options.takesMs?.(due) ?? 0, () => {
          entry.to = clock.now();
          resolve();
        });
      }),
  });
  return { clock, scheduler, ran };
}

describe('the schedule of checks', () => {
  it('runs duration checks at multiples of the duration since the epoch, whenever the trader was added', async () => {
    const { clock, scheduler, ran } = schedulerOf({ takesMs: () => 700 });
    await clock.advance(12_345);
    scheduler.add(TRADER, '1m', { kind: 'every', everyMs: 77_000 });
    await clock.advance(5 * HOUR_MS);
    const first = Math.ceil((START + 12_345) / 77_000) * 77_000;
    const moments = Array.from({ length: 240 }, (_, index) => first + index * 77_000);
    const offMinute = moments.filter((at) => at % MINUTE_MS !== 0 && at <= START + 12_345 + 5 * HOUR_MS);
    expect(ran.map(({ due }) => due.at)).toEqual(offMinute);
    expect(ran.every(({ due, from }) => from === due.at)).toBe(true);
  });

  it('runs duration checks that fall on a minute once the candles of that minute are there', async () => {
    const { clock, scheduler, ran } = schedulerOf();
    scheduler.add(TRADER, '1m', { kind: 'every', everyMs: 7 * MINUTE_MS });
    await clock.advance(HOUR_MS);
    expect(ran).toEqual([]);
    for (let minute = 1; minute <= 21; minute += 1) {
      scheduler.closed(START + minute * MINUTE_MS);
      await clock.advance(0);
    }
    const due = ran.map(({ due: { at } }) => at);
    expect(due).toHaveLength(3);
    expect(due.every((at) => at % (7 * MINUTE_MS) === 0)).toBe(true);
  });

  it('runs close checks at the boundaries of their clock timeframe alone', async () => {
    const { clock, scheduler, ran } = schedulerOf();
    scheduler.add(TRADER, '15m', CLOSE);
    for (let minute = 1; minute <= 60; minute += 1) {
      scheduler.closed(START + minute * MINUTE_MS);
      await clock.advance(0);
    }
    expect(ran.map(({ due }) => (due.at - START) / MINUTE_MS)).toEqual([15, 30, 45, 60]);
    expect(scheduler.nextDueAt(TRADER)).toBe(START + 15 * MINUTE_MS);
  });

  it('checks the symbols that came late together, for the moment they belong to', async () => {
    const { clock, scheduler, ran } = schedulerOf({ takesMs: () => 1_000 });
    scheduler.add(TRADER, '1m', CLOSE);
    scheduler.closed(START);
    for (const symbol of ['ETHUSDT', 'SOLUSDT']) scheduler.closedLate(asId<VenueSymbol>(symbol), START);
    await clock.advance(5_000);
    expect(ran.map(({ due }) => due.symbols)).toEqual([null, ['ETHUSDT', 'SOLUSDT']]);
    expect(ran[1]?.due.at).toBe(START);
  });

  it('lets a later check overtake one that waits, and counts it', async () => {
    const { clock, scheduler, ran } = schedulerOf({ takesMs: () => 3.5 * MINUTE_MS });
    scheduler.add(TRADER, '1m', CLOSE);
    for (let minute = 1; minute <= 4; minute += 1) {
      scheduler.closed(START + minute * MINUTE_MS);
      await clock.advance(MINUTE_MS);
    }
    await clock.advance(10 * MINUTE_MS);
    expect(ran.map(({ due }) => (due.at - START) / MINUTE_MS)).toEqual([1, 4]);
    expect(scheduler.counts(TRADER)).toEqual({ due: 4, run: 2, coalesced: 2 });
  });

  it('never overlaps the checks of a trader, never exceeds its places, and loses none', async () => {
    const steps = fc.array(fc.record({ trader: fc.nat(5), waitMs: fc.nat(4_000), takesMs: fc.nat(9_000) }), {
      minLength: 1,
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 3 }), async (asked, parallel) => {
        const lengths = new Map(asked.map(({ takesMs }, index) => [START + index, takesMs]));
        const { clock, scheduler, ran } = schedulerOf({ parallel, takesMs: (due) => lengths.get(due.at) ?? 0 });
        const ids = Array.from({ length: 6 }, (_, index) => asId<TraderId>(`trader${index}`));
        for (const id of ids) scheduler.add(id, '1m', CLOSE);
        for (const [index, { trader, waitMs }] of asked.entries()) {
          scheduler.checkNow(ids[trader] as TraderId, START + index);
          await clock.advance(waitMs);
        }
        await clock.advance(60 * 9_000);
        expect(scheduler.waiting).toBe(0);
        for (const id of ids) {
          const own = ran.filter(({ due }) => due.traderId === id);
          for (const [index, each] of own.entries()) {
            const next = own[index + 1];
            if (next === undefined) continue;
            expect(next.from).toBeGreaterThanOrEqual(each.to);
            expect(next.due.at).toBeGreaterThan(each.due.at);
          }
          const counts = scheduler.counts(id);
          expect(counts?.run).toBe(own.length);
          expect((counts?.run ?? 0) + (counts?.coalesced ?? 0)).toBe(counts?.due);
        }
        for (const { from } of ran) {
          const atOnce = ran.filter((other) => other.from <= from && other.to > from).length;
          expect(atOnce).toBeLessThanOrEqual(parallel);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('serves traders in the order in which they fell due, so that a slow one starves nobody', async () => {
    const { clock, scheduler, ran } = schedulerOf({ takesMs: () => 10 });
    const ids = Array.from({ length: 50 }, (_, index) => asId<TraderId>(`trader${index}`));
    for (const id of ids) scheduler.add(id, '1m', CLOSE);
    scheduler.closed(START);
    scheduler.checkNow(ids[0] as TraderId, START + 1);
    await clock.advance(1_000);
    expect(ran.slice(0, 50).map(({ due }) => due.traderId)).toEqual(ids);
    expect(ran.slice(0, 50).every(({ due }) => due.at === START)).toBe(true);
  });

  it('leaves no timer behind, and drops what waits, when a trader is removed', async () => {
    const { clock, scheduler, ran } = schedulerOf();
    scheduler.add(TRADER, '1m', { kind: 'every', everyMs: MINUTE_MS });
    scheduler.stop();
    await clock.advance(HOUR_MS);
    expect(ran).toEqual([]);
    expect(clock.pendingTimers()).toBe(0);
  });
});
