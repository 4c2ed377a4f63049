/** What the contract suite cannot play: the account stream's own life, other people's orders, money of other kinds. */
import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';

import { afterEach, describe, expect, it } from 'vitest';

import { createCcxtBroker } from '../../src/adapters/broker/ccxt/ccxt.ts';
import { Decimal } from '../../src/domain/decimal.ts';
import type { AccountEvent } from '../../src/domain/event.ts';
import { Secret } from '../../src/lib/secret.ts';
import { listenKeyExpired } from '../../src/sim/user-data/futures-events.ts';
import { idAt } from '../../src/testkit/builders/example.ts';
import { clientOrderId } from '../../src/domain/order/client-order-id.ts';
import { Trader } from '../../src/testkit/broker/trader.ts';
import { request } from '../sim/signed-request.ts';
import type { BrokerVenue, VenueTerms } from './venue.ts';
import { harnessOf, openVenue } from './venue.ts';

const MARKETS = ['spot', 'futures'] as const;
const PATH = { spot: '/api/v3/order', futures: '/fapi/v1/order' } as const;

let venue: BrokerVenue;
afterEach(async () => {
  expect(venue.log.errors).toEqual([]);
  await venue.close();
});

async function open(terms: VenueTerms): Promise<Trader> {
  venue = await openVenue(terms);
  const trader = new Trader(harnessOf(venue));
  await trader.quote(-1, 1);
  return trader;
}

function told<Type extends AccountEvent['type']>(type: Type): Extract<AccountEvent, { type: Type }>[] {
  return venue.events.filter((event): event is Extract<AccountEvent, { type: Type }> => event.type === type);
}

/** An order by hand, or by another program. */
async function byHand(
  market: 'spot' | 'futures',
  params: Record<string, string>,
  path: string = PATH[market],
): Promise<void> {
  const order = { symbol: 'BTCUSDT', side: 'BUY', quantity: '0.5', ...params };
  const terms = { timestamp: venue.clock.now() };
  const { status, body } = await request(venue.addresses, `POST ${path}`, order, terms);
  if (status !== 200) throw new Error(JSON.stringify(body));
  await venue.passTime(0);
}

describe.each(MARKETS)('a key pair on %s', (market) => {
  it.each(['ed25519', 'rsa'] as const)('signs requests and the account stream: %s', async (algorithm) => {
    const { publicKey, privateKey } =
      algorithm === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2_048 }) : generateKeyPairSync('ed25519');
    const pem = {
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
    const trader = await open({ market, pem });
    const { order } = await trader.submit({ side: 'buy' });
    expect(trader.now(order).state.status).toBe('filled');
    expect(told('account_stream_connected')).toHaveLength(1);
    expect(told('account_stream_lost')).toEqual([]);
  });
});

describe.each(MARKETS)('the account stream on %s', (market) => {
  it('is told as lost and comes back; what happened meanwhile is found by asking', async () => {
    const trader = await open({ market });
    const terms = { type: 'limit', price: trader.price(-5), timeInForce: 'GTC', postOnly: false } as const;
    const { order } = await trader.submit({ side: 'buy', terms });
    await venue.arm({ kind: 'cut_sockets', group: 'user' });
    await expect.poll(() => venue.passTime(0).then(() => told('account_stream_lost').length)).toBe(1);
    await trader.trade(-9, 50, 'seller');
    expect(trader.now(order).state.status).toBe('open');
    const answer = await trader.answer(venue.broker.query(order));
    if (answer.kind === 'found') trader.take(order, { kind: 'answered', updates: answer.updates });
    expect(trader.now(order).state.status).toBe('filled');
    await venue.passTime(5_000);
    await expect.poll(() => venue.passTime(0).then(() => told('account_stream_connected').length)).toBe(2);
    const { order: next } = await trader.submit({ side: 'buy' });
    expect(trader.now(next).state.status).toBe('filled');
    expect(trader.fills).toHaveLength(1);
  });

  it('tells a fill once whose message comes twice', async () => {
    const trader = await open({ market });
    await venue.arm({ kind: 'double', stream: 'user', count: 20 });
    await trader.submit({ side: 'buy', quantity: trader.units(2) });
    expect(trader.fills).toHaveLength(1);
  });

  it('shows with the last fill that one before it was missed', async () => {
    const trader = await open({ market });
    const terms = { type: 'limit', price: trader.price(-5), timeInForce: 'GTC', postOnly: false } as const;
    const { order } = await trader.submit({ side: 'buy', quantity: trader.units(3), terms });
    // Of the fill, and of what it makes of the balances.
    await venue.dropMessages(market === 'spot' ? 2 : 3);
    await trader.quote(-7, -5, { ask: 1 });
    expect(trader.now(order).state.status).toBe('open');
    await trader.quote(-7, -5, { ask: 50 });
    const { state, execution } = trader.now(order);
    expect(state.status).toBe('filled');
    expect(execution.filledQuantity.lessThan(execution.reportedQuantity)).toBe(true);
    const answer = await trader.answer(venue.broker.query(order));
    if (answer.kind === 'found') trader.take(order, { kind: 'answered', updates: answer.updates });
    expect(trader.now(order).execution.filledQuantity).toEqual(trader.units(3));
  });

  it('moves to a new connection when the exchange says that it goes down', async () => {
    await open({ market });
    await venue.passTime(61_000);
    await venue.arm({ kind: 'server_shutdown', group: 'user' });
    await expect.poll(() => venue.passTime(0).then(() => told('account_stream_connected').length)).toBe(2);
    expect(venue.notices).toEqual([{ type: 'server_shutdown', message: expect.any(String) as string }]);
  });
});

