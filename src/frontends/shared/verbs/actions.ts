import { z } from 'zod';

import type { ProtectionChange } from '../../../domain/command.ts';
import { decimal } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import { AitraderError } from '../../../domain/errors.ts';
import { isFinal } from '../../../domain/order/order.ts';
import type { Position } from '../../../domain/position/position.ts';
import type { EngineHandle } from '../../../ports/engine-handle.ts';
import { execute, requireRunning, traderNames } from '../desk.ts';
import type { Desk } from '../desk.ts';
import { openingJson } from '../json/account-json.ts';
import { orderJson } from '../json/order-json.ts';
import { positionJson } from '../json/position-json.ts';
import { signalJson } from '../json/signal-json.ts';
import { protectionSettings } from '../traders/settings.ts';
import type { ProtectionSettings } from '../traders/settings.ts';
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

/** @throws AitraderError `NOT_FOUND`, `AMBIGUOUS` */
function findOpen(engine: EngineHandle, given: string): Position {
  const open = engine.positions().filter(({ state }) => state.status === 'open');
  return findOne(open, given, {
    what: 'open position',
    idOf: (position) => position.id,
    alsoCalled: symbolWords,
    remedy: '`aitrader positions` lists those that are open.',
  });
}

/** The position as it is now, null when it is gone. */
async function positionNow(desk: Desk, engine: EngineHandle, { id, symbol }: Position) {
  const left = engine.positions().find((position) => position.id === id);
  const market = engine.markets().find((row) => row.symbol === symbol) ?? null;
  return left === undefined ? null : positionJson(left, await traderNames(desk), market);
}

/** What is left of the position, null when nothing is. */
async function close(desk: Desk, args: { readonly id: string; readonly fraction: Decimal }) {
  const { engine } = requireRunning(desk);
  const position = findOpen(engine, args.id);
  await execute(desk, { type: 'close_position', positionId: position.id, fraction: args.fraction });
  return positionNow(desk, engine, position);
}

/** The position with its new guard. */
async function protect(desk: Desk, { id: given, ...settings }: { readonly id: string } & ProtectionSettings) {
  const { engine } = requireRunning(desk);
  const { stopLoss, takeProfit, trailing } = settings;
  const change: ProtectionChange = {
    ...(stopLoss !== undefined && { stopLoss }),
    ...(takeProfit !== undefined && { takeProfit }),
    ...(trailing !== undefined && { trailing }),
  };
  if (Object.keys(change).length === 0) {
    throw new AitraderError('ARGUMENT_INVALID', {
      name: 'the set of changes',
      given: 'empty',
      problem: 'nothing is to be changed',
      allowed: Object.keys(protectionSettings).join(', '),
    });
  }
  const position = findOpen(engine, given);
  await execute(desk, { type: 'change_protection', positionId: position.id, change });
  const now = await positionNow(desk, engine, position);
  if (now !== null) return now;
  throw new AitraderError('NOT_FOUND', { what: 'open position', given, remedy: 'It was closed in the meantime.' });
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
  if (signal !== undefined) return signalJson(signal, await traderNames(desk));
  throw new AitraderError('NOT_FOUND', { what: 'signal', given, remedy: 'It is decided, and too old to be shown.' });
}

async function stop(desk: Desk) {
  const running = requireRunning(desk);
  const left = standing(running.engine);
  running.stop();
  return { pid: running.pid, ...left };
}

/** What the actions take besides the id of what they are about. */
export const ACTION_BODIES = {
  pause: z.strictObject({ reason }),
  kill: z.strictObject({ keepPositions: z.boolean('true or false').default(false), reason }),
  close: z.strictObject({ fraction }),
  protect: z.strictObject(protectionSettings),
  reject: z.strictObject({ reason }),
};

const byId = { id: shortText };
const oneById = z.strictObject(byId);

export const ACTIONS = {
  pause: actingVerb({ args: ACTION_BODIES.pause, run: pause }),
  resume: actingVerb({ args: nothing, run: resume }),
  kill: actingVerb({ args: ACTION_BODIES.kill, run: kill }),
  close: actingVerb({ args: ACTION_BODIES.close.extend(byId), run: close }),
  protect: actingVerb({ args: ACTION_BODIES.protect.extend(byId), run: protect }),
  cancel: actingVerb({ args: oneById, run: cancel }),
  approve: actingVerb({ args: oneById, run: (desk, { id }) => decide(desk, id, null) }),
  reject: actingVerb({
    args: ACTION_BODIES.reject.extend(byId),
    run: (desk, args) => decide(desk, args.id, args.reason),
  }),
  stop: actingVerb({ args: nothing, run: stop }),
};
