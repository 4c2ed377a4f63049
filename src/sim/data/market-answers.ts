import type { Market } from '../../domain/instrument.ts';
import type { CandleRow } from './candle-row.ts';
import { closeTimeOf } from './kline-query.ts';
import type { NumberFormat } from './number-format.ts';
import type { DayStatistics, SymbolData } from './symbol-data.ts';

/** `[openTime, open, high, low, close, volume, closeTime, quoteVolume, trades, takerBase, takerQuote, "0"]`. */
export function klineAnswer(row: CandleRow, interval: string, format: NumberFormat): unknown[] {
  return [
    row.openTime,
    format.price(row.open),
    format.price(row.high),
    format.price(row.low),
    format.price(row.close),
    format.quantity(row.volume),
    closeTimeOf(interval, row.openTime),
    format.quote(row.quoteVolume),
    row.trades,
    format.quantity(row.buyVolume),
    format.quote(row.buyQuoteVolume),
    '0',
  ];
}

/** Bids and asks of a snapshot, with the id of the last change in it. */
export function depthAnswer(
  data: SymbolData,
  market: Market,
  limit: number,
): { lastUpdateId: number; bids: [string, string][]; asks: [string, string][] } {
  const format = data.format(market);
  data.depthBook.update(data.depth());
  const { lastId, bids, asks } = data.depthBook.snapshot(limit);
  const texts = ([price, quantity]: readonly [number, number]): [string, string] => [
    format.price(price),
    format.quantity(quantity),
  ];
  return { lastUpdateId: data.rawDepthIds[market] ?? lastId, bids: bids.map(texts), asks: asks.map(texts) };
}

function percentChange(day: DayStatistics, last: number): string {
  return (day.open > 0 ? ((last - day.open) / day.open) * 100 : 0).toFixed(3);
}

/** What the day's statistics of both markets, and of rolling windows, have in common. */
export function dayAnswer(data: SymbolData, format: NumberFormat, day: DayStatistics): Record<string, unknown> {
  const average = day.volume > 0 ? day.quoteVolume / day.volume : data.lastPrice;
  return {
    symbol: data.symbol,
    priceChange: format.price(data.lastPrice - day.open),
    priceChangePercent: percentChange(day, data.lastPrice),
    weightedAvgPrice: format.price(average),
    openPrice: format.price(day.open),
    highPrice: format.price(day.high),
    lowPrice: format.price(day.low),
    lastPrice: format.price(data.lastPrice),
    volume: format.quantity(day.volume),
    quoteVolume: format.quote(day.quoteVolume),
    openTime: day.openTime,
    closeTime: day.closeTime,
    firstId: day.trades === 0 ? -1 : Math.max(0, data.lastTradeId - day.trades + 1),
    lastId: day.trades === 0 ? -1 : data.lastTradeId,
    count: day.trades,
  };
}

/** The best bid and ask. */
export function bookTickerAnswer(data: SymbolData, format: NumberFormat): Record<string, unknown> {
  return {
    symbol: data.symbol,
    bidPrice: format.price(data.bid),
    bidQty: format.quantity(data.bidQuantity),
    askPrice: format.price(data.ask),
    askQty: format.quantity(data.askQuantity),
  };
}
