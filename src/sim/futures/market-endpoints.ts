import { HOUR_MS } from '../../domain/time.ts';
import type { CandleRow } from '../data/candle-row.ts';
import { queryKlines } from '../data/kline-query.ts';
import { bookTickerAnswer, dayAnswer, depthAnswer, klineAnswer } from '../data/market-answers.ts';
import type { MarketData } from '../data/market-data.ts';
import type { SymbolData } from '../data/symbol-data.ts';
import { oneOrAll, symbolOf, symbolsOf } from '../data/symbol-query.ts';
import { queryAggTrades, queryTrades } from '../data/trade-query.ts';
import type { Endpoint, VenueCall } from '../transport/endpoint.ts';
import { endpointsOf } from '../transport/endpoint.ts';
import type { Params } from '../transport/params.ts';
import { refuse } from '../venue-error.ts';
import { futuresExchangeInfo } from './exchange-info.ts';

const DEPTH_LIMITS = [5, 10, 20, 50, 100, 500, 1_000];
const INTEREST_RATE = '0.00010000';
/** Open interest has no source: it is told as so many days of the day's volume. */
const OPEN_INTEREST_DAYS = 0.5;
const MAX_FUNDING_ROWS = 1_000;
const DEFAULT_FUNDING_INTERVAL_MS = 8 * HOUR_MS;

function depthWeight(params: Params): number {
  const limit = params.optionalInteger('limit') ?? 500;
  if (limit <= 50) return 2;
  if (limit <= 100) return 5;
  return limit <= 500 ? 10 : 20;
}

function klineWeight(params: Params): number {
  const limit = params.optionalInteger('limit') ?? 500;
  if (limit < 100) return 1;
  if (limit < 500) return 2;
  return limit <= 1_000 ? 5 : 10;
}

const oneOrMore = (one: number, all: number) => (params: Params) => (params.has('symbol') ? one : all);

/** The public endpoints of USD-M futures. https://developers.binance.com/docs/derivatives/usds-margined-futures/market-data/rest-api */
export function futuresMarketEndpoints(data: MarketData): Endpoint[] {
  const make = endpointsOf('futures', 'none');
  const spread = (text: (symbol: SymbolData, value: number) => string) => (call: VenueCall) =>
    priceKlines(data, call, text);
  return [
    make('GET /fapi/v1/ping', { weight: 1 }, () => ({})),
    make('GET /fapi/v1/time', { weight: 1 }, ({ nowMs }) => ({ serverTime: nowMs })),
    make('GET /fapi/v1/exchangeInfo', { weight: 1 }, ({ nowMs }) => exchangeInfo(data, nowMs)),
    make('GET /fapi/v1/depth', { weight: depthWeight, webSocketMethod: 'depth' }, (call) => depth(data, call)),
    make('GET /fapi/v1/rpiDepth', { weight: 20 }, (call) => depth(data, call)),
    make('GET /fapi/v1/trades', { weight: 5 }, ({ params }) => queryTrades(data, 'futures', params)),
    make('GET /fapi/v1/historicalTrades', { weight: 20 }, ({ params }) => queryTrades(data, 'futures', params)),
    make('GET /fapi/v1/aggTrades', { weight: 20 }, ({ params }) => queryAggTrades(data, 'futures', params)),
    make('GET /fapi/v1/klines', { weight: klineWeight }, (call) => klines(data, call)),
    make('GET /fapi/v1/continuousKlines', { weight: klineWeight }, (call) => klines(data, call)),
    make(
      'GET /fapi/v1/markPriceKlines',
      { weight: klineWeight },
      spread((symbol, value) => symbol.format('futures').price(value)),
    ),
    make(
      'GET /fapi/v1/indexPriceKlines',
      { weight: klineWeight },
      spread((symbol, value) => symbol.format('futures').price(value)),
    ),
    make(
      'GET /fapi/v1/premiumIndexKlines',
      { weight: klineWeight },
      spread(() => '0.00000000'),
    ),
    make('GET /fapi/v1/premiumIndex', { weight: oneOrMore(1, 10) }, (call) => premiumIndex(data, call)),
    make('GET /fapi/v1/fundingRate', { weight: 1 }, (call) => fundingRates(data, call)),
    make('GET /fapi/v1/fundingInfo', { weight: 1 }, () => data.of('futures').map(fundingInfo)),
    make('GET /fapi/v1/ticker/24hr', { weight: oneOrMore(1, 40) }, (call) => dayTickers(data, call)),
    make('GET /fapi/v1/ticker/price', { weight: oneOrMore(1, 2), webSocketMethod: 'ticker.price' }, (call) =>
      prices(data, call),
    ),
    make('GET /fapi/v2/ticker/price', { weight: oneOrMore(1, 2) }, (call) => prices(data, call)),
    make('GET /fapi/v1/ticker/bookTicker', { weight: oneOrMore(2, 5), webSocketMethod: 'ticker.book' }, (call) =>
      books(data, call),
    ),
    make('GET /fapi/v1/openInterest', { weight: 1 }, (call) => openInterest(data, call)),
  ];
}

