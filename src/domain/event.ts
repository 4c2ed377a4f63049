import type { Balance } from './account.ts';
import type { EngineCommand } from './command.ts';
import type { Money } from './decimal.ts';
import type { Fill } from './fill.ts';
import type { AccountId, OrderId, SignalId, TraderId, UserId, VenueSymbol } from './ids.ts';
import type { Instrument, InstrumentRef } from './instrument.ts';
import type { ForeignOrder } from './order/order.ts';
import type { OrderUpdate } from './order/update.ts';
import type { Timeframe } from './time.ts';

/** Market data that somebody waits for. Ticks as such do not travel as events: they are written to the market book. */
export type MarketEvent =
  | {
      readonly type: 'candle_closed';
      readonly symbol: VenueSymbol;
      readonly timeframe: Timeframe;
      readonly openTime: number;
    }
  /** The last price (or on futures the mark) of a symbol with an open position or a working order moved. */
  | { readonly type: 'price_moved'; readonly symbol: VenueSymbol; readonly last: number; readonly mark: number }
  | { readonly type: 'instrument_changed'; readonly instrument: Instrument }
  | { readonly type: 'symbol_stale'; readonly symbol: VenueSymbol; readonly since: number }
  | { readonly type: 'symbol_recovered'; readonly symbol: VenueSymbol }
  | { readonly type: 'feed_connected' }
  | { readonly type: 'feed_disconnected'; readonly cause: string };

/** What the venue says of the account. */
export type AccountEvent =
  | { readonly type: 'order_update'; readonly orderId: OrderId; readonly update: OrderUpdate }
  /** A fill of an order that the program does not know. */
  | { readonly type: 'foreign_fill'; readonly fill: Fill }
  | { readonly type: 'foreign_order'; readonly order: ForeignOrder }
  | { readonly type: 'balance_changed'; readonly balance: Balance }
  | {
      readonly type: 'funding_paid';
      readonly instrument: InstrumentRef;
      /** The venue's income id: each is booked once. */
      readonly incomeId: string;
      readonly amount: Money;
    }
  | { readonly type: 'account_stream_connected'; readonly accountId: AccountId }
  | { readonly type: 'account_stream_lost'; readonly accountId: AccountId; readonly cause: string };

/** A moment that was asked for has come. */
export type TimerEvent =
  | { readonly type: 'check_due'; readonly traderId: TraderId; readonly checkAt: number }
  | { readonly type: 'signal_expiry_due'; readonly signalId: SignalId }
  | { readonly type: 'reconciliation_due' }
  | { readonly type: 'day_started'; readonly dayStart: number };

export type CommandEvent = { readonly type: 'command'; readonly by: UserId; readonly command: EngineCommand };

/** What agents concluded about a signal. */
export type AgentEvent =
  | {
      readonly type: 'analysis_finished';
      readonly signalId: SignalId;
      readonly verdict: 'approve' | 'reject';
      /** 0 .. 100. */
      readonly confidence: number;
      readonly reasoning: string;
    }
  | { readonly type: 'analysis_failed'; readonly signalId: SignalId; readonly cause: string };

/**
 * Everything that can change the engine's state. One event is handled to its end before the next is taken, which gives a
 * total order; `at` is the engine's clock when it was taken in.
 */
export type EngineEvent = { readonly at: number } & (
  MarketEvent | AccountEvent | TimerEvent | CommandEvent | AgentEvent
);

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
