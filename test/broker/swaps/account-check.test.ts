/** What is found out about key and account before the first order, at each venue. */
import { describe, expect, it } from 'vitest';

import { checkSwapAccount } from '../../../src/adapters/broker/ccxt/swaps/swap-account-check.ts';
import { isSwapVenue } from '../../../src/adapters/broker/ccxt/swaps/venues.ts';
import type { SwapVenueName } from '../../../src/adapters/broker/ccxt/swaps/venues.ts';
import type { KeyRights } from '../../../src/adapters/broker/ccxt/account-check.ts';
import { EXPERIMENTAL_VENUES } from '../../../src/config/variables/exchange.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { loadCcxtVenue } from '../../../src/modes/assets.ts';
import { createFakeClock } from '../../../src/testkit/fake-clock.ts';
import { BYBIT_KEYS, bybitSpeech, GOOD_ACCOUNT } from './bybit.ts';
import type { BybitAccount } from './bybit.ts';
import { approved, HYPERLIQUID_KEYS, HYPERLIQUID_SYMBOL, hyperliquidSpeech } from './hyperliquid.ts';
import type { Roles } from './hyperliquid.ts';
import { OKX_SYMBOL } from './okx-rows.ts';
import { GOOD_CONFIG, OKX_KEYS, okxSpeech } from './okx.ts';
import type { Speech } from './stand-in.ts';
import { StandIn } from './stand-in.ts';
import type { SwapCredentials } from './venue.ts';

interface Check {
  readonly venue: SwapVenueName;
  readonly speech: Speech;
  readonly credentials: SwapCredentials;
  readonly symbol?: string;
  readonly clockAheadMs?: number;
}

async function check({ venue, speech, credentials, symbol = 'BTCUSDT', clockAheadMs = 0 }: Check): Promise<KeyRights> {
  const standIn = new StandIn(symbol, speech);
  const restUrl = await standIn.listen();
  try {
    return await checkSwapAccount({
      venue,
      symbol: standIn.instrument.symbol,
      keys: {
        ...{
          venueClass: await loadCcxtVenue(venue),
          restUrl,
          clock: createFakeClock(standIn.venue.now + clockAheadMs),
        },
        ...{ apiKey: new Secret(credentials.apiKey), secret: new Secret(credentials.secret) },
        passphrase: credentials.passphrase === undefined ? null : new Secret(credentials.passphrase),
        ...{ settleAsset: 'USDT', marginMode: 'isolated' },
      },
    });
  } finally {
    expect(standIn.orders()).toEqual([]);
    await standIn.close();
  }
}

const bybit = (account: Partial<BybitAccount> = {}, keys = BYBIT_KEYS): Check => ({
  venue: 'bybit',
  speech: bybitSpeech(() => ({ ...GOOD_ACCOUNT, ...account })),
  credentials: keys,
});
const okx = (config: object = {}, keys = OKX_KEYS): Check => ({
  venue: 'okx',
  speech: okxSpeech(() => ({ ...GOOD_CONFIG, ...config })),
  credentials: keys,
  symbol: OKX_SYMBOL,
});

describe('the check of an account at Bybit', () => {
  it('finds nothing wrong with a good one, and says what else the key may do', async () => {
    expect(await check(bybit())).toEqual({ mayWithdraw: false, isBoundToAddresses: false });
    const permissions = { ContractTrade: ['Order', 'Position'], Wallet: ['AccountTransfer', 'Withdraw'] };
    const key = { ...GOOD_ACCOUNT.key, ips: ['10.0.0.7'], permissions };
    expect(await check(bybit({ key }))).toEqual({ mayWithdraw: true, isBoundToAddresses: true });
  });

  it.each([
    ['KEYS_REFUSED', 'an unknown key', {}, { ...BYBIT_KEYS, apiKey: 'another' }],
    ['KEYS_REFUSED', 'a secret that does not fit', {}, { ...BYBIT_KEYS, secret: 'wrong' }],
    ['KEY_NOT_PERMITTED', 'a key that may only read', { key: { ...GOOD_ACCOUNT.key, readOnly: 1 } }, BYBIT_KEYS],
    [
      'KEY_NOT_PERMITTED',
      'a key for spot alone',
      { key: { ...GOOD_ACCOUNT.key, permissions: { Spot: ['SpotTrade'] } } },
      BYBIT_KEYS,
    ],
    ['ACCOUNT_LOCKED', 'an account that is not unified', { key: { ...GOOD_ACCOUNT.key, uta: 0 } }, BYBIT_KEYS],
    ['HEDGE_MODE', 'an account in hedge mode', { positionIdx: 1 }, BYBIT_KEYS],
    ['MARGIN_MODE_DIFFERS', 'another margin mode', { info: { marginMode: 'REGULAR_MARGIN' } }, BYBIT_KEYS],
  ] as const)('refuses with %s %s', async (code, _, account, keys) => {
    await expect(check(bybit(account, keys))).rejects.toMatchObject({ code });
  });
});

