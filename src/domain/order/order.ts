import type { Money, Price, Quantity } from '../decimal.ts';
import { ZERO_MONEY, ZERO_QUANTITY } from '../decimal.ts';
import type {
  AccountId,
  ClientOrderId,
  OrderId,
  OrderListId,
  PositionId,
  SignalId,
  TraderId,
  UserId,
  VenueOrderId,
} from '../ids.ts';
import type { InstrumentRef } from '../instrument.ts';
import type { OrderLeg } from './client-order-id.ts';

export type OrderSide = 'buy' | 'sell';

/** Good till cancelled, immediate or cancel, fill or kill. */
export type TimeInForce = 'GTC' | 'IOC' | 'FOK';

/** The price that sets off a conditional order: the last trade, or the mark price (futures). */
export type TriggerSource = 'last' | 'mark';

/** What kind of order it is, with exactly the figures that this kind has. */
export type OrderTerms =
  | { readonly type: 'market' }
  | { readonly type: 'limit'; readonly price: Price; readonly timeInForce: TimeInForce; readonly postOnly: boolean }
  | { readonly type: 'stop_market'; readonly triggerPrice: Price; readonly triggerSource: TriggerSource }
  | {
      readonly type: 'stop_limit';
      readonly triggerPrice: Price;
      readonly triggerSource: TriggerSource;
      readonly price: Price;
      readonly timeInForce: TimeInForce;
    }
  | {
      readonly type: 'take_profit';
      readonly triggerPrice: Price;
      readonly triggerSource: TriggerSource;
      /** Null: a market order when triggered. */
      readonly price: Price | null;
    }
  | {
      readonly type: 'trailing_stop';
      readonly trailingDeltaBps: number;
      /** From which price on it trails; null: at once. */
      readonly activationPrice: Price | null;
      readonly triggerSource: TriggerSource;
    };

/** `oco`: one cancels the other. `bracket`: an entry with the stop and target that its fill brings to life. */
export type OrderListKind = 'oco' | 'bracket';

export interface OrderListRef {
  readonly id: OrderListId;
  readonly kind: OrderListKind;
}

/** A promise to trade, written down before anything is sent. Never changes. */
export interface OrderIntent extends InstrumentRef {
  readonly id: OrderId;
  readonly userId: UserId;
  readonly accountId: AccountId;
  readonly side: OrderSide;
  readonly quantity: Quantity;
  readonly terms: OrderTerms;
  /** May only shrink a position, never open or turn one. */
  readonly reduceOnly: boolean;
  readonly leg: OrderLeg;
  readonly traderId: TraderId | null;
  /** The language-model agent that wanted it, null for rules and people. */
  readonly agentId: string | null;
  readonly signalId: SignalId | null;
  readonly positionId: PositionId | null;
  /** The entry of a stop or target, the conditional order of a triggered child, the close that failed before this one. */
  readonly parentOrderId: OrderId | null;
  readonly list: OrderListRef | null;
  /** Why, in words: for journal and audit. */
  readonly reason: string;
  readonly createdAt: number;
}

/**
 * Where an order stands. A state owns only what is true in it. Times are milliseconds UTC; `since` and `at` say when the
 * program learned of it, the venue's own times stand on the fills.
 */
