import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../../testkit/fake-clock.ts';
import { createOwnBudget } from './budget.ts';

const REST = ['cancel', 'question', 'entry', 'backfill'] as const;

describe('the budget of a broker that is alone on its address', () => {
  it('lets only exits go on while the exchange wants to be left alone', async () => {
    const clock = createFakeClock();
    const budget = createOwnBudget(clock, 100);
    budget.block(30_000);
    await expect(budget.take(1, 'exit')).resolves.toBeUndefined();
    for (const priority of REST) await expect(budget.take(1, priority)).rejects.toMatchObject({ retryAfterMs: 30_000 });
    await clock.advance(30_000);
    await expect(budget.take(1, 'entry')).resolves.toBeUndefined();
  });

  it('keeps a quarter of the weight for exits, by the count of the exchange, until the minute is over', async () => {
    const clock = createFakeClock();
    const budget = createOwnBudget(clock, 100);
    await clock.advance(20_000);
    budget.observe(70);
    await expect(budget.take(5, 'entry')).resolves.toBeUndefined();
    await expect(budget.take(1, 'entry')).rejects.toMatchObject({ retryAfterMs: 40_000 });
    await expect(budget.take(20, 'exit')).resolves.toBeUndefined();
    await clock.advance(40_000);
    await expect(budget.take(1, 'entry')).resolves.toBeUndefined();
  });
});
