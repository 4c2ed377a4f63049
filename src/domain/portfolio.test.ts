import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money } from './decimal.ts';
import type { Money } from './decimal.ts';
import { asId } from './ids.ts';
import { allocateCash, equity, newPortfolio, portfolioPnl, returnCash } from './portfolio.ts';

const started = (capital: string): ReturnType<typeof newPortfolio> =>
  newPortfolio({
    id: asId('portfolio'),
    userId: asId('user'),
    name: 'Momentum',
    description: '',
    status: 'active',
    market: 'spot',
    allocatedCapital: money(capital),
    riskTolerance: 'moderate',
    rebalanceFrequency: 'never',
    targetAllocations: {},
    reasoning: '{}',
    createdAt: 1,
  });

const cents = (count: number): Money => money((count / 100).toFixed(2));

describe('portfolios', () => {
  it('begin with all of their capital as cash', () => {
    expect(started('10000')).toMatchObject({ cash: money('10000'), updatedAt: 1 });
  });

  it('never change their allocated capital, never bind more cash than is free, and keep count to the cent', () => {
    const flow = fc.record({ binds: fc.boolean(), amount: fc.integer({ min: 0, max: 2_000_000 }) });
    fc.assert(
      fc.property(fc.array(flow), (flows) => {
        let portfolio = started('10000');
        let free = 1_000_000;
        for (const { binds, amount } of flows) {
          if (binds && amount > free) {
            expect(() => allocateCash(portfolio, cents(amount), 2)).toThrow(/asked for/);
            continue;
          }
          free += binds ? -amount : amount;
          portfolio = (binds ? allocateCash : returnCash)(portfolio, cents(amount), 2);
          expect(portfolio.cash).toEqual(cents(free));
          expect(portfolio.allocatedCapital).toEqual(money('10000'));
        }
      }),
    );
  });

  it('are worth their cash and the market value of their positions', () => {
    const bound = allocateCash(started('10000'), money('4000'), 2);
    expect(equity(bound, money('4500')).toFixed()).toBe('10500');
    const { total, percent } = portfolioPnl(bound, money('4500'));
    expect([total.toFixed(), percent.toFixed()]).toEqual(['500', '5']);
    expect(portfolioPnl(bound, money('3000')).total.toFixed()).toBe('-1000');
  });

  it('may bind all of their cash', () => {
    expect(allocateCash(started('100'), money('100'), 2).cash.isZero()).toBe(true);
  });

  it('may get back less than nothing from a loss on futures', () => {
    expect(returnCash(started('100'), money('-150'), 2).cash.toFixed()).toBe('-50');
  });

  it('have no percentage while they have no capital', () => {
    expect(portfolioPnl(started('0'), money('10')).percent.toFixed()).toBe('0');
  });
});
