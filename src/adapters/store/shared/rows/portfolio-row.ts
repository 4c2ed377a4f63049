import type { Balance } from '../../../../domain/account.ts';
import { asId } from '../../../../domain/ids.ts';
import type { UserId } from '../../../../domain/ids.ts';
import type { Portfolio, PortfolioStatus, RebalanceFrequency, RiskTolerance } from '../../../../domain/portfolio.ts';
import { amountText, readAmount, readRow, readWord } from '../fields.ts';
import { finite, fromJson, record, toJson } from '../json-codec.ts';
import type { RowOf, TableDefinition } from '../table.ts';
import { MARKETS } from './words.ts';

export const PORTFOLIOS = {
  kind: 'entity',
  key: ['id'],
  columns: {
    id: 'text',
    user_id: 'text',
    name: 'text',
    description: 'text',
    status: 'text',
    market: 'text',
    allocated_capital: 'text',
    cash: 'text',
    risk_tolerance: 'text',
    rebalance_frequency: 'text',
    target_allocations: 'text',
    reasoning: 'text',
    created_at: 'integer',
    updated_at: 'integer',
  },
} as const satisfies TableDefinition;

export const BALANCES = {
  kind: 'entity',
  key: ['account_id', 'asset'],
  columns: {
    account_id: 'text',
    asset: 'text',
    user_id: 'text',
    free: 'text',
    locked: 'text',
    updated_at: 'integer',
  },
} as const satisfies TableDefinition;

type PortfolioRow = RowOf<typeof PORTFOLIOS>;
type BalanceRow = RowOf<typeof BALANCES>;

const STATUSES: Record<PortfolioStatus, true> = { active: true, paused: true, closed: true };
const TOLERANCES: Record<RiskTolerance, true> = { conservative: true, moderate: true, aggressive: true };
const FREQUENCIES: Record<RebalanceFrequency, true> = { daily: true, weekly: true, monthly: true, never: true };

const shares = record(finite);

export function portfolioToRow(portfolio: Portfolio): PortfolioRow {
  return {
    id: portfolio.id,
    user_id: portfolio.userId,
    name: portfolio.name,
    description: portfolio.description,
    status: portfolio.status,
    market: portfolio.market,
    allocated_capital: amountText(portfolio.allocatedCapital),
    cash: amountText(portfolio.cash),
    risk_tolerance: portfolio.riskTolerance,
    rebalance_frequency: portfolio.rebalanceFrequency,
    target_allocations: toJson(shares, portfolio.targetAllocations),
    reasoning: portfolio.reasoning,
    created_at: portfolio.createdAt,
    updated_at: portfolio.updatedAt,
  };
}

/** @throws AitraderError `ROW_INVALID` */
export function portfolioFromRow(row: PortfolioRow): Portfolio {
  return readRow('portfolios', row.id, () => ({
    id: asId(row.id),
    userId: asId(row.user_id),
    name: row.name,
    description: row.description,
    status: readWord(STATUSES, row.status),
    market: readWord(MARKETS, row.market),
    allocatedCapital: readAmount(row.allocated_capital),
    cash: readAmount(row.cash),
    riskTolerance: readWord(TOLERANCES, row.risk_tolerance),
    rebalanceFrequency: readWord(FREQUENCIES, row.rebalance_frequency),
    targetAllocations: fromJson(shares, row.target_allocations),
    reasoning: row.reasoning,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));
}

export function balanceToRow(userId: UserId, balance: Balance): BalanceRow {
  return {
    account_id: balance.accountId,
    asset: balance.asset,
    user_id: userId,
    free: amountText(balance.free),
    locked: amountText(balance.locked),
    updated_at: balance.updatedAt,
  };
}

/** @throws AitraderError `ROW_INVALID` */
export function balanceFromRow(row: BalanceRow): Balance {
  return readRow('balances', `${row.account_id}:${row.asset}`, () => ({
    accountId: asId(row.account_id),
    asset: row.asset,
    free: readAmount(row.free),
    locked: readAmount(row.locked),
    updatedAt: row.updated_at,
  }));
}
