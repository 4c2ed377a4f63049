import { decimal, price, quantity } from '../../../../domain/decimal.ts';
import type { Decimal, Money, Price, Quantity } from '../../../../domain/decimal.ts';
import { describeFailure } from '../../../../domain/errors.ts';
import { asId } from '../../../../domain/ids.ts';
import type { VenueSymbol } from '../../../../domain/ids.ts';
import type {
  ExchangeRules,
  FuturesTerms,
  Instrument,
  InstrumentStatus,
  Market,
} from '../../../../domain/instrument.ts';
import { HOUR_MS } from '../../../../domain/time.ts';

/** Contracts that the venue's list of intervals does not name pay every eight hours. */
const USUAL_FUNDING_HOURS = 8;

type Fields = Readonly<Record<string, unknown>>;

/** What exchangeInfo says. */
export interface ExchangeInfo {
  readonly instruments: readonly Instrument[];
  /** Symbols that could not be read, with the reason. They are left out. */
  readonly unreadable: readonly string[];
  /** Request weight allowed a minute; null when it is not said. */
  readonly weightPerMinute: number | null;
}

const SPOT_STATUS: Readonly<Record<string, InstrumentStatus>> = {
  TRADING: 'trading',
  PRE_TRADING: 'pre_trading',
  POST_TRADING: 'halted',
  END_OF_DAY: 'halted',
  HALT: 'halted',
  AUCTION_MATCH: 'halted',
  BREAK: 'halted',
};

const FUTURES_STATUS: Readonly<Record<string, InstrumentStatus>> = {
  TRADING: 'trading',
  PENDING_TRADING: 'pre_trading',
  PRE_SETTLE: 'halted',
  SETTLING: 'halted',
  PRE_DELIVERING: 'halted',
  DELIVERING: 'halted',
  DELIVERED: 'delisted',
  CLOSE: 'delisted',
};

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function recordsOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** @throws TypeError */
function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value === '')
    throw new TypeError(`its ${name} is ${JSON.stringify(value)}, not a text`);
  return value;
}

/** A bound of a rule: zero or absent means that there is none. @throws AitraderError `DECIMAL_INVALID` */
function bound(fields: Fields | undefined, name: string): Decimal | null {
  const value = fields?.[name];
  if (typeof value !== 'string') return null;
  const read = decimal(value);
  return read.isZero() ? null : read;
}

function wholeNumber(...candidates: readonly unknown[]): number | null {
  return (
    (candidates.find((value) => typeof value === 'number' && Number.isSafeInteger(value)) as number | undefined) ?? null
  );
}

/**
 * The rules of a symbol from its filters.
 * https://developers.binance.com/docs/binance-spot-api-docs/filters and, for futures,
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/common-definition#symbolfilters
 */
function rulesOf(market: Market, symbol: Fields): ExchangeRules {
  const filters = new Map(recordsOf(symbol.filters).map((filter) => [filter.filterType, filter]));
  const prices = filters.get('PRICE_FILTER');
  const lots = filters.get('LOT_SIZE');
  const marketLots = filters.get('MARKET_LOT_SIZE');
  const notional = filters.get('NOTIONAL') ?? filters.get('MIN_NOTIONAL');
  const orders = filters.get('MAX_NUM_ORDERS');
  const algoOrders = filters.get('MAX_NUM_ALGO_ORDERS');
  if (prices === undefined || lots === undefined) throw new TypeError('it has no PRICE_FILTER or no LOT_SIZE');
  const isFutures = market === 'futures';
  return {
    tick: price(textOf(prices, 'tickSize')),
    price: { min: bound(prices, 'minPrice') as Price | null, max: bound(prices, 'maxPrice') as Price | null },
    step: positive(quantity(textOf(lots, 'stepSize'))),
    quantity: { min: bound(lots, 'minQty') as Quantity | null, max: bound(lots, 'maxQty') as Quantity | null },
    marketStep: bound(marketLots, 'stepSize') as Quantity | null,
    marketQuantity: {
      min: bound(marketLots, 'minQty') as Quantity | null,
      max: bound(marketLots, 'maxQty') as Quantity | null,
    },
    notional: {
      min: (bound(notional, 'minNotional') ?? bound(notional, 'notional')) as Money | null,
      max: bound(notional, 'maxNotional') as Money | null,
    },
    // Futures hold market orders to the minimum too, and say nothing about it.
    notionalAppliesToMarket: {
      min: isFutures || notional?.applyMinToMarket === true || notional?.applyToMarket === true,
      max: notional?.applyMaxToMarket === true,
    },
    percentPrice: percentPriceOf(market, filters),
    trailingDelta: trailingDeltaOf(filters.get('TRAILING_DELTA')),
    maxOrders: wholeNumber(orders?.maxNumOrders, orders?.limit),
    maxAlgoOrders: wholeNumber(algoOrders?.maxNumAlgoOrders, algoOrders?.limit),
  };
}

function positive(step: Quantity): Quantity {
  if (step.isZero()) throw new TypeError('its stepSize is zero');
  return step;
}

