import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { venueEndpoints } from '../../src/sim/endpoints.ts';
import type { OpenExchange } from './exchange.ts';
import { openExchange } from './exchange.ts';
import { EMPTY_ACCOUNT_ANSWERS, FUTURES_ANSWERS, FUTURES_EVENTS, FUTURES_STREAMS } from './shapes/futures.ts';
import { mismatches } from './shapes/shape.ts';
import { SPOT_ANSWERS, SPOT_EVENTS, SPOT_STREAMS } from './shapes/spot.ts';
import { WALLET_ANSWERS } from './shapes/wallet.ts';
import { request } from './signed-request.ts';
import { StreamClient } from './stream-client.ts';
import { webSocketRequest } from './web-socket-request.ts';

const LIMIT = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '58500' };

describe.each([
  { market: 'spot', answers: [...SPOT_ANSWERS, ...WALLET_ANSWERS], order: 'POST /api/v3/order' },
  { market: 'futures', answers: FUTURES_ANSWERS, order: 'POST /fapi/v1/order' },
  { market: 'a futures account that holds nothing', answers: EMPTY_ACCOUNT_ANSWERS, order: null },
])('answers of $market have the keys and types of the documentation', ({ answers, order }) => {
  let exchange: OpenExchange;
  beforeAll(async () => {
    exchange = await openExchange();
    if (order === null) return;
    await request(exchange.addresses, order, { ...LIMIT, newClientOrderId: 'shape-1' });
    await request(exchange.addresses, order, { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.02' });
  });
  afterAll(() => exchange.close());

  it.each(answers)('$endpoint ($docs)', async ({ endpoint, params, shape, isPublic }) => {
    const answer = await request(exchange.addresses, endpoint, params, { signed: isPublic !== true });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect(mismatches(answer.body, shape)).toEqual([]);
    const isList = Array.isArray(answer.body);
    if (isList) expect(answer.body.length, 'an empty list proves nothing').toBeGreaterThan(0);
  });
});

it('there is a shape for every endpoint of the exchange', async () => {
  const exchange = await openExchange();
  const { venue, listenKeys } = exchange.server;
  const shaped = new Set(
    [SPOT_ANSWERS, WALLET_ANSWERS, FUTURES_ANSWERS, EMPTY_ACCOUNT_ANSWERS].flat().map(({ endpoint }) => endpoint),
  );
  const served = venueEndpoints(venue, listenKeys).map(({ method, path }) => `${method} ${path}`);
  expect([...shaped].sort()).toEqual(served.sort());
  await exchange.close();
});

describe('stream messages have the keys and types of the documentation', () => {
  let exchange: OpenExchange;
  beforeAll(async () => {
    exchange = await openExchange();
  });
  afterAll(() => exchange.close());

  async function firstMessages(url: string, streams: readonly string[]): Promise<Map<string, unknown>> {
    const client = await StreamClient.open(`${url}?streams=${streams.join('/')}`);
    await expect
      .poll(async () => {
        exchange.market.setPrice('BTCUSDT', 60_000 + (Math.floor(exchange.server.venue.data.nowMs / 1_000) % 7));
        await exchange.advance(1_000);
        const heard = new Set(client.messages.map((message) => (message as { stream: string }).stream));
        return streams.filter((stream) => !heard.has(stream));
      })
      .toEqual([]);
    client.close();
    return new Map(
      client.messages.map((message) => [(message as { stream: string }).stream, (message as { data: unknown }).data]),
    );
  }

  it('on spot', async () => {
    const url = exchange.addresses.spotWs.replace(/ws$/, 'stream');
    const heard = await firstMessages(
      url,
      SPOT_STREAMS.map(({ stream }) => stream),
    );
    for (const { stream, shape, docs } of SPOT_STREAMS)
      expect(mismatches(heard.get(stream), shape), `${stream} ${docs}`).toEqual([]);
  });

  it.each(['public', 'market'] as const)('on futures, route %s', async (route) => {
    const own = FUTURES_STREAMS.filter((one) => one.route === route && !one.stream.includes('forceOrder'));
    const url = exchange.addresses.futuresWs.replace(/ws$/, `${route}/stream`);
    const heard = await firstMessages(
      url,
      own.map(({ stream }) => stream),
    );
    for (const { stream, shape, docs } of own)
      expect(mismatches(heard.get(stream), shape), `${stream} ${docs}`).toEqual([]);
  });
});

describe('account events have the keys and types of the documentation', () => {
  it('on spot', async () => {
    const exchange = await openExchange();
    const { addresses } = exchange;
    const client = await StreamClient.open(addresses.spotWsApi);
    client.send(webSocketRequest(addresses, 'userDataStream.subscribe.signature'));
    await expect.poll(() => client.messages.length).toBe(1);
    await request(addresses, 'POST /api/v3/order', {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'MARKET',
      quantity: '0.01',
    });
    await request(addresses, 'POST /api/v3/order', { ...LIMIT, newClientOrderId: 'gone' });
    await request(addresses, 'DELETE /api/v3/order', { symbol: 'BTCUSDT', origClientOrderId: 'gone' });
    await request(addresses, 'POST /api/v3/orderList/oco', {
      ...{ symbol: 'BTCUSDT', side: 'SELL', quantity: '0.01', aboveType: 'LIMIT_MAKER', abovePrice: '62000' },
      ...{ belowType: 'STOP_LOSS', belowTrailingDelta: 100 },
    });
    const events = (): { subscriptionId: number; event: { e: string } }[] => client.messages.slice(1) as never;
    await expect.poll(() => new Set(events().map(({ event }) => event.e)).size).toBe(3);
    for (const { subscriptionId, event } of events()) {
      expect(subscriptionId).toBe(0);
      expect(mismatches(event, SPOT_EVENTS[event.e] ?? 'null'), event.e).toEqual([]);
    }
    client.close();
    await exchange.close();
  });

  it('on futures, forced orders included', async () => {
    const exchange = await openExchange();
    const { addresses } = exchange;
    const { body } = await request(addresses, 'POST /fapi/v1/listenKey', {}, { signed: false });
    const { listenKey } = body as { listenKey: string };
    const client = await StreamClient.open(
      `${addresses.futuresWs.replace(/ws$/, 'private/ws')}?listenKey=${listenKey}`,
    );
    const market = addresses.futuresWs.replace(/ws$/, 'market/ws');
    const forced = FUTURES_STREAMS.filter(({ stream }) => stream.includes('forceOrder'));
    const listeners = await Promise.all(forced.map(({ stream }) => StreamClient.open(`${market}/${stream}`)));
    await request(addresses, 'POST /fapi/v1/leverage', { symbol: 'BTCUSDT', leverage: 100 });
    await request(addresses, 'POST /fapi/v1/marginType', { symbol: 'BTCUSDT', marginType: 'ISOLATED' });
    await request(addresses, 'POST /fapi/v1/order', {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'MARKET',
      quantity: '0.1',
    });
    const stop = { algoType: 'CONDITIONAL', symbol: 'BTCUSDT', side: 'SELL', quantity: '0.1' };
    await request(addresses, 'POST /fapi/v1/algoOrder', {
      ...stop,
      type: 'TRAILING_STOP_MARKET',
      callbackRate: '5',
      activatePrice: '61000',
    });
    exchange.market.setPrice('BTCUSDT', 59_680);
    await exchange.advance(2_000);
    exchange.market.setPrice('BTCUSDT', 58_000);
    await exchange.advance(2_000);
    const events = (): { e: string }[] => client.messages as never;
    await expect
      .poll(() => [...new Set(events().map(({ e }) => e))].sort())
      .toEqual(Object.keys(FUTURES_EVENTS).sort());
    for (const event of events()) {
      const { shape, docs } = FUTURES_EVENTS[event.e] ?? { shape: 'null', docs: '' };
      expect(mismatches(event, shape), `${event.e} ${docs}`).toEqual([]);
    }
    for (const [index, { stream, shape, docs }] of forced.entries()) {
      const messages = (): readonly unknown[] => listeners[index]?.messages ?? [];
      await expect.poll(() => messages().length).toBeGreaterThan(0);
      expect(mismatches(messages()[0], shape), `${stream} ${docs}`).toEqual([]);
      listeners[index]?.close();
    }
    client.close();
    await exchange.close();
  });
});
