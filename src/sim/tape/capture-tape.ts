import type { Market } from '../../domain/instrument.ts';
import type { MarketEventSink, MarkEvent, QuoteEvent, RawEvent, TradeEvent } from '../market/source.ts';
import { CaptureLines } from './capture-lines.ts';
import type { SymbolSurvey } from './capture-survey.ts';
import { MEMBER } from './message-members.ts';
import type { TapeBook } from './tape-book.ts';
import type { TapeCursor } from './tape-cursor.ts';
import type { TapeProblems } from './tape-problems.ts';

/** A symbol of a capture and the book that its messages describe. */
export interface CaptureSymbol {
  readonly index: number;
  readonly survey: SymbolSurvey;
  readonly book: TapeBook;
}

/** What playing a capture needs to know. */
export interface CaptureOptions {
  readonly path: string;
  /** By the venue's symbol. */
  readonly symbols: ReadonlyMap<string, CaptureSymbol>;
  readonly market: Market;
  /** Added to receive times to get market time. */
  readonly clockOffsetMs: number;
  readonly problems: TapeProblems;
}

/** What a message means: events to send, nothing, or that it cannot be read. */
type Effect = 'trade' | 'quote' | 'mark' | 'none' | 'malformed';

/**
 * Plays a capture: every stream message as it was recorded, followed by what it means for trades and quotes. A message
 * is due when it was received, in the venue's time.
 */
export class CaptureTape implements TapeCursor {
  readonly #options: CaptureOptions;
  readonly #lines: CaptureLines;
  readonly #raw: RawEvent;
  readonly #trade: TradeEvent;
  readonly #quote: QuoteEvent;
  readonly #mark: MarkEvent;
  #nextMs = NaN;
  /** A clock that was set back while recording does not turn market time back. */
  #latestMs = -Infinity;

  constructor(options: CaptureOptions) {
    this.#options = options;
    this.#lines = new CaptureLines(options.path, options.problems);
    this.#raw = {
      ...{ timeMs: 0, market: options.market, stream: '', bytes: this.#lines.bytes },
      ...{ dataStart: 0, dataEnd: 0, frameStart: 0, frameEnd: 0 },
    };
    this.#trade = { symbolIndex: 0, timeMs: 0, price: 0, quantity: 0, buyerIsMaker: false, tradeId: 0 };
    this.#quote = { symbolIndex: 0, timeMs: 0, bid: 0, bidQuantity: 0, ask: 0, askQuantity: 0 };
    this.#mark = { symbolIndex: 0, timeMs: 0, markPrice: 0, indexPrice: 0, fundingRate: 0, nextFundingMs: 0 };
  }

  get nextMs(): number {
    return this.#nextMs;
  }

  async fill(): Promise<void> {
    while (Number.isNaN(this.#nextMs)) {
      await this.#lines.fill();
      this.#goOn();
    }
  }

  close(): void {
    this.#lines.close();
  }

  #goOn(): void {
    const lines = this.#lines;
    while (lines.next()) {
      if (lines.line.kind !== 'message') continue;
      this.#latestMs = Math.max(this.#latestMs, Math.floor(lines.line.timeMs + this.#options.clockOffsetMs));
      this.#nextMs = this.#latestMs;
      return;
    }
    this.#nextMs = lines.hasEnded ? Infinity : NaN;
  }

  sendNext(sink: MarketEventSink): void {
    const { message } = this.#lines;
    const symbol = this.#symbol();
    const effect = symbol === undefined ? 'none' : this.#read(symbol);
    if (effect === 'malformed') {
      this.#lines.refuse(`a ${message.kind} without the figures that belong to it`);
    } else {
      if (message.stream !== '') this.#sendRaw(sink);
      if (symbol !== undefined) this.#send(effect, symbol, sink);
    }
    this.#goOn();
  }

  /** A recorded snapshot names no symbol: it belongs to the only one there is. */
  #symbol(): CaptureSymbol | undefined {
    const { symbols } = this.#options;
    if (this.#lines.message.kind !== 'snapshot') return symbols.get(this.#lines.message.symbol);
    return symbols.size === 1 ? symbols.values().next().value : undefined;
  }

