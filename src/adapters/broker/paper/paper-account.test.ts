import { describe, expect, it } from 'vitest';
import type { Account } from '../../../domain/account.ts';
import { decimal, quantity } from '../../../domain/decimal.ts';
import type { Money } from '../../../domain/decimal.ts';
import { asId } from '../../../domain/ids.ts';
import { averageFillPrice } from '../../../domain/order/order.ts';
import type { Instrument, Market } from '../../../domain/instrument.ts';
import type { RequestOutcome } from '../../../ports/broker.ts';
import { instrument } from '../../../testkit/builders/instruments.ts';
import { futuresInstrument, marketHarness } from '../../../testkit/broker/market-harness.ts';
import { Trader } from '../../../testkit/broker/trader.ts';
import { createFakeClock } from '../../../testkit/fake-clock.ts';
import type { PaperBrokerOptions } from './options.ts';
import { createPaperBroker } from './paper.ts';

function paperAccount(market: Market): Account {
  return { id: asId('paper-1'), userId: asId('user'), venue: 'binance', market, money: 'paper', label: 'paper' };
}

/** A paper account whose saves are kept, and a trader at it. */
function openPaper(options: Partial<PaperBrokerOptions> = {}, traded: Instrument = instrument()) {
  const clock = createFakeClock();
  const saves: string[] = [];
  const paper = createPaperBroker({
    ...{ account: paperAccount(traded.market), clock, instance: 'test', instruments: [traded], saved: null },
    save: async (state) => {
      saves.push(state);
    },
    ...options,
  });
  const harness = marketHarness({ ...paper, clock, instance: 'test', instrument: traded });
  return { ...paper, clock, saves, trader: new Trader(harness), harness };
}

/** The account goes on in a new run, at a clock of its own. */
async function reopen(before: ReturnType<typeof openPaper>, traded?: Instrument) {
  await before.trader.answer(before.broker.close());
  const after = openPaper({ saved: before.saves.at(-1) ?? null }, traded);
  after.trader.continueFrom(before.trader);
  return after;
}

const limitAt = (trader: Trader, ticks: number) =>
  ({ type: 'limit', price: trader.price(ticks), timeInForce: 'GTC', postOnly: false }) as const;
const stopAt = (trader: Trader, ticks: number) =>
  ({ type: 'stop_market', triggerPrice: trader.price(ticks), triggerSource: 'last' }) as const;

