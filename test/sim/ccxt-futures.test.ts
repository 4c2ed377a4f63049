import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { CcxtExchange, OpenExchange } from './exchange.ts';
import { ccxtClient, openExchange, idOf } from './exchange.ts';

const BTC = 'BTC/USDT:USDT';
const TRIGGER = { trigger: true };
let exchange: OpenExchange;
let client: CcxtExchange;

beforeAll(async () => {
  exchange = await openExchange();
  client = await ccxtClient('binanceusdm', exchange.addresses);
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

async function goFlat(): Promise<void> {
  await client.cancelAllOrders(BTC);
  await client.cancelAllOrders(BTC, TRIGGER);
  for (const { side, contracts } of await client.fetchPositions([BTC])) {
    await client.createOrder(BTC, 'market', side === 'long' ? 'sell' : 'buy', contracts ?? 0, undefined, {
      reduceOnly: true,
    });
  }
}

describe('ccxt binanceusdm reads the futures market', () => {
  it('loads markets without keys, and the futures of binance with them', async () => {
    const stranger = await ccxtClient('binanceusdm', exchange.addresses, { withKeys: false });
    expect(Object.keys(await stranger.loadMarkets())).toContain(BTC);
    const both = await ccxtClient('binance', exchange.addresses);
    await both.loadMarkets();
    expect(both.market(BTC)).toMatchObject({ swap: true, linear: true, precision: { amount: 0.001, price: 0.1 } });
  });

  it('reads time, ticker, tickers, book, candles and trades', async () => {
    expect(await client.fetchTime()).toBe(exchange.server.venue.data.nowMs);
    expect(await client.fetchTicker(BTC)).toMatchObject({ symbol: BTC, open: 60_000 });
    expect(Object.keys(await client.fetchTickers())).toHaveLength(3);
    expect((await client.fetchOrderBook(BTC, 5)).bids[0]).toEqual([59_999.9, 2]);
    expect(await client.fetchOHLCV(BTC, '5m', undefined, 7)).toHaveLength(7);
    expect(await client.fetchTrades(BTC, undefined, 3)).toHaveLength(3);
    expect((await client.fetchBidsAsks([BTC]))[BTC]).toMatchObject({ bid: 59_999.9, ask: 60_000.1 });
  });

  it('reads funding rate, funding history, open interest and leverage tiers', async () => {
    expect(await client.fetchFundingRate(BTC)).toMatchObject({ symbol: BTC, markPrice: 60_000, fundingRate: 0.0001 });
    const history = await client.fetchFundingRateHistory(BTC, undefined, 3);
    expect(history.map(({ fundingRate }) => fundingRate)).toEqual([0.0001, 0.0001, 0.0001]);
    expect((await client.fetchOpenInterest(BTC)).openInterestAmount).toBeGreaterThan(0);
    const tiers = await client.fetchLeverageTiers([BTC]);
    expect(tiers[BTC]?.[0]).toMatchObject({ maxLeverage: 125, maintenanceMarginRate: 0.004 });
  });
});

describe('ccxt binanceusdm keeps account settings', () => {
  it('sets leverage and margin mode, and refuses to set what is set', async () => {
    expect(await client.setLeverage(5, BTC)).toMatchObject({ symbol: 'BTCUSDT', leverage: 5 });
    await client.setMarginMode('isolated', BTC);
    await expect(client.setMarginMode('isolated', BTC)).rejects.toThrow(/No need to change margin type/);
    await client.setMarginMode('cross', BTC);
    expect((await client.fetchLeverages([BTC]))[BTC]).toMatchObject({ marginMode: 'cross', longLeverage: 5 });
  });

  it('changes to hedge mode and back', async () => {
    await client.setPositionMode(true);
    expect(await client.fetchPositionMode()).toMatchObject({ hedged: true });
    await client.setPositionMode(false);
    expect(await client.fetchPositionMode()).toMatchObject({ hedged: false });
  });
});

describe('ccxt binanceusdm trades futures', () => {
  it('opens a long at market and closes it: position, balance, fees and profit agree', async () => {
    await client.setLeverage(10, BTC);
    const before = Number((await client.fetchBalance())['USDT']?.total);
    const opened = await client.createOrder(BTC, 'market', 'buy', 0.1);
    expect(opened).toMatchObject({ status: 'closed', filled: 0.1 });
    expect(await client.fetchOrder(idOf(opened), BTC)).toMatchObject({ average: 60_000.1, cost: 6_000.01 });
    const [position] = await client.fetchPositions([BTC]);
    expect(position).toMatchObject({
      side: 'long',
      contracts: 0.1,
      entryPrice: 60_000.1,
      marginMode: 'cross',
      hedged: false,
    });
    expect(position?.unrealizedPnl).toBeCloseTo(-0.01, 8);
    expect(position?.liquidationPrice ?? 0).toBeLessThan(60_000);

    exchange.market.setPrice('BTCUSDT', 61_000);
    await exchange.advance(1_000);
    const closed = await client.createOrder(BTC, 'market', 'sell', 0.1, undefined, { reduceOnly: true });
    expect(closed.status).toBe('closed');
    const ended = (await client.fetchClosedOrders(BTC)).map(({ id }) => id);
    expect(ended).toEqual(expect.arrayContaining([opened.id, closed.id]));
    expect(await client.fetchPositions([BTC])).toEqual([]);
    const trades = (await client.fetchMyTrades(BTC)).slice(-2);
    expect(trades.map(({ price, takerOrMaker }) => [price, takerOrMaker])).toEqual([
      [60_000.1, 'taker'],
      [60_999.9, 'taker'],
    ]);
    const fees = trades.reduce((sum, { fee }) => sum + Number(fee?.cost), 0);
    expect(fees).toBeCloseTo(0.1 * (60_000.1 + 60_999.9) * 0.0005, 6);
    const after = Number((await client.fetchBalance())['USDT']?.total);
    expect(after - before).toBeCloseTo(0.1 * (60_999.9 - 60_000.1) - fees, 6);
  });

  it('rests, edits and cancels a limit order', async () => {
    const order = await client.createOrder(BTC, 'limit', 'buy', 0.01, 59_000, { clientOrderId: 'fut-rest-1' });
    expect(order).toMatchObject({ status: 'open', price: 59_000, amount: 0.01, clientOrderId: 'fut-rest-1' });
    const edited = await client.editOrder(idOf(order), BTC, 'limit', 'buy', 0.02, 58_500);
    expect(edited).toMatchObject({ id: order.id, price: 58_500, amount: 0.02, status: 'open' });
    expect((await client.fetchOpenOrders(BTC)).map(({ id }) => id)).toEqual([order.id]);
    expect(await client.cancelOrder(idOf(order), BTC)).toMatchObject({ status: 'canceled' });
    expect(await client.fetchOrder(idOf(order), BTC)).toMatchObject({ status: 'canceled', filled: 0 });
  });

  it.each([
    ['GTX', { timeInForce: 'GTX' }, 'open'],
    ['post-only', { postOnly: true }, 'open'],
    ['IOC', { timeInForce: 'IOC' }, 'expired'],
  ] as const)('places %s limit orders', async (_, params, status) => {
    const order = await client.createOrder(BTC, 'limit', 'buy', 0.01, 59_000, { ...params });
    expect(await client.fetchOrder(idOf(order), BTC)).toMatchObject({ status });
    await goFlat();
  });

  it.each([
    ['STOP_MARKET', 'market', 'sell', undefined, { stopLossPrice: 59_000 }, 'market'],
    ['STOP', 'limit', 'sell', 58_900, { stopLossPrice: 59_000 }, 'limit'],
    ['TAKE_PROFIT_MARKET', 'market', 'sell', undefined, { takeProfitPrice: 61_000 }, 'market'],
    ['TAKE_PROFIT', 'limit', 'sell', 61_100, { takeProfitPrice: 61_000 }, 'limit'],
    [
      'TRAILING_STOP_MARKET',
      'market',
      'sell',
      undefined,
      { trailingPercent: 1, trailingTriggerPrice: 61_000 },
      'market',
    ],
  ] as const)(
    'places %s in the algo service, finds it there only, and cancels it',
    async (kind, type, side, price, params, ccxtType) => {
      const order = await client.createOrder(BTC, type, side, 0.01, price, { ...params });
      expect(order.info).toMatchObject({ orderType: kind, algoStatus: 'NEW' });
      expect(await client.fetchOrder(idOf(order), BTC, TRIGGER)).toMatchObject({
        id: order.id,
        status: 'open',
        type: ccxtType,
      });
      expect((await client.fetchOpenOrders(BTC, undefined, undefined, TRIGGER)).map(({ id }) => id)).toEqual([
        order.id,
      ]);
      expect(await client.fetchOpenOrders(BTC)).toEqual([]);
      await client.cancelOrder(idOf(order), BTC, TRIGGER);
      expect(await client.fetchOrder(idOf(order), BTC, TRIGGER)).toMatchObject({ status: 'canceled' });
      expect((await client.fetchOrders(BTC, undefined, undefined, TRIGGER)).map(({ id }) => id)).toContain(order.id);
    },
  );

  it('closes the position by a triggered stop, whose child order carries the fill', async () => {
    await client.createOrder(BTC, 'market', 'buy', 0.05);
    const stop = await client.createOrder(BTC, 'market', 'sell', 0.05, undefined, {
      stopLossPrice: 59_000,
      reduceOnly: true,
    });
    exchange.market.setPrice('BTCUSDT', 58_900);
    await exchange.advance(1_000);
    expect(await client.fetchPositions([BTC])).toEqual([]);
    const triggered = await client.fetchOrder(idOf(stop), BTC, TRIGGER);
    expect(triggered).toMatchObject({ status: 'closed' });
    const child = String((triggered.info as Record<string, unknown>)['actualOrderId']);
    expect(await client.fetchOrder(child, BTC)).toMatchObject({ status: 'closed', filled: 0.05, reduceOnly: true });
  });

  it('cancels all open and all conditional orders', async () => {
    await client.createOrder(BTC, 'limit', 'buy', 0.01, 59_000);
    await client.createOrder(BTC, 'market', 'sell', 0.01, undefined, { stopLossPrice: 59_000 });
    await client.cancelAllOrders(BTC);
    expect(await client.fetchOpenOrders(BTC)).toEqual([]);
    expect(await client.fetchOpenOrders(BTC, undefined, undefined, TRIGGER)).toHaveLength(1);
    await client.cancelAllOrders(BTC, TRIGGER);
    expect(await client.fetchOpenOrders(BTC, undefined, undefined, TRIGGER)).toEqual([]);
  });

  it('places and cancels orders in batches', async () => {
    const make = (price: number) => ({
      symbol: BTC,
      type: 'limit' as const,
      side: 'buy' as const,
      amount: 0.01,
      price,
      params: {},
    });
    const orders = await client.createOrders([make(59_000), make(58_000), make(1)]);
    expect(orders.map(({ status }) => status)).toEqual(['open', 'open', 'rejected']);
    const ids = orders.slice(0, 2).map(idOf);
    const cancelled = await client.cancelOrders(ids, BTC);
    expect(cancelled.map(({ status }) => status)).toEqual(['canceled', 'canceled']);
  });

  it('books funding into the income history when it falls due', async () => {
    await client.createOrder(BTC, 'market', 'buy', 0.1);
    const { fundingTimestamp } = await client.fetchFundingRate(BTC);
    await exchange.advance((fundingTimestamp ?? 0) - exchange.server.venue.data.nowMs + 1_000);
    const [paid] = await client.fetchFundingHistory(BTC);
    expect(paid).toMatchObject({ symbol: BTC, code: 'USDT', timestamp: fundingTimestamp });
    expect(paid?.amount).toBeCloseTo(-0.1 * 60_000 * 0.0001, 8);
    await goFlat();
  });

  it('liquidates a position that its margin no longer carries', async () => {
    await client.setLeverage(100, BTC);
    await client.setMarginMode('isolated', BTC);
    await client.createOrder(BTC, 'market', 'buy', 0.1);
    exchange.market.setPrice('BTCUSDT', 58_000);
    await exchange.advance(2_000);
    expect(await client.fetchPositions([BTC])).toEqual([]);
    const last = (await client.fetchOrders(BTC)).at(-1);
    expect(last?.clientOrderId).toMatch(/^autoclose-/);
    await client.setMarginMode('cross', BTC);
  });
});
