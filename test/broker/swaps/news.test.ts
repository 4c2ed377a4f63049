/** What is told of an account that is asked for its news, and what is read of it. */
import { describe, expect, it } from 'vitest';

import { createSwapBroker } from '../../../src/adapters/broker/ccxt/swaps/swap-broker.ts';
import type { AccountEvent } from '../../../src/domain/event.ts';
import { asId } from '../../../src/domain/ids.ts';
import { clientOrderId } from '../../../src/domain/order/client-order-id.ts';
import type { Order } from '../../../src/domain/order/order.ts';
import { atoms } from '../../../src/matching/atoms.ts';
import type { OrderRequest } from '../../../src/matching/venue-types.ts';
import { idAt } from '../../../src/testkit/builders/example.ts';
import { Trader } from '../../../src/testkit/broker/trader.ts';
import { ACCOUNT } from './stand-in.ts';
import { openVenue, venueNamed, VENUES_UNDER_TEST } from './under-test.ts';
import type { VenueUnderTest } from './under-test.ts';
import { harnessOf } from './venue.ts';
import type { OpenedSwaps } from './venue.ts';

interface Desk extends OpenedSwaps {
  readonly trader: Trader;
}

async function withDesk(venue: VenueUnderTest, test: (desk: Desk) => Promise<void>): Promise<void> {
  const opened = await openVenue(venue);
  try {
    await test({ ...opened, trader: new Trader(harnessOf(opened, '0.5')) });
  } finally {
    await opened.close();
  }
}

const types = (events: readonly AccountEvent[]): string[] => events.map(({ type }) => type);
const EIGHT_HOURS_MS = 8 * 3_600_000;

