import type { Market } from '../../domain/instrument.ts';
import type { Params } from '../transport/params.ts';
import type { MarketData } from './market-data.ts';
import type { NumberFormat } from './number-format.ts';
import type { SymbolData } from './symbol-data.ts';
import { symbolOf } from './symbol-query.ts';
import type { PublicTrade } from './trade-ring.ts';

/** The last trades of a symbol, or those from `fromId` on. @throws VenueError for what the venue refuses */
export function queryTrades(data: MarketData, market: Market, params: Params): object[] {
  const symbol = symbolOf(data, market, params);
  const fromId = params.optionalInteger('fromId');
  const limit = limitOf(params);
  const selected = selectTrades(symbol, { fromId, startMs: null, endMs: null, limit });
  return selected.map((trade) => tradeAnswer(market, trade, symbol.format(market)));
}

/** Trades that filled one order at one price, of which each is one here. @throws VenueError for what the venue refuses */
export function queryAggTrades(data: MarketData, market: Market, params: Params): object[] {
  const symbol = symbolOf(data, market, params);
  const selected = selectTrades(symbol, {
    fromId: params.optionalInteger('fromId'),
    startMs: params.optionalInteger('startTime'),
    endMs: params.optionalInteger('endTime'),
    limit: limitOf(params),
  });
  return selected.map((trade) => aggTradeAnswer(market, trade, symbol.format(market)));
}

function limitOf(params: Params): number {
  return params.limit('limit', { fallback: 500, max: 1_000 });
}

function tradeAnswer(market: Market, trade: PublicTrade, format: NumberFormat): object {
  const common = {
    id: trade.id,
    price: format.price(trade.price),
    qty: format.quantity(trade.quantity),
    quoteQty: format.quote(trade.price * trade.quantity),
    time: trade.timeMs,
    isBuyerMaker: trade.buyerIsMaker,
  };
  return market === 'spot' ? { ...common, isBestMatch: true } : { ...common, isRPITrade: false };
}

function aggTradeAnswer(market: Market, trade: PublicTrade, format: NumberFormat): object {
  const price = format.price(trade.price);
  const quantity = format.quantity(trade.quantity);
  const span = { f: trade.id, l: trade.id, T: trade.timeMs, m: trade.buyerIsMaker };
  return market === 'spot'
    ? { a: trade.id, p: price, q: quantity, ...span, M: true }
    : { a: trade.id, p: price, q: quantity, nq: quantity, ...span };
}

interface Filters {
  readonly fromId: number | null;
  readonly startMs: number | null;
  readonly endMs: number | null;
  readonly limit: number;
}

/** Trades as the venue selects them: from an id or a start time the first ones, else the last ones. */
function selectTrades(data: SymbolData, { fromId, startMs, endMs, limit }: Filters): PublicTrade[] {
  const trades = data.trades
    .all()
    .filter(({ id }) => fromId === null || id >= fromId)
    .filter(({ timeMs }) => (startMs === null || timeMs >= startMs) && (endMs === null || timeMs <= endMs));
  return fromId !== null || startMs !== null ? trades.slice(0, limit) : trades.slice(-limit);
}
