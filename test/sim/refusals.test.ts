import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { CcxtExchange, OpenExchange } from './exchange.ts';
import { ccxtClient, openExchange } from './exchange.ts';
import type { RequestTerms } from './signed-request.ts';
import { request } from './signed-request.ts';

let exchange: OpenExchange;

beforeAll(async () => {
  exchange = await openExchange();
});

afterAll(async () => {
  expect(exchange.log.errors).toEqual([]);
  await exchange.close();
});

type Params = Readonly<Record<string, string | number>>;

const SPOT_LIMIT = {
  symbol: 'BTCUSDT',
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: '0.01',
  price: '59000',
};
const SPOT_MARKET = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01' };
const STOP = { symbol: 'BTCUSDT', side: 'SELL', type: 'STOP_MARKET', algoType: 'CONDITIONAL', quantity: '0.01' };
const UNKNOWN_KEY = 'A'.repeat(64);

async function refused(
  endpoint: string,
  params: Params,
  terms: RequestTerms = {},
): Promise<[number, number | undefined, string]> {
  const answer = await request(exchange.addresses, endpoint, params, terms);
  return [answer.status, answer.code, (answer.body as { msg: string }).msg];
}

describe('bad requests get the status and code of the venue', () => {
  it.each([
    [
      'a timestamp that is too old',
      'GET /api/v3/account',
      {},
      { timestamp: 1_700_000_000_000 },
      400,
      -1021,
      'outside of the recvWindow',
    ],
    [
      'a timestamp ahead of the venue',
      'GET /fapi/v3/account',
      {},
      { timestamp: 4_000_000_000_000 },
      400,
      -1021,
      'ahead',
    ],
    ['a wrong signature', 'GET /api/v3/account', {}, { secret: 'wrong' }, 400, -1022, 'Signature'],
    ['no signature', 'GET /api/v3/account', { timestamp: Date.now() }, { signed: false }, 400, -1102, "'signature'"],
    ['no timestamp', 'GET /api/v3/account', {}, { signed: false }, 400, -1102, "'timestamp'"],
    ['no key', 'GET /api/v3/account', {}, { apiKey: '' }, 401, -2014, 'format'],
    ['a key of the wrong form', 'GET /fapi/v3/account', {}, { apiKey: 'short' }, 401, -2014, 'format'],
    ['an unknown key', 'GET /api/v3/account', {}, { apiKey: UNKNOWN_KEY }, 401, -2015, 'Invalid API-key'],
    [
      'an unknown symbol',
      'GET /api/v3/ticker/24hr',
      { symbol: 'NOPE' },
      { signed: false },
      400,
      -1121,
      'Invalid symbol',
    ],
    [
      'an unknown futures symbol',
      'GET /fapi/v1/depth',
      { symbol: 'NOPE' },
      { signed: false },
      400,
      -1121,
      'Invalid symbol',
    ],
    ['a symbol in lower case', 'GET /api/v3/depth', { symbol: 'btcusdt' }, { signed: false }, 400, -1100, 'Illegal'],
    [
      'an unknown interval',
      'GET /api/v3/klines',
      { symbol: 'BTCUSDT', interval: '7m' },
      { signed: false },
      400,
      -1120,
      'interval',
    ],
    ['a missing symbol', 'GET /api/v3/depth', {}, { signed: false }, 400, -1102, "'symbol'"],
    ['an unknown path', 'GET /api/v3/nothing', {}, { signed: false }, 404, -1000, 'Path'],
  ])('%s', async (_, endpoint, params: Params, terms: RequestTerms, status, code, text) => {
    expect(await refused(endpoint, params, terms)).toEqual([status, code, expect.stringContaining(text)]);
  });
});