function percentPriceOf(market: Market, filters: ReadonlyMap<unknown, Fields>): ExchangeRules['percentPrice'] {
  const bySide = filters.get('PERCENT_PRICE_BY_SIDE');
  if (bySide !== undefined) {
    return {
      bidMultiplierUp: bound(bySide, 'bidMultiplierUp'),
      bidMultiplierDown: bound(bySide, 'bidMultiplierDown'),
      askMultiplierUp: bound(bySide, 'askMultiplierUp'),
      askMultiplierDown: bound(bySide, 'askMultiplierDown'),
    };
  }
  const both = filters.get('PERCENT_PRICE');
  if (both === undefined) return null;
  const up = bound(both, 'multiplierUp');
  const down = bound(both, 'multiplierDown');
  // Futures bound buys from above and sells from below: by the mark price.
  return market === 'futures'
    ? { bidMultiplierUp: up, bidMultiplierDown: null, askMultiplierUp: null, askMultiplierDown: down }
    : { bidMultiplierUp: up, bidMultiplierDown: down, askMultiplierUp: up, askMultiplierDown: down };
}

function trailingDeltaOf(filter: Fields | undefined): ExchangeRules['trailingDelta'] {
  const minAboveBps = wholeNumber(filter?.minTrailingAboveDelta);
  const maxAboveBps = wholeNumber(filter?.maxTrailingAboveDelta);
  const minBelowBps = wholeNumber(filter?.minTrailingBelowDelta);
  const maxBelowBps = wholeNumber(filter?.maxTrailingBelowDelta);
  if (minAboveBps === null || maxAboveBps === null || minBelowBps === null || maxBelowBps === null) return null;
  return { minAboveBps, maxAboveBps, minBelowBps, maxBelowBps };
}

/**
 * `TRADIFI_PERPETUAL` contracts are on shares and on commodities; `underlyingType` tells which.
 * @throws TypeError
 */
function contractKindOf(symbol: Fields): FuturesTerms['kind'] {
  const contractType = textOf(symbol, 'contractType');
  if (contractType !== 'PERPETUAL' && contractType !== 'TRADIFI_PERPETUAL') return 'delivery';
  const isTraditional = contractType === 'TRADIFI_PERPETUAL' && symbol.underlyingType !== 'COMMODITY';
  return symbol.underlyingType === 'EQUITY' || isTraditional ? 'equity_perpetual' : 'perpetual';
}

function futuresTermsOf(symbol: Fields, fundingHours: number): FuturesTerms {
  return {
    kind: contractKindOf(symbol),
    marginAsset: textOf(symbol, 'marginAsset'),
    // They are told to signed requests alone: the broker knows them.
    leverageBrackets: [],
    fundingIntervalMs: fundingHours * HOUR_MS,
  };
}

/** Null for what the market does not trade: spot symbols for margin alone, contracts that have no type any more. */
function instrumentOf(market: Market, symbol: Fields, fundingHours: number): Instrument | null {
  const isSpot = market === 'spot';
  if (isSpot ? symbol.isSpotTradingAllowed === false : symbol.contractType === '') return null;
  const status = textOf(symbol, 'status');
  return {
    venue: 'binance',
    market,
    symbol: asId<VenueSymbol>(textOf(symbol, 'symbol')),
    base: textOf(symbol, 'baseAsset'),
    quote: textOf(symbol, 'quoteAsset'),
    // A state that the venue adds tomorrow takes no orders until it is known here.
    status: (isSpot ? SPOT_STATUS : FUTURES_STATUS)[status] ?? 'halted',
    rules: rulesOf(market, symbol),
    futures: isSpot ? null : futuresTermsOf(symbol, fundingHours),
    listedAt: isSpot ? null : wholeNumber(symbol.onboardDate),
  };
}

/** `[{"symbol":"BLZUSDT","fundingIntervalHours":4,...}]`: the contracts that do not pay every eight hours. */
function fundingHoursOf(fundingInfo: unknown): ReadonlyMap<unknown, number> {
  return new Map(
    recordsOf(fundingInfo).flatMap(({ symbol, fundingIntervalHours: hours }) =>
      typeof hours === 'number' && hours > 0 ? [[symbol, hours]] : [],
    ),
  );
}

function weightPerMinuteOf(rateLimits: unknown): number | null {
  const limit = recordsOf(rateLimits).find(
    ({ rateLimitType, interval, intervalNum }) =>
      rateLimitType === 'REQUEST_WEIGHT' && interval === 'MINUTE' && intervalNum === 1,
  );
  return wholeNumber(limit?.limit);
}

/**
 * Reads the answer to exchangeInfo.
 * https://developers.binance.com/docs/binance-spot-api-docs/rest-api/general-endpoints#exchange-information
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/market-data/rest-api/Exchange-Information
 * @param fundingInfo futures: the answer to fundingInfo
 * @throws TypeError when it is nothing of the kind
 */
export function readExchangeInfo(market: Market, answer: unknown, fundingInfo: unknown = []): ExchangeInfo {
  if (!isFields(answer) || !Array.isArray(answer.symbols)) throw new TypeError('an exchangeInfo without symbols');
  const hours = fundingHoursOf(fundingInfo);
  const instruments: Instrument[] = [];
  const unreadable: string[] = [];
  for (const symbol of answer.symbols as unknown[]) {
    const fields = isFields(symbol) ? symbol : {};
    try {
      const instrument = instrumentOf(market, fields, hours.get(fields.symbol) ?? USUAL_FUNDING_HOURS);
      if (instrument !== null) instruments.push(instrument);
    } catch (error) {
      unreadable.push(`${String(fields.symbol)}: ${describeFailure(error)}`);
    }
  }
  return { instruments, unreadable, weightPerMinute: weightPerMinuteOf(answer.rateLimits) };
}
