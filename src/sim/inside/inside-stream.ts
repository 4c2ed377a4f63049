import { nearest } from '../../lib/nearest.ts';
import { AitraderError } from '../../domain/errors.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { Market } from '../../domain/instrument.ts';
import { MINUTE_MS, SECOND_MS, TIMEFRAMES } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import type { FeedSubscription, MarketSink, QuoteTick, TradeTick } from '../../ports/market-feed.ts';
import type { MarketEventSink, MarketSource, MarkEvent, QuoteEvent, TradeEvent } from '../market/source.ts';
import { InsideSymbol } from './inside-symbol.ts';

/** A symbol and what is streamed of it. */
interface Lane {
  readonly state: InsideSymbol;
  isStreamed: boolean;
  isMarked: boolean;
  /** Since the last tick. */
  hasTraded: boolean;
  hasNews: boolean;
}

/** Closed candles are told longest first: who hears that a minute closed finds the day that ended with it. */
const LONGEST_FIRST = TIMEFRAMES.toReversed();

/**
 * Makes messages of a market source's events, as an exchange streams them: trades and quotes as they happen, mark prices,
 * and at whole seconds (`tick`) the 24 h figures and forming candles of what moved, and the candles that closed. The
 * driver ticks when `nextTickMs` is reached, before it sends the events of that millisecond.
 */
export class InsideStream implements MarketEventSink {
  readonly symbols: readonly InsideSymbol[];
  readonly market: Market;
  /** Where messages go; null before somebody listens. */
  sink: MarketSink | null = null;
  /** Events of the source, and messages made of them for the sink, since the start. */
  readonly counts = { events: 0, messages: 0 };
  #nextTickMs: number;
  #minuteEndsMs: number;
  #hasNews = false;
  #timeframes: readonly Timeframe[] = [];
  /** By place in the source; null: not on this market. */
  readonly #lanes: readonly (Lane | null)[];
  readonly #bySymbol: ReadonlyMap<string, Lane>;
  readonly #trade: TradeTick;
  readonly #quote: QuoteTick;

