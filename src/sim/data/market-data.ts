import type { Market } from '../../domain/instrument.ts';
import type { Timeframe } from '../../domain/time.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import type { MarkEvent, MarketEventSink, MarketSource, QuoteEvent, RawEvent, TradeEvent } from '../market/source.ts';
import { RawDepthIds } from './raw-depth.ts';
import { SymbolData } from './symbol-data.ts';
import type { PublicTrade } from './trade-ring.ts';

/** Who wants to know what the market does. Called in the order of events; `data` already holds the news. */
export interface MarketListener {
  onTrade(data: SymbolData, trade: PublicTrade): void;
  onQuote(data: SymbolData): void;
  onMark(data: SymbolData): void;
  onRaw(event: Readonly<RawEvent>): void;
  /** A minute ended at `nowMs`; `ended` are the timeframes whose candle ended with it. */
  onMinute(data: SymbolData, ended: readonly Timeframe[], nowMs: number): void;
}

/** Who hears what of a market source. */
export interface MarketListeners {
  /** Streams: all trades, those of the venue's own accounts included. */
  readonly streams: readonly MarketListener[];
  /** Matching: what the world outside does. */
  readonly matching: readonly Pick<MarketListener, 'onTrade' | 'onQuote' | 'onMark'>[];
}

/** The public state of all symbols, fed by a market source. */
export class MarketData implements MarketEventSink {
  readonly symbols: readonly SymbolData[];
  readonly source: MarketSource;
  readonly #bySymbol: ReadonlyMap<string, SymbolData>;
  readonly #listeners: MarketListeners;
  /** Trades that accounts of the venue made, per symbol: later ids of the source move up by as many. */
  readonly #ownTrades: Float64Array;
  readonly #rawDepthIds = new RawDepthIds((symbol) => this.#bySymbol.get(symbol));
  #minute: number;
  /** Market time reached: moved by events, and on to where the driver wants it. */
  nowMs: number;

  constructor(source: MarketSource, listeners: MarketListeners) {
    this.source = source;
    this.symbols = source.symbols.map((symbol, index) => new SymbolData(source, index, symbol));
    this.#bySymbol = new Map(this.symbols.map((data) => [data.symbol, data]));
    this.#listeners = listeners;
    this.#ownTrades = new Float64Array(this.symbols.length);
    this.#minute = source.startMs + MINUTE_MS;
    this.nowMs = source.startMs;
  }

  /** When the forming minute ends. */
  get minuteEndsMs(): number {
    return this.#minute;
  }

  find(market: Market, symbol: string): SymbolData | null {
    const data = this.#bySymbol.get(symbol);
    return data !== undefined && data.instrument(market) !== null ? data : null;
  }

  /** The symbols of a market. */
  of(market: Market): SymbolData[] {
    return this.symbols.filter((data) => data.instrument(market) !== null);
  }

  trade(event: Readonly<TradeEvent>): void {
    const { symbolIndex: index } = event;
    const data = this.#at(index);
    this.nowMs = event.timeMs;
    const id = event.tradeId + (this.#ownTrades[index] ?? 0);
    const { timeMs, price, quantity, buyerIsMaker } = event;
    const trade = { id, timeMs, price, quantity, buyerIsMaker };
    this.#publish(data, trade);
    for (const listener of this.#listeners.matching) listener.onTrade(data, trade);
  }

  /** A trade that an account of the venue took part in; it joins the public ones. Gives its public id. */
  ownTrade(data: SymbolData, trade: Omit<PublicTrade, 'id'>): number {
    const id = data.lastTradeId + 1;
    this.#ownTrades[data.index] = (this.#ownTrades[data.index] ?? 0) + 1;
    this.#publish(data, { ...trade, id });
    return id;
  }

  quote(event: Readonly<QuoteEvent>): void {
    const data = this.#at(event.symbolIndex);
    this.nowMs = event.timeMs;
    data.quote(event);
    data.depthBook.nextId();
    for (const listener of this.#listeners.streams) listener.onQuote(data);
    for (const listener of this.#listeners.matching) listener.onQuote(data);
  }

  mark(event: Readonly<MarkEvent>): void {
    const data = this.#at(event.symbolIndex);
    this.nowMs = event.timeMs;
    data.mark(event);
    for (const listener of this.#listeners.streams) listener.onMark(data);
    for (const listener of this.#listeners.matching) listener.onMark(data);
  }

  raw(event: Readonly<RawEvent>): void {
    this.nowMs = event.timeMs;
    this.#rawDepthIds.note(event);
    for (const listener of this.#listeners.streams) listener.onRaw(event);
  }

  /** Ends the forming minute of all symbols; to be called before any event at or after its end. */
  closeMinute(): void {
    const nowMs = this.#minute;
    for (const data of this.symbols) {
      const ended = data.candles.closeMinute();
      for (const listener of this.#listeners.streams) listener.onMinute(data, ended, nowMs);
    }
    this.#minute += MINUTE_MS;
  }

  #publish(data: SymbolData, trade: PublicTrade): void {
    data.trade(trade);
    for (const listener of this.#listeners.streams) listener.onTrade(data, trade);
  }

  #at(index: number): SymbolData {
    const data = this.symbols[index];
    if (data === undefined) throw new RangeError(`symbol ${index} of ${this.symbols.length}; the source named it`);
    return data;
  }
}
