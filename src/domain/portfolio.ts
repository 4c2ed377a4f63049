import { Decimal } from './decimal.ts';
import type { Money } from './decimal.ts';
import { AitraderError } from './errors.ts';
import type { PortfolioId, UserId, VenueSymbol } from './ids.ts';
import type { Market } from './instrument.ts';

export type PortfolioStatus = 'active' | 'paused' | 'closed';
export type RiskTolerance = 'conservative' | 'moderate' | 'aggressive';
export type RebalanceFrequency = 'daily' | 'weekly' | 'monthly' | 'never';

/** Capital that traders share. Equity is never stored: it is cash plus the market value of the positions. */
export interface Portfolio {
  readonly id: PortfolioId;
  readonly userId: UserId;
  readonly name: string;
  readonly description: string;
  readonly status: PortfolioStatus;
  readonly market: Market;
  /** What it began with, in quote units. Never changes. */
  readonly allocatedCapital: Money;
  /** Quote units not bound in positions. */
  readonly cash: Money;
  readonly riskTolerance: RiskTolerance;
  readonly rebalanceFrequency: RebalanceFrequency;
  /** Wanted share of equity by symbol, each 0 .. 1, at most 1 together. */
  readonly targetAllocations: Readonly<Record<VenueSymbol, number>>;
  /** Why it was set up so, as JSON text. */
  readonly reasoning: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A new portfolio: all of its capital is cash. */
export function newPortfolio(fields: Omit<Portfolio, 'cash' | 'updatedAt'>): Portfolio {
  return { ...fields, cash: fields.allocatedCapital, updatedAt: fields.createdAt };
}

/**
 * Binds cash for a position.
 * @throws AitraderError `CAPITAL_INSUFFICIENT` when more is asked for than is free
 */
export function allocateCash(portfolio: Portfolio, amount: Money, at: number): Portfolio {
  if (amount.greaterThan(portfolio.cash)) {
    throw new AitraderError('CAPITAL_INSUFFICIENT', { given: amount.toFixed(), allowed: portfolio.cash.toFixed() });
  }
  return { ...portfolio, cash: portfolio.cash.minus(amount) as Money, updatedAt: at };
}

/** Returns what a closed position, or a part of it, brought. A loss on futures may return less than nothing. */
export function returnCash(portfolio: Portfolio, amount: Money, at: number): Portfolio {
  return { ...portfolio, cash: portfolio.cash.plus(amount) as Money, updatedAt: at };
}

/** @param positionsValue market value of the portfolio's open positions */
export function equity(portfolio: Portfolio, positionsValue: Money): Money {
  return portfolio.cash.plus(positionsValue) as Money;
}

/** Profit since the beginning, in quote units and as a percentage of the allocated capital. */
export function portfolioPnl(
  portfolio: Portfolio,
  positionsValue: Money,
): { readonly total: Money; readonly percent: Decimal } {
  const total = equity(portfolio, positionsValue).minus(portfolio.allocatedCapital) as Money;
  const percent = portfolio.allocatedCapital.isZero()
    ? new Decimal(0)
    : total.dividedBy(portfolio.allocatedCapital).times(100);
  return { total, percent };
}