describe.each(VENUES_UNDER_TEST)('the account at $name', (venue) => {
  it('declares that its news do not come by themselves, and that nothing is guarded which it cannot guard', () =>
    withDesk(venue, async ({ broker }) => {
      const { capabilities } = broker;
      expect(capabilities).toMatchObject({
        accountStream: false,
        oco: false,
        atomicReplace: false,
        residentStops: true,
      });
      expect(capabilities.orderTypes.spot.size).toBe(0);
      const hasTrailing = capabilities.orderTypes.futures.has('trailing_stop');
      expect(capabilities.maxTrailingDeltaBps === null).toBe(!hasTrailing);
    }));

  it('tells that it is connected, that it is lost after the third question without an answer, and that it is back', () =>
    withDesk(venue, async ({ events, standIn, passTime }) => {
      expect(types(events)).toEqual(['account_stream_connected']);
      for (const path of new Set(standIn.asked.map((asked) => asked.path))) {
        for (let count = 0; count < 4; count += 1)
          standIn.arm({ path, isCarriedOut: false, answer: { status: 500, body: '' } });
      }
      // Nobody waits for anything: it is asked every fifteen seconds.
      await passTime(31_000);
      expect(types(events)).toEqual(['account_stream_connected']);
      await passTime(150_000);
      expect(types(events)).toEqual(['account_stream_connected', 'account_stream_lost', 'account_stream_connected']);
    }));

  it('tells of orders of others once, with the instance that has made them', () =>
    withDesk(venue, async ({ events, standIn, broker, passTime, trader }) => {
      await trader.quote(-1, 1);
      const other = clientOrderId({ instance: 'zzzz', subject: idAt(7), leg: 'entry', number: 1 });
      const id = venue.name === 'hyperliquid' ? `0x${'ab'.repeat(16)}` : other;
      standIn.place({ ...foreignOrder(standIn.instrument.symbol), clientOrderId: id });
      await passTime(40_000);
      const told = events.flatMap((event) => (event.type === 'foreign_order' ? [event.order] : []));
      expect(told).toMatchObject([
        { symbol: standIn.instrument.symbol, side: 'buy', instance: venue.name === 'hyperliquid' ? null : 'zzzz' },
      ]);
      expect(told[0]?.quantity.toFixed()).toBe('0.5');
      const snapshot = await trader.answer(broker.snapshot());
      expect(snapshot.foreignOrders).toHaveLength(1);
      expect(snapshot.ownOrders).toEqual([]);
    }));

  it('tells the news of orders of an earlier run under their ids', () =>
    withDesk(venue, async ({ standIn, broker, clock, options, passTime, trader }) => {
      await trader.quote(-1, 1);
      const terms = { type: 'limit', price: trader.price(-5), timeInForce: 'GTC', postOnly: false } as const;
      const { order } = await trader.submit({ side: 'buy', terms });
      await broker.close();
      const next = createSwapBroker({ ...options, clock, orders: [trader.now(order)] });
      const told: AccountEvent[] = [];
      next.onEvent((event) => told.push(event));
      standIn.venue.quote({ symbol: standIn.instrument.symbol, bid: 90, bidQuantity: 5, ask: 90.01, askQuantity: 5 });
      await passTime(5_000);
      const updates = told.flatMap((event) =>
        event.type === 'order_update' ? [[event.orderId, event.update.type]] : [],
      );
      expect(updates).toEqual(['accepted', 'fill', 'filled'].map((type) => [order.intent.id, type]));
      await next.close();
    }));

  it('lists an own working order that no book knows so that it can be asked for and cancelled', () =>
    withDesk(venue, async ({ standIn, broker, clock, options, passTime, trader }) => {
      await trader.quote(-1, 1);
      const terms = { type: 'limit', price: trader.price(-5), timeInForce: 'GTC', postOnly: false } as const;
      const { order } = await trader.submit({ side: 'buy', terms });
      await broker.close();
      const next = createSwapBroker({ ...options, clock, orders: [] });
      const asked = next.snapshot();
      await passTime(1_000);
      const [own] = (await asked).ownOrders;
      expect(own).toMatchObject({ symbol: standIn.instrument.symbol, side: 'buy', terms });
      const found = { ...order, clientOrderId: own?.clientOrderId ?? order.clientOrderId };
      const cancelled = next.cancel(found);
      await passTime(1_000);
      expect(await cancelled).toMatchObject({ kind: 'answered' });
      expect(standIn.venue.views.openOrders(ACCOUNT, null)).toEqual([]);
      await next.close();
    }));

  it('tells a fill that is listed later than its order, also when nothing else changes', () =>
    withDesk(venue, async ({ standIn, trader, passTime }) => {
      await trader.quote(-1, 1);
      const terms = { type: 'limit', price: trader.price(-5), timeInForce: 'GTC', postOnly: false } as const;
      const { order } = await trader.submit({ side: 'buy', quantity: trader.units(3), terms });
      standIn.fillLagMs = 9_000;
      await trader.quote(-7, -5, { ask: 1 });
      expect(trader.now(order).execution.filledQuantity.toFixed()).toBe('0');
      await passTime(15_000);
      expect(trader.now(order).execution.filledQuantity).toEqual(trader.units(1));
      expect(trader.now(order).state.status).toBe('partial');
    }));

  it('takes a new stop back when the one that it replaces was cancelled by somebody else', () =>
    withDesk(venue, async ({ standIn, trader }) => {
      await trader.quote(-1, 1);
      await trader.trade(0, 1, 'buyer');
      await trader.submit({ side: 'buy', quantity: trader.units(4) });
      const { triggerSource } = trader;
      const stopAt = (ticks: number) =>
        ({ type: 'stop_market', triggerPrice: trader.price(ticks), triggerSource }) as const;
      const stop = { side: 'sell', leg: 'stop', quantity: trader.units(4), reduceOnly: true } as const;
      const { order: old } = await trader.submit({ ...stop, terms: stopAt(-20) });
      for (const { algoId } of standIn.venue.views.openAlgoOrders(ACCOUNT, null)) {
        standIn.venue.cancelAlgoOrder({ accountId: ACCOUNT, id: { venueId: algoId } });
      }
      const { order, submission } = trader.prepare({ ...stop, terms: stopAt(-10) });
      const outcome = await trader.answer(trader.harness.broker.replace(old, submission));
      expect(outcome.kind).toBe('refused');
      expect(standIn.venue.views.openAlgoOrders(ACCOUNT, null)).toEqual([]);
      await trader.rest();
      expect(trader.now(order).state.status).toBe('cancelled');
    }));

  it('reads positions, and sets leverage and margin mode as far as they belong to the symbol', () =>
    withDesk(venue, async ({ standIn, broker, trader }) => {
      const { symbol } = standIn.instrument;
      await trader.answer(broker.setLeverage({ market: 'futures', symbol }, 5, 'isolated').then(() => 'set'));
      await trader.quote(-1, 1);
      await trader.trade(0, 1, 'buyer');
      await trader.submit({ side: 'sell', quantity: trader.units(3) });
      const { positions } = await trader.answer(broker.snapshot());
      const shown = { symbol, side: 'short', leverage: 5, marginMode: 'isolated' };
      expect(positions).toMatchObject([shown]);
      expect(positions[0]?.quantity.toFixed()).toBe('1.5');
      expect(positions[0]?.entryPrice.toFixed()).toBe(trader.price(-1).toFixed());
      const tooMuch = broker
        .setLeverage({ market: 'futures', symbol }, 5_000, 'isolated')
        .catch((failure: unknown) => failure);
      expect(await trader.answer(tooMuch)).toMatchObject({ code: 'LEVERAGE_LIMIT' });
    }));

  it('reads each funding payment once, since a time', () =>
    withDesk(venue, async ({ standIn, broker, clock, trader, passTime }) => {
      const { symbol } = standIn.instrument;
      await trader.quote(-1, 1);
      await trader.trade(0, 1, 'buyer');
      await trader.submit({ side: 'buy', quantity: trader.units(2) });
      standIn.venue.setFundingRate(symbol, atoms('0.0001'));
      await clock.advance(EIGHT_HOURS_MS);
      standIn.venue.advanceTo(clock.now());
      await passTime(5_000);
      const reports = await trader.answer(broker.fundingSince(0));
      expect(reports).toHaveLength(1);
      expect(reports[0]).toMatchObject({ instrument: { market: 'futures', symbol } });
      expect(reports[0]?.amount.toFixed()).toBe('-0.01');
      expect(new Set(reports.map(({ incomeId }) => incomeId)).size).toBe(1);
      expect(await trader.answer(broker.fundingSince((reports[0]?.paidAt ?? 0) + 1))).toEqual([]);
    }));

  it('reads all fills when there are more than a page', () =>
    withDesk(venue, async ({ standIn, broker, trader }) => {
      await trader.quote(-1, 1);
      for (let count = 0; count < 230; count += 1) {
        if (count % 100 === 0) await trader.quote(-1, 1);
        standIn.place({
          ...foreignOrder(standIn.instrument.symbol),
          clientOrderId: `other${count}`,
          execution: { type: 'market' },
          side: count % 2 === 0 ? 'buy' : 'sell',
        });
      }
      const { symbol } = standIn.instrument;
      const fills = await trader.answer(broker.fillsSince({ market: 'futures', symbol }, 0));
      expect(fills).toHaveLength(230);
      expect(fills.every(({ fill }) => fill.orderId === null)).toBe(true);
    }));
});

