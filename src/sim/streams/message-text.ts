import type { Instrument, Market } from '../../domain/instrument.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import type { CandleRow } from '../data/candle-row.ts';
import type { DepthChange, Level } from '../data/depth-book.ts';
import type { NumberFormat } from '../data/number-format.ts';
import type { DayStatistics, SymbolData } from '../data/symbol-data.ts';
import type { PublicTrade } from '../data/trade-ring.ts';
import { contractTerms } from '../futures/exchange-info.ts';

/*
 * The market messages as JSON text. Written by hand, because they are made hundreds of thousands of times a second.
 * Spot:    https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams
 * Futures: https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams
 * Since mid-2026 futures frames also carry `st` (1: USD-M) and, by type, `ps` (the pair).
 */

/** What of a symbol the messages of one market need. */
export interface MessageContext {
  readonly market: Market;
  readonly symbol: string;
  readonly format: NumberFormat;
}

export function tradeText({ market, symbol, format }: MessageContext, trade: PublicTrade): string {
  const { id, timeMs } = trade;
  const figures = `"p":"${format.price(trade.price)}","q":"${format.quantity(trade.quantity)}"`;
  const maker = String(trade.buyerIsMaker);
  return market === 'spot'
    ? `{"e":"trade","E":${timeMs},"s":"${symbol}","t":${id},${figures},"T":${timeMs},"m":${maker},"M":true}`
    : `{"e":"trade","E":${timeMs},"T":${timeMs},"s":"${symbol}","t":${id},${figures},"X":"MARKET","m":${maker},"st":1}`;
}

export function aggTradeText({ market, symbol, format }: MessageContext, trade: PublicTrade): string {
  const { id, timeMs } = trade;
  const quantity = format.quantity(trade.quantity);
  const ids = `"f":${id},"l":${id},"T":${timeMs},"m":${String(trade.buyerIsMaker)}`;
  const figures = `"p":"${format.price(trade.price)}","q":"${quantity}"`;
  return market === 'spot'
    ? `{"e":"aggTrade","E":${timeMs},"s":"${symbol}","a":${id},${figures},${ids},"M":true}`
    : `{"e":"aggTrade","E":${timeMs},"a":${id},"s":"${symbol}",${figures},"nq":"${quantity}",${ids},"st":1}`;
}

export function bookTickerText({ market, symbol, format }: MessageContext, data: SymbolData): string {
  const updateId = data.depthBook.lastId;
  const bid = `"b":"${format.price(data.bid)}","B":"${format.quantity(data.bidQuantity)}"`;
  const ask = `"a":"${format.price(data.ask)}","A":"${format.quantity(data.askQuantity)}"`;
  if (market === 'spot') return `{"u":${updateId},"s":"${symbol}",${bid},${ask}}`;
  const times = `"T":${data.quoteMs},"E":${data.quoteMs}`;
  return `{"e":"bookTicker","u":${updateId},"s":"${symbol}","ps":"${symbol}",${bid},${ask},${times},"st":1}`;
}

/** Levels as the venue lists them: `[["price","quantity"],...]`. */
function levelsText(levels: readonly Level[], format: NumberFormat): string {
  const rows = levels.map(([price, quantity]) => `["${format.price(price)}","${format.quantity(quantity)}"]`);
  return `[${rows.join(',')}]`;
}

export function depthText({ market, symbol, format }: MessageContext, change: DepthChange, nowMs: number): string {
  const levels = `"b":${levelsText(change.bids, format)},"a":${levelsText(change.asks, format)}`;
  const ids = `"U":${change.firstId},"u":${change.lastId}`;
  if (market === 'spot') return `{"e":"depthUpdate","E":${nowMs},"s":"${symbol}",${ids},${levels}}`;
  const head = `"E":${nowMs},"T":${nowMs},"s":"${symbol}","ps":"${symbol}"`;
  return `{"e":"depthUpdate",${head},${ids},"pu":${change.previousId},${levels},"st":1}`;
}

