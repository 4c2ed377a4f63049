import { AlgoOrder } from '../orders/working-order.ts';
import { reducesOnly } from '../settlement/futures-settlement.ts';
import { triggerAlgo } from './algo.ts';
import type { Core } from './core.ts';
import { endOrder, advanceAlgo } from './order-end.ts';
import { tellAccounts } from './tell-accounts.ts';
import { workTriggered } from './triggers.ts';

/** Runs one operation to its end. @see concludeOperation */
export function runOperation<Outcome>(core: Core, operation: () => Outcome): Outcome {
  const outcome = operation();
  concludeOperation(core);
  return outcome;
}

/**
 * What an operation's prices set off and its trades left without ground is worked off until nothing more follows (each
 * order is triggered once, each end needs a trade); then changed accounts are told, and all events go out.
 */
export function concludeOperation(core: Core): void {
  while (core.fired.length > 0 || core.vacated.length > 0) {
    if (core.vacated.length > 0) endWithoutGround(core);
    else workNextFired(core);
  }
  tellAccounts(core);
  core.events.tell();
}

function workNextFired(core: Core): void {
  const owner = core.fired.shift()?.owner;
  if (owner instanceof AlgoOrder) triggerAlgo(core, owner);
  else if (owner !== undefined) workTriggered(core, owner);
}

/** Positions went flat or turned: what could only reduce them expires. */
function endWithoutGround(core: Core): void {
  const { vacated } = core;
  core.vacated = [];
  for (const { account, position } of vacated) {
    const { symbol } = position.slot.contract;
    const isOn = (request: { symbol: string; positionSide: string }): boolean =>
      request.symbol === symbol && request.positionSide === position.side;
    for (const order of core.orders.ofAccount(account.id)) {
      if (!isOn(order.request) || !reducesOnly(order) || position.reducibleSteps(order.isBuy) > 0) continue;
      endOrder(core, order, { change: 'expired', cause: 'reduce_only' });
    }
    for (const algo of core.algos.ofAccount(account.id)) {
      const { request } = algo;
      if (algo.status !== 'new' || !isOn(request) || request.size.type !== 'position') continue;
      if (position.reducibleSteps(request.side === 'buy') > 0) continue;
      advanceAlgo(core, algo, { status: 'expired', cause: 'reduce_only' });
    }
  }
}