function exchangeInfo(data: MarketData, nowMs: number): object {
  const instruments = data.of('futures').map((symbol) => symbol.instrument('futures'));
  return futuresExchangeInfo(
    instruments.filter((found) => found !== null),
    nowMs,
  );
}

function depth(data: MarketData, { params, nowMs }: VenueCall): object {
  const symbol = symbolOf(data, 'futures', params);
  const limit = params.optionalInteger('limit') ?? 500;
  if (!DEPTH_LIMITS.includes(limit)) throw refuse('BAD_PARAMETER', { parameter: 'limit' });
  const { lastUpdateId, bids, asks } = depthAnswer(symbol, 'futures', limit);
  return { lastUpdateId, E: nowMs, T: Math.min(nowMs, symbol.quoteMs || nowMs), bids, asks };
}

interface SelectedKlines {
  readonly symbol: SymbolData;
  readonly interval: string;
  readonly rows: readonly CandleRow[];
}

function selectKlines(data: MarketData, { params, nowMs }: VenueCall): SelectedKlines {
  const name = params.nameOf('symbol', 'pair');
  const symbol = symbolOf(data, 'futures', params.with({ symbol: params.text(name) }));
  const interval = params.text('interval');
  if (interval === '1s') throw refuse('BAD_INTERVAL');
  const query = {
    interval,
    startMs: params.optionalInteger('startTime'),
    endMs: params.optionalInteger('endTime'),
    limit: params.limit('limit', { fallback: 500, max: 1_000 }),
  };
  return { symbol, interval, rows: queryKlines(symbol, query, nowMs) };
}

function klines(data: MarketData, call: VenueCall): unknown[] {
  const { symbol, interval, rows } = selectKlines(data, call);
  return rows.map((row) => klineAnswer(row, interval, symbol.format('futures')));
}

/** Candles of mark, index and premium: made of the last price's, without volume. */
function priceKlines(
  data: MarketData,
  call: VenueCall,
  text: (symbol: SymbolData, value: number) => string,
): unknown[] {
  const { symbol, interval, rows } = selectKlines(data, call);
  return rows.map((row) => {
    const [openTime, , , , , , closeTime] = klineAnswer(row, interval, symbol.format('futures'));
    const figures = [row.open, row.high, row.low, row.close].map((value) => text(symbol, value));
    return [openTime, ...figures, '0', closeTime, '0', row.trades, '0', '0', '0'];
  });
}