describe('fills of the paper account', () => {
  it('consumes the size that is quoted when the order arrives, and pays slippage beyond it', async () => {
    const { trader, clock, broker } = openPaper({ latencyMs: 250 });
    await trader.quote(-1, 1);
    const { order, submission } = trader.prepare({ side: 'buy', quantity: trader.units(4) });
    const request = broker.submit(submission);
    await clock.advance(200);
    await trader.quote(9, 10, { ask: 3 });
    trader.take(order, await request);
    expect(trader.fills.map((fill) => [fill.price.toFixed(), fill.quantity.toFixed()])).toEqual([
      ['100.1', '1.5'],
      ['100.13', '0.5'],
    ]);
    expect(trader.fills[0]?.time).toBe(clock.now());
  });

  it('fills nothing by prices that make no sense', async () => {
    const { trader, market, clock, broker } = openPaper({}, futuresInstrument());
    const { symbol } = trader.harness.instrument;
    await trader.quote(-1, 1);
    await trader.trade(0, 1, 'buyer');
    await trader.submit({ side: 'buy', quantity: trader.units(2) });
    const { order } = await trader.submit({ side: 'buy', terms: limitAt(trader, -5) });
    const exit = { side: 'sell', leg: 'stop', quantity: trader.units(2), reduceOnly: true } as const;
    const { order: stop } = await trader.submit({ ...exit, terms: stopAt(trader, -10) });
    const before = await trader.answer(broker.snapshot());
    const time = clock.now();
    for (const price of [NaN, Infinity, -1, 0, 1e-9, 1e300]) {
      market.trade({ symbol, price, quantity: 1, trades: 1, buyerIsTaker: false, venueTradeId: 1, time });
      market.quote({ symbol, bid: price, bidQuantity: 1, ask: price, askQuantity: 1, time });
      market.mark({ symbol, price, fundingRate: price, time });
    }
    for (const bad of [NaN, Infinity, -1, 0, 1e300]) {
      market.trade({ symbol, price: 1, quantity: bad, trades: 1, buyerIsTaker: false, venueTradeId: 1, time });
    }
    market.trade({ symbol: asId('NOPE'), price: 1, quantity: 1, trades: 1, buyerIsTaker: true, venueTradeId: 1, time });
    await trader.rest();
    expect(trader.now(order).state.status).toBe('open');
    expect(trader.now(stop).state.status).toBe('open');
    const after = await trader.answer(broker.snapshot());
    expect(after.positions).toEqual(before.positions);
  });

  it('takes the price of a trade that is larger than it can count', async () => {
    const { trader, market, clock } = openPaper({}, futuresInstrument());
    const { symbol } = trader.harness.instrument;
    await trader.quote(-1, 1);
    await trader.trade(0, 1, 'buyer');
    const price = trader.price(0).toNumber() * 1.5;
    const time = clock.now();
    market.quote({ symbol, bid: price, bidQuantity: 1e12, ask: price, askQuantity: 1e12, time });
    market.trade({ symbol, price, quantity: 1e12, trades: 1, buyerIsTaker: true, venueTradeId: 2, time });
    const { order } = await trader.submit({ side: 'buy', quantity: trader.units(2) });
    expect(Number(averageFillPrice(trader.now(order)))).toBeCloseTo(price, 1);
  });

  it('liquidates by the mark price, tells the fill as nobody’s, and takes the margin at most', async () => {
    const { trader, broker } = openPaper({ leverage: 10 }, futuresInstrument());
    await trader.quote(-1, 1);
    await trader.trade(0, 1, 'buyer');
    await trader.submit({ side: 'buy', quantity: trader.units(10) });
    const { order: stop } = await trader.submit({
      ...{ side: 'sell', leg: 'stop', reduceOnly: true, quantity: trader.units(10), terms: stopAt(trader, -1_500) },
    });
    const [position] = (await trader.answer(broker.snapshot())).positions;
    expect(position).toMatchObject({ side: 'long', leverage: 10, marginMode: 'isolated' });
    expect(position?.liquidationPrice?.toNumber()).toBeCloseTo(90.5, 0);
    await trader.quote(-1_001, -999);
    await trader.trade(-1_000, 1, 'seller');
    const liquidation = trader.events.flatMap((event) => (event.type === 'foreign_fill' ? [event.fill] : []));
    expect(liquidation.map(({ side, quantity: closed }) => [side, closed])).toEqual([['sell', trader.units(10)]]);
    const { positions, balances } = await trader.answer(broker.snapshot());
    expect(positions).toEqual([]);
    const margin = trader.price(1).times(trader.units(10)).div(10);
    const lost = decimal('10000').minus(balances[0]?.free ?? 0);
    expect(lost.greaterThan(0) && lost.lessThanOrEqualTo(margin.plus(1))).toBe(true);
    await trader.trade(-1_600, 1, 'seller');
    expect(trader.now(stop).execution.filledQuantity.isZero()).toBe(true);
    const reported = await trader.answer(broker.fillsSince(trader.harness.instrument, 0));
    expect(reported.at(-1)?.clientOrderId).toMatch(/^autoclose-/);
  });

  it('pays funding at its time, once, at the rate of that time, and reports it', async () => {
    const { trader, broker, market, clock } = openPaper({}, futuresInstrument());
    await trader.quote(-1, 1);
    await trader.trade(0, 1, 'buyer');
    await trader.submit({ side: 'buy', quantity: trader.units(2) });
    const { symbol } = trader.harness.instrument;
    market.mark({ symbol, price: 100, fundingRate: 0.001, time: clock.now() });
    await clock.advance(8 * 3_600_000);
    // The first word of the next rate comes when the payment is due already.
    market.mark({ symbol, price: 100, fundingRate: 0.005, time: clock.now() });
    await trader.trade(0, 1, 'buyer');
    await trader.trade(0, 1, 'buyer');
    const paid = trader.events.filter(({ type }) => type === 'funding_paid');
    expect(paid).toMatchObject([{ incomeId: expect.stringMatching(/\d/) as string, amount: decimal('-0.1') }]);
    expect(await trader.answer(broker.fundingSince(0))).toEqual(paid);
    expect(await trader.answer(broker.fundingSince(clock.now()))).toEqual([]);
  });

  it('sets the leverage that it is told, and says when it cannot', async () => {
    const { trader, broker } = openPaper({}, futuresInstrument());
    const { instrument: traded } = trader.harness;
    await trader.answer(broker.setLeverage(traded, 20, 'cross'));
    await trader.quote(-1, 1);
    await trader.submit({ side: 'buy' });
    expect((await trader.answer(broker.snapshot())).positions).toMatchObject([{ leverage: 20, marginMode: 'cross' }]);
    await expect(trader.answer(broker.setLeverage(traded, 101, 'cross'))).rejects.toMatchObject({
      code: 'LEVERAGE_LIMIT',
    });
    await expect(trader.answer(broker.setLeverage(traded, 20, 'isolated'))).rejects.toThrow(/margin_mode_locked/);
  });

  it('says why an order is not replaced', async () => {
    const { trader, broker } = openPaper();
    await trader.quote(-1, 1);
    const { order: old } = await trader.submit({ side: 'buy', quantity: trader.units(3), terms: limitAt(trader, -5) });
    const believed = trader.now(old);
    const smaller = { side: 'buy', quantity: trader.units(1), terms: limitAt(trader, -4) } as const;
    const larger = { ...smaller, quantity: trader.units(4) };
    const otherSide = { ...smaller, side: 'sell' } as const;
    const codeOf = async (sketch: typeof smaller | typeof larger | typeof otherSide): Promise<unknown> => {
      const { submission } = trader.prepare(sketch);
      const outcome = await trader.answer(broker.replace(believed, submission));
      return outcome.kind === 'refused' ? outcome.code : outcome.kind;
    };
    expect(await codeOf(larger)).toBe('replacement_too_large');
    expect(await codeOf(otherSide)).toBe('unsupported_combination');
    await trader.quote(-7, -5, { ask: 1 });
    expect(await codeOf(smaller)).toBe('filled_meanwhile');
    expect(trader.now(old).state.status).toBe('partial');
  });

  it('replaces a waiting futures order by a waiting one alone', async () => {
    const { trader, broker } = openPaper({}, futuresInstrument());
    await trader.quote(-1, 1);
    await trader.trade(0, 1, 'buyer');
    const { order: entry } = await trader.submit({ side: 'buy', terms: limitAt(trader, -5) });
    const terms = { type: 'stop_market', triggerPrice: trader.price(50), triggerSource: 'last' } as const;
    const { order: waiting } = await trader.replace(entry, { side: 'buy', terms });
    expect(trader.now(entry).state.status).toBe('cancelled');
    expect(trader.now(waiting).state.status).toBe('open');
    const { outcome } = await trader.replace(waiting, { side: 'buy' });
    expect(outcome).toMatchObject({ kind: 'refused', code: 'unsupported_combination' });
    const { ownOrders } = await trader.answer(broker.snapshot());
    expect(ownOrders.map(({ clientOrderId }) => clientOrderId)).toEqual([waiting.clientOrderId]);
  });

  it('refuses what belongs to another market or account', async () => {
    const { trader, broker } = openPaper();
    const { submission } = trader.prepare();
    const { intent: good } = submission;
    const misplaced = [
      { ...good, market: 'futures' as const },
      { ...good, accountId: asId<Account['id']>('other') },
      { ...good, symbol: asId<typeof good.symbol>('NOPE') },
    ];
    for (const intent of misplaced) {
      expect(await trader.answer(broker.submit({ ...submission, intent }))).toMatchObject({ kind: 'refused' });
    }
  });
});

