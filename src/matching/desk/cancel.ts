import { err, ok } from '../../lib/result.ts';
import type { Result } from '../../lib/result.ts';
import { orderListReport, orderReport } from '../orders/working-order.ts';
import type { OrderList, WorkingOrder } from '../orders/working-order.ts';
import type {
  GroupKey,
  OrderCause,
  OrderKey,
  OrderListReport,
  OrderReport,
  OrderRequest,
  PlacedOrder,
  Refusal,
} from '../venue-types.ts';
import { refusal } from './core.ts';
import type { Core } from './core.ts';
import { endOrder } from './order-end.ts';
import { placeOrder } from './place.ts';

/** The working order that a key names, if it is the account's and of the symbol. */
export function findOrder(core: Core, { accountId, symbol, id }: OrderKey): WorkingOrder | undefined {
  const order =
    'orderId' in id ? core.orders.withId(id.orderId) : core.orders.withClientId(accountId, id.clientOrderId);
  return order?.request.accountId === accountId && order.request.symbol === symbol ? order : undefined;
}

/** Cancels a working order; with one of a list the other goes too. */
export function cancelOrder(core: Core, key: OrderKey, cause: OrderCause = 'requested'): Result<OrderReport, Refusal> {
  const order = findOrder(core, key);
  if (order === undefined) return err(refusal('unknown_order', `no such order works in ${key.symbol}`));
  endOrder(core, order, { change: 'cancelled', cause });
  return ok(orderReport(order, core.marketOf(order).scale));
}

/** Cancels all working orders of an account, or those in one symbol, oldest first. */
export function cancelAllOrders(core: Core, accountId: string, symbol: string | null): OrderReport[] {
  const orders = core.orders.ofAccount(accountId).filter(({ request }) => symbol === null || request.symbol === symbol);
  return orders.map((order) => {
    endOrder(core, order, { change: 'cancelled', cause: 'requested' });
    return orderReport(order, core.marketOf(order).scale);
  });
}

/** Cancels one order and places another; whether the second is tried when the first failed is the caller's choice. */
export function cancelReplace(
  core: Core,
  key: OrderKey,
  { request, stopOnFailure }: { readonly request: OrderRequest; readonly stopOnFailure: boolean },
): { cancelled: Result<OrderReport, Refusal>; placed: Result<PlacedOrder, Refusal> | null } {
  const cancelled = cancelOrder(core, key, 'replaced');
  if (!cancelled.ok && stopOnFailure) return { cancelled, placed: null };
  return { cancelled, placed: placeOrder(core, request) };
}

export function findList(core: Core, { accountId, id }: GroupKey): OrderList | undefined {
  if ('clientId' in id) return core.lists.withClientId(accountId, id.clientId);
  const list = core.lists.withId(id.venueId);
  return list?.orders.every(({ request }) => request.accountId === accountId) ? list : undefined;
}

/** Cancels both orders of a list. */
export function cancelList(core: Core, key: GroupKey): Result<OrderListReport, Refusal> {
  const list = findList(core, key);
  if (list === undefined) return err(refusal('unknown_order', 'no such order list works'));
  for (const order of list.orders) endOrder(core, order, { change: 'cancelled', cause: 'requested' });
  return ok(orderListReport(list));
}
