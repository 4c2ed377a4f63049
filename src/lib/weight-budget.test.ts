import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createFakeClock } from '../testkit/fake-clock.ts';
import { WeightBudget } from './weight-budget.ts';
import type { RequestPriority } from './weight-budget.ts';

const MINUTE_MS = 60_000;

/** A budget and what passed it, by minute. */
function setUp(perMinute: number) {
  const clock = createFakeClock();
  const budget = new WeightBudget(clock, perMinute);
  const passed: { readonly name: string; readonly minute: number }[] = [];
  const startMs = clock.now();
  const ask = (name: string, weight: number, priority: RequestPriority): void => {
    budget.take(weight, priority).then(
      () => passed.push({ name, minute: (clock.now() - startMs) / MINUTE_MS }),
      (error: unknown) => passed.push({ name: `${name}: ${String(error)}`, minute: NaN }),
    );
  };
  return { clock, budget, passed, ask };
}

describe('the weight budget', () => {
  it('lets half of a minute pass for candles, three quarters for all but exits, holds no exit up, and loses nobody', async () => {
    const priority = fc.constantFrom<RequestPriority>('exit', 'cancel', 'question', 'entry', 'backfill');
    const requests = fc.array(fc.record({ weight: fc.integer({ min: 1, max: 40 }), priority }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(requests, async (asked) => {
        const { clock, budget, passed, ask } = setUp(100);
        for (const [index, { weight, priority: urgency }] of asked.entries()) ask(String(index), weight, urgency);
        await clock.advance(0);
        for (let minute = 0; passed.length < asked.length && minute < 50; minute += 1) await clock.advance(MINUTE_MS);
        expect(new Set(passed.map(({ name }) => Number(name))).size).toBe(asked.length);
        const used = new Map<number, { candles: number; others: number; count: number }>();
        for (const { name, minute } of passed) {
          const request = asked[Number(name)];
          if (request === undefined) throw new Error('it was asked for');
          const sum = used.get(minute) ?? { candles: 0, others: 0, count: 0 };
          if (request.priority === 'exit') expect(minute).toBe(0);
          else sum.others += request.weight;
          if (request.priority === 'backfill') sum.candles += request.weight;
          sum.count += 1;
          used.set(minute, sum);
        }
        for (const { candles, others } of used.values()) {
          expect(candles).toBeLessThanOrEqual(50);
          expect(others).toBeLessThanOrEqual(75);
        }
        expect(budget.waiting).toBe(0);
        expect(clock.pendingTimers()).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it('lets the most urgent pass first, and those of one kind in the order in which they came', async () => {
    const { clock, passed, ask } = setUp(40);
    for (const name of ['first', 'second']) ask(`backfill ${name}`, 30, 'backfill');
    ask('question', 30, 'question');
    ask('exit', 10, 'exit');
    await clock.advance(3 * MINUTE_MS);
    expect(passed).toEqual([
      { name: 'backfill first', minute: 0 },
      { name: 'exit', minute: 0 },
      { name: 'question', minute: 1 },
      { name: 'backfill second', minute: 2 },
    ]);
  });

  it("believes the venue's own count, and lets only exits pass while the venue refuses", async () => {
    const { clock, budget, passed, ask } = setUp(100);
    budget.observe(74);
    ask('question', 2, 'question');
    await clock.advance(0);
    expect(passed).toEqual([]);
    budget.block(3 * MINUTE_MS);
    ask('exit', 2, 'exit');
    await clock.advance(4 * MINUTE_MS);
    expect(passed).toEqual([
      { name: 'exit', minute: 0 },
      { name: 'question', minute: 3 },
    ]);
  });

  it('refuses what waits when it is closed, and what comes when too much waits', async () => {
    const { clock, budget, passed, ask } = setUp(1);
    budget.observe(1);
    for (let request = 0; request < 10_000; request += 1) void budget.take(1, 'entry').catch(() => undefined);
    ask('one too many', 1, 'question');
    await clock.advance(0);
    expect(passed[0]?.name).toContain('10000 requests to the exchange wait already');
    budget.close();
    expect(budget.waiting).toBe(0);
    expect(clock.pendingTimers()).toBe(0);
  });
});