describe('saving the paper account', () => {
  /** Saves that settle when the test says so. */
  function heldSaves() {
    const waiting: { settle: (error?: Error) => void; state: string }[] = [];
    const save = (state: string): Promise<void> =>
      new Promise((resolve, reject) => {
        waiting.push({ state, settle: (error) => (error === undefined ? resolve() : reject(error)) });
      });
    return { waiting, save };
  }

  it('tells nothing, answer or fill, before the state behind it is saved', async () => {
    const { waiting, save } = heldSaves();
    const { trader, clock, broker } = openPaper({ save });
    await trader.quote(-1, 1);
    const { order, submission } = trader.prepare({ side: 'buy' });
    let outcome: RequestOutcome | null = null;
    void broker.submit(submission).then((answer) => {
      outcome = answer;
    });
    await clock.advance(10_000);
    expect([trader.events, outcome]).toEqual([[], null]);
    waiting[0]?.settle();
    await clock.advance(0);
    expect(outcome).toMatchObject({ kind: 'answered' });
    expect(trader.now(order).state.status).toBe('filled');
    const restored = openPaper({ saved: waiting[0]?.state ?? null });
    const reported = await restored.trader.answer(restored.broker.fillsSince(instrument(), 0));
    expect(reported.map(({ fill }) => fill)).toEqual(trader.fills);
  });

  it('runs one save at a time, and the next one covers all that has happened meanwhile', async () => {
    const { waiting, save } = heldSaves();
    const { trader, clock, broker } = openPaper({ save });
    await trader.quote(-1, 1);
    const answered: number[] = [];
    for (let count = 0; count < 5; count += 1) {
      void broker.submit(trader.prepare({ side: 'buy' }).submission).then(() => answered.push(count));
      await clock.advance(300);
    }
    expect(waiting).toHaveLength(1);
    waiting[0]?.settle();
    await clock.advance(0);
    expect(answered).toEqual([0]);
    expect(waiting).toHaveLength(2);
    waiting[1]?.settle();
    await clock.advance(0);
    expect(answered).toEqual([0, 1, 2, 3, 4]);
    await clock.advance(10_000);
    expect(waiting).toHaveLength(2);
  });

  it('tries a failed save again, with growing waits, until it succeeds', async () => {
    const failures: unknown[] = [];
    let isBroken = true;
    const { trader, clock, broker } = openPaper({
      save: () => (isBroken ? Promise.reject(new Error('disk full')) : Promise.resolve()),
      onSaveFailed: (error) => failures.push(error),
    });
    await trader.quote(-1, 1);
    const request = broker.submit(trader.prepare({ side: 'buy' }).submission);
    await clock.advance(250 + 1_000 + 2_000 + 4_000);
    expect(failures).toHaveLength(4);
    expect(trader.events).toEqual([]);
    isBroken = false;
    expect(await trader.answer(request)).toMatchObject({ kind: 'answered' });
    expect(trader.fills).toHaveLength(1);
  });

  it('does nothing new while too much waits to be saved, and goes on after', async () => {
    const { waiting, save } = heldSaves();
    const { trader, clock, broker } = openPaper({ save });
    await trader.quote(-1, 1);
    const { order, submission } = trader.prepare({ side: 'buy', terms: limitAt(trader, -5) });
    const first = broker.submit(submission);
    const reads = Array.from({ length: 1_000 }, () => broker.snapshot());
    const late = broker.submit(trader.prepare({ side: 'buy' }).submission);
    await clock.advance(300);
    expect(await late).toMatchObject({ kind: 'not_executed' });
    await trader.trade(-9, 100, 'seller');
    waiting[0]?.settle();
    await clock.advance(0);
    trader.take(order, await first);
    await Promise.all(reads);
    expect(trader.now(order).state.status).toBe('open');
    await trader.trade(-9, 100, 'seller');
    waiting[1]?.settle();
    await clock.advance(0);
    expect(trader.now(order).state.status).toBe('filled');
  });

  it('answers at the close what is saved by then, and tells listeners nothing more', async () => {
    const { waiting, save } = heldSaves();
    const { trader, clock, broker } = openPaper({ save });
    await trader.quote(-1, 1);
    const request = broker.submit(trader.prepare({ side: 'buy' }).submission);
    await clock.advance(300);
    const closing = broker.close();
    for (let count = 0; count < 2; count += 1) {
      waiting[count]?.settle();
      await clock.advance(0);
    }
    await closing;
    expect(await request).toMatchObject({ kind: 'answered' });
    expect(trader.events).toEqual([]);
  });

  it('says that it does not know when the last save fails', async () => {
    const { trader, clock, broker } = openPaper({ save: () => Promise.reject(new Error('disk full')) });
    await trader.quote(-1, 1);
    const request = broker.submit(trader.prepare({ side: 'buy' }).submission);
    await clock.advance(300);
    await broker.close();
    expect(await request).toMatchObject({ kind: 'unknown' });
  });

  it('saves a trailing stop that has moved, though nobody is told of it', async () => {
    const { trader, saves } = openPaper();
    await trader.quote(-1, 1);
    await trader.trade(0, 1, 'buyer');
    await trader.submit({ side: 'buy', quantity: trader.units(3) });
    const trail = { trailingDeltaBps: 100, activationPrice: null, triggerSource: 'last' } as const;
    const terms = { type: 'trailing_stop', ...trail } as const;
    await trader.submit({ side: 'sell', leg: 'stop', quantity: trader.units(2), terms });
    const before = saves.length;
    await trader.trade(500, 1, 'buyer');
    await trader.trade(510, 1, 'buyer');
    await trader.harness.passTime(1_000);
    expect(saves).toHaveLength(before + 1);
    const restored = openPaper({ saved: saves.at(-1) ?? null });
    restored.trader.continueFrom(trader);
    await restored.trader.quote(396, 398);
    await restored.trader.trade(398, 1, 'seller');
    await restored.harness.passTime(1_000);
    expect((await restored.trader.answer(restored.broker.snapshot())).ownOrders).toEqual([]);
  });
});