  #sendRaw(sink: MarketEventSink): void {
    const { message, bytes } = this.#lines;
    const raw = this.#raw;
    raw.timeMs = this.#latestMs;
    raw.stream = message.stream;
    raw.bytes = bytes;
    raw.dataStart = message.dataStart;
    raw.dataEnd = message.dataEnd;
    raw.frameStart = message.frameStart;
    raw.frameEnd = message.frameEnd;
    sink.raw(raw);
  }

  #read(symbol: CaptureSymbol): Effect {
    const { kind } = this.#lines.message;
    switch (kind) {
      case 'trade':
        return this.#readTrade(symbol, MEMBER.tradeId);
      case 'aggTrade':
        return symbol.survey.hasTrade ? 'none' : this.#readTrade(symbol, MEMBER.aggTradeId);
      case 'bookTicker':
        return this.#readTicker(symbol);
      case 'depthUpdate':
        return this.#readDepth(symbol);
      case 'snapshot':
        return this.#readSnapshot(symbol);
      case 'markPriceUpdate':
        return this.#readMark();
      case 'other':
      case 'malformed':
        return 'none';
    }
  }

  #readTrade(symbol: CaptureSymbol, idMember: number): Effect {
    const { members } = this.#lines.message;
    const trade = this.#trade;
    trade.price = symbol.book.onPriceGrid(members.number(MEMBER.price));
    trade.quantity = symbol.book.onQuantityGrid(members.number(MEMBER.quantity));
    trade.tradeId = members.number(idMember);
    trade.buyerIsMaker = members.isTrue(MEMBER.buyerIsMaker);
    if (!(trade.price >= 0 && trade.quantity >= 0 && trade.tradeId >= 0)) return 'malformed';
    // The futures venue books transfers of its insurance fund as trades of nothing.
    return trade.price === 0 || trade.quantity === 0 ? 'none' : 'trade';
  }

  #readTicker(symbol: CaptureSymbol): Effect {
    const { members } = this.#lines.message;
    const quote = this.#quote;
    quote.bid = members.number(MEMBER.bids);
    quote.bidQuantity = members.number(MEMBER.bidQuantity);
    quote.ask = members.number(MEMBER.asks);
    quote.askQuantity = members.number(MEMBER.askQuantity);
    return symbol.book.setTop(quote) ? 'quote' : 'malformed';
  }

  #readDepth(symbol: CaptureSymbol): Effect {
    const { members } = this.#lines.message;
    if (!members.readLevels()) return 'malformed';
    symbol.book.setLevels(members.bids, members.asks);
    return this.#quoteOfLevels(symbol);
  }

  #readSnapshot(symbol: CaptureSymbol): Effect {
    const { message, bytes } = this.#lines;
    const asksAt = bytes.indexOf('"asks":', message.dataStart) + '"asks":'.length;
    const bidsAt = bytes.indexOf('"bids":', message.dataStart) + '"bids":'.length;
    const { bids, asks } = message.members;
    const [first, second] = bidsAt < asksAt ? [bids, asks] : [asks, bids];
    const [firstAt, secondAt] = [Math.min(bidsAt, asksAt), Math.max(bidsAt, asksAt)];
    const hasBoth = firstAt > message.dataStart && secondAt < message.dataEnd;
    if (!hasBoth || !first.read(bytes, firstAt, secondAt - '"asks":'.length)) return 'malformed';
    if (!second.read(bytes, secondAt, message.dataEnd)) return 'malformed';
    symbol.book.clear();
    symbol.book.setLevels(bids, asks);
    return this.#quoteOfLevels(symbol);
  }

  #quoteOfLevels(symbol: CaptureSymbol): Effect {
    return !symbol.survey.hasTicker && symbol.book.takeTopOfLevels() ? 'quote' : 'none';
  }

  #readMark(): Effect {
    const { members } = this.#lines.message;
    const mark = this.#mark;
    mark.markPrice = members.number(MEMBER.price);
    mark.indexPrice = members.number(MEMBER.indexPrice);
    mark.fundingRate = members.number(MEMBER.fundingRate);
    mark.nextFundingMs = members.number(MEMBER.time);
    const hasPrices = mark.markPrice > 0 && mark.indexPrice > 0;
    return hasPrices && Number.isFinite(mark.fundingRate) && mark.nextFundingMs > 0 ? 'mark' : 'malformed';
  }

  #send(effect: Effect, symbol: CaptureSymbol, sink: MarketEventSink): void {
    if (effect === 'trade') this.#sendTrade(symbol, sink);
    else if (effect === 'quote') this.#sendQuote(symbol, sink);
    else if (effect === 'mark') {
      this.#mark.symbolIndex = symbol.index;
      this.#mark.timeMs = this.#latestMs;
      sink.mark(this.#mark);
    }
  }

  #sendTrade(symbol: CaptureSymbol, sink: MarketEventSink): void {
    const { survey, book } = symbol;
    const trade = this.#trade;
    trade.symbolIndex = symbol.index;
    trade.timeMs = this.#latestMs;
    book.lastPrice = trade.price;
    if (!survey.hasTicker && !survey.hasDepth) {
      book.quoteAround(trade);
      this.#sendQuote(symbol, sink);
    }
    sink.trade(trade);
  }

  #sendQuote(symbol: CaptureSymbol, sink: MarketEventSink): void {
    const quote = this.#quote;
    const { bid, bidQuantity, ask, askQuantity } = symbol.book.top;
    quote.symbolIndex = symbol.index;
    quote.timeMs = this.#latestMs;
    quote.bid = bid;
    quote.bidQuantity = bidQuantity;
    quote.ask = ask;
    quote.askQuantity = askQuantity;
    sink.quote(quote);
  }
}
