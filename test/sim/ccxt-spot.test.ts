import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { CcxtExchange, OpenExchange } from './exchange.ts';
import { ccxtClient, openExchange, idOf } from './exchange.ts';

const BTC = 'BTC/USDT';
let exchange: OpenExchange;
let client: CcxtExchange;

beforeAll(async () => {
  exchange = await openExchange();
  client = await ccxtClient('binance', exchange.addresses);
  await client.loadMarkets();
});

beforeEach(() => {
  exchange.market.setPrice('BTCUSDT', 60_000);
  return exchange.advance(1_000);
});

afterAll(async () => {
  expect(exchange.log.errors).toEqual([]);
  await exchange.close();
});

describe('ccxt binance reads the spot market', () => {
  it('loads markets without keys', async () => {
    const stranger = await ccxtClient('binance', exchange.addresses, { withKeys: false });
    const markets = await stranger.loadMarkets();
    expect(Object.keys(markets)).toEqual(expect.arrayContaining([BTC, 'BTC/USDT:USDT']));
  });

  it('loads markets with keys, with their limits and precisions', () => {
    expect(client.market(BTC)).toMatchObject({
      spot: true,
      active: true,
      margin: true,
      precision: { amount: 0.001, price: 0.1 },
      limits: { cost: { min: 5 } },
    });
    expect(client.currencies['BTC']).toMatchObject({ active: true });
  });

  it('reads time, ticker, tickers, book, candles and trades', async () => {
    expect(await client.fetchTime()).toBe(exchange.server.venue.data.nowMs);
    expect(await client.fetchTicker(BTC)).toMatchObject({ symbol: BTC, bid: 59_999.9, ask: 60_000.1, open: 60_000 });
    expect(Object.keys(await client.fetchTickers([BTC, 'ETH/USDT']))).toEqual([BTC, 'ETH/USDT']);
    const book = await client.fetchOrderBook(BTC, 5);
    expect(book.bids.slice(0, 2)).toEqual([
      [59_999.9, 2],
      [59_999.8, 2],
    ]);
    expect(book.asks).toHaveLength(5);
    const candles = await client.fetchOHLCV(BTC, '1h', undefined, 10);
    expect(candles).toHaveLength(10);
    expect(candles[0]).toEqual([expect.any(Number), 60_000, 60_600, 59_400, 60_000, 10]);
    const trades = await client.fetchTrades(BTC, undefined, 3);
    expect(trades).toHaveLength(3);
    expect(trades[0]).toMatchObject({ symbol: BTC, amount: 0.01, side: expect.stringMatching(/buy|sell/) as string });
  });

  it('reads candles from a start time on', async () => {
    const since = exchange.server.venue.data.source.startMs - 30 * 60_000;
    const candles = await client.fetchOHLCV(BTC, '1m', since, 40);
    expect(candles[0]?.[0]).toBe(since);
    expect(candles.length).toBeGreaterThan(30);
    const times = candles.map(([time]) => time ?? 0);
    expect(times.every((time, row) => row === 0 || time - (times[row - 1] ?? 0) === 60_000)).toBe(true);
  });
});

