import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { flatRow, mergeRow } from '../data/candle-row.ts';
import { queryKlines } from '../data/kline-query.ts';
import { bookTickerAnswer, dayAnswer, depthAnswer, klineAnswer } from '../data/market-answers.ts';
import type { MarketData } from '../data/market-data.ts';
import type { SymbolData } from '../data/symbol-data.ts';
import { oneOrAll, symbolOf, symbolsOf } from '../data/symbol-query.ts';
import { queryAggTrades, queryTrades } from '../data/trade-query.ts';
import { averagePrice } from '../streams/message-text.ts';
import type { Endpoint, VenueCall } from '../transport/endpoint.ts';
import { endpointsOf } from '../transport/endpoint.ts';
import type { Params } from '../transport/params.ts';
import { refuse } from '../venue-error.ts';
import { spotExchangeInfo } from './exchange-info.ts';

const DEPTH_WEIGHTS = [
  [100, 5],
  [500, 25],
  [1_000, 50],
] as const;
const WINDOW = /^(\d{1,2})([mhd])$/;
const WINDOW_UNIT_MS = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS } as const;

function depthWeight(params: Params): number {
  const limit = params.optionalInteger('limit') ?? 100;
  return DEPTH_WEIGHTS.find(([most]) => limit <= most)?.[1] ?? 250;
}

/** Tickers weigh by how many symbols they are for. */
function tickerWeight(weights: { readonly one: number; readonly hundred: number; readonly all: number }) {
  return (params: Params): number => {
    if (params.has('symbol')) return weights.one;
    const symbols = params.optionalList('symbols')?.length ?? Infinity;
    if (symbols <= 20) return weights.one;
    return symbols <= 100 ? weights.hundred : weights.all;
  };
}

/** The public endpoints of spot. https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints */
export function spotMarketEndpoints(data: MarketData): Endpoint[] {
  const make = endpointsOf('spot', 'none');
  return [
    make('GET /api/v3/ping', { weight: 1, webSocketMethod: 'ping' }, () => ({})),
    make('GET /api/v3/time', { weight: 1, webSocketMethod: 'time' }, ({ nowMs }) => ({ serverTime: nowMs })),
    make('GET /api/v3/exchangeInfo', { weight: 20, webSocketMethod: 'exchangeInfo' }, (call) =>
      exchangeInfo(data, call),
    ),
    make('GET /api/v3/depth', { weight: depthWeight, webSocketMethod: 'depth' }, ({ params }) => depth(data, params)),
    make('GET /api/v3/trades', { weight: 25, webSocketMethod: 'trades.recent' }, ({ params }) =>
      queryTrades(data, 'spot', params),
    ),
    make('GET /api/v3/historicalTrades', { weight: 25, webSocketMethod: 'trades.historical' }, ({ params }) =>
      queryTrades(data, 'spot', params),
    ),
    make('GET /api/v3/aggTrades', { weight: 4, webSocketMethod: 'trades.aggregate' }, ({ params }) =>
      queryAggTrades(data, 'spot', params),
    ),
    make('GET /api/v3/klines', { weight: 2, webSocketMethod: 'klines' }, (call) => klines(data, call)),
    make('GET /api/v3/uiKlines', { weight: 2, webSocketMethod: 'uiKlines' }, (call) => klines(data, call)),
    make('GET /api/v3/avgPrice', { weight: 2, webSocketMethod: 'avgPrice' }, ({ params }) =>
      avgPrice(symbolOf(data, 'spot', params)),
    ),
    make(
      'GET /api/v3/ticker/24hr',
      { weight: tickerWeight({ one: 2, hundred: 40, all: 80 }), webSocketMethod: 'ticker.24hr' },
      (call) => dayTickers(data, call),
    ),
    make(
      'GET /api/v3/ticker/price',
      { weight: tickerWeight({ one: 2, hundred: 4, all: 4 }), webSocketMethod: 'ticker.price' },
      ({ params }) => prices(data, params),
    ),
    make(
      'GET /api/v3/ticker/bookTicker',
      { weight: tickerWeight({ one: 2, hundred: 4, all: 4 }), webSocketMethod: 'ticker.book' },
      ({ params }) => books(data, params),
    ),
    make(
      'GET /api/v3/ticker',
      { weight: tickerWeight({ one: 4, hundred: 200, all: 200 }), webSocketMethod: 'ticker' },
      (call) => windowTickers(data, call),
    ),
  ];
}

