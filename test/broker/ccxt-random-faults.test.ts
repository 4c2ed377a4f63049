/** Orders through a venue that fails by chance: what is asked for until it is known makes the same books as the venue's. */
import { afterEach, describe, expect, it } from 'vitest';

import { Decimal } from '../../src/domain/decimal.ts';
import type { Order } from '../../src/domain/order/order.ts';
import { isFinal } from '../../src/domain/order/order.ts';
import { seededRandom } from '../../src/lib/random.ts';
import type { RequestOutcome, Submission } from '../../src/ports/broker.ts';
import { Trader } from '../../src/testkit/broker/trader.ts';
import type { OrderSketch } from '../../src/testkit/broker/trader.ts';
import type { BrokerVenue } from './venue.ts';
import { harnessOf, openVenue } from './venue.ts';

const STEPS = 40;
const SEEDS = [1, 2, 3, 4, 5, 6];

let venue: BrokerVenue;
afterEach(() => venue.close());

/** The order as the books have it after its news are in: "not found" counts only when it is final. */
async function settled(trader: Trader, order: Order): Promise<'known' | 'never executed'> {
  for (let question = 0; question < 200; question += 1) {
    const answer = await trader.answer(venue.broker.query(trader.now(order)));
    if (answer.kind === 'found') {
      trader.take(order, { kind: 'answered', updates: answer.updates });
      return 'known';
    }
    if (answer.kind === 'not_found' && answer.final) return 'never executed';
    await venue.passTime(1_000);
  }
  throw new Error(`order ${order.clientOrderId} stays unknown`);
}

/** Sends an order until its fate is known; one that was never executed is sent again under its id. */
async function execute(trader: Trader, order: Order, submission: Submission): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const outcome: RequestOutcome = await trader.answer(venue.broker.submit(submission));
    trader.take(order, outcome);
    if (outcome.kind === 'answered' || outcome.kind === 'refused') return;
    if (outcome.kind === 'not_executed') await venue.passTime(outcome.retryAfterMs);
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
  const terms = { type: 'stop_market', triggerPrice, triggerSource: 'last' } as const;
  return { side, quantity, terms };
}

describe.each(['spot', 'futures'] as const)('on %s', (market) => {
  it.each(SEEDS)('the books come to what the exchange holds, seed %i', async (seed) => {
    venue = await openVenue({ market, balances: { USDT: '100000', BTC: '50' } });
    const trader = new Trader(harnessOf(venue));
    const draw = (): number => random.next();
    const random = seededRandom(seed);
    await trader.quote(-1, 1);
    await trader.trade(0, 1, 'buyer');
    await venue.arm({ seed, rates: { errorBefore: 0.12, errorAfter: 0.12, loseAnswer: 0.12 } });
    const orders: Order[] = [];
    for (let step = 0; step < STEPS; step += 1) {
      if (draw() < 0.25) {
        const level = Math.floor(draw() * 21) - 10;
        await trader.quote(level - 1, level + 1);
        await trader.trade(level, 1 + Math.floor(draw() * 10), draw() < 0.5 ? 'buyer' : 'seller');
      }
      if (draw() < 0.1) await venue.arm({ kind: 'cut_sockets', group: 'user' });
      const old = orders[Math.floor(draw() * orders.length)];
      if (draw() < 0.3 && old !== undefined && !isFinal(trader.now(old).state.status)) {
        await trader.answer(venue.broker.cancel(trader.now(old))).then((outcome) => trader.take(old, outcome));
        await settled(trader, old);
        continue;
      }
      const { order, submission } = trader.prepare(sketchOf(trader, draw));
      orders.push(order);
      await execute(trader, order, submission);
    }
    await venue.arm({ seed, rates: {} });
    await venue.passTime(70_000);
    for (const order of orders) await settled(trader, order);
    await expectSameBooks(trader, orders);
  });
});

async function expectSameBooks(trader: Trader, orders: readonly Order[]): Promise<void> {
  const { broker, instrument } = venue;
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
    return;
  }
  const baseFees = fills
    .filter(({ fill }) => fill.fee.asset === instrument.base)
    .reduce((sum, { fill }) => sum.plus(fill.fee.amount), new Decimal(0));
  const base = snapshot.balances.find(({ asset }) => asset === instrument.base);
  expect(base?.free.plus(base.locked)).toEqual(net.minus(baseFees).plus(50));
}
