import type { Balance } from './account.ts';
import type { Money } from './decimal.ts';
import type { Fill } from './fill.ts';
import type { AccountId, OrderId, UserId } from './ids.ts';
import type { InstrumentRef } from './instrument.ts';
import type { ForeignOrder } from './order/order.ts';
import type { OrderUpdate } from './order/update.ts';

/** What the venue says of the account. */
export type AccountEvent =
  | { readonly type: 'order_update'; readonly orderId: OrderId; readonly update: OrderUpdate }
  /** A fill of an order that the program does not know. */
  /** Of an order that is not of this program. `clientOrderId` is null where the venue does not name it. */
  | { readonly type: 'foreign_fill'; readonly fill: Fill; readonly clientOrderId: string | null }
  | { readonly type: 'foreign_order'; readonly order: ForeignOrder }
  | { readonly type: 'balance_changed'; readonly balance: Balance }
  | {
      readonly type: 'funding_paid';
      readonly instrument: InstrumentRef;
      /** The venue's income id: each is booked once. */
      readonly incomeId: string;
      /** Positive when received. */
      readonly amount: Money;
      /** The venue's time, milliseconds UTC. */
      readonly paidAt: number;
    }
  | { readonly type: 'account_stream_connected'; readonly accountId: AccountId }
  | { readonly type: 'account_stream_lost'; readonly accountId: AccountId; readonly cause: string };

/** One line of the append-only audit log: what changed, when, and because of what. */
export interface AuditRecord {
  /** 1, 2, 3 ... without gaps within one database. */
  readonly seq: number;
  readonly at: number;
  readonly userId: UserId;
  /** What kind of thing changed: `order`, `position`, `breaker` ... */
  readonly subject: string;
  readonly subjectId: string;
  readonly change: string;
  /** The change as canonical JSON text: keys sorted, decimals as strings. */
  readonly data: string;
}
