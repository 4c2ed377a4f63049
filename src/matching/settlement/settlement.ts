import type { Commission } from '../account/commission.ts';
import type { Atoms } from '../atoms.ts';
import type { SymbolMarket } from '../desk/symbol-market.ts';
import type { WorkingOrder } from '../orders/working-order.ts';
import type { OrderCause, RefusalReason } from '../venue-types.ts';

/** A trade about to be paid. The orders' quantities are already reduced by it; null stands for the outside world. */
export interface Trade {
  readonly market: SymbolMarket;
  readonly tradeId: number;
  readonly steps: number;
  readonly quote: Atoms;
  readonly buyer: WorkingOrder | null;
  readonly seller: WorkingOrder | null;
  readonly isBuyerMaker: boolean;
}

/** What a trade cost and brought one of its sides. */
export interface Settled {
  readonly commission: Commission;
  readonly realizedPnl: Atoms;
}

/** How orders are covered and trades are paid: the difference between spot and futures. */
export interface Settlement {
  /** Binds what the order needs to work; refused when the account does not have it. */
  reserve(order: WorkingOrder, market: SymbolMarket): RefusalReason | null;
  /** Binds what two orders of which one cancels the other need: once. */
  reserveList(orders: readonly [WorkingOrder, WorkingOrder], market: SymbolMarket): RefusalReason | null;
  /** Binds what the order needs now, after a change of its quantity, price or state. */
  refit(order: WorkingOrder, market: SymbolMarket): void;
  /** Binds exactly this much, unasked: zero when the order ends, what was bound before when a change of it was refused. */
  bind(order: WorkingOrder, market: SymbolMarket, amount: Atoms): void;
  /** How many steps the order may trade at a price: what is left of it, as far as funds or the position go. */
  capacity(order: WorkingOrder, market: SymbolMarket, ticks: number): number;
  /** Why an order with something left had no capacity. */
  readonly shortage: OrderCause;
  /** Pays the trade, buyer and seller in this order. */
  settle(trade: Trade): { readonly buyer: Settled | null; readonly seller: Settled | null };
}
