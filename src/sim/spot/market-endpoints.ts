import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { flatRow, mergeRow } from '../data/candle-row.ts';
import { queryKlines } from '../data/kline-query.ts';
import {
  aggTradeAnswer,
  bookTickerAnswer,
  dayAnswer,
  depthAnswer,
  klineAnswer,
  selectTrades,
  tradeAnswer,
} from '../data/market-answers.ts';
import type { MarketData } from '../data/market-data.ts';
import type { SymbolData } from '../data/symbol-data.ts';
import { oneOrAll, symbolOf, symbolsOf } from '../data/symbol-query.ts';
import { averagePrice } from '../streams/message-text.ts';
import type { Endpoint, VenueCall } from '../transport/endpoint.ts';
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
  const get = (
    ...[path, weight, handle, webSocketMethod]: [
      path: string,
      weight: Endpoint['weight'],
      handle: Endpoint['handle'],
      webSocketMethod?: string,
    ]
  ): Endpoint => ({
    ...{ market: 'spot', method: 'GET', path: `/api/v3/${path}`, security: 'none', weight, handle },
    ...(webSocketMethod === undefined ? {} : { webSocketMethod }),
  });
  return [
    get('ping', 1, () => ({}), 'ping'),
    get('time', 1, ({ nowMs }) => ({ serverTime: nowMs }), 'time'),
    get('exchangeInfo', 20, (call) => exchangeInfo(data, call), 'exchangeInfo'),
    get('depth', depthWeight, ({ params }) => depth(data, params), 'depth'),
    get('trades', 25, ({ params }) => trades(data, params), 'trades.recent'),
    get('historicalTrades', 25, ({ params }) => trades(data, params), 'trades.historical'),
    get('aggTrades', 4, ({ params }) => aggTrades(data, params), 'trades.aggregate'),
    get('klines', 2, (call) => klines(data, call), 'klines'),
    get('uiKlines', 2, (call) => klines(data, call), 'uiKlines'),
    get('avgPrice', 2, ({ params }) => avgPrice(symbolOf(data, 'spot', params)), 'avgPrice'),
    get('ticker/24hr', tickerWeight({ one: 2, hundred: 40, all: 80 }), (call) => dayTickers(data, call), 'ticker.24hr'),
    get(
      'ticker/price',
      tickerWeight({ one: 2, hundred: 4, all: 4 }),
      ({ params }) => prices(data, params),
      'ticker.price',
    ),
    get(
      'ticker/bookTicker',
      tickerWeight({ one: 2, hundred: 4, all: 4 }),
      ({ params }) => books(data, params),
      'ticker.book',
    ),
    get('ticker', tickerWeight({ one: 4, hundred: 200, all: 200 }), (call) => windowTickers(data, call), 'ticker'),
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

function trades(data: MarketData, params: Params): object[] {
  const symbol = symbolOf(data, 'spot', params);
  const fromId = params.optionalInteger('fromId');
  const limit = params.limit('limit', { fallback: 500, max: 1_000 });
  const selected = selectTrades(symbol, { fromId, startMs: null, endMs: null, limit });
  return selected.map((trade) => tradeAnswer('spot', trade, symbol.format('spot')));
}

function aggTrades(data: MarketData, params: Params): object[] {
  const symbol = symbolOf(data, 'spot', params);
  const selected = selectTrades(symbol, {
    fromId: params.optionalInteger('fromId'),
    startMs: params.optionalInteger('startTime'),
    endMs: params.optionalInteger('endTime'),
    limit: params.limit('limit', { fallback: 500, max: 1_000 }),
  });
  return selected.map((trade) => aggTradeAnswer('spot', trade, symbol.format('spot')));
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
