import { err, ok } from '../../lib/result.ts';
import type { Result } from '../../lib/result.ts';
import { orderReport, PLAIN_ORIGIN, WorkingOrder } from '../orders/working-order.ts';
import type { OrderOrigin } from '../orders/working-order.ts';
import { reducesOnly } from '../settlement/futures-settlement.ts';
import type { OrderRequest, PlacedOrder, Refusal, RefusalReason } from '../venue-types.ts';
import { checkRequest } from './check-request.ts';
import { refusal } from './core.ts';
import type { Core } from './core.ts';
import { wouldTake } from './match.ts';
import { advanceAlgo } from './order-end.ts';
import type { SymbolMarket } from './symbol-market.ts';
import { waitForTrigger } from './triggers.ts';
import { workAnswering } from './work.ts';

/** Checks an order, lets it work or wait for its trigger, and says what came of it. */
export function placeOrder(
  core: Core,
  request: OrderRequest,
  origin: OrderOrigin = PLAIN_ORIGIN,
): Result<PlacedOrder, Refusal> {
  const checked = checkRequest(core, request);
  if (!checked.ok) return checked;
  const { account, market, ticks, steps, triggerTicks } = checked.value;
  const identity = { orderId: core.nextOrderId(), account, at: core.now, origin };
  const order = new WorkingOrder(identity, request, { ticks, steps });
  if (request.trigger === null) order.workingSince = core.now;
  else waitForTrigger(core, order, { trigger: request.trigger, triggerTicks });
  const reason = standingRefusal(core, order, market) ?? core.settlement.reserve(order, market);
  if (reason !== null) {
    return err(refusal(reason, `${request.clientOrderId}: ${request.side} ${request.symbol} is not possible now`));
  }
  return ok(start(core, order, market));
}

/** What the book or the position has against the order. */
export function standingRefusal(core: Core, order: WorkingOrder, market: SymbolMarket): RefusalReason | null {
  const { execution, trigger } = order.request;
  // A trailing order without activation price tracks from the price of now.
  const tracksNow = trigger?.type === 'trailing' && trigger.activationPrice === null;
  if (tracksNow && Number.isNaN(market.lastTicks)) return 'no_liquidity';
  if (execution.type === 'limit' && execution.postOnly && wouldTake(order, market)) return 'would_take';
  const reducesNothing = reducesOnly(order) && core.settlement.capacity(order, market, order.ticks) === 0;
  return core.market === 'futures' && reducesNothing ? 'reduce_only_rejected' : null;
}

/** Registers an order whose means are bound, tells it, and sets it to work unless it waits for a trigger. */
function start(core: Core, order: WorkingOrder, market: SymbolMarket): PlacedOrder {
  register(core, order, market);
  return order.workingSince === null
    ? { order: orderReport(order, market.scale), fills: [] }
    : workAnswering(core, order);
}

/** Makes the order one of the working ones, and tells it. */
export function register(core: Core, order: WorkingOrder, market: SymbolMarket): void {
  const { accountId, trigger } = order.request;
  core.orders.add(accountId, order);
  const counts = order.account.countsIn(market.symbol);
  counts.orders += 1;
  if (trigger !== null) counts.algoOrders += 1;
  if (order.waiting !== null && trigger !== null) market.triggers[trigger.source].add(order.waiting);
  const report = orderReport(order, market.scale);
  core.events.push({ type: 'order', at: core.now, change: 'new', order: report, fill: null, cause: null });
  const { algo } = order.origin;
  if (algo === null) return;
  algo.child = order;
  advanceAlgo(core, algo, { status: 'triggered', cause: null });
}
