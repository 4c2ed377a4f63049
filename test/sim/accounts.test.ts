import { describe, expect, it } from 'vitest';

import { Decimal } from '../../src/domain/decimal.ts';
import { AitraderError } from '../../src/domain/errors.ts';
import { seededRandom } from '../../src/lib/random.ts';
import { drawLivedIn } from '../../src/sim/accounts/lived-in.ts';
import { readStartState } from '../../src/sim/accounts/read-start-state.ts';
import type { StartState } from '../../src/sim/accounts/start-state.ts';
import { openAccount, plainStart } from '../../src/sim/accounts/start-state.ts';
import type { MarketData } from '../../src/sim/data/market-data.ts';
import { createSyntheticMarket } from '../../src/sim/market/synthetic-market.ts';
import { SimVenue } from '../../src/sim/venue.ts';
import { ccxtClient, openExchange } from './exchange.ts';

const START = Date.UTC(2026, 0, 7);
const CASH = { USDT: '10000' };
const ACCOUNT = 'main';

/** An account of a synthetic market, opened in the state that `start` gives. */
function openOn(seed: number, start: (data: MarketData) => StartState): { venue: SimVenue; state: StartState } {
  const venue = new SimVenue(createSyntheticMarket({ seed, symbols: 20, startMs: START }), seededRandom(seed));
  const state = start(venue.data);
  openAccount(state, { accountId: ACCOUNT, data: venue.data, desks: venue.desks });
  return { venue, state };
}

function livedIn(seed: number): { venue: SimVenue; state: StartState } {
  return openOn(seed, ({ symbols }) => drawLivedIn(seed, symbols, CASH));
}

describe('an account that looks lived in', () => {
  const seeds = Array.from({ length: 40 }, (_, index) => index + 1);

  it('can be opened whatever the seed, with everything that a used account has', () => {
    for (const seed of seeds) {
      const { venue, state } = livedIn(seed);
      const { data, desks } = venue;
      const balances = desks.spot.balances(ACCOUNT);
      const total = (asset: string): bigint => {
        const found = balances.find((balance) => balance.asset === asset);
        return (found?.free ?? 0n) + (found?.locked ?? 0n);
      };
      expect(total('USDT'), `seed ${seed}`).toBe(10_000_00000000n);
      expect(total('BNB')).toBeGreaterThan(0n);
      const dust = balances.filter(({ asset, free, locked }) => {
        const instrument = data.find('spot', `${asset}USDT`)?.instrument('spot') ?? null;
        return instrument !== null && new Decimal((free + locked).toString()).div(1e8).lessThan(instrument.rules.step);
      });
      expect(dust.length, `dust of seed ${seed}`).toBeGreaterThan(0);
      expect(desks.spot.venue.views.openOrders(ACCOUNT, null)).toHaveLength(2);
      const { positions } = desks.futures.venue.views.futuresAccount(ACCOUNT);
      expect(positions).toHaveLength(2);
      expect(desks.futures.venue.views.openOrders(ACCOUNT, null)).toHaveLength(1);
      expect(desks.futures.history(ACCOUNT).algoOrders()).toHaveLength(2);
      expect(state.spot.orders.every(({ clientOrderId }) => /^(web|ios|and)_/.test(clientOrderId))).toBe(true);
    }
  });

  it('is the same for the same seed, and another for another', () => {
    expect(livedIn(5).state).toEqual(livedIn(5).state);
    expect(livedIn(5).state).not.toEqual(livedIn(6).state);
  });

  it('is what ccxt sees', async () => {
    const exchange = await openExchange({ start: ({ symbols }) => drawLivedIn(3, symbols, CASH) });
    const futures = await ccxtClient('binanceusdm', exchange.addresses);
    const spot = await ccxtClient('binance', exchange.addresses);
    expect(await futures.fetchPositions()).toHaveLength(2);
    const stops = await Promise.all(
      ['BTC', 'ETH', 'BNB'].map((base) =>
        futures.fetchOpenOrders(`${base}/USDT:USDT`, undefined, undefined, { trigger: true }),
      ),
    );
    expect(stops.flat()).toHaveLength(2);
    const orders = await Promise.all(['BTC/USDT', 'ETH/USDT'].map((symbol) => spot.fetchOpenOrders(symbol)));
    expect(orders.flat()).toHaveLength(2);
    expect((await spot.fetchBalance())['USDT']?.free).toBe(10_000);
    await exchange.close();
  });
});

describe('a scripted start state', () => {
  const SCRIPT = {
    spot: {
      balances: { USDT: '500', BTC: '0.5' },
      orders: [{ symbol: 'BTCUSDT', side: 'sell', price: '200000', quantity: '0.1', clientOrderId: 'web_1' }],
    },
    futures: {
      balances: { USDT: '5000' },
      positions: [{ symbol: 'ETHUSDT', quantity: '-1.5', entryPrice: '4000', leverage: 5, marginMode: 'isolated' }],
      algoOrders: [{ symbol: 'ETHUSDT', side: 'buy', kind: 'stop', triggerPrice: '5500', clientAlgoId: 'ios_1' }],
    },
  };

  it('opens as written', () => {
    const { desks } = openOn(1, () => readStartState(SCRIPT, 'the script')).venue;
    const btc = desks.spot.balances(ACCOUNT).find(({ asset }) => asset === 'BTC');
    expect(btc).toMatchObject({ free: 40_000_000n, locked: 10_000_000n });
    const [position] = desks.futures.venue.views.futuresAccount(ACCOUNT).positions;
    expect(position).toMatchObject({ symbol: 'ETHUSDT', quantity: -150_000_000n, leverage: 5, marginMode: 'isolated' });
    expect(desks.futures.history(ACCOUNT).algoOrders()).toHaveLength(1);
  });

  it.each([
    [[], /expected an object/],
    [{ spot: { balance: {} } }, /unknown member "balance"/],
    [{ spot: { balances: { USDT: 5 } } }, /"USDT" is 5; it must be a decimal number in quotes/],
    [
      { spot: { orders: [{ ...SCRIPT.spot.orders[0], side: 'up' }] } },
      /orders\[0\]: "side" is "up"; it must be one of buy, sell/,
    ],
    [{ futures: { positions: [{ symbol: 'ETHUSDT' }] } }, /"quantity" is missing/],
  ])('is refused when it is malformed: %j', (script, message) => {
    expect(() => readStartState(script, 'the script')).toThrow(message);
    expect(() => readStartState(script, 'the script')).toThrow(AitraderError);
  });

  it.each([
    ['unknown symbol', { ...SCRIPT, spot: { orders: [{ ...SCRIPT.spot.orders[0], symbol: 'NOPEUSDT' }] } }, /NOPEUSDT/],
    ['not enough funds', { ...SCRIPT, spot: { orders: SCRIPT.spot.orders } }, /order web_1/],
    ['no margin', { futures: { ...SCRIPT.futures, balances: { USDT: '1' } } }, /not enough USDT/],
  ])('is refused when it cannot be: %s', (_, script, message) => {
    expect(() => openOn(1, () => readStartState(script, 'the script'))).toThrow(message);
  });
});

describe('a plain start', () => {
  it('puts every asset on spot, and the margin assets on futures', () => {
    const state = plainStart({ USDT: '100', BTC: '1' }, new Set(['USDT']));
    const { desks } = openOn(1, () => state).venue;
    expect(
      desks.spot
        .balances(ACCOUNT)
        .map(({ asset }) => asset)
        .sort(),
    ).toEqual(['BTC', 'USDT']);
    expect(state.futures.balances).toEqual({ USDT: '100' });
  });
});