describe('the check of an account at OKX', () => {
  it('finds nothing wrong with a good one, and says what else the key may do', async () => {
    expect(await check(okx())).toEqual({ mayWithdraw: false, isBoundToAddresses: false });
    const config = { perm: 'read_only,withdraw,trade', ip: '10.0.0.7' };
    expect(await check(okx(config))).toEqual({ mayWithdraw: true, isBoundToAddresses: true });
  });

  it.each([
    ['KEYS_REFUSED', 'an unknown key', {}, { ...OKX_KEYS, apiKey: 'another' }],
    ['KEYS_REFUSED', 'a secret that does not fit', {}, { ...OKX_KEYS, secret: 'wrong' }],
    ['KEYS_REFUSED', 'a wrong passphrase', {}, { ...OKX_KEYS, passphrase: 'wrong' }],
    ['KEY_NOT_PERMITTED', 'a key that may only read', { perm: 'read_only' }, OKX_KEYS],
    ['ACCOUNT_LOCKED', 'an account in spot mode', { acctLv: '1' }, OKX_KEYS],
    ['HEDGE_MODE', 'an account in hedge mode', { posMode: 'long_short_mode' }, OKX_KEYS],
  ] as const)('refuses with %s %s', async (code, _, config, keys) => {
    await expect(check(okx(config, keys))).rejects.toMatchObject({ code });
  });
});

describe('the check of an account at Hyperliquid', () => {
  const stranger = '0x2222222222222222222222222222222222222222';
  const checkRoles = async (roles: Roles | undefined, keys: SwapCredentials = HYPERLIQUID_KEYS): Promise<KeyRights> =>
    check({
      venue: 'hyperliquid',
      speech: await hyperliquidSpeech(roles),
      credentials: keys,
      symbol: HYPERLIQUID_SYMBOL,
    });

  it('takes a wallet that the account has approved, which may not withdraw', async () => {
    expect(await checkRoles(undefined)).toMatchObject({ mayWithdraw: false });
  });

  it.each([
    ['KEYS_REFUSED', 'a wallet that nobody has approved', approved(stranger)],
    ['KEYS_REFUSED', 'a wallet that another account has approved', () => ({ role: 'agent', data: { user: stranger } })],
    ['ACCOUNT_LOCKED', 'an address that the exchange does not know', () => ({ role: 'missing' })],
  ] as const)('refuses with %s %s', async (code, _, roles) => {
    await expect(checkRoles(roles)).rejects.toMatchObject({ code });
  });

  it('refuses what is no private key, and does not repeat it', async () => {
    const wrong = checkRoles(undefined, { ...HYPERLIQUID_KEYS, secret: 'no-key-at-all' });
    await expect(wrong).rejects.toMatchObject({ code: 'KEYS_REFUSED' });
    await expect(wrong).rejects.not.toThrow('no-key-at-all');
  });
});

describe('the check of any account', () => {
  it.each([
    ['bybit', bybit()],
    ['okx', okx()],
  ] as const)('measures how far the clocks are apart: %s', async (_, account) => {
    await expect(check({ ...account, clockAheadMs: 3_600_000 })).resolves.toMatchObject({ mayWithdraw: false });
  });

  it.each([
    ['500', { status: 500, body: '' }],
    ['a page in HTML', { status: 200, body: '<html></html>' }],
  ])('is EXCHANGE_UNREACHABLE after %s', async (_, answer) => {
    await expect(check({ ...bybit(), speech: () => answer })).rejects.toMatchObject({ code: 'EXCHANGE_UNREACHABLE' });
    await expect(check({ ...okx(), speech: () => answer })).rejects.toMatchObject({ code: 'EXCHANGE_UNREACHABLE' });
  });

  it('exists for every exchange that the configuration lets real money be traded on', () => {
    expect(EXPERIMENTAL_VENUES.filter((name) => !isSwapVenue(name))).toEqual([]);
  });
});