describe('a restart of the paper account', () => {
  it('goes on with balances, orders, fills and funding', async () => {
    const first = openPaper();
    const { trader } = first;
    await trader.quote(-1, 1);
    await trader.submit({ side: 'buy', quantity: trader.units(2) });
    const { order } = await trader.submit({ side: 'buy', terms: limitAt(trader, -5) });
    const before = await trader.answer(first.broker.snapshot());
    const second = await reopen(first);
    const after = await second.trader.answer(second.broker.snapshot());
    expect({ ...after, at: 0, balances: after.balances.map((balance) => ({ ...balance, updatedAt: 0 })) }).toEqual({
      ...before,
      ...{ at: 0, balances: before.balances.map((balance) => ({ ...balance, updatedAt: 0 })) },
    });
    expect(after.ownOrders.map(({ clientOrderId }) => clientOrderId)).toEqual([order.clientOrderId]);
    expect(second.broker.ownerOf(order.clientOrderId)).toBe(order.intent.id);
  });

  it('fills and triggers nothing by prices that nobody saw, and goes on with the first that it sees', async () => {
    const first = openPaper();
    await first.trader.quote(-1, 1);
    await first.trader.submit({ side: 'buy', terms: limitAt(first.trader, -5) });
    const second = await reopen(first);
    const { broker, market, clock } = second;
    const { symbol } = instrument();
    const heard: string[] = [];
    broker.onEvent((event) => heard.push(event.type === 'order_update' ? event.update.type : event.type));
    await clock.advance(3_600_000);
    market.quote({ symbol, bid: 101, bidQuantity: 1, ask: 102, askQuantity: 1, time: 0 });
    await clock.advance(1_000);
    expect(heard).toEqual([]);
    market.trade({ symbol, price: 99.94, quantity: 1, trades: 1, buyerIsTaker: false, venueTradeId: 8, time: 0 });
    await clock.advance(1_000);
    expect(heard).toEqual(['fill', 'balance_changed', 'balance_changed']);
  });

  it('knows nothing of an order that was on its way at the close', async () => {
    const first = openPaper();
    const { trader } = first;
    await trader.quote(-1, 1);
    const { order, submission } = trader.prepare({ side: 'buy' });
    const request = first.broker.submit(submission);
    const second = await reopen(first);
    expect(await request).toMatchObject({ kind: 'not_executed' });
    expect(await second.trader.answer(second.broker.query(order))).toEqual({ kind: 'not_found', final: true });
    expect(first.clock.pendingTimers()).toBe(0);
  });

  it('shows the orders of another instance as foreign', async () => {
    const first = openPaper();
    const { trader } = first;
    await trader.quote(-1, 1);
    const { order } = await trader.submit({ side: 'buy', terms: limitAt(trader, -5) });
    await trader.answer(first.broker.close());
    const second = openPaper({ saved: first.saves.at(-1) ?? null, instance: 'next' });
    const { ownOrders, foreignOrders } = await second.trader.answer(second.broker.snapshot());
    expect(ownOrders).toEqual([]);
    expect(foreignOrders).toMatchObject([{ clientOrderId: order.clientOrderId, instance: 'test', side: 'buy' }]);
    expect(second.broker.ownerOf(order.clientOrderId)).toBeNull();
  });

  it('ignores the balance of the settings, which only a fresh account begins with', async () => {
    const first = openPaper({ balance: decimal('500') as Money });
    await first.trader.answer(first.broker.close());
    const second = openPaper({ saved: first.saves.at(-1) ?? null, balance: decimal('9') as Money });
    const { balances } = await second.trader.answer(second.broker.snapshot());
    expect(balances).toMatchObject([{ asset: 'USDT', free: decimal('500') }]);
  });

  it('refuses a state that is damaged, of another account or version, or of symbols that are gone', async () => {
    const first = openPaper();
    await first.trader.quote(-1, 1);
    await first.trader.submit({ side: 'buy', terms: limitAt(first.trader, -5) });
    await first.trader.answer(first.broker.close());
    const saved = first.saves.at(-1) ?? '';
    const broken = ['', '{}', 'null', saved.slice(0, -9), saved.replace('"$n":"1', '"$n":"2')];
    for (const text of [...broken, saved.replace('"version":1', '"version":2')]) {
      expect(() => openPaper({ saved: text })).toThrow(expect.objectContaining({ code: 'ROW_INVALID' }) as Error);
    }
    const account = { ...paperAccount('spot'), id: asId<Account['id']>('paper-2') };
    expect(() => openPaper({ saved, account })).toThrow(/paper-1/);
    expect(() => openPaper({ saved }, futuresInstrument())).toThrow(/spot market/);
    expect(() => openPaper({ saved, instruments: [] })).toThrow(/BTCUSDT is not listed/);
    expect(() => openPaper({ saved })).not.toThrow();
  });

  it('remembers the last ended orders only, and all that work', async () => {
    const { trader, broker } = openPaper({ latencyMs: 0 });
    await trader.quote(-1, 1);
    const { order: working } = await trader.submit({ side: 'buy', terms: limitAt(trader, -500) });
    const { order: first } = await trader.submit({ side: 'buy', quantity: quantity('0.06') });
    for (let count = 0; count < 100; count += 1) await trader.submit({ side: 'buy', quantity: quantity('0.06') });
    expect((await trader.answer(broker.query(first))).kind).toBe('not_found');
    expect((await trader.answer(broker.query(working))).kind).toBe('found');
  });
});
