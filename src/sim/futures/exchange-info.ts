import type { Decimal } from '../../domain/decimal.ts';
import type { Instrument } from '../../domain/instrument.ts';
import { decimalsOf } from '../data/number-format.ts';
import type { RateLimit } from '../transport/rate-limits.ts';
import { describeLimit } from '../transport/rate-limits.ts';

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/market-data/rest-api/Exchange-Information */
export const FUTURES_LIMITS: readonly RateLimit[] = [
  { kind: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 2_400 },
  { kind: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: 1_200 },
  { kind: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 300 },
];

/** Where perpetual contracts are said to be delivered. */
const NEVER_MS = 4_133_404_800_000;
const STATUS = { trading: 'TRADING', halted: 'SETTLING', pre_trading: 'PENDING_TRADING', delisted: 'CLOSE' } as const;
const ORDER_TYPES = [
  ...['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'],
];

/** What a contract is and whether it is traded, in the venue's words. */
export function contractTerms({ listedAt, status }: Instrument) {
  return {
    contractType: 'PERPETUAL',
    deliveryDate: NEVER_MS,
    onboardDate: listedAt ?? 0,
    status: STATUS[status],
  } as const;
}

function plain(value: Decimal | null): string {
  return value?.toFixed() ?? '0';
}

function filtersOf({ rules }: Instrument): object[] {
  const { percentPrice } = rules;
  return [
    {
      filterType: 'PRICE_FILTER',
      minPrice: plain(rules.price.min),
      maxPrice: plain(rules.price.max),
      tickSize: plain(rules.tick),
    },
    {
      filterType: 'LOT_SIZE',
      minQty: plain(rules.quantity.min),
      maxQty: plain(rules.quantity.max),
      stepSize: plain(rules.step),
    },
    {
      filterType: 'MARKET_LOT_SIZE',
      minQty: plain(rules.marketQuantity.min ?? rules.quantity.min),
      maxQty: plain(rules.marketQuantity.max ?? rules.quantity.max),
      stepSize: plain(rules.marketStep ?? rules.step),
    },
    { filterType: 'MAX_NUM_ORDERS', limit: rules.maxOrders ?? 200 },
    { filterType: 'MIN_NOTIONAL', notional: plain(rules.notional.min) },
    ...(percentPrice === null
      ? []
      : [
          {
            filterType: 'PERCENT_PRICE',
            multiplierUp: percentPrice.bidMultiplierUp?.toFixed(4) ?? '1.0500',
            multiplierDown: percentPrice.askMultiplierDown?.toFixed(4) ?? '0.9500',
            multiplierDecimal: '4',
          },
        ]),
  ];
}

function symbolInfo(instrument: Instrument): object {
  const { rules, futures } = instrument;
  return {
    symbol: instrument.symbol,
    pair: instrument.symbol,
    ...contractTerms(instrument),
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    baseAsset: instrument.base,
    quoteAsset: instrument.quote,
    marginAsset: futures?.marginAsset ?? instrument.quote,
    pricePrecision: decimalsOf(rules.tick),
    quantityPrecision: decimalsOf(rules.step),
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: 'COIN',
    underlyingSubType: ['PoW'],
    settlePlan: 0,
    triggerProtect: '0.0500',
    liquidationFee: '0.012500',
    marketTakeBound: '0.05',
    filters: filtersOf(instrument),
    orderTypes: ORDER_TYPES,
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'],
  };
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/market-data/rest-api/Exchange-Information */
export function futuresExchangeInfo(instruments: readonly Instrument[], nowMs: number): object {
  const assets = new Set(instruments.map(({ futures, quote }) => futures?.marginAsset ?? quote));
  return {
    timezone: 'UTC',
    serverTime: nowMs,
    futuresType: 'U_MARGINED',
    rateLimits: FUTURES_LIMITS.map(describeLimit),
    exchangeFilters: [],
    assets: [...assets].map((asset) => ({ asset, marginAvailable: true, autoAssetExchange: '-10000' })),
    symbols: instruments.map(symbolInfo),
  };
}
