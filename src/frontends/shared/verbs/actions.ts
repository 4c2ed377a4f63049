import { z } from 'zod';

import { decimal } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import { isFinal } from '../../../domain/order/order.ts';
import type { EngineHandle } from '../../../ports/engine-handle.ts';
import { execute, requireRunning, traderNames } from '../desk.ts';
import type { Desk } from '../desk.ts';
import { openingJson } from '../json/account-json.ts';
import { orderJson } from '../json/order-json.ts';
import { positionJson } from '../json/position-json.ts';
import { signalJson } from '../json/signal-json.ts';
import { findOne, symbolWords } from './find.ts';
import { actingVerb, shortText } from './verb.ts';

const BY_USER = 'asked for by the user';
const reason = shortText.default(BY_USER);
const nothing = z.strictObject({});

function standing(engine: EngineHandle) {
  return {
    opening: openingJson(engine.status().breaker),
    positionsOpen: engine.positions().filter(({ state }) => state.status === 'open').length,
    ordersWorking: engine.orders().filter(({ state }) => !isFinal(state.status)).length,
  };
}

export type StandingJson = ReturnType<typeof standing>;

async function pause(desk: Desk, args: { readonly reason: string }) {
  const { engine } = requireRunning(desk);
  await execute(desk, { type: 'pause_opening', reason: args.reason });
  return standing(engine);
}

async function resume(desk: Desk) {
  const { engine } = requireRunning(desk);
  await execute(desk, { type: 'resume_opening' });
  return standing(engine);
}

async function kill(desk: Desk, args: { readonly keepPositions: boolean; readonly reason: string }) {
  const { engine } = requireRunning(desk);
  await execute(desk, { type: 'kill', ...args });
  return standing(engine);
}

const PERCENT = /^(\d+(?:\.\d+)?)\s*%$/;

const SHARE = 'a share above 0 and at most 1, such as 0.5 or 50%';
/** Of a position, as a number or as a percentage. */
const fraction = z
  .union([z.string(), z.number()], SHARE)
  .default('1')
  .transform((given, context): Decimal => {
    const text = String(given).trim();
    const [, percent] = PERCENT.exec(text) ?? [];
    try {
      const share = percent === undefined ? decimal(text) : decimal(percent).dividedBy(100);
      if (share.greaterThan(0) && share.lessThanOrEqualTo(1)) return share;
    } catch {
      // Not a number at all: the same advice.
    }
    context.addIssue({ code: 'custom', message: SHARE });
    return z.NEVER;
  });

/** What is left of the position, null when nothing is. */
async function close(desk: Desk, args: { readonly id: string; readonly fraction: Decimal }) {
  const { engine } = requireRunning(desk);
  const open = engine.positions().filter(({ state }) => state.status === 'open');
  const { id, symbol } = findOne(open, args.id, {
    what: 'open position',
    idOf: (position) => position.id,
    alsoCalled: symbolWords,
    remedy: '`aitrader positions` lists those that are open.',
  });
  await execute(desk, { type: 'close_position', positionId: id, fraction: args.fraction });
  const left = engine.positions().find((position) => position.id === id);
  const market = engine.markets().find((row) => row.symbol === symbol) ?? null;
  return left === undefined ? null : positionJson(left, await traderNames(desk), market);
}

async function cancel(desk: Desk, args: { readonly id: string }) {
  const { engine } = requireRunning(desk);
  const working = engine.orders().filter(({ state }) => !isFinal(state.status));
  const { intent } = findOne(working, args.id, {
    what: 'working order',
    idOf: (order) => order.intent.id,
    alsoCalled: (order) => [order.clientOrderId],
    remedy: '`aitrader orders` lists those that work.',
  });
  await execute(desk, { type: 'cancel_order', orderId: intent.id });
  const order = engine.orders().find((each) => each.intent.id === intent.id);
  return order === undefined ? null : orderJson(order, await traderNames(desk));
}

async function decide(desk: Desk, given: string, rejectedBecause: string | null) {
  const { engine } = requireRunning(desk);
  const { id } = findOne(engine.signals(), given, {
    what: 'signal',
    idOf: (signal) => signal.id,
    alsoCalled: () => [],
    remedy: '`aitrader signals` lists them; those awaiting approval wait for an answer.',
  });
  if (rejectedBecause === null) await execute(desk, { type: 'approve_signal', signalId: id });
  else await execute(desk, { type: 'reject_signal', signalId: id, reason: rejectedBecause });
  const signal = engine.signals().find((each) => each.id === id);
  return signal === undefined ? null : signalJson(signal, await traderNames(desk));
}

async function stop(desk: Desk) {
  const running = requireRunning(desk);
  const left = standing(running.engine);
  running.stop();
  return { pid: running.pid, ...left };
}

const oneById = z.strictObject({ id: shortText });

export const ACTIONS = {
  pause: actingVerb({ args: z.strictObject({ reason }), run: pause }),
  resume: actingVerb({ args: nothing, run: resume }),
  kill: actingVerb({
    args: z.strictObject({ keepPositions: z.boolean('true or false').default(false), reason }),
    run: kill,
  }),
  close: actingVerb({ args: z.strictObject({ id: shortText, fraction }), run: close }),
  cancel: actingVerb({ args: oneById, run: cancel }),
  approve: actingVerb({ args: oneById, run: (desk, { id }) => decide(desk, id, null) }),
  reject: actingVerb({
    args: z.strictObject({ id: shortText, reason }),
    run: (desk, args) => decide(desk, args.id, args.reason),
  }),
  stop: actingVerb({ args: nothing, run: stop }),
};
