import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { OpenExchange } from './exchange.ts';
import { openExchange } from './exchange.ts';
import { StreamClient } from './stream-client.ts';

let exchange: OpenExchange;
const clients: StreamClient[] = [];
beforeAll(async () => {
  exchange = await openExchange();
});
afterAll(() => exchange.close());
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function open(path: string): Promise<StreamClient> {
  const client = await StreamClient.open(exchange.addresses.spotWs.replace(/\/stream\/ws$/, path));
  clients.push(client);
  return client;
}

/** What a client hears in answer to a message. */
async function ask(client: StreamClient, message: unknown): Promise<unknown> {
  const before = client.messages.length;
  client.send(message);
  await expect.poll(() => client.messages.length).toBe(before + 1);
  return client.messages[before];
}

/** Lets the market do something and gives the client time to hear it. */
async function hear(client: StreamClient, ms = 1_000): Promise<unknown[]> {
  const before = client.messages.length;
  await exchange.advance(ms);
  await new Promise((resolve) => setTimeout(resolve, 30));
  return client.messages.slice(before);
}

function kinds(messages: readonly unknown[]): string[] {
  return [...new Set(messages.map((message) => (message as { e?: string }).e ?? 'none'))].sort();
}

describe('messages that change subscriptions', () => {
  it('subscribe, list and unsubscribe', async () => {
    const client = await open('/stream/ws');
    const streams = ['btcusdt@trade', 'btcusdt@aggTrade'];
    expect(await ask(client, { method: 'SUBSCRIBE', params: streams, id: 1 })).toEqual({ result: null, id: 1 });
    expect(kinds(await hear(client))).toEqual(['aggTrade', 'trade']);
    expect(await ask(client, { method: 'LIST_SUBSCRIPTIONS', id: 'a-text' })).toEqual({
      result: streams,
      id: 'a-text',
    });
    expect(await ask(client, { method: 'UNSUBSCRIBE', params: ['btcusdt@trade'], id: 3 })).toEqual({
      result: null,
      id: 3,
    });
    expect(kinds(await hear(client))).toEqual(['aggTrade']);
  });

  it('switch between bare messages and combined ones', async () => {
    const client = await open('/stream/ws/btcusdt@trade');
    expect(await ask(client, { method: 'GET_PROPERTY', params: ['combined'], id: 1 })).toEqual({
      result: false,
      id: 1,
    });
    expect(await ask(client, { method: 'SET_PROPERTY', params: ['combined', true], id: 2 })).toEqual({
      result: null,
      id: 2,
    });
    const [message] = await hear(client);
    expect(message).toMatchObject({ stream: 'btcusdt@trade', data: { e: 'trade', s: 'BTCUSDT' } });
  });

  it.each([
    ['no JSON', 'not json', { error: { code: 3 } }],
    ['a list', [], { error: { code: 2 } }],
    ['no method', { id: 1 }, { error: { code: 2 } }],
    ['an unknown method', { method: 'JOIN', id: 1 }, { error: { code: 2 }, id: 1 }],
    ['a fractional id', { method: 'LIST_SUBSCRIPTIONS', id: 1.5 }, { error: { code: 2 } }],
    ['an unknown property', { method: 'SET_PROPERTY', params: ['loud', true], id: 1 }, { error: { code: 0 }, id: 1 }],
    [
      'a property of another type',
      { method: 'SET_PROPERTY', params: ['combined', 1], id: 1 },
      { error: { code: 1 }, id: 1 },
    ],
    ['no streams', { method: 'SUBSCRIBE', params: [], id: 1 }, { error: { code: 2 }, id: 1 }],
  ])('are refused: %s', async (_, message, refusal) => {
    expect(await ask(await open('/stream/ws'), message)).toMatchObject(refusal);
  });

  it('hold a connection to 1024 streams', async () => {
    const client = await open('/stream/ws');
    const streams = Array.from({ length: 1_024 }, (_, index) => `coin${index}usdt@trade`);
    expect(await ask(client, { method: 'SUBSCRIBE', params: streams, id: 1 })).toEqual({ result: null, id: 1 });
    const more = await ask(client, { method: 'SUBSCRIBE', params: ['btcusdt@trade'], id: 2 });
    expect(more).toMatchObject({ error: { code: 2 }, id: 2 });
  });

  it.each([
    ['/stream/ws', 5],
    ['/fstream/public/ws', 10],
  ])('are limited on %s to %i a second', async (path, limit) => {
    const client = await open(path);
    // Twice the limit, sent at once, is too much wherever the second begins.
    for (let id = 0; id <= 2 * limit; id += 1) client.send({ method: 'LIST_SUBSCRIPTIONS', id });
    await expect.poll(() => client.closed?.code).toBe(1008);
    expect(client.messages.length).toBeGreaterThanOrEqual(limit);
    expect(client.messages.length).toBeLessThanOrEqual(2 * limit);
  });
});

