import type { OrderSide } from '../../domain/order/order.ts';
import type { Atoms } from '../atoms.ts';
import type { RefusalReason } from './refusal.ts';
import type { Execution, OrderSize, PositionLeg, SelfTradePrevention, Trigger } from './requests.ts';

export type VenueOrderStatus = 'new' | 'partially_filled' | 'filled' | 'cancelled' | 'expired' | 'expired_in_match';

/** An order at one moment. Never changes; the next state is another report. */
export interface OrderReport {
  readonly orderId: number;
  readonly accountId: string;
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly side: OrderSide;
  readonly positionSide: PositionLeg;
  readonly execution: Execution;
  /** With a trailing trigger: `trailing` says where it stands. */
  readonly trigger: Trigger | null;
  readonly trailing: TrailingState | null;
  /** Zero for market orders by quote quantity until they have ended: then what was traded. */
  readonly quantity: Atoms;
  readonly quoteQuantity: Atoms | null;
  readonly executedQuantity: Atoms;
  /** Sum of the fills' quote quantities. */
  readonly executedQuote: Atoms;
  readonly status: VenueOrderStatus;
  readonly reduceOnly: boolean;
  /** Futures: made by a closePosition algo order. */
  readonly closePosition: boolean;
  readonly selfTradePrevention: SelfTradePrevention;
  readonly orderListId: number | null;
  /** The algo order that gave birth to it. */
  readonly algoId: number | null;
  /** Made by the liquidation engine. */
  readonly isLiquidation: boolean;
  readonly placedAt: number;
  /** When it entered the book, null while it waits for its trigger. */
  readonly workingSince: number | null;
  readonly updatedAt: number;
}

export interface TrailingState {
  readonly activatedAt: number | null;
  /** The best price since activation, and the price that fires it now. */
  readonly extreme: Atoms | null;
  readonly triggerPrice: Atoms | null;
}

/** One execution of one order. */
export interface VenueFill {
  /** Unique per symbol; both sides of a trade carry the same id. */
  readonly tradeId: number;
  readonly price: Atoms;
  readonly quantity: Atoms;
  /** Price x quantity, cut to 1e-8. */
  readonly quoteQuantity: Atoms;
  readonly commission: Atoms;
  readonly commissionAsset: string;
  readonly isMaker: boolean;
  /** Futures: profit of the part that it closed, before commission. Zero on spot. */
  readonly realizedPnl: Atoms;
  readonly time: number;
}

/** What a request to place an order came to, after matching. */
export interface PlacedOrder {
  readonly order: OrderReport;
  readonly fills: readonly VenueFill[];
}

/** Why a working order ended, or changed, other than by being filled. */
export type OrderCause =
  | 'requested'
  | 'replaced'
  /** The other leg of its list traded, was triggered or was cancelled. */
  | 'list'
  /** IOC and market orders: what the book had is taken. */
  | 'no_liquidity'
  | 'fill_or_kill'
  | 'self_trade'
  /** A triggered or amended post-only order that would take. */
  | 'post_only'
  /** Nothing left that it could reduce. */
  | 'reduce_only'
  | 'insufficient_funds'
  | 'liquidation'
  | 'delisted';

/** What happened to an order. */
export type OrderChange = 'new' | 'trade' | 'triggered' | 'amended' | 'cancelled' | 'expired' | 'expired_in_match';

export interface OrderListReport {
  readonly orderListId: number;
  readonly listClientOrderId: string;
  readonly accountId: string;
  readonly symbol: string;
  readonly orders: readonly { readonly orderId: number; readonly clientOrderId: string }[];
  readonly status: 'executing' | 'all_done';
  readonly placedAt: number;
  readonly updatedAt: number;
}

export interface PlacedList {
  readonly list: OrderListReport;
  readonly orders: readonly OrderReport[];
}

export type AlgoStatus = 'new' | 'triggering' | 'triggered' | 'finished' | 'cancelled' | 'rejected' | 'expired';

/** A conditional order of the futures algo service. `childOrderId` and what follows come with the trigger. */
export interface AlgoReport {
  readonly algoId: number;
  readonly accountId: string;
  readonly symbol: string;
  readonly clientAlgoId: string;
  readonly side: OrderSide;
  readonly positionSide: PositionLeg;
  readonly size: OrderSize;
  readonly execution: Execution;
  readonly trigger: Trigger;
  readonly trailing: TrailingState | null;
  readonly reduceOnly: boolean;
  readonly selfTradePrevention: SelfTradePrevention;
  readonly status: AlgoStatus;
  readonly childOrderId: number | null;
  readonly childExecutedQuantity: Atoms;
  readonly childExecutedQuote: Atoms;
  /** Why it was rejected or expired. */
  readonly cause: RefusalReason | OrderCause | null;
  readonly placedAt: number;
  readonly triggeredAt: number | null;
  readonly updatedAt: number;
}
