import type { Decimal } from './decimal.ts';
import type { AccountId, UserId } from './ids.ts';
import type { Market } from './instrument.ts';

/** Kinds of money never mix: each has a database of its own. */
export type MoneyKind = 'sim' | 'paper' | 'live';

/** One account at one venue (or the paper broker's own). Keys are never part of it. */
export interface Account {
  readonly id: AccountId;
  readonly userId: UserId;
  readonly venue: string;
  readonly market: Market;
  readonly money: MoneyKind;
  /** What the user calls it; typed to arm live trading. */
  readonly label: string;
}

/**
 * One asset of an account, as the venue counts it. On spot the two parts together are what is held. On futures they are the
 * wallet: deposits, realised profit, fees and funding, without profit that is not realised.
 */
export interface Balance {
  readonly accountId: AccountId;
  readonly asset: string;
  /** What new orders may use. On futures never more than the wallet, and less what positions, orders and losses bind. */
  readonly free: Decimal;
  /** Bound in working orders; on futures also as margin of the open positions and by their losses. */
  readonly locked: Decimal;
  readonly updatedAt: number;
}