describe('the account stream on futures', () => {
  it('connects with a new key when the old one has expired', async () => {
    const trader = await open({ market: 'futures' });
    await venue.passTime(61_000);
    const { listenKeys, venue: exchange } = venue.server;
    const key = listenKeys.open('main');
    listenKeys.close('main');
    exchange.userStreams.expire(key, listenKeyExpired(key, venue.server.driver.now));
    await expect.poll(() => venue.passTime(0).then(() => told('account_stream_connected').length)).toBe(2);
    expect(told('account_stream_lost')).toMatchObject([{ cause: 'its key has expired' }]);
    const { order } = await trader.submit({ side: 'buy' });
    expect(trader.now(order).state.status).toBe('filled');
    expect(trader.fills).toHaveLength(1);
  });

  it('tells of changed settings', async () => {
    await open({ market: 'futures' });
    const { market, symbol } = venue.instrument;
    await venue.broker.setLeverage({ market, symbol }, 7, 'isolated');
    await venue.passTime(0);
    const message = 'the leverage of BTCUSDT was set to 7';
    expect(venue.notices).toEqual([{ type: 'account_config_changed', message, leverage: 7 }]);
  });

  it('tells of a liquidation: first the call for margin, then a fill that nobody has sent', async () => {
    const trader = await open({ market: 'futures', balances: { USDT: '1000' } });
    const { market, symbol } = venue.instrument;
    await venue.broker.setLeverage({ market, symbol }, 20, 'isolated');
    await trader.submit({ side: 'buy', quantity: trader.units(10) });
    await trader.quote(-456, -454);
    await trader.trade(-455, 1, 'seller');
    expect(venue.notices.map(({ type }) => type)).toContain('margin_call');
    await venue.arm({ kind: 'liquidate', symbol: 'BTCUSDT' });
    await venue.passTime(1_000);
    const [fill] = told('foreign_fill');
    expect(fill?.fill).toMatchObject({ orderId: null, side: 'sell', quantity: trader.units(10) });
    expect((await trader.answer(venue.broker.snapshot())).positions).toEqual([]);
  });

  it('tells funding once, under the id of the income history', async () => {
    const trader = await open({ market: 'futures', startMs: Date.UTC(2026, 2, 2, 7, 59) });
    await trader.trade(0, 1, 'buyer');
    await trader.submit({ side: 'buy', quantity: trader.units(4) });
    await venue.passTime(90_000);
    const reports = told('funding_paid');
    expect(reports).toHaveLength(1);
    expect(reports[0]?.instrument).toEqual({ market: 'futures', symbol: 'BTCUSDT' });
    expect(reports[0]?.amount.toFixed()).toBe('-0.02');
    expect(await trader.answer(venue.broker.fundingSince(venue.clock.now() - 120_000))).toEqual(reports);
    expect(await trader.answer(venue.broker.fundingSince(venue.clock.now() - 1_000))).toEqual([]);
  });
});