function exchangeInfo(data: MarketData, { params, nowMs }: VenueCall): object {
  const symbols = symbolsOf(data, 'spot', params) ?? data.of('spot');
  return spotExchangeInfo(
    symbols.map((symbol) => symbol.instrument('spot')).filter((found) => found !== null),
    nowMs,
  );
}

function depth(data: MarketData, params: Params): object {
  const symbol = symbolOf(data, 'spot', params);
  return depthAnswer(symbol, 'spot', params.limit('limit', { fallback: 100, max: 5_000 }));
}

function klines(data: MarketData, { params, nowMs }: VenueCall): unknown[] {
  const symbol = symbolOf(data, 'spot', params);
  const interval = params.text('interval');
  const query = {
    interval,
    startMs: params.optionalInteger('startTime'),
    endMs: params.optionalInteger('endTime'),
    limit: params.limit('limit', { fallback: 500, max: 1_000 }),
  };
  return queryKlines(symbol, query, nowMs).map((row) => klineAnswer(row, interval, symbol.format('spot')));
}

function avgPrice(symbol: SymbolData): object {
  return { mins: 5, price: symbol.format('spot').price(averagePrice(symbol)), closeTime: symbol.lastTradeMs };
}

function dayTickers(data: MarketData, { params, nowMs }: VenueCall): unknown {
  const symbols = symbolsOf(data, 'spot', params) ?? data.of('spot');
  const isMini = params.optionalText('type') === 'MINI';
  return oneOrAll(params, symbols, (symbol) => {
    const format = symbol.format('spot');
    const day = symbol.day(nowMs);
    const common = dayAnswer(symbol, format, day);
    if (isMini) return withoutKeys(common, ['priceChange', 'priceChangePercent', 'weightedAvgPrice']);
    const { symbol: name, ...rest } = common;
    const { bidPrice, bidQty, askPrice, askQty } = bookTickerAnswer(symbol, format);
    const prevClosePrice = format.price(day.open);
    const lastQty = format.quantity(symbol.lastQuantity);
    return { symbol: name, prevClosePrice, lastQty, bidPrice, bidQty, askPrice, askQty, ...rest };
  });
}

function withoutKeys(record: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}

function prices(data: MarketData, params: Params): unknown {
  const symbols = symbolsOf(data, 'spot', params) ?? data.of('spot');
  return oneOrAll(params, symbols, (symbol) => ({
    symbol: symbol.symbol,
    price: symbol.format('spot').price(symbol.lastPrice),
  }));
}

function books(data: MarketData, params: Params): unknown {
  const symbols = symbolsOf(data, 'spot', params) ?? data.of('spot');
  return oneOrAll(params, symbols, (symbol) => bookTickerAnswer(symbol, symbol.format('spot')));
}

function windowTickers(data: MarketData, { params, nowMs }: VenueCall): unknown {
  const symbols = symbolsOf(data, 'spot', params);
  if (symbols === null) throw refuse('PARAMETER_MISSING', { parameter: 'symbol' });
  const match = WINDOW.exec(params.optionalText('windowSize') ?? '1d');
  const unit = match?.[2] as keyof typeof WINDOW_UNIT_MS | undefined;
  if (match === null || unit === undefined) throw refuse('BAD_PARAMETER', { parameter: 'windowSize' });
  const lengthMs = Number(match[1]) * WINDOW_UNIT_MS[unit];
  return oneOrAll(params, symbols, (symbol) => {
    const minute = symbol.candles.minute.openTime;
    const row = flatRow(minute, symbol.lastPrice);
    const rows = symbol.klines('1m', minute - lengthMs + MINUTE_MS, minute);
    for (const later of rows) mergeRow(row, later);
    const day = { ...row, open: rows[0]?.open ?? row.open, openTime: nowMs - lengthMs, closeTime: nowMs };
    return dayAnswer(symbol, symbol.format('spot'), day);
  });
}
