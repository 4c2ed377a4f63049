import { err } from '../../lib/result.ts';
import type { Result } from '../../lib/result.ts';
import { PLAIN_ORIGIN, WorkingOrder } from '../orders/working-order.ts';
import type { OrderKey, OrderRequest, PlacedOrder, Refusal, RefusalReason } from '../venue-types.ts';
import { findOrder } from './cancel.ts';
import { checkRequest } from './check-request.ts';
import type { CheckedRequest } from './check-request.ts';
import { refusal } from './core.ts';
import type { Core } from './core.ts';
import { endOrder } from './order-end.ts';
import { placeOrder, standingRefusal } from './place.ts';
import { waitForTrigger } from './triggers.ts';

/**
 * Puts another order in the place of a working one, with the means that this one sets free. When the new one would be
 * refused the old one works on: unlike `cancelReplace`, which is the venue's, it never ends with neither. An order of a
 * list cannot be replaced, because the other one would go with it.
 */
export function replaceOrder(core: Core, key: OrderKey, request: OrderRequest): Result<PlacedOrder, Refusal> {
  const order = findOrder(core, key);
  if (order === undefined) return err(refusal('unknown_order', `no such order works in ${key.symbol}`));
  if (order.list !== null && !order.list.isDone) {
    return err(refusal('unsupported_combination', `order ${order.orderId} is one of a list; cancel the list instead`));
  }
  const checked = checkRequest(core, request);
  if (!checked.ok) return checked;
  const reason = placingRefusal(core, order, checked.value);
  if (reason !== null) {
    return err(refusal(reason, `order ${order.orderId} works on: ${request.clientOrderId} is not possible now`));
  }
  endOrder(core, order, { change: 'cancelled', cause: 'replaced' });
  return placeOrder(core, request);
}

/** Why the new order could not be placed if the old one were gone; tried on a copy, then all is as before. */
function placingRefusal(core: Core, order: WorkingOrder, checked: CheckedRequest): RefusalReason | null {
  const { request, account, market, ticks, steps, triggerTicks } = checked;
  const identity = { orderId: order.orderId, account, at: core.now, origin: PLAIN_ORIGIN };
  const trial = new WorkingOrder(identity, request, { ticks, steps });
  if (request.trigger === null) trial.workingSince = core.now;
  else waitForTrigger(core, trial, { trigger: request.trigger, triggerTicks });
  const standing = standingRefusal(core, trial, market);
  if (standing !== null) return standing;
  const { bound } = order;
  core.settlement.bind(order, market, 0n);
  const reason = core.settlement.reserve(trial, market);
  core.settlement.bind(trial, market, 0n);
  core.settlement.bind(order, market, bound);
  return reason;
}
