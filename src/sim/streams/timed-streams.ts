import type { Market } from '../../domain/instrument.ts';
import { MINUTE_MS, TIMEFRAMES } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import { mergeRow } from '../data/candle-row.ts';
import type { DepthChange } from '../data/depth-book.ts';
import type { DayStatistics, SymbolData } from '../data/symbol-data.ts';
import type { StreamHub } from './hub.ts';
import type { MessageContext } from './message-text.ts';
import {
  averagePrice,
  avgPriceText,
  depthText,
  klineText,
  markPriceText,
  miniTickerText,
  partialDepthText,
  tickerText,
  windowTickerText,
} from './message-text.ts';
import type { Topic } from './topics.ts';
import { INTERVALS_MS } from './topics.ts';

interface TimedStream {
  readonly topic: Topic;
  /** One symbol, or all of them for the array streams. */
  readonly symbols: readonly SymbolData[];
  /** The last state sent, so that nothing is sent twice. */
  sent: string;
}

/** The streams that are sent at fixed times: books, candles, tickers, mark prices. */
export class TimedStreams {
  readonly #market: Market;
  readonly #hub: StreamHub;
  readonly #contextOf: (data: SymbolData) => MessageContext;
  #streams = new Map<string, TimedStream>();

  constructor(market: Market, hub: StreamHub, contextOf: (data: SymbolData) => MessageContext) {
    this.#market = market;
    this.#hub = hub;
    this.#contextOf = contextOf;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Takes over the topics listened to; those that stay keep what they know of the last message. */
  refresh(topics: readonly Topic[], bySymbol: ReadonlyMap<string, SymbolData>): void {
    const all = [...bySymbol.values()].filter((data) => data.instrument(this.#market) !== null);
    const streams = new Map<string, TimedStream>();
    for (const topic of topics.filter(({ everyMs, kind }) => everyMs > 0 && kind !== 'aggTrade')) {
      const data = topic.symbol === null ? undefined : bySymbol.get(topic.symbol);
      const symbols = topic.symbol === null ? all : all.filter((known) => known === data);
      if (symbols.length === 0) continue;
      streams.set(topic.name, this.#streams.get(topic.name) ?? this.#begin(topic, symbols));
    }
    for (const [name, gone] of this.#streams) {
      if (!streams.has(name)) for (const data of gone.symbols) data.depthBook.dropStream(this.#streamKey(name));
    }
    this.#streams = streams;
  }

  #begin(topic: Topic, symbols: readonly SymbolData[]): TimedStream {
    if (topic.kind === 'depth') for (const data of symbols) data.depthBook.beginStream(this.#streamKey(topic.name));
    return { topic, symbols, sent: '' };
  }

  publishDue(nowMs: number): void {
    for (const stream of this.#streams.values()) {
      if (nowMs % stream.topic.everyMs !== 0) continue;
      const text = stream.topic.symbol === null ? this.#arrayText(stream, nowMs) : this.#text(stream, nowMs);
      if (text !== null) this.#hub.publish(stream.topic.name, text);
    }
  }

  #arrayText({ topic, symbols }: TimedStream, nowMs: number): string | null {
    const recent = symbols.filter((data) => topic.kind === 'markPrice' || data.lastTradeMs > nowMs - topic.everyMs);
    const texts = recent.map((data) => this.#symbolText(topic.kind, data, nowMs)).filter((text) => text !== null);
    return texts.length === 0 ? null : `[${texts.join(',')}]`;
  }

  #symbolText(kind: Topic['kind'], data: SymbolData, nowMs: number): string | null {
    const context = this.#contextOf(data);
    if (kind === 'ticker') return tickerText(context, data, nowMs);
    if (kind === 'miniTicker') return miniTickerText(context, data, nowMs);
    return kind === 'markPrice' ? markPriceText(context, data, nowMs) : null;
  }

  #text(stream: TimedStream, nowMs: number): string | null {
    const { topic, symbols } = stream;
    const data = symbols[0];
    if (data === undefined) return null;
    switch (topic.kind) {
      case 'kline':
        return this.#klineText(stream, data, nowMs);
      case 'depth':
        return this.#depthText(topic, data, nowMs);
      case 'partialDepth':
        return this.#partialDepthText(stream, data, nowMs);
      case 'avgPrice':
        return avgPriceText(this.#contextOf(data), averagePrice(data), [nowMs, data.lastTradeMs]);
      case 'windowTicker':
        return this.#windowText(topic, data, nowMs);
      case 'ticker':
      case 'miniTicker':
        return isUnchanged(stream, String(data.lastTradeId)) ? null : this.#symbolText(topic.kind, data, nowMs);
      case 'markPrice':
        return this.#symbolText(topic.kind, data, nowMs);
      case 'trade':
      case 'aggTrade':
      case 'bookTicker':
      case 'forceOrder':
      case 'contractInfo':
        return null;
    }
  }

  #klineText(stream: TimedStream, data: SymbolData, nowMs: number): string | null {
    const { interval } = stream.topic;
    const timeframe = TIMEFRAMES.find((known): known is Timeframe => known === interval);
    if (timeframe === undefined) return null;
    const row = data.candles.forming(timeframe);
    if (isUnchanged(stream, `${row.openTime}:${row.trades}`) || row.trades === 0) return null;
    const intervalMs = INTERVALS_MS[interval] ?? 0;
    const kline = { interval, intervalMs, row, isClosed: false, lastTradeId: data.lastTradeId, nowMs };
    return klineText(this.#contextOf(data), kline);
  }

  #depthText(topic: Topic, data: SymbolData, nowMs: number): string | null {
    data.refreshBook(nowMs);
    const change = data.depthBook.takeChange(this.#streamKey(topic.name));
    return change === null ? null : depthText(this.#contextOf(data), change, nowMs);
  }

  #partialDepthText(stream: TimedStream, data: SymbolData, nowMs: number): string | null {
    data.refreshBook(nowMs);
    const { lastId, bids, asks } = data.depthBook.snapshot(stream.topic.levels);
    const previousId = stream.sent === '' ? lastId - 1 : Number(stream.sent);
    if (isUnchanged(stream, String(lastId))) return null;
    const change: DepthChange = { firstId: previousId + 1, lastId, previousId, bids, asks };
    return partialDepthText(this.#contextOf(data), change, nowMs);
  }

  #windowText(topic: Topic, data: SymbolData, nowMs: number): string | null {
    const lengthMs = INTERVALS_MS[topic.interval] ?? 0;
    const minute = data.candles.minute.openTime;
    const [first, ...rest] = data.klines('1m', minute - lengthMs + MINUTE_MS, minute);
    if (first === undefined) return null;
    const row = { ...first };
    for (const later of rest) mergeRow(row, later);
    const day: DayStatistics = { ...row, openTime: nowMs - lengthMs, closeTime: nowMs };
    return windowTickerText(this.#contextOf(data), topic.interval, { day, data, nowMs });
  }

  /** The book of a symbol serves both markets, whose streams have the same names. */
  #streamKey(name: string): string {
    return `${this.#market}:${name}`;
  }
}

/** Remembers the state and tells whether it was the last one sent. */
function isUnchanged(stream: TimedStream, state: string): boolean {
  if (stream.sent === state) return true;
  stream.sent = state;
  return false;
}