function premiumIndex(data: MarketData, { params, nowMs }: VenueCall): unknown {
  const symbols = symbolsOf(data, 'futures', params) ?? data.of('futures');
  return oneOrAll(params, symbols, (symbol) => ({
    symbol: symbol.symbol,
    markPrice: symbol.markPrice.toFixed(8),
    indexPrice: symbol.indexPrice.toFixed(8),
    estimatedSettlePrice: symbol.indexPrice.toFixed(8),
    lastFundingRate: symbol.fundingRate.toFixed(8),
    interestRate: INTEREST_RATE,
    nextFundingTime: symbol.nextFundingMs,
    time: nowMs,
  }));
}

function intervalOf(symbol: SymbolData): number {
  return symbol.instrument('futures')?.futures?.fundingIntervalMs ?? DEFAULT_FUNDING_INTERVAL_MS;
}

function fundingRates(data: MarketData, { params, nowMs }: VenueCall): object[] {
  const symbols = symbolsOf(data, 'futures', params) ?? data.of('futures');
  const limit = params.limit('limit', { fallback: 100, max: MAX_FUNDING_ROWS });
  const endMs = Math.min(params.optionalInteger('endTime') ?? nowMs, nowMs);
  return symbols
    .flatMap((symbol) => {
      const interval = intervalOf(symbol);
      const last = Math.floor(endMs / interval) * interval;
      const startMs = params.optionalInteger('startTime');
      const first = startMs === null ? last - (limit - 1) * interval : Math.ceil(startMs / interval) * interval;
      const count = Math.min(limit, Math.max(0, Math.floor((last - first) / interval) + 1));
      return Array.from({ length: count }, (_, row) => fundingRow(symbol, first + row * interval));
    })
    .sort((a, b) => a.fundingTime - b.fundingTime)
    .slice(0, limit);
}

function fundingRow(symbol: SymbolData, fundingTime: number) {
  const markPrice = symbol.fundingMarkPrice(fundingTime).toFixed(8);
  const fundingRate = symbol.fundingRateAt(fundingTime).toFixed(8);
  return { symbol: symbol.symbol, fundingTime, fundingRate, markPrice };
}

function fundingInfo(symbol: SymbolData): object {
  return {
    symbol: symbol.symbol,
    adjustedFundingRateCap: '0.02000000',
    adjustedFundingRateFloor: '-0.02000000',
    fundingIntervalHours: intervalOf(symbol) / HOUR_MS,
    disclaimer: false,
    updateTime: null,
  };
}

function dayTickers(data: MarketData, { params, nowMs }: VenueCall): unknown {
  const symbols = symbolsOf(data, 'futures', params) ?? data.of('futures');
  return oneOrAll(params, symbols, (symbol) => {
    const format = symbol.format('futures');
    return { ...dayAnswer(symbol, format, symbol.day(nowMs)), lastQty: format.quantity(symbol.lastQuantity) };
  });
}

function prices(data: MarketData, { params, nowMs }: VenueCall): unknown {
  const symbols = symbolsOf(data, 'futures', params) ?? data.of('futures');
  return oneOrAll(params, symbols, (symbol) => ({
    symbol: symbol.symbol,
    price: symbol.format('futures').price(symbol.lastPrice),
    time: symbol.lastTradeMs || nowMs,
  }));
}

function books(data: MarketData, { params, nowMs }: VenueCall): unknown {
  const symbols = symbolsOf(data, 'futures', params) ?? data.of('futures');
  return oneOrAll(params, symbols, (symbol) => ({
    ...bookTickerAnswer(symbol, symbol.format('futures')),
    time: symbol.quoteMs || nowMs,
    lastUpdateId: symbol.rawDepthIds.futures ?? symbol.depthBook.lastId,
  }));
}

function openInterest(data: MarketData, { params, nowMs }: VenueCall): object {
  const symbol = symbolOf(data, 'futures', params);
  const amount = symbol.day(nowMs).volume * OPEN_INTEREST_DAYS;
  return { symbol: symbol.symbol, openInterest: symbol.format('futures').quantity(amount), time: nowMs };
}
