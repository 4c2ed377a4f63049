import type { Exchange } from 'ccxt';
import { describe, expect, it } from 'vitest';

import { ccxtVenueIds, loadCcxtVenue } from '../../../modes/assets.ts';
import { openVenue } from './venue.ts';
import { readSymbols } from './venue-symbols.ts';

/** Entries of the venues' own answers: https://www.okx.com/docs-v5/en/#public-data-rest-api-get-instruments */
const OKX_SWAP = {
  ...{ alias: '', baseCcy: '', category: '1', ctMult: '1', ctType: 'linear', ctVal: '0.01', ctValCcy: 'BTC' },
  ...{ expTime: '', instFamily: 'BTC-USDT', instId: 'BTC-USDT-SWAP', instType: 'SWAP', lever: '100' },
  ...{ listTime: '1573557408000', lotSz: '0.01', maxLmtSz: '100000000', maxMktSz: '12000', minSz: '0.01' },
  ...{ quoteCcy: '', settleCcy: 'USDT', state: 'live', tickSz: '0.1', uly: 'BTC-USDT' },
};
const OKX_SPOT = {
  ...{ alias: '', baseCcy: 'BTC', category: '1', ctMult: '', ctType: '', ctVal: '', ctValCcy: '', expTime: '' },
  ...{ instFamily: '', instId: 'BTC-USDT', instType: 'SPOT', lever: '10', listTime: '1548133413000' },
  ...{ lotSz: '0.00000001', minSz: '0.00001', quoteCcy: 'USDT', settleCcy: '', state: 'live', tickSz: '0.1', uly: '' },
};

type Parsing = Exchange & { parseMarket(entry: object): object };

async function okx(...entries: readonly object[]): Promise<Exchange> {
  const exchange = openVenue(await loadCcxtVenue('okx')) as Parsing;
  exchange.setMarkets(entries.map((entry) => exchange.parseMarket(entry)));
  return exchange;
}

describe('the symbols of a venue', () => {
  it('bear the ids of the venue, and their amounts are base units where it counts contracts', async () => {
    const { known, unreadable } = readSymbols(await okx(OKX_SWAP, OKX_SPOT), 'futures');
    expect(unreadable).toEqual([]);
    expect(known).toHaveLength(1);
    const [swap] = known;
    expect(swap).toMatchObject({ symbol: 'BTC-USDT-SWAP', unified: 'BTC/USDT:USDT', contractSize: 0.01 });
    expect(swap?.instrument).toMatchObject({
      ...{ venue: 'okx', market: 'futures', base: 'BTC', quote: 'USDT', status: 'trading' },
      futures: { kind: 'perpetual', marginAsset: 'USDT' },
    });
    const { tick, step, quantity } = swap?.instrument.rules ?? expect.fail();
    expect([tick.toFixed(), step.toFixed(), quantity.min?.toFixed()]).toEqual(['0.1', '0.0001', '0.0001']);
  });

  it('are of the market that was asked for', async () => {
    const { known } = readSymbols(await okx(OKX_SWAP, OKX_SPOT), 'spot');
    expect(known.map(({ symbol, contractSize }) => [symbol, contractSize])).toEqual([['BTC-USDT', 1]]);
    const [{ instrument } = expect.fail()] = known;
    expect([instrument.futures, instrument.rules.step.toFixed()]).toEqual([null, '0.00000001']);
  });

  it('are called by their assets where the venue numbers them', () => {
    const market = {
      ...{ id: '0', symbol: 'BTC/USDC:USDC', base: 'BTC', quote: 'USDC', settle: 'USDC', swap: true, linear: true },
      ...{ spot: false, active: true, contractSize: 1, precision: { amount: 0.00001, price: 1 }, limits: {} },
    };
    const exchange = { id: 'hyperliquid', precisionMode: 4, markets: { [market.symbol]: market } };
    const { known } = readSymbols(exchange as unknown as Exchange, 'futures');
    expect(known[0]).toMatchObject({ symbol: 'BTCUSDC', unified: 'BTC/USDC:USDC' });
  });

  it('leave out what cannot be traded by rules, each with the reason', () => {
    const market = { ...{ id: 'AB', symbol: 'A/B', base: 'A', quote: 'B', spot: true, limits: {} } };
    const markets = {
      none: { ...market, precision: { amount: undefined, price: 0.1 } },
      zero: { ...market, precision: { amount: 0, price: 0.1 } },
      good: { ...market, precision: { amount: 0.1, price: 0.1 } },
      twice: { ...market, symbol: 'A/B again', precision: { amount: 0.1, price: 0.1 } },
    };
    const { known, unreadable } = readSymbols({ id: 'x', precisionMode: 4, markets } as unknown as Exchange, 'spot');
    expect(known).toHaveLength(1);
    expect(unreadable).toEqual(['A/B: it has no step', 'A/B: its step is 0', 'A/B again: its name is taken by A/B']);
  });
});

it('the venues that the documents name are there, and load alone', async () => {
  const ids = await ccxtVenueIds();
  for (const id of ['bybit', 'okx', 'hyperliquid', 'kraken', 'krakenfutures']) {
    expect(ids).toContain(id);
    const venue = openVenue(await loadCcxtVenue(id));
    expect(venue).toMatchObject({ id, enableRateLimit: true });
    for (const method of ['watchTrades', 'watchTicker', 'fetchOHLCV', 'fetchTickers'])
      expect(venue.has[method]).toBe(true);
  }
});
