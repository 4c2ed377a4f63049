/** The outcome table of architecture decision 6, through real sockets and real ccxt. */
import { afterEach, describe, expect, it } from 'vitest';

import type { Market } from '../../src/domain/instrument.ts';
import type { Order } from '../../src/domain/order/order.ts';
import { WeightBudget } from '../../src/lib/weight-budget.ts';
import type { RequestPriority } from '../../src/lib/weight-budget.ts';
import type { RequestOutcome } from '../../src/ports/broker.ts';
import { Trader } from '../../src/testkit/broker/trader.ts';
import { createFakeClock } from '../../src/testkit/fake-clock.ts';
import type { BrokerVenue } from './venue.ts';
import { harnessOf, openVenue } from './venue.ts';

let venue: BrokerVenue;
afterEach(async () => {
  expect(venue.log.errors).toEqual([]);
  await venue.close();
});

async function open(market: Market): Promise<Trader> {
  venue = await openVenue({ market });
  const trader = new Trader(harnessOf(venue));
  await trader.quote(-1, 1);
  return trader;
}

const RESTING = { timeInForce: 'GTC', postOnly: false } as const;

/** Sends a resting order; tells what was answered, and whether the exchange has it. */
async function send(trader: Trader): Promise<{ outcome: RequestOutcome; isThere: boolean }> {
  const terms = { type: 'limit', price: trader.price(-5), ...RESTING } as const;
  const { order, submission } = trader.prepare({ side: 'buy', terms });
  const { broker } = trader.harness;
  const outcome = await trader.answer(broker.submit(submission));
  await venue.passTime(70_000);
  const { kind } = await trader.answer(broker.query(order));
  return { outcome, isThere: kind === 'found' };
}

const ORDER = { spot: 'POST /api/v3/order', futures: 'POST /fapi/v1/order' } as const;

describe.each(['spot', 'futures'] as const)('on %s', (market) => {
  it('5xx is unknown, executed or not', async () => {
    const trader = await open(market);
    await venue.arm({ kind: 'error_before', endpoint: ORDER[market] });
    expect(await send(trader)).toMatchObject({ outcome: { kind: 'unknown' }, isThere: false });
    await venue.arm({ kind: 'error_after', endpoint: ORDER[market] });
    expect(await send(trader)).toMatchObject({ outcome: { kind: 'unknown' }, isThere: true });
  });

  it('a lost answer is unknown', async () => {
    const trader = await open(market);
    await venue.arm({ kind: 'lose_answer', endpoint: ORDER[market] });
    expect(await send(trader)).toMatchObject({ outcome: { kind: 'unknown' }, isThere: true });
  });

  it.each(['UNKNOWN', 'DISCONNECTED', 'UNEXPECTED_RESP', 'TIMEOUT'])('%s is unknown', async (refusal) => {
    const trader = await open(market);
    await venue.arm({ kind: 'refuse', endpoint: ORDER[market], refusal });
    const { outcome } = await send(trader);
    expect(outcome).toMatchObject({ kind: 'unknown', notFoundFinalAt: expect.any(Number) as number });
  });

  it.each([
    ['SERVER_BUSY', 1_000],
    ['TOO_MANY_ORDERS', 10_000],
    ['INVALID_TIMESTAMP', 1_000],
    ['TOO_MANY_REQUESTS', 60_000],
    ['BANNED', 60_000],
  ])('%s is not executed, and says how long to wait', async (refusal, retryAfterMs) => {
    const trader = await open(market);
    await venue.arm({ kind: 'refuse', endpoint: ORDER[market], refusal });
    expect(await send(trader)).toMatchObject({ outcome: { kind: 'not_executed', retryAfterMs }, isThere: false });
  });

  it.each([
    ['BAD_SYMBOL', '-1121'],
    ['NEW_ORDER_REJECTED', '-2010'],
    ['MARGIN_INSUFFICIENT', '-2019'],
    ['REJECTED_KEY', '-2015'],
    ['INVALID_SIGNATURE', '-1022'],
  ])('%s is refused with %s', async (refusal, code) => {
    const trader = await open(market);
    await venue.arm({ kind: 'refuse', endpoint: ORDER[market], refusal });
    expect(await send(trader)).toMatchObject({ outcome: { kind: 'refused', code }, isThere: false });
  });

  it('a ban holds back everything but exits for as long as it says', async () => {
    const trader = await open(market);
    await trader.submit({ side: 'buy', quantity: trader.units(2) });
    await venue.arm({ kind: 'ban', market, seconds: 2 });
    const first = await trader.answer(trader.harness.broker.submit(trader.prepare({ side: 'buy' }).submission));
    expect(first).toMatchObject({ kind: 'not_executed', retryAfterMs: 2_000 });
    const second = await trader.answer(trader.harness.broker.submit(trader.prepare({ side: 'buy' }).submission));
    expect(second).toMatchObject({ kind: 'not_executed', cause: expect.stringContaining('left alone') as string });
    const question = await trader.answer(trader.harness.broker.query(trader.prepare().order));
    expect(question.kind).toBe('no_answer');
  });

  it('an order whose answer was lost is not sent again under its id', async () => {
    const trader = await open(market);
    await venue.arm({ kind: 'lose_answer', endpoint: ORDER[market] });
    const { order, submission } = trader.prepare({ side: 'buy', quantity: trader.units(2) });
    const { broker } = trader.harness;
    expect((await trader.answer(broker.submit(submission))).kind).toBe('unknown');
    const again = await trader.answer(broker.submit(submission));
    trader.take(order, again);
    expect(again.kind).toBe('answered');
    expect(trader.now(order).state.status).toBe('filled');
    expect(trader.net()).toEqual(trader.units(2));
  });

  it('"not found" is final only when the request can no longer arrive', async () => {
    const trader = await open(market);
    await venue.passTime(60_000);
    await venue.arm({ kind: 'error_before', endpoint: ORDER[market] });
    const { order, submission } = trader.prepare({ side: 'buy' });
    const { broker } = trader.harness;
    const outcome = await trader.answer(broker.submit(submission));
    if (outcome.kind !== 'unknown') throw new Error(`the outcome is ${outcome.kind}`);
    expect(await trader.answer(broker.query(order))).toEqual({ kind: 'not_found', final: false });
    expect((await trader.answer(broker.submit(submission))).kind).toBe('unknown');
    await venue.passTime(outcome.notFoundFinalAt - venue.clock.now());
    expect(await trader.answer(broker.query(order))).toEqual({ kind: 'not_found', final: true });
    expect((await trader.answer(broker.submit(submission))).kind).toBe('answered');
  });

  it('a clock that runs wrong is measured anew, and orders are taken again', async () => {
    const trader = await open(market);
    await venue.arm({ kind: 'clock_skew', skewMs: 20_000 });
    const refused = await trader.answer(trader.harness.broker.submit(trader.prepare({ side: 'buy' }).submission));
    expect(refused).toMatchObject({ kind: 'not_executed', cause: expect.stringContaining('-1021') as string });
    await venue.passTime(1_000);
    const { order } = await trader.submit({ side: 'buy' });
    expect(trader.now(order).state.status).toBe('filled');
  });

  it('a cancel whose answer was lost is unknown, and the question tells', async () => {
    const trader = await open(market);
    const terms = { type: 'limit', price: trader.price(-5), ...RESTING } as const;
    const { order } = await trader.submit({ side: 'buy', terms });
    await venue.arm({ kind: 'lose_answer', endpoint: ORDER[market].replace('POST', 'DELETE') });
    expect((await trader.cancel(order)).kind).toBe('unknown');
    expect(trader.now(order).state.status).toBe('cancelled');
    const answer = await trader.answer(trader.harness.broker.query(order));
    expect(answer).toMatchObject({ kind: 'found', updates: [{ type: 'accepted' }, { type: 'cancelled' }] });
  });
});