describe('what the account holds on futures', () => {
  it('shows positions with leverage and margin mode', async () => {
    const trader = await open({ market: 'futures' });
    const { market, symbol } = venue.instrument;
    await venue.broker.setLeverage({ market, symbol }, 5, 'isolated');
    await venue.broker.setLeverage({ market, symbol }, 5, 'isolated');
    await trader.trade(0, 1, 'buyer');
    await trader.submit({ side: 'sell', quantity: trader.units(2) });
    const { positions, balances } = await trader.answer(venue.broker.snapshot());
    expect(positions).toMatchObject([
      { market: 'futures', symbol: 'BTCUSDT', side: 'short', leverage: 5, marginMode: 'isolated' },
    ]);
    expect(positions[0]?.quantity).toEqual(trader.units(2));
    expect(positions[0]?.entryPrice).toEqual(trader.price(-1));
    expect(positions[0]?.liquidationPrice?.greaterThan(110)).toBe(true);
    expect(balances[0]?.locked.greaterThan(19)).toBe(true);
  });

  it('refuses a leverage that the exchange does not take, with a code', async () => {
    const trader = await open({ market: 'futures' });
    const { market, symbol } = venue.instrument;
    const refused = trader.answer(venue.broker.setLeverage({ market, symbol }, 999, 'isolated'));
    await expect(refused).rejects.toMatchObject({ code: 'LEVERAGE_LIMIT' });
    await venue.arm({ kind: 'error_before', endpoint: 'POST /fapi/v1/leverage' });
    const unanswered = trader.answer(venue.broker.setLeverage({ market, symbol }, 3, 'isolated'));
    await expect(unanswered).rejects.toMatchObject({ code: 'EXCHANGE_UNREACHABLE' });
  });

  it('refuses an account in hedge mode, and its orders', async () => {
    const trader = await open({ market: 'futures' });
    const terms = { timestamp: venue.clock.now() };
    await request(venue.addresses, 'POST /fapi/v1/positionSide/dual', { dualSidePosition: 'true' }, terms);
    const { market, symbol } = venue.instrument;
    const refused = trader.answer(venue.broker.setLeverage({ market, symbol }, 3, 'isolated'));
    await expect(refused).rejects.toMatchObject({ code: 'HEDGE_MODE' });
    expect((await trader.submit({ side: 'buy' })).outcome).toMatchObject({ kind: 'refused', code: 'HEDGE_MODE' });
  });

  it.each(['spot', 'futures'] as const)(
    'knows no order of a %s symbol that the venue knows no more',
    async (market) => {
      const trader = await open({ market });
      const terms = { type: 'limit', price: trader.price(-5), timeInForce: 'GTC', postOnly: false } as const;
      const { order } = await trader.submit({ side: 'buy', terms });
      const endpoint = market === 'spot' ? 'GET /api/v3/order' : 'GET /fapi/v1/order';
      await venue.arm({ kind: 'refuse', endpoint, count: 1, refusal: 'BAD_SYMBOL' });
      expect(await trader.answer(venue.broker.query(order))).toMatchObject({ kind: 'not_found' });
    },
  );

  it('tells the positions of hedge mode apart from its own', async () => {
    await open({ market: 'futures' });
    const { symbol } = venue.instrument;
    const at = { timestamp: venue.clock.now() };
    await request(venue.addresses, 'POST /fapi/v1/positionSide/dual', { dualSidePosition: 'true' }, at);
    const order = { symbol, side: 'BUY', type: 'MARKET', quantity: '1', positionSide: 'LONG', ...at };
    await request(venue.addresses, 'POST /fapi/v1/order', order, at);
    const { positions } = await venue.broker.snapshot();
    expect(positions).toMatchObject([{ symbol, side: 'long', isHedgeLeg: true }]);
  });

  it('adds the brackets to the instruments', async () => {
    await open({ market: 'futures' });
    const [instrument] = await venue.broker.instruments();
    const [first] = instrument?.futures?.leverageBrackets ?? [];
    expect(first).toMatchObject({ maxLeverage: 125 });
    expect(first?.maintenanceMarginRate).toEqual(new Decimal('0.004'));
    expect(first?.notionalCap).toEqual(new Decimal(300_000));
  });

  it('lists conditional orders among the working ones, own and foreign', async () => {
    const trader = await open({ market: 'futures' });
    await trader.trade(0, 1, 'buyer');
    const terms = { type: 'stop_market', triggerPrice: trader.price(-50), triggerSource: 'last' } as const;
    const { order } = await trader.submit({ side: 'sell', leg: 'stop', terms });
    const algo = { algoType: 'CONDITIONAL', type: 'TAKE_PROFIT', triggerPrice: '105', price: '104', side: 'SELL' };
    await byHand('futures', { ...algo, clientAlgoId: 'web_1' }, '/fapi/v1/algoOrder');
    const { ownOrders, foreignOrders } = await trader.answer(venue.broker.snapshot());
    expect(ownOrders.map((own) => own.clientOrderId)).toEqual([order.clientOrderId]);
    expect(foreignOrders).toMatchObject([{ clientOrderId: 'web_1', terms: { type: 'take_profit' }, side: 'sell' }]);
    expect(told('foreign_order')).toMatchObject([
      { order: { clientOrderId: 'web_1', terms: { type: 'take_profit' } } },
    ]);
  });
});

