import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { CcxtExchange, OpenExchange } from './exchange.ts';
import { ccxtClient, openExchange, idOf } from './exchange.ts';

/** Market time moves on while a promise is waited for: a client's first answer needs messages to come. */
async function whileMarketRuns<Value>(exchange: OpenExchange, wanted: Promise<Value>): Promise<Value> {
  let isDone = false;
  const done = wanted.finally(() => (isDone = true));
  done.catch(() => undefined);
  while (!isDone) {
    await exchange.advance(500);
    await pause(5);
  }
  return done;
}

describe.each([
  { kind: 'pro/binance', symbol: 'BTC/USDT', other: 'ETH/USDT' },
  { kind: 'pro/binanceusdm', symbol: 'BTC/USDT:USDT', other: 'ETH/USDT:USDT' },
] as const)('ccxt.pro of $kind', ({ kind, symbol, other }) => {
  let exchange: OpenExchange;
  let client: CcxtExchange;
  const run = <Value>(wanted: Promise<Value>): Promise<Value> => whileMarketRuns(exchange, wanted);

  beforeAll(async () => {
    exchange = await openExchange();
    client = await ccxtClient(kind, exchange.addresses, { config: { newUpdates: true } });
    await client.loadMarkets();
  });
  beforeEach(() => exchange.market.setPrice('BTCUSDT', 60_000));
  afterEach(() => expect(exchange.log.errors).toEqual([]));
  afterAll(async () => {
    await client.close();
    await exchange.close();
  });

  it('watches trades', async () => {
    const [trade] = await run(client.watchTrades(symbol));
    expect(trade).toMatchObject({ symbol, amount: 0.01 });
    expect([59_999.9, 60_000.1]).toContain(trade?.price);
  });

  it('watches a ticker and all tickers', async () => {
    expect(await run(client.watchTicker(symbol))).toMatchObject({ symbol, open: 60_000 });
    const tickers = await run(client.watchTickers([symbol, other]));
    expect(Object.values(tickers)[0]).toMatchObject({ open: expect.any(Number) as number });
  });

  it('watches candles', async () => {
    const candles = await run(client.watchOHLCV(symbol, '1m'));
    expect(candles.at(-1)?.[4]).toBeGreaterThan(59_000);
  });

  it('watches bids and asks', async () => {
    const [quote] = Object.values(await run(client.watchBidsAsks([symbol])));
    expect(quote).toMatchObject({ symbol, bid: 59_999.9, ask: 60_000.1 });
  });

  it('watches the order book in sequence through moves of the market', async () => {
    const first = await run(client.watchOrderBook(symbol));
    expect(first.bids[0]?.[0]).toBe(59_999.9);
    for (const price of [60_010, 59_990, 60_020, 60_000.5]) {
      exchange.market.setPrice('BTCUSDT', price);
      await expect
        .poll(async () => {
          await exchange.advance(500);
          const book = client.orderbooks[symbol] as { bids: number[][]; asks: number[][] } | undefined;
          return [book?.bids[0]?.[0], book?.asks[0]?.[0]];
        })
        .toEqual([expect.closeTo(price - 0.1, 6), expect.closeTo(price + 0.1, 6)]);
    }
  });

  it('watches orders, fills and balances of its account', async () => {
    const orders = client.watchOrders(symbol);
    const balance = client.watchBalance();
    const trades = client.watchMyTrades(symbol);
    await pause(200);
    const placed = await client.createOrder(symbol, 'market', 'buy', 0.01);
    const [update] = await run(orders);
    expect(update).toMatchObject({ id: placed.id, symbol, side: 'buy', amount: 0.01 });
    const [fill] = await run(trades);
    expect(fill).toMatchObject({ order: placed.id, amount: 0.01, price: 60_000.1, takerOrMaker: 'taker' });
    expect(fill?.fee?.cost).toBeGreaterThan(0);
    expect(Number((await run(balance))['USDT']?.total)).toBeLessThan(100_000);
  });

  it('hears of a resting order being cancelled', async () => {
    const placed = await client.createOrder(symbol, 'limit', 'buy', 0.01, 59_000);
    await pause(50);
    const next = client.watchOrders(symbol);
    await client.cancelOrder(idOf(placed), symbol);
    const seen = (await run(next)).filter(({ id }) => id === placed.id);
    expect(['open', 'canceled']).toContain(seen[0]?.status);
    expect(await client.fetchOrder(idOf(placed), symbol)).toMatchObject({ status: 'canceled' });
  });

  it.runIf(kind === 'pro/binanceusdm')('watches positions: first those that are there, then what changes', async () => {
    const fresh = await ccxtClient(kind, exchange.addresses, { config: { newUpdates: true } });
    await fresh.loadMarkets();
    await client.createOrder(symbol, 'market', 'buy', 0.02);
    const [there] = await run(fresh.watchPositions([symbol]));
    expect(there).toMatchObject({ symbol, side: 'long' });
    const held = there?.contracts ?? 0;
    const next = fresh.watchPositions([symbol]);
    await pause(50);
    await client.createOrder(symbol, 'market', 'buy', 0.03);
    const [position] = await run(next);
    expect(position?.contracts).toBeCloseTo(held + 0.03, 8);
    await fresh.close();
  });
});
