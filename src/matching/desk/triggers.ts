import { Waiting } from '../orders/trigger-index.ts';
import { orderReport, WorkingOrder } from '../orders/working-order.ts';
import type { Conditional } from '../orders/working-order.ts';
import type { Trigger } from '../venue-types.ts';
import { watchedTicks } from './check-request.ts';
import type { Core } from './core.ts';
import { dissolveList } from './order-end.ts';
import { work } from './work.ts';

/** Gives an order its trigger. A trailing one without activation price tracks from the price of now, if there is one. */
export function waitForTrigger(
  core: Core,
  owner: Conditional,
  { trigger, triggerTicks }: { readonly trigger: Trigger; readonly triggerTicks: number },
): Waiting<Conditional> {
  const waiting = new Waiting<Conditional>(owner, {
    sequence: owner instanceof WorkingOrder ? owner.orderId : owner.algoId,
    side: owner.request.side,
    kind: trigger.kind,
    ticks: triggerTicks,
    trailingBps: trigger.type === 'trailing' ? trigger.deltaBps : null,
  });
  const price = watchedTicks(core.marketOf(owner), trigger);
  if (trigger.type === 'trailing' && !Number.isNaN(price)) waiting.track(price, core.now);
  owner.waiting = waiting;
  return waiting;
}

/** A spot order whose trigger fired goes to work: what it locked for waiting becomes what it needs for working. */
export function workTriggered(core: Core, order: WorkingOrder): void {
  if (order.isDone) return;
  const market = core.marketOf(order);
  dissolveList(core, order);
  order.workingSince = core.now;
  order.updatedAt = core.now;
  core.settlement.refit(order, market);
  const report = orderReport(order, market.scale);
  core.events.push({ type: 'order', at: core.now, change: 'triggered', order: report, fill: null, cause: null });
  work(core, order, market);
}
