/** Orders drawn by chance, sent until their fate is known, and the books of them held against the exchange. */
import { expect } from 'vitest';

import { Decimal } from '../../src/domain/decimal.ts';
import type { Order } from '../../src/domain/order/order.ts';
import { isFinal } from '../../src/domain/order/order.ts';
import type { AccountSnapshot, ReportedFill, RequestOutcome, Submission } from '../../src/ports/broker.ts';
import type { OrderSketch, Trader } from '../../src/testkit/broker/trader.ts';

/** The order as the books have it after its news are in: "not found" counts only when it is final. */
export async function settled(trader: Trader, order: Order): Promise<'known' | 'never executed'> {
  const { broker, passTime } = trader.harness;
  for (let question = 0; question < 200; question += 1) {
    const answer = await trader.answer(broker.query(trader.now(order)));
    if (answer.kind === 'found') {
      trader.take(order, { kind: 'answered', updates: answer.updates });
      return 'known';
    }
    if (answer.kind === 'not_found' && answer.final) return 'never executed';
    await passTime(1_000);
  }
  throw new Error(`order ${order.clientOrderId} stays unknown`);
}

/** Sends an order until its fate is known; one that was never executed is sent again under its id. */
async function execute(trader: Trader, order: Order, submission: Submission): Promise<void> {
  const { broker, passTime } = trader.harness;
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const outcome: RequestOutcome = await trader.answer(broker.submit(submission));
    trader.take(order, outcome);
    if (outcome.kind === 'answered' || outcome.kind === 'refused') return;
    if (outcome.kind === 'not_executed') await passTime(outcome.retryAfterMs);
    else if ((await settled(trader, order)) === 'known') return;
  }
  throw new Error(`order ${order.clientOrderId} was never taken`);
}

function sketchOf(trader: Trader, draw: () => number): OrderSketch {
  const side = draw() < 0.6 ? 'buy' : 'sell';
  const quantity = trader.units(1 + Math.floor(draw() * 3));
  const price = trader.price((side === 'buy' ? -1 : 1) * Math.floor(1 + draw() * 6));
  const kind = Math.floor(draw() * 3);
  if (kind === 0) return { side, quantity };
  if (kind === 1) return { side, quantity, terms: { type: 'limit', price, timeInForce: 'GTC', postOnly: false } };
  const triggerPrice = trader.price(side === 'buy' ? 8 : -8);
  const terms = { type: 'stop_market', triggerPrice, triggerSource: trader.triggerSource } as const;
  return { side, quantity, terms };
}

/**
 * Trades, and lets the market move.
 * @param between what happens now and then besides
 * @returns all orders that were sent
 */
export async function tradeByChance(
  trader: Trader,
  draw: () => number,
  { steps, between }: { readonly steps: number; readonly between?: () => Promise<void> },
): Promise<readonly Order[]> {
  const { broker } = trader.harness;
  const orders: Order[] = [];
  for (let step = 0; step < steps; step += 1) {
    if (draw() < 0.25) {
      const level = Math.floor(draw() * 21) - 10;
      await trader.quote(level - 1, level + 1);
      await trader.trade(level, 1 + Math.floor(draw() * 10), draw() < 0.5 ? 'buyer' : 'seller');
    }
    if (draw() < 0.1) await between?.();
    const old = orders[Math.floor(draw() * orders.length)];
    if (draw() < 0.3 && old !== undefined && !isFinal(trader.now(old).state.status)) {
      await trader.answer(broker.cancel(trader.now(old))).then((outcome) => trader.take(old, outcome));
      await settled(trader, old);
      continue;
    }
    const { order, submission } = trader.prepare(sketchOf(trader, draw));
    orders.push(order);
    await execute(trader, order, submission);
  }
  return orders;
}

/** The account as it is held against the books. */
export interface SeenAccount {
  readonly snapshot: AccountSnapshot;
  readonly fills: readonly ReportedFill[];
  /** What the books have bought less what they have sold. */
  readonly net: Decimal;
}

/** The books have every fill of the account once, and its working orders. */
export async function expectSameBooks(trader: Trader, orders: readonly Order[]): Promise<SeenAccount> {
  const { broker, instrument } = trader.harness;
  let net = new Decimal(0);
  for (const order of orders) {
    const { intent, execution } = trader.now(order);
    expect(execution.filledQuantity).toEqual(execution.reportedQuantity);
    net = intent.side === 'buy' ? net.plus(execution.filledQuantity) : net.minus(execution.filledQuantity);
  }
  const snapshot = await trader.answer(broker.snapshot());
  const working = orders.filter((order) => !isFinal(trader.now(order).state.status));
  const ids = (list: readonly { clientOrderId: string }[]): string[] => list.map((one) => one.clientOrderId).sort();
  expect(ids(snapshot.ownOrders)).toEqual(ids(working));
  expect(snapshot.foreignOrders).toEqual([]);
  const fills = await trader.answer(broker.fillsSince(instrument, 0));
  const booked = orders.flatMap((order) => [...trader.now(order).execution.venueTradeIds]);
  expect(fills.map(({ fill }) => fill.venueTradeId).sort()).toEqual(booked.sort());
  if (instrument.market === 'futures') {
    const [position] = snapshot.positions;
    const held = position === undefined ? new Decimal(0) : position.quantity.times(position.side === 'long' ? 1 : -1);
    expect(held).toEqual(net);
  }
  return { snapshot, fills, net };
}
