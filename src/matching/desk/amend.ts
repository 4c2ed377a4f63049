import { err, ok } from '../../lib/result.ts';
import type { Result } from '../../lib/result.ts';
import type { Atoms } from '../atoms.ts';
import { orderReport, WorkingOrder } from '../orders/working-order.ts';
import type { OrderKey, OrderReport, PlacedOrder, Refusal, RefusalReason } from '../venue-types.ts';
import { findOrder } from './cancel.ts';
import { checkTerms } from './check-request.ts';
import type { CheckedRequest } from './check-request.ts';
import { refusal } from './core.ts';
import type { Core } from './core.ts';
import { wouldTake } from './match.ts';
import { endOrder } from './order-end.ts';
import type { SymbolMarket } from './symbol-market.ts';
import { workAnswering } from './work.ts';

/**
 * Gives a working limit order another price and quantity (in all, not what is left). It keeps its id and goes to the end
 * of the queue. A quantity that is filled already cancels it, and so does a post-only order that would take.
 */
export function amendOrder(
  core: Core,
  key: OrderKey,
  to: { readonly price: Atoms; readonly quantity: Atoms },
): Result<PlacedOrder, Refusal> {
  const order = findOrder(core, key);
  if (order === undefined) return err(refusal('unknown_order', `no such order works in ${key.symbol}`));
  const { request } = order;
  const { execution, size } = request;
  if (execution.type !== 'limit' || size.type !== 'quantity' || order.workingSince === null || order.list !== null) {
    return err(refusal('unsupported_combination', 'only a plain limit order in the book can be amended'));
  }
  if (execution.price === to.price && size.quantity === to.quantity) {
    return err(refusal('no_change', 'price and quantity are what the order has'));
  }
  const amended = {
    ...request,
    execution: { ...execution, price: to.price },
    size: { ...size, quantity: to.quantity },
  };
  const market = core.marketOf(order);
  const checked = checkTerms(core, amended);
  if (!checked.ok) return checked;
  const { ticks, steps } = checked.value;
  if (steps <= order.executedSteps) return ok({ order: cancelled(core, order, 'requested'), fills: [] });
  const reason = coverRefusal(core, order, checked.value);
  if (reason !== null) return err(refusal(reason, `order ${order.orderId} keeps its price and quantity`));
  if (order.level !== null) market.own(order.isBuy).leave(order, order.level);
  order.level = null;
  order.remainingSteps = steps - order.executedSteps;
  order.totalSteps = steps;
  order.ticks = ticks;
  order.request = amended;
  core.settlement.reserve(order, market);
  return ok(workAmended(core, order, market));
}

/** Whether the account could cover the order in its new terms; tried on a copy, so that a refusal leaves the order alone. */
function coverRefusal(core: Core, order: WorkingOrder, to: CheckedRequest): RefusalReason | null {
  const { market, request, ticks, steps } = to;
  const identity = { orderId: order.orderId, account: order.account, at: core.now, origin: order.origin };
  const trial = new WorkingOrder(identity, request, { ticks, steps: steps - order.executedSteps });
  trial.workingSince = core.now;
  const { bound } = order;
  core.settlement.bind(order, market, 0n);
  const reason = core.settlement.reserve(trial, market);
  core.settlement.bind(trial, market, 0n);
  if (reason !== null) core.settlement.bind(order, market, bound);
  return reason;
}

function workAmended(core: Core, order: WorkingOrder, market: SymbolMarket): PlacedOrder {
  order.updatedAt = core.now;
  const { execution } = order.request;
  if (execution.type === 'limit' && execution.postOnly && wouldTake(order, market)) {
    return { order: cancelled(core, order, 'post_only'), fills: [] };
  }
  const report = orderReport(order, market.scale);
  core.events.push({ type: 'order', at: core.now, change: 'amended', order: report, fill: null, cause: null });
  return workAnswering(core, order);
}

function cancelled(core: Core, order: WorkingOrder, cause: 'requested' | 'post_only'): OrderReport {
  endOrder(core, order, { change: 'cancelled', cause });
  return orderReport(order, core.marketOf(order).scale);
}