describe.each(MARKETS)('orders of others on %s', (market) => {
  it('are told as foreign, with the instance that has sent them, and so are their fills', async () => {
    const trader = await open({ market });
    const limit = { type: 'LIMIT', timeInForce: 'GTC', price: '99' };
    const other = clientOrderId({ instance: 'zzzz', subject: idAt(1), leg: 'entry', number: 1 });
    await byHand(market, { ...limit, newClientOrderId: 'web_1' });
    await byHand(market, { ...limit, newClientOrderId: other });
    expect(told('foreign_order').map(({ order }) => [order.clientOrderId, order.instance])).toEqual([
      ['web_1', null],
      [other, 'zzzz'],
    ]);
    const { foreignOrders, ownOrders } = await trader.answer(venue.broker.snapshot());
    expect(ownOrders).toEqual([]);
    expect(foreignOrders.map(({ instance }) => instance).toSorted()).toEqual([null, 'zzzz'].toSorted());
    await byHand(market, { type: 'MARKET', newClientOrderId: 'web_2' });
    expect(told('foreign_fill')).toMatchObject([{ fill: { orderId: null, side: 'buy' } }]);
    expect(told('order_update')).toEqual([]);
    const reported = await trader.answer(venue.broker.fillsSince({ market, symbol: venue.instrument.symbol }, 0));
    expect(reported.map((fill) => fill.clientOrderId)).toEqual(['web_2']);
  });
});

describe.each(MARKETS)('after a restart on %s', (market) => {
  it('news of orders of the earlier run are told under their ids, and fills name their orders', async () => {
    const trader = await open({ market });
    await trader.submit({ side: 'buy', quantity: trader.units(4) });
    const price = trader.price(10);
    const terms = { type: 'limit', price, timeInForce: 'GTC', postOnly: false } as const;
    const { order } = await trader.submit({ side: 'sell', leg: 'target', reduceOnly: true, terms });
    const orders = [trader.now(order)];
    const again = createCcxtBroker({ ...venue.options, orders });
    const events: AccountEvent[] = [];
    again.onEvent((event) => events.push(event));
    await expect.poll(() => venue.passTime(1).then(() => events.length)).toBe(1);
    expect(again.ownerOf(order.clientOrderId)).toBe(order.intent.id);
    await trader.trade(20, 100, 'buyer');
    const updates = (): unknown[] => events.flatMap((event) => (event.type === 'order_update' ? [event.orderId] : []));
    await expect.poll(() => venue.passTime(1).then(() => updates()[0])).toBe(order.intent.id);
    const symbol = venue.instrument.symbol;
    const reported = await trader.answer(again.fillsSince({ market, symbol }, 0));
    expect(reported.at(-1)?.clientOrderId).toBe(order.clientOrderId);
    expect(reported.at(-1)?.fill).toEqual(trader.fills.at(-1));
    await again.close();
  });
});

