import { algoReport, orderListReport, orderReport } from '../orders/working-order.ts';
import type { AlgoOrder, OrderList, WorkingOrder } from '../orders/working-order.ts';
import type { AlgoStatus, OrderCause, OrderChange } from '../venue-types.ts';
import type { AlgoReport } from '../venue-types.ts';
import type { Core } from './core.ts';

/** How an order may end other than filled. */
type Ending = Extract<OrderChange, 'cancelled' | 'expired' | 'expired_in_match'>;

/**
 * Ends a working order that is not filled: out of the book and the triggers, what it had bound is free, and it is told.
 * The other order of its list ends with it.
 */
export function endOrder(core: Core, order: WorkingOrder, how: { change: Ending; cause: OrderCause }): void {
  if (order.isDone) return;
  conclude(core, order, how);
  afterEnd(core, order, how.change === 'cancelled' ? 'cancelled' : 'expired');
}

function conclude(core: Core, order: WorkingOrder, { change, cause }: { change: Ending; cause: OrderCause }): void {
  order.status = change;
  order.updatedAt = core.now;
  leave(core, order);
  const report = orderReport(order, core.marketOf(order).scale);
  core.events.push({ type: 'order', at: core.now, change, order: report, fill: null, cause });
}

/** Ends an order that has filled; the trade itself tells it. */
export function completeOrder(core: Core, order: WorkingOrder): void {
  leave(core, order);
  afterEnd(core, order, 'expired');
}

function leave(core: Core, order: WorkingOrder): void {
  const market = core.marketOf(order);
  const { accountId } = order.request;
  if (order.level !== null) {
    market.own(order.isBuy).leave(order, order.level);
    order.level = null;
  }
  if (order.waiting !== null) market.triggers[order.request.trigger?.source ?? 'last'].remove(order.waiting);
  core.settlement.bind(order, market, 0n);
  core.orders.remove(accountId, order);
  const counts = order.account.countsIn(market.symbol);
  counts.orders -= 1;
  if (order.request.trigger !== null) counts.algoOrders -= 1;
}

function afterEnd(core: Core, order: WorkingOrder, sibling: Extract<Ending, 'cancelled' | 'expired'>): void {
  const { list } = order;
  const { algo } = order.origin;
  if (algo !== null) advanceAlgo(core, algo, { status: 'finished', cause: null });
  if (list === null || list.isDone) return;
  for (const other of list.orders) endOrder(core, other, { change: sibling, cause: 'list' });
  if (list.isDone || !list.orders.every(({ isDone }) => isDone)) return;
  list.isDone = true;
  tellList(core, list);
  core.lists.remove(order.request.accountId, list);
}

export function tellList(core: Core, list: OrderList): void {
  list.updatedAt = core.now;
  core.events.push({ type: 'order_list', at: core.now, list: orderListReport(list) });
}

/**
 * One order of a list trades or is triggered: the other one expires, and what the list had locked is free; the survivor's
 * next refit takes what it needs alone, which is never more.
 */
export function dissolveList(core: Core, survivor: WorkingOrder): void {
  const { list } = survivor;
  if (list === null || list.isDone) return;
  for (const other of list.orders) {
    if (other === survivor || other.isDone) continue;
    conclude(core, other, { change: 'expired', cause: 'list' });
  }
}

/** An algo order reaches a state, and is told. It waits in its first one only, and is forgotten in a final one. */
export function advanceAlgo(
  core: Core,
  algo: AlgoOrder,
  to: { readonly status: AlgoStatus; readonly cause: AlgoReport['cause'] },
): void {
  const market = core.marketOf(algo);
  const { accountId, symbol, trigger } = algo.request;
  if (algo.status === 'new' && to.status !== 'new') {
    algo.account.countsIn(symbol).algoOrders -= 1;
    if (algo.waiting !== null) market.triggers[trigger.source].remove(algo.waiting);
  }
  algo.status = to.status;
  algo.cause = to.cause;
  algo.updatedAt = core.now;
  core.events.push({ type: 'algo_order', at: core.now, order: algoReport(algo, market.scale) });
  const isFinal = to.status !== 'new' && to.status !== 'triggering' && to.status !== 'triggered';
  if (isFinal) core.algos.remove(accountId, algo);
}