  constructor(source: MarketSource, market: Market) {
    this.market = market;
    this.#lanes = source.symbols.map(({ instruments }, index) => {
      const instrument = instruments[market];
      if (instrument === null) return null;
      const state = new InsideSymbol(source, index, instrument);
      return { state, isStreamed: false, isMarked: false, hasTraded: false, hasNews: false };
    });
    const lanes = this.#lanes.filter((lane) => lane !== null);
    this.symbols = lanes.map(({ state }) => state);
    this.#bySymbol = new Map(lanes.map((lane) => [lane.state.symbol, lane]));
    this.#minuteEndsMs = this.#nextTickMs = source.startMs + MINUTE_MS;
    const symbol = '' as VenueSymbol;
    this.#trade = { symbol, price: 0, quantity: 0, trades: 1, buyerIsTaker: false, venueTradeId: 0, time: 0 };
    this.#quote = { symbol, bid: 0, bidQuantity: 0, ask: 0, askQuantity: 0, time: 0 };
  }

  /** When `tick` is due: the next second if anything was heard since the last, else the end of the minute. */
  get nextTickMs(): number {
    return this.#nextTickMs;
  }

  /** When the forming minute ends. */
  get minuteEndsMs(): number {
    return this.#minuteEndsMs;
  }

  /** @throws AitraderError `SYMBOL_UNKNOWN`; the subscription before stays in force then */
  subscribe({ symbols, timeframes, markSymbols }: FeedSubscription): void {
    const [streamed, marked] = [new Set(symbols), new Set(markSymbols)];
    for (const symbol of [...symbols, ...markSymbols]) this.find(symbol);
    this.#timeframes = LONGEST_FIRST.filter((timeframe) => timeframe === '1m' || timeframes.includes(timeframe));
    for (const lane of this.#bySymbol.values()) {
      lane.isStreamed = streamed.has(lane.state.symbol);
      lane.isMarked = this.market === 'futures' && marked.has(lane.state.symbol);
    }
  }

  /** Streams per symbol are trades, quotes, 24 h figures and candles. */
  get streams(): number {
    let streams = 0;
    for (const { isStreamed, isMarked } of this.#bySymbol.values()) {
      streams += (isStreamed ? 3 + this.#timeframes.length : 0) + (isMarked ? 1 : 0);
    }
    return streams;
  }

  /** @throws AitraderError `SYMBOL_UNKNOWN` */
  find(symbol: string): InsideSymbol {
    const lane = this.#bySymbol.get(symbol);
    if (lane !== undefined) return lane.state;
    const near = nearest(symbol, [...this.#bySymbol.keys()]).join(', ');
    throw new AitraderError('SYMBOL_UNKNOWN', {
      given: symbol,
      market: this.market,
      nearest: near || 'none comes near',
    });
  }

  trade(event: Readonly<TradeEvent>): void {
    this.counts.events += 1;
    const lane = this.#lanes[event.symbolIndex];
    if (lane === null || lane === undefined) return;
    lane.state.trade(event);
    lane.hasTraded = true;
    this.#note(lane, event.timeMs);
    if (this.sink === null || !lane.isStreamed) return;
    const tick = this.#trade;
    tick.symbol = lane.state.symbol;
    tick.price = event.price;
    tick.quantity = event.quantity;
    tick.buyerIsTaker = !event.buyerIsMaker;
    tick.venueTradeId = event.tradeId;
    tick.time = event.timeMs;
    this.counts.messages += 1;
    this.sink.trade(tick);
  }

  quote(event: Readonly<QuoteEvent>): void {
    this.counts.events += 1;
    const lane = this.#lanes[event.symbolIndex];
    if (lane === null || lane === undefined) return;
    lane.state.quote(event);
    this.#note(lane, event.timeMs);
    if (this.sink === null || !lane.isStreamed) return;
    const tick = this.#quote;
    tick.symbol = lane.state.symbol;
    tick.bid = event.bid;
    tick.bidQuantity = event.bidQuantity;
    tick.ask = event.ask;
    tick.askQuantity = event.askQuantity;
    tick.time = event.timeMs;
    this.counts.messages += 1;
    this.sink.quote(tick);
  }

  mark(event: Readonly<MarkEvent>): void {
    this.counts.events += 1;
    const lane = this.#lanes[event.symbolIndex];
    if (lane === null || lane === undefined || this.market === 'spot') return;
    lane.state.markPrice = event.markPrice;
    if (this.sink === null || !lane.isMarked) return;
    this.counts.messages += 1;
    const { markPrice: price, fundingRate, timeMs: time } = event;
    this.sink.mark({ symbol: lane.state.symbol, price, fundingRate, time });
  }

  /** What a recorded message means follows as events of their own. */
  raw(): void {}

  /**
   * Tells what there is to tell at `nextTickMs`.
   * @returns whether a minute closed
   */
  tick(): boolean {
    const nowMs = this.#nextTickMs;
    const isMinuteOver = nowMs === this.#minuteEndsMs;
    if (this.#hasNews) for (const lane of this.#bySymbol.values()) this.#tellNews(lane, { nowMs, isMinuteOver });
    this.#hasNews = false;
    if (isMinuteOver) {
      this.#minuteEndsMs += MINUTE_MS;
      for (const lane of this.#bySymbol.values()) this.#closeMinute(lane);
    }
    this.#nextTickMs = this.#minuteEndsMs;
    return isMinuteOver;
  }

  #note(lane: Lane, timeMs: number): void {
    lane.hasNews = true;
    if (this.#hasNews) return;
    this.#hasNews = true;
    this.#nextTickMs = Math.min(this.#minuteEndsMs, timeMs - (timeMs % SECOND_MS) + SECOND_MS);
  }

  /** Forming candles are not told where they close at this moment. */
  #tellNews(lane: Lane, { nowMs, isMinuteOver }: { nowMs: number; isMinuteOver: boolean }): void {
    const { state, hasNews, hasTraded } = lane;
    lane.hasNews = lane.hasTraded = false;
    if (!hasNews || this.sink === null || !lane.isStreamed) return;
    this.counts.messages += 1;
    this.sink.ticker(state.ticker(nowMs));
    if (isMinuteOver || !hasTraded) return;
    for (const timeframe of this.#timeframes) {
      this.counts.messages += 1;
      this.sink.candle(state.forming(timeframe));
    }
  }

  #closeMinute({ state, isStreamed }: Lane): void {
    const ended = state.closeMinute();
    if (this.sink === null || !isStreamed) return;
    for (const timeframe of this.#timeframes) {
      const candle = ended.includes(timeframe) ? state.lastClosed(timeframe) : state.forming(timeframe);
      if (candle === null) continue;
      this.counts.messages += 1;
      this.sink.candle(candle);
    }
  }
}