/** The first levels of both sides. On futures a partial book looks like a change. */
export function partialDepthText(context: MessageContext, change: DepthChange, nowMs: number): string {
  if (context.market === 'futures') return depthText(context, change, nowMs);
  const { format } = context;
  const levels = `"bids":${levelsText(change.bids, format)},"asks":${levelsText(change.asks, format)}`;
  return `{"lastUpdateId":${change.lastId},${levels}}`;
}

export interface KlineMessage {
  readonly interval: string;
  readonly intervalMs: number;
  readonly row: CandleRow;
  readonly isClosed: boolean;
  /** Id of the last trade in it; the first is counted back from it. */
  readonly lastTradeId: number;
  readonly nowMs: number;
}

export function klineText({ symbol, format }: MessageContext, kline: KlineMessage): string {
  const { row, interval } = kline;
  const ids = row.trades === 0 ? '"f":-1,"L":-1' : `"f":${kline.lastTradeId - row.trades + 1},"L":${kline.lastTradeId}`;
  const times = `"t":${row.openTime},"T":${row.openTime + kline.intervalMs - 1},"s":"${symbol}","i":"${interval}"`;
  const prices = `"o":"${format.price(row.open)}","c":"${format.price(row.close)}","h":"${format.price(row.high)}","l":"${format.price(row.low)}"`;
  const volume = `"v":"${format.quantity(row.volume)}","n":${row.trades},"x":${String(kline.isClosed)},"q":"${format.quote(row.quoteVolume)}"`;
  const taker = `"V":"${format.quantity(row.buyVolume)}","Q":"${format.quote(row.buyQuoteVolume)}","B":"0"`;
  const k = `{${times},${ids},${prices},${volume},${taker}}`;
  return `{"e":"kline","E":${kline.nowMs},"s":"${symbol}","k":${k}}`;
}

function changeText(format: NumberFormat, day: DayStatistics, last: number): string {
  const percent = day.open > 0 ? ((last - day.open) / day.open) * 100 : 0;
  return `"p":"${format.price(last - day.open)}","P":"${percent.toFixed(3)}"`;
}

function averageOf(day: DayStatistics, fallback: number): number {
  return day.volume > 0 ? day.quoteVolume / day.volume : fallback;
}

function dayText(format: NumberFormat, day: DayStatistics): string {
  const prices = `"o":"${format.price(day.open)}","h":"${format.price(day.high)}","l":"${format.price(day.low)}"`;
  return `${prices},"v":"${format.quantity(day.volume)}","q":"${format.quote(day.quoteVolume)}"`;
}

export function tickerText({ market, symbol, format }: MessageContext, data: SymbolData, nowMs: number): string {
  const day = data.day(nowMs);
  const last = data.lastPrice;
  const change = `${changeText(format, day, last)},"w":"${format.price(averageOf(day, last))}"`;
  const lastTrade = `"c":"${format.price(last)}","Q":"${format.quantity(data.lastQuantity)}"`;
  const firstId = Math.max(0, data.lastTradeId - day.trades + 1);
  const span = `"O":${day.openTime},"C":${day.closeTime},"F":${firstId},"L":${data.lastTradeId},"n":${day.trades}`;
  const head = `{"e":"24hrTicker","E":${nowMs},"s":"${symbol}"`;
  if (market === 'futures') {
    return `${head},"ps":"${symbol}",${change},${lastTrade},${dayText(format, day)},${span},"st":1}`;
  }
  const bid = `"b":"${format.price(data.bid)}","B":"${format.quantity(data.bidQuantity)}"`;
  const ask = `"a":"${format.price(data.ask)}","A":"${format.quantity(data.askQuantity)}"`;
  const previous = `"x":"${format.price(day.open)}"`;
  return `${head},${change},${previous},${lastTrade},${bid},${ask},${dayText(format, day)},${span}}`;
}