describe('a list whose answer was lost', () => {
  it('is unknown, and sent again it is the same list', async () => {
    const trader = await open('spot');
    await trader.trade(0, 1, 'buyer');
    await trader.submit({ side: 'buy', quantity: trader.units(3) });
    const quantity = trader.units(2);
    const { orders, submissions } = trader.prepareOco([
      { leg: 'stop', quantity, terms: { type: 'stop_market', triggerPrice: trader.price(-10), triggerSource: 'last' } },
      {
        leg: 'target',
        quantity,
        terms: { type: 'limit', price: trader.price(10), timeInForce: 'GTC', postOnly: true },
      },
    ]);
    await venue.arm({ kind: 'lose_answer', endpoint: 'POST /api/v3/orderList/oco' });
    const { broker } = trader.harness;
    expect((await trader.answer(broker.submitList(submissions))).kind).toBe('unknown');
    expect(await trader.answer(broker.submitList(submissions))).toEqual({ kind: 'answered', updates: [] });
    expect(orders.map((order) => trader.now(order).state.status)).toEqual(['open', 'open']);
    expect((await trader.answer(broker.snapshot())).ownOrders).toHaveLength(2);
  });
});

describe('a stop that is replaced on spot', () => {
  const stop = { side: 'sell', leg: 'stop', reduceOnly: true } as const;
  const at = (trader: Trader, ticks: number) =>
    ({ type: 'stop_market', triggerPrice: trader.price(ticks), triggerSource: 'last' }) as const;

  async function protectedTrader(): Promise<{ trader: Trader; old: Order }> {
    const trader = await open('spot');
    await trader.trade(0, 1, 'buyer');
    await trader.submit({ side: 'buy', quantity: trader.units(4) });
    const { order: old } = await trader.submit({ ...stop, quantity: trader.units(2), terms: at(trader, -20) });
    return { trader, old };
  }

  it('is unknown when the answer is lost, and the questions tell of both', async () => {
    const { trader, old } = await protectedTrader();
    await venue.arm({ kind: 'lose_answer', endpoint: 'POST /api/v3/order/cancelReplace' });
    const sketch = { ...stop, quantity: trader.units(2), terms: at(trader, -10) };
    const { order, outcome } = await trader.replace(old, sketch);
    expect(outcome.kind).toBe('unknown');
    expect([trader.now(old).state.status, trader.now(order).state.status]).toEqual(['cancelled', 'open']);
    expect(await trader.answer(venue.broker.query(order))).toMatchObject({ kind: 'found' });
  });

  it('is refused with the reason of the new one when only the cancel came about', async () => {
    const { trader, old } = await protectedTrader();
    const sketch = { ...stop, quantity: trader.units(50), terms: at(trader, -10) };
    const { outcome } = await trader.replace(old, sketch);
    expect(outcome).toMatchObject({ kind: 'refused', code: '-2010' });
    expect(trader.now(old).state.status).toBe('cancelled');
    expect((await trader.answer(venue.broker.snapshot())).ownOrders).toEqual([]);
  });

  it('stays as it is when the market cannot be looked at before', async () => {
    const { trader, old } = await protectedTrader();
    await venue.arm({ kind: 'error_before', endpoint: 'GET /api/v3/ticker/price' });
    const { outcome } = await trader.replace(old, { ...stop, quantity: trader.units(2), terms: at(trader, -10) });
    expect(outcome.kind).toBe('not_executed');
    expect((await trader.answer(venue.broker.snapshot())).ownOrders.map((own) => own.clientOrderId)).toEqual([
      old.clientOrderId,
    ]);
  });
});