describe('a stop that was set off while nobody looked', () => {
  it.each(VENUES_UNDER_TEST)('is recognised by its fills: $name', (venue) =>
    withDesk(venue, async ({ standIn, broker, clock, options, passTime, trader }) => {
      await trader.quote(-1, 1);
      await trader.trade(0, 1, 'buyer');
      await trader.submit({ side: 'buy', quantity: trader.units(2) });
      const { triggerSource } = trader;
      const terms = { type: 'stop_market', triggerPrice: trader.price(-10), triggerSource } as const;
      const stop = { side: 'sell', leg: 'stop', quantity: trader.units(2), reduceOnly: true, terms } as const;
      const { order } = await trader.submit(stop);
      await broker.close();
      const { symbol } = standIn.instrument;
      standIn.venue.quote({ symbol, bid: 99.8, bidQuantity: 50, ask: 99.81, askQuantity: 50 });
      standIn.venue.mark(symbol, 99.85);
      standIn.venue.trade({ symbol, price: 99.85, quantity: 1, buyerIsTaker: false });
      const next = createSwapBroker({ ...options, clock, orders: [trader.now(order)] });
      const asked = next.fillsSince({ market: 'futures', symbol }, 0);
      await passTime(1_000);
      expect((await asked).at(-1)).toMatchObject({
        clientOrderId: order.clientOrderId,
        fill: { side: 'sell', orderId: order.intent.id },
      });
      await next.close();
    }),
  );
});