export function miniTickerText({ market, symbol, format }: MessageContext, data: SymbolData, nowMs: number): string {
  const figures = `"c":"${format.price(data.lastPrice)}",${dayText(format, data.day(nowMs))}`;
  const head = `{"e":"24hrMiniTicker","E":${nowMs},"s":"${symbol}"`;
  return market === 'spot' ? `${head},${figures}}` : `${head},"ps":"${symbol}",${figures},"st":1}`;
}

/** Rolling window tickers of spot; `day` holds the statistics of the window. */
export function windowTickerText(
  { symbol, format }: MessageContext,
  window: string,
  figures: { readonly day: DayStatistics; readonly data: SymbolData; readonly nowMs: number },
): string {
  const { day, data, nowMs } = figures;
  const last = data.lastPrice;
  const firstId = Math.max(0, data.lastTradeId - day.trades + 1);
  const prices = `"o":"${format.price(day.open)}","h":"${format.price(day.high)}","l":"${format.price(day.low)}","c":"${format.price(last)}"`;
  const volumes = `"w":"${format.price(averageOf(day, last))}","v":"${format.quantity(day.volume)}","q":"${format.quote(day.quoteVolume)}"`;
  const span = `"O":${day.openTime},"C":${day.closeTime},"F":${firstId},"L":${data.lastTradeId},"n":${day.trades}`;
  return `{"e":"${window}Ticker","E":${nowMs},"s":"${symbol}",${changeText(format, day, last)},${prices},${volumes},${span}}`;
}

export function avgPriceText(
  { symbol, format }: MessageContext,
  average: number,
  times: readonly [number, number],
): string {
  const [nowMs, lastTradeMs] = times;
  return `{"e":"avgPrice","E":${nowMs},"s":"${symbol}","i":"5m","w":"${format.price(average)}","T":${lastTradeMs}}`;
}

export function markPriceText({ symbol }: MessageContext, data: SymbolData, nowMs: number): string {
  const mark = data.markPrice.toFixed(8);
  const index = data.indexPrice.toFixed(8);
  const funding = `"r":"${data.fundingRate.toFixed(8)}","T":${data.nextFundingMs}`;
  return `{"e":"markPriceUpdate","E":${nowMs},"s":"${symbol}","p":"${mark}","ap":"${mark}","P":"${index}","i":"${index}",${funding},"st":1}`;
}

/** A liquidation that everybody sees. */
export interface ForceOrder {
  readonly side: 'BUY' | 'SELL';
  readonly price: number;
  readonly averagePrice: number;
  readonly quantity: number;
  readonly timeMs: number;
}

export function forceOrderText({ symbol, format }: MessageContext, order: ForceOrder): string {
  const quantity = format.quantity(order.quantity);
  const figures = `"q":"${quantity}","p":"${format.price(order.price)}","ap":"${format.price(order.averagePrice)}"`;
  const state = `"X":"FILLED","l":"${quantity}","z":"${quantity}","T":${order.timeMs}`;
  const o = `{"s":"${symbol}","S":"${order.side}","o":"LIMIT","f":"IOC",${figures},${state},"ps":"${symbol}","st":1}`;
  return `{"e":"forceOrder","E":${order.timeMs},"o":${o}}`;
}

/** What is told when a contract is listed, leaves trading or comes back. */
export function contractInfoText(instrument: Instrument, nowMs: number): string {
  const { symbol } = instrument;
  const { contractType, deliveryDate, onboardDate, status } = contractTerms(instrument);
  const terms = `"ct":"${contractType}","dt":${deliveryDate},"ot":${onboardDate},"cs":"${status}"`;
  return `{"e":"contractInfo","E":${nowMs},"s":"${symbol}","ps":"${symbol}",${terms},"st":1}`;
}

/** The average price of the last five minutes (spot, `avgPrice`). */
export function averagePrice(data: SymbolData): number {
  const minute = data.candles.minute.openTime;
  const rows = data.klines('1m', minute - 4 * MINUTE_MS, minute);
  const volume = rows.reduce((sum, row) => sum + row.volume, 0);
  return volume > 0 ? rows.reduce((sum, row) => sum + row.quoteVolume, 0) / volume : data.lastPrice;
}
