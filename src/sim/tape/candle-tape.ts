import type { MarketEventSink, QuoteEvent, TradeEvent } from '../market/source.ts';
import { CandleFile } from './candle-file.ts';
import type { PathGrid } from './candle-path.ts';
import { CandlePath } from './candle-path.ts';
import type { TapeBook } from './tape-book.ts';
import type { TapeCursor } from './tape-cursor.ts';
import type { TapeProblems } from './tape-problems.ts';

/** What playing a candle file needs to know. */
export interface CandleTapeOptions {
  readonly path: string;
  readonly symbolIndex: number;
  readonly book: TapeBook;
  readonly lengthMs: number;
  readonly grid: PathGrid;
  readonly problems: TapeProblems;
}

/**
 * Plays a candle file: a quote for every point on the way through a candle, and a trade at its bid or ask where the point has
 * volume. A candle without volume had no trades: the quotes stand still where the last trade left them.
 */
export class CandleTape implements TapeCursor {
  readonly #options: CandleTapeOptions;
  readonly #file: CandleFile;
  readonly #path: CandlePath;
  /** False through a candle without volume, as soon as there is a price to stand at. */
  #isMoving = true;
  #openTime = 0;
  /** The point that is sent next; there is none from the path's length on. */
  #at: number;
  #nextMs = NaN;
  readonly #trade: TradeEvent;
  readonly #quote: QuoteEvent;

  constructor(options: CandleTapeOptions) {
    this.#options = options;
    this.#file = new CandleFile(options.path, options.problems);
    const { symbolIndex, lengthMs, grid } = options;
    this.#path = new CandlePath(lengthMs, grid);
    this.#at = this.#path.length;
    this.#trade = { symbolIndex, timeMs: 0, price: 0, quantity: 0, buyerIsMaker: false, tradeId: 0 };
    this.#quote = { symbolIndex, timeMs: 0, bid: 0, bidQuantity: 0, ask: 0, askQuantity: 0 };
  }

  get nextMs(): number {
    return this.#nextMs;
  }

  async fill(): Promise<void> {
    while (Number.isNaN(this.#nextMs)) {
      await this.#file.fill();
      this.#goOn();
    }
  }

  close(): void {
    this.#file.close();
  }

  /** Finds the next point. */
  #goOn(): void {
    this.#at += 1;
    if (this.#at >= this.#path.length && !this.#enterNext()) {
      this.#nextMs = this.#file.hasEnded ? Infinity : NaN;
      return;
    }
    this.#nextMs = this.#openTime + this.#path.offsetMs(this.#at);
  }

  /** @returns false where the file must be filled first, or has ended */
  #enterNext(): boolean {
    const candle = this.#file.next();
    if (candle === null) return false;
    this.#isMoving = candle.volume > 0 || Number.isNaN(this.#options.book.lastPrice);
    this.#openTime = candle.openTime;
    this.#path.enter(candle);
    this.#at = 0;
    return true;
  }

  sendNext(sink: MarketEventSink): void {
    const { book } = this.#options;
    const quantity = this.#path.quantity(this.#at);
    const trade = this.#trade;
    trade.timeMs = this.#nextMs;
    trade.price = this.#isMoving ? book.onPriceGrid(this.#path.price(this.#at)) : book.lastPrice;
    trade.quantity = quantity > 0 ? quantity : 1 / this.#options.grid.quantityScale;
    trade.buyerIsMaker = trade.price < book.lastPrice;
    trade.buyerIsMaker = book.quoteAround(trade);
    this.#sendQuote(sink);
    if (quantity > 0) this.#sendTrade(sink);
    this.#goOn();
  }

  #sendTrade(sink: MarketEventSink): void {
    const { book } = this.#options;
    book.candleTrades += 1;
    this.#trade.tradeId = book.candleTrades;
    book.lastPrice = this.#trade.price;
    sink.trade(this.#trade);
  }

  #sendQuote(sink: MarketEventSink): void {
    Object.assign(this.#quote, this.#options.book.top);
    this.#quote.timeMs = this.#trade.timeMs;
    sink.quote(this.#quote);
  }
}
