import type { Balance } from '../../domain/account.ts';
import type { AuditRecord } from '../../domain/event.ts';
import type { Fill } from '../../domain/fill.ts';
import type { Filter } from '../../domain/filter.ts';
import type { AccountId, FilterId, TraderId, UserId } from '../../domain/ids.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import type { Order } from '../../domain/order/order.ts';
import type { Portfolio } from '../../domain/portfolio.ts';
import type { Position } from '../../domain/position/position.ts';
import type { CircuitBreakerState, RiskEvent } from '../../domain/risk.ts';
import type { Signal } from '../../domain/signal.ts';
import type { Trade } from '../../domain/trade.ts';
import type { Trader } from '../../domain/trader.ts';

/** A sign of life of one part of a running process. */
export interface Heartbeat {
  readonly userId: UserId;
  /** The part: `engine`, `feed`, `writer` ... */
  readonly part: string;
  readonly at: number;
  /** What the part says of itself, as JSON text. */
  readonly detail: string;
}

/** A named value that the engine wants back after a restart. */
export interface EngineStateEntry {
  readonly userId: UserId;
  readonly key: string;
  /** JSON text. */
  readonly value: string;
  readonly updatedAt: number;
}

/**
 * One thing to store.
 * - Entities are stored whole: an id that exists is overwritten, unless it belongs to another user, which is refused.
 * - Fills (by account and `fillKey`), funding and audit records are append-only: storing one again changes nothing, and the
 *   same key with other content is refused.
 * - The changes of a commit are applied in the order given, so what is referred to comes first: an order before its fills, a
 *   position before its trade, a trade before its journal entry, a filter before its traders. A reference to something that
 *   is not there, or is another user's, is refused; a filter with traders is not removed.
 * - A user's filters have different names. Removing what is not there changes nothing.
 */
export type StoreChange =
  | { readonly kind: 'filter'; readonly filter: Filter }
  | { readonly kind: 'filter_removed'; readonly userId: UserId; readonly filterId: FilterId }
  | { readonly kind: 'trader'; readonly trader: Trader }
  | { readonly kind: 'trader_removed'; readonly userId: UserId; readonly traderId: TraderId }
  | { readonly kind: 'signal'; readonly signal: Signal }
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'fill'; readonly userId: UserId; readonly accountId: AccountId; readonly fill: Fill }
  | {
      readonly kind: 'funding';
      readonly userId: UserId;
      readonly accountId: AccountId;
      readonly incomeId: string;
      readonly symbol: string;
      /** Decimal text; positive when received. */
      readonly amount: string;
      readonly at: number;
    }
  | { readonly kind: 'position'; readonly position: Position }
  | { readonly kind: 'trade'; readonly trade: Trade }
  | { readonly kind: 'portfolio'; readonly portfolio: Portfolio }
  | { readonly kind: 'balance'; readonly userId: UserId; readonly balance: Balance }
  | { readonly kind: 'breaker'; readonly breaker: CircuitBreakerState }
  | { readonly kind: 'risk_event'; readonly event: RiskEvent }
  | { readonly kind: 'journal'; readonly entry: JournalEntry }
  | { readonly kind: 'audit'; readonly record: AuditRecord }
  | { readonly kind: 'heartbeat'; readonly heartbeat: Heartbeat }
  | { readonly kind: 'engine_state'; readonly entry: EngineStateEntry };
