import { describe, expect, it } from 'vitest';

import { HOUR_MS } from '../../../../domain/time.ts';
import { readExchangeInfo } from './exchange-info.ts';

const SPOT_BTC = {
  symbol: 'BTCUSDT',
  status: 'TRADING',
  baseAsset: 'BTC',
  baseAssetPrecision: 8,
  quoteAsset: 'USDT',
  isSpotTradingAllowed: true,
  filters: [
    { filterType: 'PRICE_FILTER', minPrice: '0.01000000', maxPrice: '1000000.00000000', tickSize: '0.01000000' },
    { filterType: 'LOT_SIZE', minQty: '0.00001000', maxQty: '9000.00000000', stepSize: '0.00001000' },
    { filterType: 'ICEBERG_PARTS', limit: 100 },
    { filterType: 'MARKET_LOT_SIZE', minQty: '0.00000000', maxQty: '71.51387537', stepSize: '0.00000000' },
    {
      filterType: 'TRAILING_DELTA',
      ...{ minTrailingAboveDelta: 10, maxTrailingAboveDelta: 2000, minTrailingBelowDelta: 10 },
      maxTrailingBelowDelta: 2000,
    },
    {
      filterType: 'PERCENT_PRICE_BY_SIDE',
      ...{ bidMultiplierUp: '5', bidMultiplierDown: '0.2', askMultiplierUp: '5', askMultiplierDown: '0.2' },
      avgPriceMins: 5,
    },
    {
      filterType: 'NOTIONAL',
      ...{ minNotional: '5.00000000', applyMinToMarket: true, maxNotional: '9000000.00000000' },
      ...{ applyMaxToMarket: false, avgPriceMins: 5 },
    },
    { filterType: 'MAX_NUM_ORDERS', maxNumOrders: 200 },
    { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: 5 },
  ],
};

const FUTURES_BTC = {
  symbol: 'BTCUSDT',
  pair: 'BTCUSDT',
  contractType: 'PERPETUAL',
  onboardDate: 1569398400000,
  status: 'TRADING',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  marginAsset: 'USDT',
  underlyingType: 'COIN',
  filters: [
    { filterType: 'PRICE_FILTER', maxPrice: '4529764', minPrice: '556.80', tickSize: '0.10' },
    { filterType: 'LOT_SIZE', maxQty: '1000', minQty: '0.001', stepSize: '0.001' },
    { filterType: 'MARKET_LOT_SIZE', maxQty: '120', minQty: '0.001', stepSize: '0.001' },
    { filterType: 'MAX_NUM_ORDERS', limit: 200 },
    { filterType: 'MIN_NOTIONAL', notional: '100' },
    { filterType: 'PERCENT_PRICE', multiplierUp: '1.0500', multiplierDown: '0.9500', multiplierDecimal: '4' },
  ],
};

/** What was read, with decimals as the texts that they are in JSON. */
function read(market: 'spot' | 'futures', symbols: readonly unknown[], fundingInfo: unknown = []) {
  const limits = [
    { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 100 },
    { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6000 },
  ];
  const info = readExchangeInfo(market, { rateLimits: limits, symbols }, fundingInfo);
  return JSON.parse(JSON.stringify(info)) as typeof info;
}

