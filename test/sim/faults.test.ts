import { afterEach, describe, expect, it } from 'vitest';

import type { OpenExchange } from './exchange.ts';
import { openExchange } from './exchange.ts';
import type { RawAnswer } from './signed-request.ts';
import { CONTRACT_INFO } from './shapes/futures.ts';
import { mismatches } from './shapes/shape.ts';
import { request } from './signed-request.ts';
import { StreamClient } from './stream-client.ts';
import { webSocketRequest } from './web-socket-request.ts';

let exchange: OpenExchange;
const clients: StreamClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await exchange.close();
});

interface SimState {
  readonly clock: { readonly now: number; readonly skewMs: number };
  readonly accounts: Readonly<
    Record<string, { readonly spot: { readonly orders: { clientOrderId: string; status: string }[] } }>
  >;
  readonly faults: { readonly count: number; readonly applied: { kind: string; target: string; at: number }[] };
}

async function state(): Promise<SimState> {
  return (await (await fetch(`${exchange.addresses.spotRest}/sim/state`)).json()) as SimState;
}

async function post(
  script: unknown,
): Promise<{ status: number; body: { faults?: number; error?: { message: string } } }> {
  const answer = await fetch(`${exchange.addresses.spotRest}/sim/faults`, {
    method: 'POST',
    body: JSON.stringify(script),
  });
  return { status: answer.status, body: (await answer.json()) as { faults?: number; error?: { message: string } } };
}

/** Puts a fault in place and says later what the state shows of it. */
async function arm(fault: Readonly<Record<string, unknown>>): Promise<void> {
  expect(await post(fault)).toEqual({ status: 200, body: { faults: 1 } });
}

async function applied(): Promise<[string, string][]> {
  return (await state()).faults.applied.map(({ kind, target }) => [kind, target]);
}

async function listen(path: string): Promise<StreamClient> {
  const client = await StreamClient.open(exchange.addresses.spotWs.replace(/\/stream\/ws$/, path));
  clients.push(client);
  return client;
}

async function listenToAccount(): Promise<StreamClient> {
  const client = await StreamClient.open(exchange.addresses.spotWsApi);
  clients.push(client);
  client.send(webSocketRequest(exchange.addresses, 'userDataStream.subscribe.signature'));
  await expect.poll(() => client.messages.length).toBe(1);
  return client;
}

const BUY = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01' };
const REST = { ...BUY, type: 'LIMIT', timeInForce: 'GTC', price: '59000' };

function place(params: Readonly<Record<string, string | number>>, market = 'api/v3'): Promise<RawAnswer> {
  return request(exchange.addresses, `POST /${market}/order`, params);
}

async function statusOf(clientOrderId: string): Promise<string | undefined> {
  const { orders } = (await state()).accounts['main']?.spot ?? { orders: [] };
  return orders.find((order) => order.clientOrderId === clientOrderId)?.status;
}

