import type { Decimal } from '../../domain/decimal.ts';
import { ZERO } from '../../domain/decimal.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { RateLimit } from '../transport/rate-limits.ts';
import { describeLimit } from '../transport/rate-limits.ts';

/** https://developers.binance.com/docs/binance-spot-api-docs/rest-api/limits */
export const SPOT_LIMITS: readonly RateLimit[] = [
  { kind: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6_000 },
  { kind: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 100 },
  { kind: 'ORDERS', interval: 'DAY', intervalNum: 1, limit: 200_000 },
  { kind: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 61_000 },
];

const STATUS = { trading: 'TRADING', halted: 'HALT', pre_trading: 'BREAK', delisted: 'BREAK' } as const;
const ORDER_TYPES = [
  ...['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT', 'TAKE_PROFIT_LIMIT'],
];
const PREVENTION_MODES = ['EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH'];

function eight(value: Decimal | null): string {
  return (value ?? ZERO).toFixed(8);
}

/** https://developers.binance.com/docs/binance-spot-api-docs/filters */
function filtersOf({ rules }: Instrument): object[] {
  const { percentPrice, trailingDelta, notionalAppliesToMarket } = rules;
  return [
    {
      filterType: 'PRICE_FILTER',
      minPrice: eight(rules.price.min),
      maxPrice: eight(rules.price.max),
      tickSize: eight(rules.tick),
    },
    {
      filterType: 'LOT_SIZE',
      minQty: eight(rules.quantity.min),
      maxQty: eight(rules.quantity.max),
      stepSize: eight(rules.step),
    },
    { filterType: 'ICEBERG_PARTS', limit: 10 },
    {
      filterType: 'MARKET_LOT_SIZE',
      minQty: eight(rules.marketQuantity.min),
      maxQty: eight(rules.marketQuantity.max),
      stepSize: eight(rules.marketStep),
    },
    ...(trailingDelta === null
      ? []
      : [
          {
            filterType: 'TRAILING_DELTA',
            minTrailingAboveDelta: trailingDelta.minAboveBps,
            maxTrailingAboveDelta: trailingDelta.maxAboveBps,
            minTrailingBelowDelta: trailingDelta.minBelowBps,
            maxTrailingBelowDelta: trailingDelta.maxBelowBps,
          },
        ]),
    ...(percentPrice === null
      ? []
      : [
          {
            filterType: 'PERCENT_PRICE_BY_SIDE',
            bidMultiplierUp: percentPrice.bidMultiplierUp?.toFixed() ?? '5',
            bidMultiplierDown: percentPrice.bidMultiplierDown?.toFixed() ?? '0.2',
            askMultiplierUp: percentPrice.askMultiplierUp?.toFixed() ?? '5',
            askMultiplierDown: percentPrice.askMultiplierDown?.toFixed() ?? '0.2',
            avgPriceMins: 5,
          },
        ]),
    {
      filterType: 'NOTIONAL',
      minNotional: eight(rules.notional.min),
      applyMinToMarket: notionalAppliesToMarket.min,
      maxNotional: rules.notional.max === null ? '9000000.00000000' : eight(rules.notional.max),
      applyMaxToMarket: notionalAppliesToMarket.max,
      avgPriceMins: 5,
    },
    { filterType: 'MAX_NUM_ORDERS', maxNumOrders: rules.maxOrders ?? 200 },
    { filterType: 'MAX_NUM_ORDER_LISTS', maxNumOrderLists: 20 },
    { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: rules.maxAlgoOrders ?? 5 },
    { filterType: 'MAX_NUM_ORDER_AMENDS', maxNumOrderAmends: 10 },
  ];
}

function symbolInfo(instrument: Instrument): object {
  return {
    symbol: instrument.symbol,
    status: STATUS[instrument.status],
    baseAsset: instrument.base,
    baseAssetPrecision: 8,
    quoteAsset: instrument.quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: ORDER_TYPES,
    icebergAllowed: true,
    ocoAllowed: true,
    otoAllowed: true,
    opoAllowed: false,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: instrument.rules.trailingDelta !== null,
    cancelReplaceAllowed: true,
    amendAllowed: true,
    pegInstructionsAllowed: false,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: true,
    filters: filtersOf(instrument),
    permissions: [],
    permissionSets: [['SPOT', 'MARGIN']],
    defaultSelfTradePreventionMode: 'EXPIRE_MAKER',
    allowedSelfTradePreventionModes: PREVENTION_MODES,
  };
}

/** https://developers.binance.com/docs/binance-spot-api-docs/rest-api/general-endpoints#exchange-information */
export function spotExchangeInfo(instruments: readonly Instrument[], nowMs: number): object {
  return {
    timezone: 'UTC',
    serverTime: nowMs,
    rateLimits: SPOT_LIMITS.map(describeLimit),
    exchangeFilters: [],
    symbols: instruments.map(symbolInfo),
  };
}