describe('impossible spot orders get the status and code of the venue', () => {
  it.each([
    ['too much precision', { ...SPOT_LIMIT, quantity: '0.0100000001' }, -1111, 'precision'],
    ['a price off the tick', { ...SPOT_LIMIT, price: '59000.05' }, -1013, 'PRICE_FILTER'],
    ['a quantity off the step', { ...SPOT_LIMIT, quantity: '0.0105' }, -1013, 'LOT_SIZE'],
    ['too small a value', { ...SPOT_LIMIT, quantity: '0.001', price: '4000' }, -1013, /NOTIONAL|PERCENT_PRICE/],
    ['a price far from the market', { ...SPOT_LIMIT, price: '600' }, -1013, 'PERCENT_PRICE_BY_SIDE'],
    ['more than the account has', { ...SPOT_LIMIT, quantity: '100' }, -2010, 'insufficient balance'],
    [
      'a post-only order that would take',
      { ...SPOT_LIMIT, type: 'LIMIT_MAKER', price: '60500' },
      -2010,
      'immediately match',
    ],
    [
      'a stop that would trigger at once',
      { ...SPOT_LIMIT, side: 'SELL', type: 'STOP_LOSS', stopPrice: '61000' },
      -2010,
      'trigger immediately',
    ],
    ['an unknown type', { ...SPOT_LIMIT, type: 'NOPE' }, -1116, 'orderType'],
    ['an unknown side', { ...SPOT_LIMIT, side: 'HOLD' }, -1117, 'side'],
    ['an unknown time in force', { ...SPOT_LIMIT, timeInForce: 'GTX' }, -1115, 'timeInForce'],
    ['a bad client id', { ...SPOT_LIMIT, newClientOrderId: 'a b' }, -1100, 'newClientOrderId'],
    ['quantity and quote quantity', { ...SPOT_MARKET, quoteOrderQty: '10' }, -1128, 'optional parameters'],
  ])('%s', async (_, params: Params, code, text) => {
    const expected: unknown = typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text);
    expect(await refused('POST /api/v3/order', params)).toEqual([400, code, expected]);
  });

  it('a client id that works already, an unknown order', async () => {
    await request(exchange.addresses, 'POST /api/v3/order', { ...SPOT_LIMIT, newClientOrderId: 'twice' });
    expect(await refused('POST /api/v3/order', { ...SPOT_LIMIT, newClientOrderId: 'twice' })).toEqual([
      400,
      -2010,
      'Duplicate order sent.',
    ]);
    const unknown = { symbol: 'BTCUSDT', orderId: 1 };
    expect(await refused('DELETE /api/v3/order', unknown)).toEqual([400, -2011, 'Unknown order sent.']);
    expect(await refused('GET /api/v3/order', unknown)).toEqual([400, -2013, 'Order does not exist.']);
    expect(await refused('DELETE /api/v3/openOrders', { symbol: 'ETHUSDT' })).toEqual([
      400,
      -2011,
      'Unknown order sent.',
    ]);
  });

  it('a cancelReplace tells what became of either half', async () => {
    const replace = { ...SPOT_LIMIT, cancelReplaceMode: 'STOP_ON_FAILURE', cancelOrderId: 1 };
    const stopped = await request(exchange.addresses, 'POST /api/v3/order/cancelReplace', replace);
    expect(stopped).toMatchObject({ status: 400, code: -2022 });
    expect(stopped.body).toMatchObject({
      data: { cancelResult: 'FAILURE', newOrderResult: 'NOT_ATTEMPTED', cancelResponse: { code: -2011 } },
    });
    const partly = await request(exchange.addresses, 'POST /api/v3/order/cancelReplace', {
      ...replace,
      cancelReplaceMode: 'ALLOW_FAILURE',
    });
    expect(partly).toMatchObject({ status: 409, code: -2021 });
    expect(partly.body).toMatchObject({ data: { cancelResult: 'FAILURE', newOrderResult: 'SUCCESS' } });
  });
});

describe('impossible futures orders get the status and code of the venue', () => {
  it.each([
    ['too much precision of the price', { ...SPOT_LIMIT, price: '59000.05' }, -1111, 'Precision'],
    ['too much precision of the quantity', { ...SPOT_LIMIT, quantity: '0.0105' }, -1111, 'Precision'],
    ['a quantity of zero', { ...SPOT_LIMIT, quantity: '0' }, -4003, 'less than'],
    ['too small a value', { ...SPOT_LIMIT, quantity: '0.001' }, -4164, 'notional must be no smaller than 100'],
    ['a larger quantity than any', { ...SPOT_MARKET, quantity: '190000' }, -4005, 'greater than'],
    ['a price far above the market', { ...SPOT_LIMIT, price: '90000' }, -4016, 'higher'],
    ['a price far below the market', { ...SPOT_LIMIT, side: 'SELL', price: '30000' }, -4024, 'lower'],
    ['a post-only order that would take', { ...SPOT_LIMIT, timeInForce: 'GTX', price: '60500' }, -5022, 'Post Only'],
    ['a FOK order that cannot be filled', { ...SPOT_LIMIT, timeInForce: 'FOK' }, -5021, 'FOK'],
    ['a reduce-only order without a position', { ...SPOT_MARKET, reduceOnly: 'true' }, -2022, 'ReduceOnly'],
    ['a stop order at the order endpoint', { ...STOP, stopPrice: '59000' }, -4120, 'Algo'],
    ['a position side of hedge mode', { ...SPOT_MARKET, positionSide: 'LONG' }, -4061, 'position side'],
  ])('%s', async (_, params: Params, code, text) => {
    const [status, given, message] = await refused('POST /fapi/v1/order', params);
    expect([status, given]).toEqual([400, code]);
    expect(message).toMatch(text);
  });

  it('a change of position mode while orders work', async () => {
    const order = { ...SPOT_LIMIT, newClientOrderId: 'in-the-way' };
    expect((await request(exchange.addresses, 'POST /fapi/v1/order', order)).status).toBe(200);
    const [status, code] = await refused('POST /fapi/v1/positionSide/dual', { dualSidePosition: 'true' });
    expect([status, code]).toEqual([400, -4067]);
    const cancel = { symbol: 'BTCUSDT', origClientOrderId: 'in-the-way' };
    expect((await request(exchange.addresses, 'DELETE /fapi/v1/order', cancel)).status).toBe(200);
  });

  it('a margin that does not suffice', async () => {
    expect(await refused('POST /fapi/v1/order', { ...SPOT_LIMIT, quantity: '60' })).toEqual([
      400,
      -2019,
      'Margin is insufficient.',
    ]);
  });

  it('a conditional order that would trigger at once', async () => {
    expect(await refused('POST /fapi/v1/algoOrder', { ...STOP, triggerPrice: '61000' })).toEqual([
      400,
      -2021,
      'Order would immediately trigger.',
    ]);
  });

  it('a client id that works already, an unknown order', async () => {
    await request(exchange.addresses, 'POST /fapi/v1/order', { ...SPOT_LIMIT, newClientOrderId: 'twice' });
    expect(await refused('POST /fapi/v1/order', { ...SPOT_LIMIT, newClientOrderId: 'twice' })).toEqual([
      400,
      -4116,
      'ClientOrderId is duplicated.',
    ]);
    const unknown = { symbol: 'BTCUSDT', orderId: 1 };
    expect((await refused('DELETE /fapi/v1/order', unknown)).slice(0, 2)).toEqual([400, -2011]);
    expect((await refused('GET /fapi/v1/order', unknown)).slice(0, 2)).toEqual([400, -2013]);
    expect((await refused('DELETE /fapi/v1/algoOrder', { algoId: 999 })).slice(0, 2)).toEqual([400, -2011]);
    expect((await refused('GET /fapi/v1/algoOrder', { algoId: 999 })).slice(0, 2)).toEqual([400, -2013]);
  });

  it('settings that cannot be', async () => {
    expect((await refused('POST /fapi/v1/leverage', { symbol: 'BTCUSDT', leverage: 500 })).slice(0, 2)).toEqual([
      400, -4028,
    ]);
    expect(
      (await refused('POST /fapi/v1/marginType', { symbol: 'ETHUSDT', marginType: 'CROSSED' })).slice(0, 2),
    ).toEqual([400, -4046]);
    expect((await refused('POST /fapi/v1/positionSide/dual', { dualSidePosition: 'false' })).slice(0, 2)).toEqual([
      400, -4059,
    ]);
    expect((await refused('PUT /fapi/v1/listenKey', {})).slice(0, 2)).toEqual([400, -1125]);
  });
});

