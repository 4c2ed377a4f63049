import { describe, expect, it } from 'vitest';

import { recordedInstrument } from './exchange-info.ts';

/** From an exchangeInfo answer of the spot market, https://developers.binance.com/docs/binance-spot-api-docs/rest-api */
const SPOT = {
  ...{ symbol: 'BTCUSDT', status: 'TRADING', baseAsset: 'BTC', quoteAsset: 'USDT', isSpotTradingAllowed: true },
  filters: [
    { filterType: 'PRICE_FILTER', minPrice: '0.01000000', maxPrice: '1000000.00000000', tickSize: '0.01000000' },
    {
      filterType: 'PERCENT_PRICE_BY_SIDE',
      bidMultiplierUp: '5',
      bidMultiplierDown: '0.2',
      askMultiplierUp: '4',
      askMultiplierDown: '0.3',
    },
    { filterType: 'LOT_SIZE', minQty: '0.00001000', maxQty: '9000.00000000', stepSize: '0.00001000' },
    {
      filterType: 'NOTIONAL',
      minNotional: '5.00000000',
      applyMinToMarket: true,
      maxNotional: '9000000.00000000',
      applyMaxToMarket: false,
    },
    { filterType: 'MARKET_LOT_SIZE', minQty: '0.00000000', maxQty: '100.05381873', stepSize: '0.00000000' },
    { filterType: 'MAX_NUM_ORDERS', maxNumOrders: 200 },
    { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: 5 },
  ],
};

/** From an exchangeInfo answer of the USD-M market. */
const FUTURES = {
  ...{ symbol: 'BTCUSDT', status: 'SETTLING', baseAsset: 'BTC', quoteAsset: 'USDT', contractType: 'PERPETUAL' },
  filters: [
    { filterType: 'PRICE_FILTER', minPrice: '556.80', maxPrice: '4529764', tickSize: '0.10' },
    { filterType: 'LOT_SIZE', stepSize: '0.001', maxQty: '1000', minQty: '0.001' },
    { filterType: 'MARKET_LOT_SIZE', stepSize: '0.001', maxQty: '120', minQty: '0.001' },
    { filterType: 'MAX_NUM_ORDERS', limit: 200 },
    { filterType: 'MIN_NOTIONAL', notional: '100' },
    { filterType: 'PERCENT_PRICE', multiplierDown: '0.9500', multiplierUp: '1.0500', multiplierDecimal: '4' },
  ],
};

const text = (value: { toFixed(): string } | null | undefined): string | null => value?.toFixed() ?? null;

describe('recorded instruments', () => {
  it('of spot have the rules of the answer', () => {
    const { market, rules, futures, status } = recordedInstrument(SPOT, 60_000) ?? {};
    expect([market, futures, status]).toEqual(['spot', null, 'trading']);
    expect([text(rules?.tick), text(rules?.step), rules?.marketStep]).toEqual(['0.01', '0.00001', null]);
    expect([text(rules?.marketQuantity.min), text(rules?.marketQuantity.max)]).toEqual([null, '100.05381873']);
    expect([text(rules?.notional.min), text(rules?.notional.max)]).toEqual(['5', '9000000']);
    expect(rules?.notionalAppliesToMarket).toEqual({ min: true, max: false });
    expect([text(rules?.percentPrice?.askMultiplierUp), text(rules?.percentPrice?.bidMultiplierDown)]).toEqual([
      '4',
      '0.2',
    ]);
    expect([rules?.maxOrders, rules?.maxAlgoOrders]).toEqual([200, 5]);
  });

  it('of futures have the rules of the answer, and terms of their own making', () => {
    const { market, rules, futures, status } = recordedInstrument(FUTURES, 60_000) ?? {};
    expect([market, status]).toEqual(['futures', 'trading']);
    expect([text(rules?.tick), text(rules?.marketStep), text(rules?.notional.min)]).toEqual(['0.1', '0.001', '100']);
    expect(text(rules?.percentPrice?.bidMultiplierUp)).toBe('1.05');
    expect(futures?.leverageBrackets.length).toBeGreaterThan(3);
  });

  it.each([null, 'x', {}, { ...SPOT, filters: [] }, { ...SPOT, baseAsset: 1 }, { ...SPOT, filters: 'none' }])(
    'are not made of entries of another form: %j',
    (entry) => {
      expect(recordedInstrument(entry, 1)).toBeNull();
    },
  );
});