export type OrderState =
  | { readonly status: 'pending' }
  | { readonly status: 'sent'; readonly since: number; readonly notFoundFinalAt: number }
  | {
      readonly status: 'unknown';
      readonly since: number;
      readonly cause: string;
      /** Before the venue's clock has passed this, "not found" is no answer. */
      readonly notFoundFinalAt: number;
    }
  | { readonly status: 'open'; readonly since: number; readonly venueOrderId: VenueOrderId }
  | { readonly status: 'partial'; readonly since: number; readonly venueOrderId: VenueOrderId }
  | { readonly status: 'cancelling'; readonly since: number; readonly venueOrderId: VenueOrderId }
  | {
      readonly status: 'replacing';
      readonly since: number;
      readonly venueOrderId: VenueOrderId;
      readonly replacementId: OrderId;
    }
  | {
      readonly status: 'triggered';
      readonly since: number;
      readonly venueOrderId: VenueOrderId;
      /** The order that the conditional one gave birth to; only its fills count. Null until the venue names it. */
      readonly childVenueOrderId: VenueOrderId | null;
    }
  | { readonly status: 'filled'; readonly at: number; readonly venueOrderId: VenueOrderId }
  | {
      readonly status: 'cancelled';
      readonly at: number;
      readonly venueOrderId: VenueOrderId | null;
      readonly reason: string;
    }
  | {
      readonly status: 'rejected';
      readonly at: number;
      readonly venueOrderId: VenueOrderId | null;
      /** The venue's code, or one of our own. */
      readonly code: string;
      readonly reason: string;
    }
  | {
      readonly status: 'expired';
      readonly at: number;
      readonly venueOrderId: VenueOrderId | null;
      readonly reason: string;
    }
  | { readonly status: 'expired_in_match'; readonly at: number; readonly venueOrderId: VenueOrderId };

export type OrderStatus = OrderState['status'];

/** What an order has done so far, from booked fills alone but for `reportedQuantity`. */
export interface OrderExecution {
  readonly filledQuantity: Quantity;
  /** Sum of price x quantity of the booked fills. */
  readonly filledNotional: Money;
  /** Worth of all fees in quote units. */
  readonly feesValue: Money;
  /** The highest cumulative quantity that the venue has named. Above `filledQuantity`, fills are still to be fetched. */
  readonly reportedQuantity: Quantity;
  readonly venueTradeIds: readonly string[];
}

/** An own order: the intent, the id it was last sent under, where it stands and what it has done. */
export interface Order {
  readonly intent: OrderIntent;
  readonly clientOrderId: ClientOrderId;
  /** How often it was sent, from 1. An entry is sent at most three times; each time under an id of its own. */
  readonly attempt: number;
  readonly state: OrderState;
  readonly execution: OrderExecution;
  readonly updatedAt: number;
}

/** An order at the venue that no intent of this program stands behind. Never touched unless the user says so. */
export interface ForeignOrder extends InstrumentRef {
  readonly venueOrderId: VenueOrderId;
  readonly clientOrderId: string;
  /** The other program instance that sent it, null when it came from somewhere else. */
  readonly instance: string | null;
  readonly side: OrderSide;
  readonly quantity: Quantity;
  readonly filledQuantity: Quantity;
  readonly terms: OrderTerms;
  readonly reduceOnly: boolean;
  readonly seenAt: number;
}

const NOTHING_EXECUTED: OrderExecution = {
  filledQuantity: ZERO_QUANTITY,
  filledNotional: ZERO_MONEY,
  feesValue: ZERO_MONEY,
  reportedQuantity: ZERO_QUANTITY,
  venueTradeIds: [],
};

/** A new order: written down, not yet sent. */
export function newOrder(intent: OrderIntent, clientOrderId: ClientOrderId): Order {
  return {
    intent,
    clientOrderId,
    attempt: 1,
    state: { status: 'pending' },
    execution: NOTHING_EXECUTED,
    updatedAt: intent.createdAt,
  };
}

const FINAL_STATUSES: ReadonlySet<OrderStatus> = new Set<OrderStatus>([
  'filled',
  'cancelled',
  'rejected',
  'expired',
  'expired_in_match',
]);

/** Whether nothing but a late fill can happen to the order any more. */
export function isFinal(status: OrderStatus): boolean {
  return FINAL_STATUSES.has(status);
}

/** What is still to be filled, by what the venue has named. */
export function remainingQuantity(order: Order): Quantity {
  return order.intent.quantity.minus(order.execution.reportedQuantity) as Quantity;
}

/** The volume-weighted price of the booked fills, null before the first. */
export function averageFillPrice(order: Order): Price | null {
  const { filledQuantity, filledNotional } = order.execution;
  return filledQuantity.isZero() ? null : (filledNotional.dividedBy(filledQuantity) as Price);
}