describe('routes of futures', () => {
  it.each([
    ['public', ['bookTicker', 'depthUpdate', 'trade']],
    ['market', ['aggTrade', 'kline', 'markPriceUpdate', '24hrMiniTicker', '24hrTicker'].sort()],
  ])('%s carries its own streams and is silent about the others', async (route, expected) => {
    const names = [
      'bookTicker',
      'depth@100ms',
      'trade',
      'aggTrade',
      'kline_1m',
      'markPrice@1s',
      'ticker',
      'miniTicker',
    ];
    const client = await open(`/fstream/${route}/ws`);
    expect(
      await ask(client, { method: 'SUBSCRIBE', params: names.map((name) => `btcusdt@${name}`), id: 1 }),
    ).toMatchObject({ id: 1 });
    exchange.market.setPrice('BTCUSDT', 60_000 + Math.random() * 10);
    expect(kinds(await hear(client, 2_000))).toEqual(expected);
  });

  it('are needed: the bare address accepts and stays silent', async () => {
    const client = await open('/fstream/ws/btcusdt@bookTicker');
    expect(await hear(client)).toEqual([]);
  });

  it('are all: another path is no WebSocket', async () => {
    await expect(open('/elsewhere/ws')).rejects.toThrow(/404/);
  });

  it('stay silent on the private one for an unknown listen key', async () => {
    const client = await open('/fstream/private/ws?listenKey=nobody');
    expect(await hear(client)).toEqual([]);
    expect(client.closed).toBeNull();
  });
});

describe('stream messages', () => {
  it('tell of a candle while it forms, and once that it has closed', async () => {
    const client = await open('/stream/ws/btcusdt@kline_1m');
    await exchange.advance(60_000 - (exchange.server.venue.data.nowMs % 60_000));
    await hear(client, 60_000);
    const klines = client.messages.map(
      (message) => (message as { k: { t: number; x: boolean; n: number; v: string } }).k,
    );
    const opened = exchange.server.venue.data.nowMs - 60_000;
    const own = klines.filter(({ t }) => t === opened);
    expect(own.filter(({ x }) => x)).toHaveLength(1);
    expect(own.at(-1)).toMatchObject({ x: true, n: 300 });
    expect(own.slice(0, -1).every(({ x }) => !x)).toBe(true);
  });

  it('are the same bytes for every client', async () => {
    const [first, second] = [await open('/stream/ws/btcusdt@trade'), await open('/stream/ws/btcusdt@trade')];
    await hear(first);
    expect(first.texts).toHaveLength(5);
    expect(second.texts).toEqual(first.texts);
  });

  it('of depth fit on the snapshot, and lead to the next one', async () => {
    type Levels = [string, string][];
    interface Change {
      U: number;
      u: number;
      b: Levels;
      a: Levels;
    }
    const depth = async (): Promise<{ lastUpdateId: number; bids: Levels; asks: Levels }> =>
      (await (await fetch(`${exchange.addresses.spotRest}/api/v3/depth?symbol=BTCUSDT`)).json()) as never;
    const client = await open('/stream/ws/btcusdt@depth@100ms');
    exchange.market.setPrice('BTCUSDT', 59_990);
    await hear(client);
    const snapshot = await depth();
    const book = { b: new Map(snapshot.bids), a: new Map(snapshot.asks) };
    for (const price of [60_003, 59_999.5, 60_010.7]) {
      exchange.market.setPrice('BTCUSDT', price);
      await hear(client);
    }
    const changes = (client.messages as Change[]).filter(({ u }) => u > snapshot.lastUpdateId);
    expect(changes.length).toBeGreaterThan(2);
    expect(changes[0]?.U).toBeLessThanOrEqual(snapshot.lastUpdateId + 1);
    for (const [row, { U }] of changes.entries()) if (row > 0) expect(U).toBe((changes[row - 1]?.u ?? 0) + 1);
    for (const change of changes) {
      for (const side of ['b', 'a'] as const) {
        for (const [price, quantity] of change[side]) {
          if (Number(quantity) === 0) book[side].delete(price);
          else book[side].set(price, quantity);
        }
      }
    }
    const last = await depth();
    expect([...book.b].sort(([x], [y]) => Number(y) - Number(x))).toEqual(last.bids);
    expect([...book.a].sort(([x], [y]) => Number(x) - Number(y))).toEqual(last.asks);
  });
});