describe('ccxt binance trades spot', () => {
  it('buys at market: amount, cost, fee in BNB and balances agree', async () => {
    const before = await client.fetchBalance();
    const order = await client.createOrder(BTC, 'market', 'buy', 0.01);
    expect(order).toMatchObject({ status: 'closed', filled: 0.01, average: 60_000.1, cost: 600.001 });
    expect(order).toMatchObject({
      fees: [{ currency: 'BNB', cost: expect.closeTo((600.001 * 0.00075) / 500, 6) as number }],
    });
    const after = await client.fetchBalance();
    expect(Number(after['USDT']?.total) - Number(before['USDT']?.total)).toBeCloseTo(-600.001, 8);
    expect(Number(after['BTC']?.total) - Number(before['BTC']?.total)).toBeCloseTo(0.01, 8);
    const [trade] = (await client.fetchMyTrades(BTC)).slice(-1);
    expect(trade).toMatchObject({ order: order.id, amount: 0.01, price: 60_000.1, takerOrMaker: 'taker', side: 'buy' });
  });

  it('buys for an amount of quote', async () => {
    const order = await client.createMarketBuyOrderWithCost(BTC, 120.1);
    expect(order).toMatchObject({ status: 'closed', filled: 0.002 });
    expect(order.cost).toBeCloseTo(120.0002, 4);
  });

  it('takes through several levels of the book', async () => {
    const order = await client.createOrder(BTC, 'limit', 'sell', 2.001 - 0.5, 59_999.8, { timeInForce: 'IOC' });
    expect(order).toMatchObject({ status: 'closed', filled: 1.501, average: 59_999.9 });
    const back = await client.createOrder(BTC, 'market', 'buy', 0.5);
    expect(back.status).toBe('closed');
  });

  it('rests a limit order, finds it, and cancels it', async () => {
    const order = await client.createOrder(BTC, 'limit', 'buy', 0.01, 59_000, { clientOrderId: 'rest-1' });
    expect(order).toMatchObject({ status: 'open', filled: 0, remaining: 0.01, price: 59_000, clientOrderId: 'rest-1' });
    expect((await client.fetchBalance())['USDT']?.used).toBeCloseTo(590, 8);
    expect(await client.fetchOrder(idOf(order), BTC)).toMatchObject({
      id: order.id,
      status: 'open',
      timeInForce: 'GTC',
    });
    expect((await client.fetchOpenOrders(BTC)).map(({ id }) => id)).toEqual([order.id]);
    expect(await client.cancelOrder(idOf(order), BTC)).toMatchObject({ id: order.id, status: 'canceled' });
    expect(await client.fetchOpenOrders(BTC)).toEqual([]);
    expect((await client.fetchBalance())['USDT']?.used).toBe(0);
  });

  it('fills a resting order as maker when the market comes to it', async () => {
    const order = await client.createOrder(BTC, 'limit', 'buy', 0.01, 59_500);
    exchange.market.setPrice('BTCUSDT', 59_400);
    await exchange.advance(1_000);
    expect(await client.fetchOrder(idOf(order), BTC)).toMatchObject({
      status: 'closed',
      filled: 0.01,
      average: 59_500,
    });
    const trades = await client.fetchOrderTrades(idOf(order), BTC);
    expect(trades).toHaveLength(1);
    expect(trades[0]).toMatchObject({ takerOrMaker: 'maker', price: 59_500, fee: { currency: 'BNB' } });
    const closed = await client.fetchClosedOrders(BTC);
    expect(closed.map(({ id }) => id)).toContain(order.id);
  });

  it.each([
    ['post-only', 'limit', 'buy', 59_000, { postOnly: true }, 'open'],
    ['IOC', 'limit', 'buy', 59_000, { timeInForce: 'IOC' }, 'expired'],
    ['FOK', 'limit', 'buy', 59_000, { timeInForce: 'FOK' }, 'expired'],
    ['stop-loss', 'market', 'sell', undefined, { stopLossPrice: 59_000 }, 'open'],
    ['stop-loss limit', 'limit', 'sell', 58_900, { stopLossPrice: 59_000 }, 'open'],
    ['take-profit', 'market', 'sell', undefined, { takeProfitPrice: 61_000 }, 'open'],
    ['take-profit limit', 'limit', 'sell', 61_100, { takeProfitPrice: 61_000 }, 'open'],
    ['trailing stop', 'market', 'sell', undefined, { trailingPercent: 1, stopLossOrTakeProfit: 'stopLoss' }, 'open'],
  ] as const)('places %s orders', async (_, type, side, price, params, status) => {
    const placed = await client.createOrder(BTC, type, side, 0.01, price, { ...params });
    const found = await client.fetchOrder(idOf(placed), BTC);
    expect(found).toMatchObject({ status, filled: 0, amount: 0.01, side });
    if (status === 'open') await client.cancelOrder(idOf(placed), BTC);
  });

  it('triggers a stop-loss when the price falls to it', async () => {
    const stop = await client.createOrder(BTC, 'market', 'sell', 0.01, undefined, { stopLossPrice: 59_000 });
    exchange.market.setPrice('BTCUSDT', 58_900);
    await exchange.advance(1_000);
    const order = await client.fetchOrder(idOf(stop), BTC);
    expect(order).toMatchObject({ status: 'closed', filled: 0.01, triggerPrice: 59_000 });
    expect(order.average).toBeLessThanOrEqual(59_000);
  });

  it('replaces an order by editing it', async () => {
    const order = await client.createOrder(BTC, 'limit', 'buy', 0.01, 59_000);
    const edited = await client.editOrder(idOf(order), BTC, 'limit', 'buy', 0.02, 58_500);
    expect(edited).toMatchObject({ status: 'open', amount: 0.02, price: 58_500 });
    expect(await client.fetchOrder(idOf(order), BTC)).toMatchObject({ status: 'canceled' });
    await client.cancelOrder(idOf(edited), BTC);
  });

  it('cancels all orders of a symbol', async () => {
    await client.createOrder(BTC, 'limit', 'buy', 0.01, 59_000);
    await client.createOrder(BTC, 'limit', 'sell', 0.01, 61_000);
    const cancelled = await client.cancelAllOrders(BTC);
    expect(cancelled.map(({ status }) => status)).toEqual(['canceled', 'canceled']);
    expect(await client.fetchOpenOrders(BTC)).toEqual([]);
  });

  it('places an OCO list whose legs end together', async () => {
    const call = client as unknown as Record<string, (params: object) => Promise<Record<string, unknown>>>;
    const list = await call['privatePostOrderListOco']?.({
      ...{ symbol: 'BTCUSDT', side: 'SELL', quantity: '0.01' },
      ...{ aboveType: 'LIMIT_MAKER', abovePrice: '61000' },
      ...{ belowType: 'STOP_LOSS', belowStopPrice: '59000' },
    });
    expect(list).toMatchObject({ contingencyType: 'OCO', listOrderStatus: 'EXECUTING' });
    expect(await client.fetchOpenOrders(BTC)).toHaveLength(2);
    exchange.market.setPrice('BTCUSDT', 61_100);
    await exchange.advance(1_000);
    expect(await client.fetchOpenOrders(BTC)).toEqual([]);
    const [closed] = (await client.fetchClosedOrders(BTC)).slice(-1);
    expect(closed).toMatchObject({ filled: 0.01, average: 61_000, side: 'sell' });
  });
});
