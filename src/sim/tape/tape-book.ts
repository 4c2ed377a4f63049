import type { DepthView, QuoteEvent } from '../market/source.ts';
import type { SyntheticDepth } from '../market/synthetic-depth.ts';
import { BookSide } from './book-side.ts';
import type { LevelList } from './level-list.ts';

type Top = Pick<QuoteEvent, 'bid' | 'bidQuantity' | 'ask' | 'askQuantity'>;

/** The order book of one symbol of a tape: the recorded levels as far as there are any. */
export class TapeBook {
  readonly #priceScale: number;
  readonly #quantityScale: number;
  readonly #behind: SyntheticDepth;
  readonly #bids = new BookSide('bid');
  readonly #asks = new BookSide('ask');
  #hasLevels = false;
  /** Of the last trade; NaN before the first. */
  lastPrice = NaN;
  /** Trades made of candles so far: their ids. */
  candleTrades = 0;
  readonly #top: Top = { bid: 0, bidQuantity: 0, ask: 0, askQuantity: 0 };

  /** @param decimals of the symbol's prices and quantities; `behind` makes levels where the tape has none */
  constructor(decimals: { readonly price: number; readonly quantity: number }, behind: SyntheticDepth) {
    this.#priceScale = 10 ** decimals.price;
    this.#quantityScale = 10 ** decimals.quantity;
    this.#behind = behind;
  }

  /** The price as the symbol's decimals have it: only what the survey of the tape did not see is changed by it. */
  onPriceGrid(price: number): number {
    return rounded(price, this.#priceScale);
  }

  onQuantityGrid(quantity: number): number {
    return rounded(quantity, this.#quantityScale);
  }

  /** The best bid and ask; zeros before the first quote. */
  get top(): Readonly<Top> {
    return this.#top;
  }

  /** @returns false, and nothing has changed, when that is no quote */
  setTop(top: Readonly<Top>): boolean {
    const bid = this.onPriceGrid(top.bid);
    const bidQuantity = this.onQuantityGrid(top.bidQuantity);
    const ask = this.onPriceGrid(top.ask);
    const askQuantity = this.onQuantityGrid(top.askQuantity);
    if (!(bid > 0 && ask > bid && bidQuantity > 0 && askQuantity > 0)) return false;
    this.#top.bid = bid;
    this.#top.bidQuantity = bidQuantity;
    this.#top.ask = ask;
    this.#top.askQuantity = askQuantity;
    return true;
  }

  /**
   * Puts bid and ask one tick apart so that the trade happens at the right one.
   * @returns whether the seller is the aggressor: always at the lowest price that can be
   */
  quoteAround(trade: { readonly price: number; readonly quantity: number; readonly buyerIsMaker: boolean }): boolean {
    const units = Math.round(trade.price * this.#priceScale);
    const isAtBid = trade.buyerIsMaker || units < 2;
    const bid = isAtBid ? units : units - 1;
    this.#top.bid = bid / this.#priceScale;
    this.#top.ask = (bid + 1) / this.#priceScale;
    this.#top.bidQuantity = this.#top.askQuantity = this.onQuantityGrid(2 * trade.quantity);
    return isAtBid;
  }

  /** Takes over levels that changed. */
  setLevels(bids: LevelList, asks: LevelList): void {
    this.#hasLevels = true;
    for (let i = 0; i < bids.count; i += 1) this.#bids.set(bids.prices[i] ?? 0, bids.quantities[i] ?? 0);
    for (let i = 0; i < asks.count; i += 1) this.#asks.set(asks.prices[i] ?? 0, asks.quantities[i] ?? 0);
  }

  /** Forgets all levels. */
  clear(): void {
    this.#bids.clear();
    this.#asks.clear();
  }

  /** Makes the best recorded levels the quote. @returns whether it is a new one */
  takeTopOfLevels(): boolean {
    const { bid, bidQuantity, ask, askQuantity } = this.#top;
    const best = {
      ...{ bid: this.#bids.bestPrice, bidQuantity: this.#bids.bestQuantity },
      ...{ ask: this.#asks.bestPrice, askQuantity: this.#asks.bestQuantity },
    };
    const isSame =
      best.bid === bid && best.ask === ask && best.bidQuantity === bidQuantity && best.askQuantity === askQuantity;
    return !isSame && this.setTop(best);
  }

  /** Writes the quote and the levels behind it. */
  depth(view: DepthView, timeMs: number): void {
    const { bid, bidQuantity, ask, askQuantity } = this.#top;
    view.bids.count = view.asks.count = 0;
    if (bid === 0) return;
    if (!this.#hasLevels) return this.#behind.fill(view, this.#top, timeMs);
    view.bids.prices[0] = bid;
    view.bids.quantities[0] = bidQuantity;
    view.asks.prices[0] = ask;
    view.asks.quantities[0] = askQuantity;
    view.bids.count = view.asks.count = 1;
    this.#bids.appendBehind(bid, view.bids);
    this.#asks.appendBehind(ask, view.asks);
  }
}

/** Figures beyond a float's whole numbers have no decimals to round. */
function rounded(value: number, scale: number): number {
  const units = value * scale;
  return units < Number.MAX_SAFE_INTEGER ? Math.round(units) / scale : value;
}
