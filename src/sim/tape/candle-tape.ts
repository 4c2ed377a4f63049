import type { MarketEventSink, QuoteEvent, TradeEvent } from '../market/source.ts';
import { CandleFile } from './candle-file.ts';
import type { PathPoint } from './candle-path.ts';
import { candlePath } from './candle-path.ts';
import type { TapeBook } from './tape-book.ts';
import type { TapeCursor } from './tape-cursor.ts';
import type { TapeProblems } from './tape-problems.ts';

/** What playing a candle file needs to know. */
export interface CandleTapeOptions {
  readonly path: string;
  readonly symbolIndex: number;
  readonly book: TapeBook;
  readonly lengthMs: number;
  /** 10 ^ decimals of the symbol's quantities. */
  readonly quantityScale: number;
  readonly problems: TapeProblems;
}

/**
 * Plays a candle file: four trades a candle, each at the bid or ask of the quote sent before it. A candle without volume
 * had no trades and is passed over.
 */
export class CandleTape implements TapeCursor {
  readonly #options: CandleTapeOptions;
  readonly #file: CandleFile;
  #path: readonly PathPoint[] = [];
  #openTime = 0;
  #at = 0;
  #hasEnded = false;
  readonly #trade: TradeEvent;
  readonly #quote: QuoteEvent;

  constructor(options: CandleTapeOptions) {
    this.#options = options;
    this.#file = new CandleFile(options.path, options.problems);
    const { symbolIndex } = options;
    this.#trade = { symbolIndex, timeMs: 0, price: 0, quantity: 0, buyerIsMaker: false, tradeId: 0 };
    this.#quote = { symbolIndex, timeMs: 0, bid: 0, bidQuantity: 0, ask: 0, askQuantity: 0 };
  }

  get nextMs(): number {
    const point = this.#path[this.#at];
    if (point !== undefined) return this.#openTime + point.offsetMs;
    return this.#hasEnded ? Infinity : NaN;
  }

  async fill(): Promise<void> {
    while (this.#at >= this.#path.length && !this.#hasEnded) {
      await this.#file.fill();
      this.#goOn();
    }
  }

  close(): void {
    this.#file.close();
  }

  /** Finds the next trade. */
  #goOn(): void {
    this.#at += 1;
    while (this.#at >= this.#path.length) {
      const candle = this.#file.next();
      if (candle === null) {
        this.#hasEnded = this.#file.hasEnded;
        return;
      }
      const { lengthMs, quantityScale } = this.#options;
      this.#openTime = candle.openTime;
      this.#path = candlePath(candle, lengthMs, quantityScale).filter(({ quantity }) => quantity > 0);
      this.#at = 0;
    }
  }

  sendNext(sink: MarketEventSink): void {
    const point = this.#path[this.#at];
    if (point === undefined) return;
    const { book } = this.#options;
    const trade = this.#trade;
    book.candleTrades += 1;
    trade.timeMs = this.#openTime + point.offsetMs;
    trade.price = book.onPriceGrid(point.price);
    trade.quantity = point.quantity;
    trade.buyerIsMaker = trade.price < book.lastPrice;
    trade.buyerIsMaker = book.quoteAround(trade);
    trade.tradeId = book.candleTrades;
    book.lastPrice = trade.price;
    this.#sendQuote(sink);
    sink.trade(trade);
    this.#goOn();
  }

  #sendQuote(sink: MarketEventSink): void {
    Object.assign(this.#quote, this.#options.book.top);
    this.#quote.timeMs = this.#trade.timeMs;
    sink.quote(this.#quote);
  }
}