describe('fees in BNB', () => {
  it('are worth what BNB cost in the minute of the fill', async () => {
    const trader = await open({ market: 'spot', balances: { USDT: '100000', BNB: '10' } });
    const at = venue.server.driver.now + 1;
    venue.market.quote(at, { bid: 499, bidQuantity: 5, ask: 501, askQuantity: 5 }, 1);
    venue.market.trade(at, { price: 500, quantity: 1, buyerIsTaker: true }, 1);
    await venue.passTime(1);
    const { order } = await trader.submit({ side: 'buy', quantity: trader.units(4) });
    const [fill] = trader.fills;
    expect(fill?.fee.asset).toBe('BNB');
    expect(fill?.fee.rate).toEqual(new Decimal(500));
    const due = trader.now(order).execution.filledNotional.times('0.00075');
    expect(fill?.fee.value.minus(due).abs().toNumber()).toBeLessThan(1e-5);
    const reported = await trader.answer(venue.broker.fillsSince(venue.instrument, 0));
    expect(reported.map((report) => report.fill)).toEqual([fill]);
  });
});

describe('the keys', () => {
  it('show in nothing that is printed, answered or logged', async () => {
    const trader = await open({ market: 'spot' });
    await venue.arm({ kind: 'lose_answer', endpoint: 'GET /api/v3/account', count: 2 });
    const failure: unknown = await trader.answer(venue.broker.snapshot()).catch((error: unknown) => error);
    await venue.arm({ kind: 'refuse', endpoint: 'GET /api/v3/order', refusal: 'INVALID_SIGNATURE' });
    const answer = await trader.answer(venue.broker.query(trader.prepare().order));
    const shown = inspect([venue.broker, failure, answer, venue.options], { depth: 20, showHidden: true });
    const { apiKey, apiSecret } = venue.addresses;
    for (const secret of [apiKey, apiSecret, 'signature=']) expect(shown).not.toContain(secret);
    expect(failure).toMatchObject({ code: 'EXCHANGE_UNREACHABLE' });
  });

  it('that sign nothing are refused with what to look at', async () => {
    venue = await openVenue({ market: 'spot' });
    const secret = new Secret('-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----');
    const broker = createCcxtBroker({ ...venue.options, secret });
    const trader = new Trader({ ...harnessOf(venue), broker });
    const outcome = await trader.answer(broker.submit(trader.prepare({ side: 'buy' }).submission));
    expect(outcome).toMatchObject({ kind: 'refused', code: 'REQUEST_INVALID' });
    expect(JSON.stringify(outcome)).not.toContain('nonsense');
    await broker.close();
  });

  it('that the exchange does not know are refused with its code', async () => {
    venue = await openVenue({ market: 'spot' });
    const apiKey = new Secret('a'.repeat(64));
    const broker = createCcxtBroker({ ...venue.options, apiKey });
    const trader = new Trader({ ...harnessOf(venue), broker });
    const outcome = await trader.answer(broker.submit(trader.prepare({ side: 'buy' }).submission));
    expect(outcome).toMatchObject({ kind: 'refused', code: '-2015' });
    await broker.close();
  });
});

describe('a conditional order on futures that was set off', () => {
  it('is cancelled by its child, also when nobody has told of the child', async () => {
    const trader = await open({ market: 'futures' });
    await trader.trade(0, 1, 'buyer');
    await trader.submit({ side: 'buy', quantity: trader.units(4) });
    const limit = { triggerPrice: trader.price(-10), price: trader.price(50), timeInForce: 'GTC' } as const;
    const terms = { type: 'stop_limit', triggerSource: 'last', ...limit } as const;
    const { order } = await trader.submit({ side: 'sell', leg: 'stop', reduceOnly: true, terms });
    const untold = trader.now(order);
    await trader.trade(-10, 1, 'seller');
    expect(trader.now(order).state).toMatchObject({
      status: 'triggered',
      childVenueOrderId: expect.any(String) as string,
    });
    const outcome = await trader.answer(venue.broker.cancel(untold));
    expect(outcome).toMatchObject({ kind: 'answered' });
    trader.take(order, outcome);
    expect(trader.now(order).state.status).toBe('cancelled');
    expect((await trader.answer(venue.broker.snapshot())).ownOrders).toEqual([]);
  });
});
