/** What is found out about key and account before the first order, by every answer that the venue may give. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { checkAccount, keyRights } from '../../src/adapters/broker/ccxt/account-check.ts';
import type { AccountCheckOptions } from '../../src/adapters/broker/ccxt/account-check.ts';
import { asId } from '../../src/domain/ids.ts';
import type { Market } from '../../src/domain/instrument.ts';
import { Secret } from '../../src/lib/secret.ts';
import { loadCcxtVenue } from '../../src/modes/assets.ts';
import { createFakeClock } from '../../src/testkit/fake-clock.ts';

const PATHS = {
  spot: { look: 'GET /api/v3/account', trade: 'POST /api/v3/order/test' },
  futures: { look: 'GET /fapi/v1/accountConfig', trade: 'POST /fapi/v1/order/test' },
} as const;
const RIGHTS = 'GET /sapi/v1/account/apiRestrictions';
const SECRET = 'topsecret'.repeat(7);

interface Answer {
  readonly status?: number;
  readonly body: object;
}

const refusal = (code: number, status = 400): Answer => ({ status, body: { code, msg: 'because' } });

let answers: Map<string, Answer>;
let asked: string[];
let venue: ReturnType<typeof createServer>;
beforeEach(async () => {
  answers = new Map();
  asked = [];
  venue = createServer((request, response) => {
    const endpoint = `${request.method ?? ''} ${new URL(request.url ?? '', 'http://venue').pathname}`;
    request.resume();
    asked.push(endpoint);
    const usual: Answer = { body: endpoint.endsWith('/time') ? { serverTime: createFakeClock().now() } : {} };
    const { status = 200, body } = answers.get(endpoint) ?? usual;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => venue.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  venue.closeAllConnections();
  venue.close();
});

async function optionsOf(market: Market, more: Partial<AccountCheckOptions> = {}): Promise<AccountCheckOptions> {
  const rest = `http://127.0.0.1:${(venue.address() as AddressInfo).port}`;
  return {
    account: { id: asId('main'), userId: asId('user'), venue: 'binance', market, money: 'live', label: 'main' },
    venueClass: await loadCcxtVenue('binance'),
    ...{ apiKey: new Secret('k'.repeat(64)), secret: new Secret(SECRET), hosts: { rest, userStream: '' } },
    ...{ clock: createFakeClock(), ...more },
  };
}

describe.each(['spot', 'futures'] as const)('the check of an account on %s', (market) => {
  const { look, trade } = PATHS[market];
  const check = async (more: Partial<AccountCheckOptions> = {}): Promise<void> =>
    checkAccount(await optionsOf(market, more), asId('BTCUSDT'));

  it('passes a key that may trade, and sends no order but the one that is only looked at', async () => {
    await check();
    expect(asked.filter((endpoint) => !endpoint.endsWith('/time'))).toEqual([look, trade]);
  });

  it.each([
    ['an unknown key', 'look', refusal(-2015, 401), 'KEYS_REFUSED'],
    ['a key of another form', 'look', refusal(-2014, 401), 'KEYS_REFUSED'],
    ['a secret that does not fit', 'look', refusal(-1022), 'KEYS_REFUSED'],
    ['a key that may only look', 'trade', refusal(-2015, 401), 'KEY_NOT_PERMITTED'],
    ['a clock that measuring does not help', 'look', refusal(-1021), 'CLOCK_REFUSED'],
    ['an account in liquidation', 'trade', refusal(-2023), 'ACCOUNT_LOCKED'],
    ['an account that may only reduce', 'trade', refusal(-4087), 'ACCOUNT_LOCKED'],
    ['an account that may not trade', 'look', { body: { canTrade: false } }, 'ACCOUNT_LOCKED'],
    ['an exchange in trouble', 'look', refusal(-1000, 500), 'EXCHANGE_UNREACHABLE'],
    ['an exchange that wants to be left alone', 'trade', refusal(-1003, 429), 'EXCHANGE_UNREACHABLE'],
  ] as const)('refuses %s', async (_, stage, answer, code) => {
    answers.set(PATHS[market][stage], answer);
    const failure: unknown = await check().catch((caught: unknown) => caught);
    expect(failure).toMatchObject({ code });
    expect(String(failure)).not.toContain(SECRET);
  });

  it('does not blame the clock while the exchange does not tell its time', async () => {
    answers.set(look, refusal(-1021));
    answers.set(look.replace(/\/account.*/, '/time'), refusal(-1001, 500));
    await expect(check()).rejects.toMatchObject({ code: 'EXCHANGE_UNREACHABLE' });
  });

  it.each([
    ['a symbol that it does not have', refusal(-1121)],
    ['too little money', refusal(-2019)],
    ['the size of the order', refusal(-1013)],
  ])('does not mind %s: the key was looked at before', async (_, answer) => {
    answers.set(trade, answer);
    await expect(check()).resolves.toBeUndefined();
  });

  it('refuses a private key that nothing can be signed with', async () => {
    const secret = new Secret('-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----');
    await expect(check({ secret })).rejects.toMatchObject({ code: 'KEYS_REFUSED' });
  });

  it('says that nobody answers', async () => {
    const hosts = { rest: 'http://127.0.0.1:9', userStream: '' };
    await expect(check({ hosts })).rejects.toMatchObject({ code: 'EXCHANGE_UNREACHABLE' });
  });
});

describe('what else a key may do', () => {
  it('is told where the exchange tells it', async () => {
    answers.set(RIGHTS, { body: { enableWithdrawals: true, ipRestrict: false } });
    expect(await keyRights(await optionsOf('spot'))).toEqual({ mayWithdraw: true, isBoundToAddresses: false });
    answers.set(RIGHTS, refusal(-1002, 404));
    expect(await keyRights(await optionsOf('spot'))).toBeNull();
  });

  it('includes hedge mode of the futures account', async () => {
    answers.set(PATHS.futures.look, { body: { canTrade: true, dualSidePosition: true } });
    await expect(checkAccount(await optionsOf('futures'), asId('BTCUSDT'))).rejects.toMatchObject({
      code: 'HEDGE_MODE',
    });
  });
});
