import type { Market } from '../../domain/instrument.ts';
import type { MarketEventSink, MarkEvent, QuoteEvent, RawEvent, TradeEvent } from '../market/source.ts';
import type { SymbolSurvey } from './capture-survey.ts';
import type { MessageSource } from './decode/capture-reader.ts';
import { COLUMN, RowReader } from './decode/message-rows.ts';
import type { MessageRows, SpentArrays } from './decode/message-rows.ts';
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
  readonly source: MessageSource;
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
  readonly #rows = new RowReader();
  #hasEnded = false;
  readonly #raw: RawEvent;
  readonly #trade: TradeEvent;
  readonly #quote: QuoteEvent;
  readonly #mark: MarkEvent;
  readonly #top = { bid: 0, bidQuantity: 0, ask: 0, askQuantity: 0 };
  #nextMs = NaN;
  /** A clock that was set back while recording does not turn market time back. */
  #latestMs = -Infinity;

  constructor(options: CaptureOptions) {
    this.#options = options;
    this.#raw = { timeMs: 0, market: options.market, stream: '', bytes: this.#rows.bytes, dataStart: 0, dataEnd: 0 };
    this.#trade = { symbolIndex: 0, timeMs: 0, price: 0, quantity: 0, buyerIsMaker: false, tradeId: 0 };
    this.#quote = { symbolIndex: 0, timeMs: 0, bid: 0, bidQuantity: 0, ask: 0, askQuantity: 0 };
    this.#mark = { symbolIndex: 0, timeMs: 0, markPrice: 0, indexPrice: 0, fundingRate: 0, nextFundingMs: 0 };
  }

  get nextMs(): number {
    return this.#nextMs;
  }

  async fill(): Promise<void> {
    while (Number.isNaN(this.#nextMs)) {
      const stretch = await this.#options.source.next(spentArrays(this.#rows.stretch));
      if (stretch === null) this.#hasEnded = true;
      else this.#rows.open(stretch);
      this.#goOn();
    }
  }

  close(): void {
    this.#options.source.close();
  }

  #goOn(): void {
    const rows = this.#rows;
    while (rows.next()) {
      if (rows.kind === 'refused') {
        this.#refuse(rows.text(COLUMN.symbol));
        continue;
      }
      this.#latestMs = Math.max(this.#latestMs, Math.floor(rows.get(COLUMN.timeMs) + this.#options.clockOffsetMs));
      this.#nextMs = this.#latestMs;
      return;
    }
    this.#nextMs = this.#hasEnded ? Infinity : NaN;
  }

  #refuse(problem: string): void {
    const { path, problems } = this.#options;
    problems.add({ path, line: this.#rows.get(COLUMN.line), problem });
  }

  sendNext(sink: MarketEventSink): void {
    const rows = this.#rows;
    const stream = rows.text(COLUMN.stream);
    const symbol = this.#symbol();
    const effect = symbol === undefined ? 'none' : this.#read(symbol);
    if (effect === 'malformed') {
      this.#refuse(`a ${rows.kind} without the figures that belong to it`);
    } else {
      if (stream !== '') this.#sendRaw(stream, sink);
      if (symbol !== undefined) this.#send(effect, symbol, sink);
    }
    this.#goOn();
  }

  /** A recorded snapshot names no symbol: it belongs to the only one there is. */
  #symbol(): CaptureSymbol | undefined {
    const { symbols } = this.#options;
    if (this.#rows.kind !== 'snapshot') return symbols.get(this.#rows.text(COLUMN.symbol));
    return symbols.size === 1 ? symbols.values().next().value : undefined;
  }

  #sendRaw(stream: string, sink: MarketEventSink): void {
    const rows = this.#rows;
    const raw = this.#raw;
    raw.timeMs = this.#latestMs;
    raw.stream = stream;
    raw.bytes = rows.bytes;
    raw.dataStart = rows.get(COLUMN.dataStart);
    raw.dataEnd = rows.get(COLUMN.dataEnd);
    sink.raw(raw);
  }

  #read(symbol: CaptureSymbol): Effect {
    switch (this.#rows.kind) {
      case 'trade':
        return this.#readTrade(symbol);
      case 'aggTrade':
        return symbol.survey.hasTrade ? 'none' : this.#readTrade(symbol);
      case 'bookTicker':
        return this.#readTicker(symbol);
      case 'depthUpdate':
        return this.#readLevels(symbol);
      case 'snapshot':
        return this.#readSnapshot(symbol);
      case 'markPriceUpdate':
        return this.#readMark();
      case 'other':
      case 'refused':
        return 'none';
    }
  }

  #readTrade(symbol: CaptureSymbol): Effect {
    const rows = this.#rows;
    const trade = this.#trade;
    trade.price = symbol.book.onPriceGrid(rows.get(COLUMN.first));
    trade.quantity = symbol.book.onQuantityGrid(rows.get(COLUMN.second));
    trade.tradeId = rows.get(COLUMN.third);
    trade.buyerIsMaker = rows.get(COLUMN.fourth) === 1;
    if (!(trade.price >= 0 && trade.quantity >= 0 && trade.tradeId >= 0)) return 'malformed';
    // The futures venue books transfers of its insurance fund as trades of nothing.
    return trade.price === 0 || trade.quantity === 0 ? 'none' : 'trade';
  }

  #readTicker(symbol: CaptureSymbol): Effect {
    const rows = this.#rows;
    const top = this.#top;
    top.bid = rows.get(COLUMN.first);
    top.bidQuantity = rows.get(COLUMN.second);
    top.ask = rows.get(COLUMN.third);
    top.askQuantity = rows.get(COLUMN.fourth);
    return symbol.book.setTop(top) ? 'quote' : 'malformed';
  }

  #readLevels(symbol: CaptureSymbol): Effect {
    const rows = this.#rows;
    const bidsStart = rows.get(COLUMN.first);
    if (Number.isNaN(bidsStart)) return 'malformed';
    symbol.book.setBids(rows.levels, bidsStart, rows.get(COLUMN.second));
    symbol.book.setAsks(rows.levels, rows.get(COLUMN.third), rows.get(COLUMN.fourth));
    return this.#quoteOfLevels(symbol);
  }

  #readSnapshot(symbol: CaptureSymbol): Effect {
    if (Number.isNaN(this.#rows.get(COLUMN.first))) return 'malformed';
    symbol.book.clear();
    return this.#readLevels(symbol);
  }

  #quoteOfLevels(symbol: CaptureSymbol): Effect {
    return !symbol.survey.hasTicker && symbol.book.takeTopOfLevels() ? 'quote' : 'none';
  }

  #readMark(): Effect {
    const rows = this.#rows;
    const mark = this.#mark;
    mark.markPrice = rows.get(COLUMN.first);
    mark.indexPrice = rows.get(COLUMN.second);
    mark.fundingRate = rows.get(COLUMN.third);
    mark.nextFundingMs = rows.get(COLUMN.fourth);
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

/**
 * What of a stretch can be used again. Its text goes back at once: left to the garbage collector, the hundreds of megabytes
 * a second that pass through at full speed would keep it busy.
 */
function spentArrays(stretch: MessageRows | null): SpentArrays | null {
  if (stretch === null) return null;
  stretch.bytes.buffer.transfer(0);
  return stretch;
}