describe('what only some venues have', () => {
  it('Hyperliquid refuses triggers by the last price here, before anything is sent', () =>
    withDesk(venueNamed('hyperliquid'), async ({ standIn, trader }) => {
      const terms = { type: 'stop_market', triggerPrice: trader.price(-10), triggerSource: 'last' } as const;
      const before = standIn.asked.length;
      const { outcome } = await trader.submit({ side: 'sell', leg: 'stop', reduceOnly: true, terms });
      expect(outcome).toMatchObject({ kind: 'refused', code: 'TRIGGER_UNSUPPORTED' });
      expect(standIn.asked.slice(before).filter(({ path }) => path === '/exchange')).toEqual([]);
    }));

  it('Hyperliquid wants a greater number with every deed, also of those done at once', () =>
    withDesk(venueNamed('hyperliquid'), async ({ standIn, broker, trader }) => {
      await trader.quote(-1, 1);
      const resting = [-5, -6, -7].map((ticks) => {
        const terms = { type: 'limit', price: trader.price(ticks), timeInForce: 'GTC', postOnly: false } as const;
        return trader.prepare({ side: 'buy', terms }).submission;
      });
      const outcomes = await trader.answer(Promise.all(resting.map(async (submission) => broker.submit(submission))));
      expect(outcomes.map(({ kind }) => kind)).toEqual(['answered', 'answered', 'answered']);
      const deeds = standIn.asked.filter(({ path }) => path === '/exchange');
      const nonces = deeds.map(({ body }) => (JSON.parse(body) as { nonce: number }).nonce);
      expect(new Set(nonces).size).toBe(nonces.length);
    }));

  it('OKX is told until when it may take an order', () =>
    withDesk(venueNamed('okx'), async ({ standIn, trader }) => {
      await trader.quote(-1, 1);
      await trader.submit({ side: 'buy' });
      const sent = standIn.asked.find(({ path, method }) => method === 'POST' && path === '/api/v5/trade/order');
      expect(Number(sent?.headers['exptime']) - Date.parse(sent?.headers['ok-access-timestamp'] ?? '')).toBe(5_000);
    }));

  it('OKX lists the order that a stop became under the name of the stop, once', () =>
    withDesk(venueNamed('okx'), async ({ standIn, broker, trader }) => {
      const order = await triggeredStop(trader);
      expect(trader.now(order).state.status).toBe('triggered');
      const { ownOrders } = await trader.answer(broker.snapshot());
      expect(ownOrders.map(({ clientOrderId }) => clientOrderId)).toEqual([order.clientOrderId]);
      await trader.cancel(order);
      expect(trader.now(order).state.status).toBe('cancelled');
      expect(standIn.venue.views.openOrders(ACCOUNT, null)).toEqual([]);
    }));

  it('OKX forgets what a stop became: after an hour it counts as cancelled, before as on its way', () =>
    withDesk(venueNamed('okx'), async ({ standIn, broker, clock, passTime, trader }) => {
      const order = await triggeredStop(trader);
      const forgotten = { body: { code: '51603', msg: 'Order does not exist', data: [] } };
      const newsWhenForgotten = async (): Promise<unknown> => {
        standIn.arm({ path: '/api/v5/trade/order', isCarriedOut: false, answer: forgotten });
        const answer = broker.query(trader.now(order));
        await passTime(50);
        const found = await answer;
        return found.kind === 'found' ? found.updates.map(({ type }) => type) : found.kind;
      };
      expect(await newsWhenForgotten()).toEqual(['accepted', 'triggered']);
      await clock.advance(4_000_000);
      standIn.venue.advanceTo(clock.now());
      await passTime(1_000);
      expect(await newsWhenForgotten()).toEqual(['accepted', 'triggered', 'cancelled']);
    }));
});

/** A limit order that its trigger has brought into the book, where it rests. */
async function triggeredStop(trader: Trader): Promise<Order> {
  await trader.quote(-1, 1);
  await trader.trade(0, 1, 'buyer');
  await trader.submit({ side: 'buy', quantity: trader.units(4) });
  const price = trader.price(-12);
  const terms = {
    type: 'stop_limit',
    triggerPrice: trader.price(-10),
    triggerSource: 'last',
    price,
    timeInForce: 'GTC',
  } as const;
  const { order } = await trader.submit({
    side: 'sell',
    leg: 'stop',
    reduceOnly: true,
    quantity: trader.units(4),
    terms,
  });
  await trader.quote(-40, -39);
  await trader.trade(-11, 1, 'seller');
  return order;
}

function foreignOrder(symbol: string): OrderRequest {
  return {
    ...{
      accountId: ACCOUNT,
      symbol: asId(symbol),
      clientOrderId: '',
      side: 'buy',
      trigger: null,
      positionSide: 'both',
    },
    size: { type: 'quantity', quantity: atoms('0.5') },
    execution: { type: 'limit', price: atoms('95'), timeInForce: 'GTC', postOnly: false },
    ...{ reduceOnly: false, selfTradePrevention: 'none' },
  };
}