describe('rate limits', () => {
  it('tell what is used, refuse with 429 and Retry-After, and ban with 418 who goes on', async () => {
    const limited = await openExchange();
    const call = (endpoint: string) => request(limited.addresses, endpoint, {}, { signed: false });
    const first = await call('GET /api/v3/exchangeInfo');
    expect(first.headers.get('x-mbx-used-weight-1m')).toBe('20');
    const script = JSON.stringify({ kind: 'rate_limit', market: 'spot' });
    await fetch(`${limited.addresses.spotRest}/sim/faults`, { method: 'POST', body: script });
    const refusedCall = await call('GET /api/v3/time');
    expect([refusedCall.status, refusedCall.code]).toEqual([429, -1003]);
    expect(Number(refusedCall.headers.get('retry-after'))).toBeGreaterThan(0);
    for (let turn = 0; turn < 25; turn += 1) await call('GET /api/v3/time');
    const banned = await call('GET /api/v3/time');
    expect([banned.status, banned.code]).toEqual([418, -1003]);
    expect(Number(banned.headers.get('retry-after'))).toBeGreaterThan(60);
    expect((await call('GET /fapi/v1/time')).status).toBe(200);
    const client = await ccxtClient('binance', limited.addresses);
    await expect(client.fetchTime()).rejects.toMatchObject({ name: 'DDoSProtection' });
    await limited.close();
  });

  it('count orders per ten seconds and refuse the rest with -1015', async () => {
    const limited = await openExchange();
    const order = { ...SPOT_LIMIT, timeInForce: 'IOC' };
    const place = () => request(limited.addresses, 'POST /api/v3/order', order);
    const first = await place();
    expect(first.headers.get('x-mbx-order-count-10s')).toBe('1');
    const rest = await Promise.all(Array.from({ length: 220 }, place));
    const late = rest.find(({ status }) => status !== 200);
    expect([late?.status, late?.code]).toEqual([429, -1015]);
    expect(Number(late?.headers.get('retry-after'))).toBeGreaterThan(0);
    await limited.close();
  });
});

describe('ccxt takes the refusals for what they are', () => {
  let client: CcxtExchange;
  beforeAll(async () => {
    client = await ccxtClient('binance', exchange.addresses);
    await client.loadMarkets();
  });

  it('by its error classes, where they do not depend on the host', async () => {
    await expect(client.fetchOrder('1', 'BTC/USDT')).rejects.toMatchObject({ name: 'OrderNotFound' });
    await expect(client.createOrder('BTC/USDT', 'limit', 'buy', 100, 59_000)).rejects.toMatchObject({
      name: 'InsufficientFunds',
    });
    const wrong = await ccxtClient('binance', exchange.addresses, { config: { secret: 'wrong' } });
    await expect(wrong.fetchBalance()).rejects.toThrow(/-1022/);
  });
});