describe('exchangeInfo', () => {
  it('of spot gives instruments with all rules that orders are held to', () => {
    expect(read('spot', [SPOT_BTC])).toEqual({
      unreadable: [],
      weightPerMinute: 6000,
      instruments: [
        {
          ...{ venue: 'binance', market: 'spot', symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT', status: 'trading' },
          rules: {
            ...{ tick: '0.01', price: { min: '0.01', max: '1000000' } },
            ...{ step: '0.00001', quantity: { min: '0.00001', max: '9000' } },
            ...{ marketStep: null, marketQuantity: { min: null, max: '71.51387537' } },
            notional: { min: '5', max: '9000000' },
            notionalAppliesToMarket: { min: true, max: false },
            percentPrice: {
              ...{ bidMultiplierUp: '5', bidMultiplierDown: '0.2', askMultiplierUp: '5', askMultiplierDown: '0.2' },
            },
            trailingDelta: { minAboveBps: 10, maxAboveBps: 2000, minBelowBps: 10, maxBelowBps: 2000 },
            ...{ maxOrders: 200, maxAlgoOrders: 5 },
          },
          ...{ futures: null, listedAt: null },
        },
      ],
    });
  });

  it('of futures gives contracts with their terms; buys are bound from above and sells from below', () => {
    const [contract] = read('futures', [FUTURES_BTC], [{ symbol: 'BTCUSDT', fundingIntervalHours: 4 }]).instruments;
    expect(contract).toMatchObject({
      futures: { kind: 'perpetual', marginAsset: 'USDT', leverageBrackets: [], fundingIntervalMs: 4 * HOUR_MS },
      listedAt: 1569398400000,
      rules: {
        ...{ marketStep: '0.001', notional: { min: '100', max: null }, maxOrders: 200, maxAlgoOrders: null },
        notionalAppliesToMarket: { min: true, max: false },
        percentPrice: {
          ...{ bidMultiplierUp: '1.05', bidMultiplierDown: null, askMultiplierUp: null, askMultiplierDown: '0.95' },
        },
      },
    });
    expect(read('futures', [FUTURES_BTC]).instruments[0]?.futures?.fundingIntervalMs).toBe(8 * HOUR_MS);
  });

  it.each([
    ['PERPETUAL', 'COIN', 'perpetual'],
    ['PERPETUAL', 'INDEX', 'perpetual'],
    ['TRADIFI_PERPETUAL', 'EQUITY', 'equity_perpetual'],
    ['TRADIFI_PERPETUAL', undefined, 'equity_perpetual'],
    ['TRADIFI_PERPETUAL', 'COMMODITY', 'perpetual'],
    ['CURRENT_QUARTER', 'COIN', 'delivery'],
  ])('a contract of type %s on %s is %s', (contractType, underlyingType, kind) => {
    const [contract] = read('futures', [{ ...FUTURES_BTC, contractType, underlyingType }]).instruments;
    expect(contract?.futures?.kind).toBe(kind);
  });

  it('tells what trades, what rests, and takes no orders in states that it does not know', () => {
    const states = ['TRADING', 'BREAK', 'HALT', 'PRE_TRADING', 'SOMETHING_NEW'];
    const spot = read(
      'spot',
      states.map((status, index) => ({ ...SPOT_BTC, symbol: `S${index}`, status })),
    );
    expect(spot.instruments.map(({ status }) => status)).toEqual([
      ...['trading', 'halted', 'halted', 'pre_trading', 'halted'],
    ]);
    const [settling] = read('futures', [{ ...FUTURES_BTC, status: 'SETTLING' }]).instruments;
    expect(settling?.status).toBe('halted');
  });

  it('leaves out what the market does not trade, and names what cannot be read', () => {
    const { instruments, unreadable } = read('spot', [
      { ...SPOT_BTC, symbol: 'MARGIN', isSpotTradingAllowed: false },
      { ...SPOT_BTC, symbol: 'NOFILTERS', filters: [] },
      { ...SPOT_BTC, symbol: 'ODD', filters: [{ filterType: 'PRICE_FILTER', tickSize: 'x' }, SPOT_BTC.filters[1]] },
      null,
      SPOT_BTC,
    ]);
    expect(instruments.map(({ symbol }) => symbol)).toEqual(['BTCUSDT']);
    expect(unreadable).toHaveLength(3);
    expect(unreadable[0]).toBe('NOFILTERS: it has no PRICE_FILTER or no LOT_SIZE');
    expect(() => readExchangeInfo('spot', { code: -1 })).toThrow('an exchangeInfo without symbols');
  });
});
