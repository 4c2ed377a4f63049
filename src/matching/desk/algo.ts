import { err, ok } from '../../lib/result.ts';
import type { Result } from '../../lib/result.ts';
import { AlgoOrder, algoReport } from '../orders/working-order.ts';
import type { AlgoReport, GroupKey, OrderRequest, Refusal, RefusalReason, Trigger } from '../venue-types.ts';
import { checkRequest } from './check-request.ts';
import type { CheckedRequest } from './check-request.ts';
import { refusal } from './core.ts';
import type { Core } from './core.ts';
import { advanceAlgo } from './order-end.ts';
import { placeOrder } from './place.ts';
import { contractOf } from '../settlement/futures-settlement.ts';
import { waitForTrigger } from './triggers.ts';

/** A request that has a trigger. */
type ConditionalRequest = OrderRequest & { readonly trigger: Trigger };

/** Takes a conditional futures order. It binds no margin; that is asked for when it is triggered. */
export function placeAlgoOrder(core: Core, request: ConditionalRequest): Result<AlgoReport, Refusal> {
  const checked = checkRequest(core, request);
  if (!checked.ok) return checked;
  const reason =
    core.algos.withClientId(request.accountId, request.clientOrderId) === undefined
      ? closingRefusal(core, checked.value)
      : 'duplicate_client_order_id';
  if (reason !== null) {
    return err(refusal(reason, `${request.clientOrderId}: ${request.side} ${request.symbol} is not possible now`));
  }
  const identity = { algoId: core.nextAlgoId(), account: checked.value.account, at: core.now };
  const algo = new AlgoOrder(identity, request);
  return ok(letWait(core, algo, checked.value));
}

/** Sets an algo order to wait for its trigger, and tells it. */
export function letWait(core: Core, algo: AlgoOrder, { market, account, triggerTicks }: CheckedRequest): AlgoReport {
  const { trigger } = algo.request;
  const waiting = waitForTrigger(core, algo, { trigger, triggerTicks });
  market.triggers[trigger.source].add(waiting);
  core.algos.add(account.id, algo);
  account.countsIn(market.symbol).algoOrders += 1;
  advanceAlgo(core, algo, { status: 'new', cause: null });
  return algoReport(algo, market.scale);
}

/** Orders that close need a position to close, and one direction holds one order for the whole position. */
function closingRefusal(core: Core, { request, account, market }: CheckedRequest): RefusalReason | null {
  const isWhole = request.size.type === 'position';
  if (!isWhole && !request.reduceOnly) return null;
  const position = account.leg(contractOf(market), request.positionSide);
  if (position.reducibleSteps(request.side === 'buy') === 0) return isWhole ? 'no_position' : 'reduce_only_rejected';
  const isTaken = core.algos
    .ofAccount(account.id)
    .some(
      (other) =>
        other.request.symbol === request.symbol &&
        other.request.size.type === 'position' &&
        other.request.side === request.side &&
        other.request.positionSide === request.positionSide &&
        other.request.trigger.kind === request.trigger?.kind,
    );
  return isWhole && isTaken ? 'close_position_exists' : null;
}

/** Cancels an algo order that has not been triggered. */
export function cancelAlgoOrder(core: Core, key: GroupKey): Result<AlgoReport, Refusal> {
  const algo = findAlgo(core, key);
  if (algo === undefined || algo.status !== 'new') {
    return err(refusal('unknown_order', 'no such algo order waits for its trigger'));
  }
  advanceAlgo(core, algo, { status: 'cancelled', cause: 'requested' });
  return ok(algoReport(algo, core.marketOf(algo).scale));
}

export function findAlgo(core: Core, { accountId, id }: GroupKey): AlgoOrder | undefined {
  if ('clientId' in id) return core.algos.withClientId(accountId, id.clientId);
  const algo = core.algos.withId(id.venueId);
  return algo?.request.accountId === accountId ? algo : undefined;
}

/** The trigger fired: the order that it was waiting to be is placed. What stands against that rejects the algo order. */
export function triggerAlgo(core: Core, algo: AlgoOrder): void {
  if (algo.status !== 'new') return;
  algo.triggeredAt = core.now;
  advanceAlgo(core, algo, { status: 'triggering', cause: null });
  const { request } = algo;
  const market = core.marketOf(algo);
  const position = algo.account.leg(contractOf(market), request.positionSide);
  const isWhole = request.size.type === 'position';
  const whole = market.scale.quantity(position.reducibleSteps(request.side === 'buy'));
  const child: OrderRequest = {
    ...request,
    trigger: null,
    size: isWhole ? { type: 'quantity', quantity: whole } : request.size,
    reduceOnly: request.reduceOnly || (isWhole && request.positionSide === 'both'),
  };
  const placed = placeOrder(core, child, { algo, isLiquidation: false });
  if (!placed.ok) advanceAlgo(core, algo, { status: 'rejected', cause: placed.error.reason });
}