/** Time for what has been sent to arrive. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}

describe('faults of stream messages', () => {
  it.each([
    ['drop', [1, 2, 3, 4]],
    ['double', [0, 0, 1, 2, 3, 4]],
    ['reorder', [1, 0, 2, 3, 4]],
    ['delay', [1, 2, 0, 3, 4]],
  ] as const)('%s', async (kind, expected) => {
    exchange = await openExchange();
    const client = await listen('/stream/ws/btcusdt@trade');
    const other = await listen('/stream/ws/ethusdt@trade');
    await arm({ kind, stream: 'btcusdt@trade', delayMs: 500 });
    await exchange.advance(1_000);
    await settle();
    const { body } = await request(
      exchange.addresses,
      'GET /api/v3/trades',
      { symbol: 'BTCUSDT', limit: 5 },
      { signed: false },
    );
    const ids = (body as { id: number }[]).map(({ id }) => id);
    expect(client.messages.map((message) => ids.indexOf((message as { t: number }).t))).toEqual(expected);
    expect(other.messages).toHaveLength(5);
    expect(await applied()).toEqual([[kind, 'btcusdt@trade']]);
  });

  it('hit user data under the name "user"', async () => {
    exchange = await openExchange();
    const account = await listenToAccount();
    await arm({ kind: 'drop', stream: 'user', count: 100 });
    await place({ ...BUY, newClientOrderId: 'unheard' });
    await settle();
    expect(account.messages).toHaveLength(1);
    expect(await statusOf('unheard')).toBe('FILLED');
    expect((await applied()).every(([kind, target]) => kind === 'drop' && target === 'user')).toBe(true);
  });

  it('come by chance, the same for the same seed', async () => {
    const rounds: string[] = [];
    for (const seed of [7, 7, 8]) {
      exchange = await openExchange({
        startMs: Date.UTC(2026, 0, 5),
        faults: { seed, rates: { drop: 0.3, double: 0.2 } },
      });
      const client = await listen('/stream/ws/btcusdt@trade');
      await exchange.advance(10_000);
      await settle();
      rounds.push(JSON.stringify(client.messages));
      const { count } = (await state()).faults;
      expect(count).toBeGreaterThan(10);
      expect(count).toBeLessThan(40);
      if (rounds.length < 3) await exchange.close();
    }
    expect(rounds[1]).toBe(rounds[0]);
    expect(rounds[2]).not.toBe(rounds[0]);
  });
});

describe('faults of requests', () => {
  it('refuse: nothing is done', async () => {
    exchange = await openExchange();
    await arm({ kind: 'refuse', endpoint: 'POST /api/v3/order', refusal: 'SERVER_BUSY' });
    expect(await place({ ...REST, newClientOrderId: 'r1' })).toMatchObject({ status: 503, code: -1008 });
    expect(await statusOf('r1')).toBeUndefined();
    expect((await place({ ...REST, newClientOrderId: 'r2' })).status).toBe(200);
    expect(await applied()).toEqual([['refuse', 'POST /api/v3/order']]);
  });

  it('error_before and error_after: the same to the client, not to the account', async () => {
    exchange = await openExchange();
    await arm({ kind: 'error_before', endpoint: 'POST /api/v3/order' });
    expect((await place({ ...REST, newClientOrderId: 'before' })).status).toBe(500);
    await arm({ kind: 'error_after', endpoint: 'POST /api/v3/order' });
    expect(await place({ ...REST, newClientOrderId: 'after' })).toMatchObject({ status: 503, code: -1006 });
    expect([await statusOf('before'), await statusOf('after')]).toEqual([undefined, 'NEW']);
    expect((await applied()).map(([kind]) => kind)).toEqual(['error_before', 'error_after']);
  });

  it('lose_answer: the order lives, the connection breaks', async () => {
    exchange = await openExchange();
    await arm({ kind: 'lose_answer', endpoint: '/api/v3/order' });
    await expect(place({ ...REST, newClientOrderId: 'lost' })).rejects.toThrow();
    expect(await statusOf('lost')).toBe('NEW');
    const found = await request(exchange.addresses, 'GET /api/v3/order', {
      symbol: 'BTCUSDT',
      origClientOrderId: 'lost',
    });
    expect(found.body).toMatchObject({ status: 'NEW' });
    expect(await applied()).toEqual([['lose_answer', 'POST /api/v3/order']]);
  });

  it('lose_answer also on the WebSocket API', async () => {
    exchange = await openExchange();
    const api = await listenToAccount();
    await arm({ kind: 'lose_answer', endpoint: '/api/v3/order' });
    api.send(webSocketRequest(exchange.addresses, 'order.place', { ...REST, newClientOrderId: 'lost' }));
    await expect.poll(() => statusOf('lost')).toBe('NEW');
    await settle();
    expect(api.messages.filter((message) => 'result' in (message as object))).toHaveLength(1);
  });

  it('delay_answer: carried out at once, told late', async () => {
    exchange = await openExchange();
    await arm({ kind: 'delay_answer', endpoint: 'POST /api/v3/order', delayMs: 200 });
    const startedAt = performance.now();
    const answer = place({ ...REST, newClientOrderId: 'slow' });
    await expect.poll(() => statusOf('slow'), { interval: 10 }).toBe('NEW');
    expect(performance.now() - startedAt).toBeLessThan(200);
    expect((await answer).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(199);
  });

  it('come by chance to signed requests only', async () => {
    exchange = await openExchange({ faults: { seed: 3, rates: { errorBefore: 0.5, errorAfter: 0.5 } } });
    expect((await place({ ...REST, newClientOrderId: 'chance' })).status).toBeGreaterThanOrEqual(500);
    expect((await request(exchange.addresses, 'GET /api/v3/time', {}, { signed: false })).status).toBe(200);
    await post({ rates: {} });
    expect((await place({ ...REST, newClientOrderId: 'calm' })).status).toBe(200);
  });
});

describe('faults of orders', () => {
  it('late_fill: the answer knows, the account stream hears later', async () => {
    exchange = await openExchange();
    const account = await listenToAccount();
    await arm({ kind: 'late_fill', delayMs: 2_000 });
    expect((await place({ ...BUY, newClientOrderId: 'late' })).body).toMatchObject({ status: 'FILLED' });
    const fills = (): unknown[] =>
      account.messages.filter((message) => (message as { event?: { x?: string } }).event?.x === 'TRADE');
    await exchange.advance(1_900);
    await settle();
    expect(fills()).toHaveLength(0);
    await exchange.advance(200);
    await expect.poll(fills).toHaveLength(1);
    expect(await applied()).toEqual([['late_fill', 'late']]);
  });

  it('partial_fill: the book holds only a part', async () => {
    exchange = await openExchange();
    await arm({ kind: 'partial_fill', fraction: 0.25 });
    const limit = { ...REST, quantity: '0.04', price: '60010', newClientOrderId: 'part' };
    expect((await place(limit)).body).toMatchObject({ status: 'PARTIALLY_FILLED', executedQty: '0.01000000' });
    expect(await applied()).toEqual([['partial_fill', 'part']]);
  });
});

describe('faults of connections', () => {
  it('cut_sockets: one group breaks without a close frame, the others stay', async () => {
    exchange = await openExchange();
    const [spot, futures] = [
      await listen('/stream/ws/btcusdt@trade'),
      await listen('/fstream/public/ws/btcusdt@trade'),
    ];
    await arm({ kind: 'cut_sockets', group: 'spot' });
    await expect.poll(() => spot.closed?.code).toBe(1006);
    await exchange.advance(1_000);
    await settle();
    expect(futures.closed).toBeNull();
    expect(futures.messages).toHaveLength(5);
    expect(await applied()).toEqual([['cut_sockets', 'spot']]);
  });

  it('freeze_sockets: open and silent', async () => {
    exchange = await openExchange();
    const client = await listen('/stream/ws/btcusdt@trade');
    await arm({ kind: 'freeze_sockets', group: 'all' });
    await exchange.advance(2_000);
    await settle();
    expect([client.messages.length, client.closed]).toEqual([0, null]);
  });

  it('server_shutdown: announced in the form of each connection, then closed', async () => {
    exchange = await openExchange();
    const stream = await listen('/stream/ws/btcusdt@trade');
    const account = await listenToAccount();
    await arm({ kind: 'server_shutdown' });
    await expect.poll(() => stream.messages.at(-1)).toMatchObject({ e: 'serverShutdown' });
    await expect.poll(() => account.messages.at(-1)).toMatchObject({ event: { e: 'serverShutdown' } });
    await expect.poll(() => [stream.closed?.code, account.closed?.code], { timeout: 3_000 }).toEqual([1001, 1001]);
  });
});

describe('limits, bans and clocks', () => {
  it.each([
    ['rate_limit', 429],
    ['ban', 418],
  ] as const)('%s: %i with Retry-After on its market only', async (kind, status) => {
    exchange = await openExchange();
    await place({ ...REST });
    await request(exchange.addresses, 'GET /fapi/v1/time', {}, { signed: false });
    await arm({ kind, market: 'spot' });
    const answer = await request(exchange.addresses, 'GET /api/v3/time', {}, { signed: false });
    expect(answer).toMatchObject({ status, code: -1003 });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await request(exchange.addresses, 'GET /fapi/v1/time', {}, { signed: false })).status).toBe(200);
    expect(await applied()).toEqual([[kind, 'spot']]);
  });

  it("clock_skew: the venue's time moves away from the client's", async () => {
    exchange = await openExchange();
    await arm({ kind: 'clock_skew', skewMs: 60_000 });
    expect(await place(REST)).toMatchObject({ status: 400, code: -1021 });
    const { body } = await request(exchange.addresses, 'GET /api/v3/time', {}, { signed: false });
    const { serverTime } = body as { serverTime: number };
    expect(serverTime).toBe(exchange.server.venue.data.nowMs + 60_000);
    const atVenueTime = await request(exchange.addresses, 'POST /api/v3/order', REST, { timestamp: serverTime });
    expect(atVenueTime.status).toBe(200);
    expect((await state()).clock.skewMs).toBe(60_000);
  });
});

describe('changes of the market', () => {
  it('tick_size: exchangeInfo shows it and orders are judged by it', async () => {
    exchange = await openExchange();
    await arm({ kind: 'tick_size', market: 'spot', symbol: 'BTCUSDT', tick: '10' });
    expect(await place({ ...REST, price: '59005' })).toMatchObject({ status: 400, code: -1013 });
    expect((await place({ ...REST, price: '59010' })).status).toBe(200);
    const { body } = await request(
      exchange.addresses,
      'GET /api/v3/exchangeInfo',
      { symbol: 'BTCUSDT' },
      { signed: false },
    );
    const [symbol] = (body as { symbols: { filters: Record<string, string>[] }[] }).symbols;
    expect(symbol?.filters.find(({ filterType }) => filterType === 'PRICE_FILTER')?.['tickSize']).toMatch(
      /^10(\.0+)?$/,
    );
    expect(await applied()).toEqual([['tick_size', 'spot BTCUSDT']]);
  });

  it('tick_size: streams that are listened to go on with the new decimals', async () => {
    exchange = await openExchange();
    const client = await listen('/fstream/public/ws/btcusdt@bookTicker');
    const bids = (): string[] => client.messages.map((message) => (message as { b: string }).b);
    exchange.market.setPrice('BTCUSDT', 60_010);
    await exchange.advance(1_000);
    await expect.poll(() => bids().at(-1)).toBe('60009.9');
    await arm({ kind: 'tick_size', market: 'futures', symbol: 'BTCUSDT', tick: '0.01' });
    exchange.market.setPrice('BTCUSDT', 60_020);
    await exchange.advance(1_000);
    await expect.poll(() => bids().at(-1)).toBe('60019.90');
  });

  it('symbol_status: a symbol leaves TRADING', async () => {
    exchange = await openExchange();
    const contracts = await listen('/fstream/market/ws/!contractInfo');
    await arm({ kind: 'symbol_status', market: 'futures', symbol: 'BTCUSDT', status: 'halted' });
    await expect.poll(() => contracts.messages.length).toBe(1);
    expect(mismatches(contracts.messages[0], CONTRACT_INFO)).toEqual([]);
    expect(contracts.messages[0]).toMatchObject({ s: 'BTCUSDT', cs: 'SETTLING' });
    const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01' };
    expect((await place(order, 'fapi/v1')).status).toBe(400);
    const { body } = await request(exchange.addresses, 'GET /fapi/v1/exchangeInfo', {}, { signed: false });
    const { symbols } = body as { symbols: { symbol: string; status: string }[] };
    expect(symbols.find(({ symbol }) => symbol === 'BTCUSDT')?.status).not.toBe('TRADING');
    expect(symbols.find(({ symbol }) => symbol === 'ETHUSDT')?.status).toBe('TRADING');
  });

  it('liquidate: the position is gone, its margin with it', async () => {
    exchange = await openExchange();
    const { addresses } = exchange;
    await request(addresses, 'POST /fapi/v1/leverage', { symbol: 'BTCUSDT', leverage: 50 });
    await request(addresses, 'POST /fapi/v1/marginType', { symbol: 'BTCUSDT', marginType: 'ISOLATED' });
    await place({ ...BUY, quantity: '0.1' }, 'fapi/v1');
    await arm({ kind: 'liquidate', symbol: 'BTCUSDT' });
    const positions = await request(addresses, 'GET /fapi/v3/positionRisk', {});
    expect(positions.body).toEqual([]);
    const { body } = await request(addresses, 'GET /fapi/v1/income', { incomeType: 'INSURANCE_CLEAR' });
    expect((body as unknown[]).length).toBeGreaterThan(0);
    expect((await applied()).map(([kind]) => kind)).toEqual(['liquidate']);
  });

  it('funding: the next one is at the given rate', async () => {
    const startMs = Date.UTC(2026, 0, 5, 7, 59);
    exchange = await openExchange({ startMs });
    await place({ ...BUY, quantity: '0.1' }, 'fapi/v1');
    await arm({ kind: 'funding', symbol: 'BTCUSDT', rate: 0.01 });
    await exchange.advance(60_000);
    const { body } = await request(exchange.addresses, 'GET /fapi/v1/income', { incomeType: 'FUNDING_FEE' });
    const [fee] = body as { income: string; time: number }[];
    expect(fee?.time).toBe(startMs + 60_000);
    expect(Number(fee?.income)).toBeCloseTo(-0.1 * 60_000 * 0.01, 6);
    const rates = await request(
      exchange.addresses,
      'GET /fapi/v1/fundingRate',
      { symbol: 'BTCUSDT', limit: 1 },
      { signed: false },
    );
    expect(rates.body).toMatchObject([{ fundingRate: '0.01000000', fundingTime: startMs + 60_000 }]);
  });
});

describe('fault scripts', () => {
  it('run by market time, whatever the pace', async () => {
    exchange = await openExchange({
      faults: [
        { kind: 'clock_skew', skewMs: 5, afterMs: 8_000 },
        { kind: 'tick_size', market: 'spot', symbol: 'BTCUSDT', tick: '1', afterMs: 9_000 },
      ],
    });
    const { start } = (await state()).clock as unknown as { start: number };
    expect((await state()).faults.count).toBe(0);
    await exchange.advance(60_000);
    const times = (await state()).faults.applied.map(({ at }) => at - start);
    expect(times).toEqual([expect.closeTo(8_000, -2), expect.closeTo(9_000, -2)]);
  });

  it.each([
    [{ kind: 'explode' }, /"kind" must be one of/],
    [{ kind: 'drop', count: 'many' }, /"count" is "many"; it must be a number/],
    [{ kind: 'drop', strema: 'user' }, /unknown member "strema"/],
    [{ kind: 'refuse', refusal: 'MAYBE' }, /no refusal is called "MAYBE"/],
    [
      { kind: 'tick_size', market: 'spot', symbol: 'BTCUSDT', tick: 1 },
      /"tick" is 1; it must be a decimal number in quotes/,
    ],
    [{ kind: 'symbol_status', market: 'spot', symbol: 'NOPEUSDT', status: 'halted' }, /no symbol NOPEUSDT/],
    [{ kind: 'liquidate', symbol: 'BTCUSDT' }, /no position in BTCUSDT/],
    [{ kind: 'ban', market: 'options' }, /one of spot, futures/],
    [{ rates: { drop: -1 } }, /"drop" is -1/],
    ['drop', /expected an object/],
  ])('are refused whole when wrong: %j', async (script, message) => {
    exchange = await openExchange();
    const answer = await post(script);
    expect(answer.status).toBe(400);
    expect(answer.body.error?.message).toMatch(message);
    expect((await state()).faults.count).toBe(0);
  });
});