describe.each([
  ['spot', '-1013'],
  ['futures', '-4108'],
] as const)('on %s', (market, code) => {
  it('a symbol that stops trading is refused with a code', async () => {
    const trader = await open(market);
    await venue.arm({ kind: 'symbol_status', market, symbol: 'BTCUSDT', status: 'halted' });
    expect((await trader.submit({ side: 'buy' })).outcome).toMatchObject({ kind: 'refused', code });
  });

  it('events of a fill that come late are told once, and the answer knew before', async () => {
    const trader = await open(market);
    await venue.arm({ kind: 'late_fill', delayMs: 3_000 });
    venue.excuse(market === 'spot' ? 1 : 2);
    const { order, submission } = trader.prepare({ side: 'buy', quantity: trader.units(2) });
    const outcome = await venue.broker.submit(submission);
    trader.take(order, outcome);
    expect(trader.now(order).state.status).toBe('filled');
    expect(trader.fills).toEqual([]);
    await venue.passTime(4_000);
    await expect.poll(() => venue.passTime(0).then(() => trader.fills.length)).toBe(1);
    expect(trader.now(order).execution.filledQuantity).toEqual(trader.units(2));
  });
});

/** Notes what goes through it. */
class WatchedBudget extends WeightBudget {
  readonly asked: RequestPriority[] = [];
  readonly blocked: number[] = [];

  override tryTake(weight: number, priority: RequestPriority): number {
    const waitMs = super.tryTake(weight, priority);
    if (waitMs === 0) this.asked.push(priority);
    return waitMs;
  }

  override block(retryAfterMs: number): void {
    this.blocked.push(retryAfterMs);
    super.block(retryAfterMs);
  }
}

describe('a shared budget', () => {
  it('hears what each request is for and what the exchange counts, and holds back what it refuses', async () => {
    const clock = createFakeClock();
    const budget = new WatchedBudget(clock, 2_400);
    venue = await openVenue({ market: 'futures', options: { budget } });
    const trader = new Trader(harnessOf(venue));
    await trader.quote(-1, 1);
    budget.asked.length = 0;
    await trader.submit({ side: 'buy', quantity: trader.units(2) });
    const terms = { type: 'stop_market', triggerPrice: trader.price(-50), triggerSource: 'last' } as const;
    const { order } = await trader.submit({ side: 'sell', leg: 'stop', reduceOnly: true, terms });
    await trader.cancel(order);
    expect(budget.asked.filter((priority) => priority !== 'question')).toEqual(['entry', 'exit', 'cancel']);
    expect(budget.used).toBeGreaterThan(0);
    await venue.arm({ kind: 'ban', market: 'futures', seconds: 3 });
    await trader.submit({ side: 'buy' });
    expect(budget.blocked).toContain(3_000);
    await venue.passTime(4_000);
    await clock.advance(4_000);
    budget.observe(2_390);
    const outcome = await venue.broker.submit(trader.prepare({ side: 'buy' }).submission);
    expect(outcome.kind).toBe('not_executed');
    expect(outcome).toHaveProperty('retryAfterMs', 60_000 - (clock.now() % 60_000));
    await trader.submit({ side: 'sell', leg: 'exit', reduceOnly: true });
    expect(budget.asked.at(-1)).toBe('exit');
  });
});

describe('without an exchange', () => {
  it('a request that never arrived is not executed', async () => {
    const trader = await open('spot');
    const { submission } = trader.prepare({ side: 'buy' });
    await venue.server.close();
    const outcome = await venue.broker.submit(submission);
    expect(['not_executed', 'unknown']).toContain(outcome.kind);
    const again = await venue.broker.submit(trader.prepare({ side: 'buy' }).submission);
    expect(again).toMatchObject({ kind: 'not_executed', retryAfterMs: 1_000 });
    await expect(venue.broker.snapshot()).rejects.toMatchObject({ code: 'EXCHANGE_UNREACHABLE' });
  });
});
