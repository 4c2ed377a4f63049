import { err, ok } from '../../lib/result.ts';
import type { Result } from '../../lib/result.ts';
import { bookTrade } from '../account/position.ts';
import { times } from '../atoms.ts';
import type { Atoms } from '../atoms.ts';
import { AlgoOrder, orderReport, PLAIN_ORIGIN, WorkingOrder } from '../orders/working-order.ts';
import { contractOf, setIsolatedAside } from '../settlement/futures-settlement.ts';
import type { AlgoReport, OrderReport, PositionLeg, Refusal } from '../venue-types.ts';
import { letWait } from './algo.ts';
import { checkRequest, findPlace } from './check-request.ts';
import { refusal } from './core.ts';
import type { Core } from './core.ts';
import { register } from './place.ts';
import { waitForTrigger } from './triggers.ts';

/** A futures position as it is to be. */
export interface SeedPosition {
  readonly accountId: string;
  readonly symbol: string;
  readonly positionSide: PositionLeg;
  /** Negative for a short. */
  readonly quantity: Atoms;
  readonly entryPrice: Atoms;
}

/** Lets an account hold a futures position that it entered against the outside world before; no commission, no income. */
export function seedPosition(core: Core, seed: SeedPosition): Result<null, Refusal> {
  const found = findPlace(core, seed);
  if (!found.ok) return found;
  const { account, market } = found.value;
  const isBuy = seed.quantity > 0n;
  const steps = market.scale.steps(isBuy ? seed.quantity : -seed.quantity);
  if (market.contract === null || Number.isNaN(steps)) {
    return err(refusal('lot_size_step', `${seed.symbol} cannot be held in this quantity`));
  }
  const contract = contractOf(market);
  const position = account.leg(contract, seed.positionSide);
  const notional = times(market.scale.quantity(steps), seed.entryPrice);
  const { openedNotional } = bookTrade(position, { isBuy, steps, notional });
  setIsolatedAside(account, position, openedNotional);
  contract.outsideSteps -= isBuy ? steps : -steps;
  contract.outsideCost -= isBuy ? notional : -notional;
  account.notePosition(position, core.now);
  return ok(null);
}

/**
 * Lets an order that was reported earlier (by another run of the venue) work on under its id, with what it has executed.
 * It joins its queue at the end and takes nothing by itself.
 */
export function restoreOrder(core: Core, report: OrderReport): Result<OrderReport, Refusal> {
  const size = { type: 'quantity', quantity: report.quantity } as const;
  const checked = checkRequest(core, { ...report, size });
  if (!checked.ok) return checked;
  const { account, market, request, ticks, steps, triggerTicks } = checked.value;
  const identity = { orderId: report.orderId, account, at: report.placedAt, origin: PLAIN_ORIGIN };
  const order = new WorkingOrder(identity, request, { ticks, steps });
  order.remainingSteps -= market.scale.steps(report.executedQuantity);
  order.executedQuote = report.executedQuote;
  order.status = report.status;
  order.workingSince = report.workingSince;
  if (request.trigger !== null && order.workingSince === null) {
    waitForTrigger(core, order, { trigger: request.trigger, triggerTicks });
  }
  if (core.orders.withId(report.orderId) !== undefined || order.isDone || !(order.remainingSteps > 0)) {
    return err(refusal('unsupported_combination', `order ${report.orderId} is not one that could go on working`));
  }
  const reason = core.settlement.reserve(order, market);
  if (reason !== null) return err(refusal(reason, `order ${report.orderId} cannot be covered any more`));
  core.skipOrderIds(report.orderId);
  register(core, order, market);
  if (order.workingSince !== null) order.level = market.own(order.isBuy).rest(order, order.ticks);
  return ok(orderReport(order, market.scale));
}

/** Lets an algo order that was reported earlier wait on under its id. A trailing one tracks anew. */
export function restoreAlgoOrder(core: Core, report: AlgoReport): Result<AlgoReport, Refusal> {
  const request = { ...report, clientOrderId: report.clientAlgoId };
  const checked = checkRequest(core, request);
  if (!checked.ok) return checked;
  if (core.algos.withId(report.algoId) !== undefined || report.status !== 'new') {
    return err(refusal('unsupported_combination', `algo order ${report.algoId} is not one that could go on waiting`));
  }
  core.skipAlgoIds(report.algoId);
  const identity = { algoId: report.algoId, account: checked.value.account, at: report.placedAt };
  return ok(letWait(core, new AlgoOrder(identity, request), checked.value));
}
