import type { DepthSide, DepthView } from '../market/source.ts';
import { DEPTH_LEVELS } from '../market/source.ts';

/** A price level: what lies there now, zero when nothing. */
export type Level = readonly [price: number, quantity: number];

/** Levels that changed, with their sizes now. */
export interface DepthChange {
  /** Update ids: of the first and the last change in it, and of the last change before it. */
  readonly firstId: number;
  readonly lastId: number;
  readonly previousId: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** An empty view for `MarketSource.depth` to fill. */
export function emptyDepthView(): DepthView {
  const side = (): DepthSide => ({
    count: 0,
    prices: new Float64Array(DEPTH_LEVELS),
    quantities: new Float64Array(DEPTH_LEVELS),
  });
  return { bids: side(), asks: side() };
}

/** One side of the book as it was last shown: best price first. */
class BookSide {
  readonly #sign: 1 | -1;
  readonly #prices = new Float64Array(DEPTH_LEVELS);
  readonly #quantities = new Float64Array(DEPTH_LEVELS);
  #count = 0;

  /** @param sign 1 where the best price is the lowest, -1 where it is the highest */
  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  /** Takes over the levels of `view`, best price first. Adds the prices whose quantity changed to `changed`. */
  update(view: DepthSide, changed: number[]): void {
    const { prices, quantities, count } = view;
    const end = Infinity * this.#sign;
    let own = 0;
    let other = 0;
    while (own < this.#count || other < count) {
      const before = own < this.#count ? (this.#prices[own] ?? 0) : end;
      const after = other < count ? (prices[other] ?? 0) : end;
      if (before === after) {
        if (this.#quantities[own] !== quantities[other]) changed.push(before);
        own += 1;
        other += 1;
      } else if (before * this.#sign < after * this.#sign) {
        changed.push(before);
        own += 1;
      } else {
        changed.push(after);
        other += 1;
      }
    }
    if (changed.length === 0) return;
    this.#prices.set(prices);
    this.#quantities.set(quantities);
    this.#count = count;
  }

  quantityAt(price: number): number {
    for (let row = 0; row < this.#count; row += 1) if (this.#prices[row] === price) return this.#quantities[row] ?? 0;
    return 0;
  }

  /** The best levels. */
  best(limit: number): Level[] {
    const length = Math.min(limit, this.#count);
    return Array.from({ length }, (_, row): Level => [this.#prices[row] ?? 0, this.#quantities[row] ?? 0]);
  }
}

/** The prices touched since a stream's last message. */
interface Touched {
  readonly bids: Set<number>;
  readonly asks: Set<number>;
  previousId: number;
}

/**
 * The public order book of a symbol as its clients rebuild it: snapshots, and changes for streams of any speed. A change
 * names every level touched since the stream's last message, so that it fits on any snapshot taken in between.
 */
export class DepthBook {
  readonly #bids = new BookSide(-1);
  readonly #asks = new BookSide(1);
  #lastId: number;
  readonly #streams = new Map<string, Touched>();

  constructor(firstId: number) {
    this.#lastId = firstId;
  }

  get lastId(): number {
    return this.#lastId;
  }

  /** A new update id, for a change of the best bid or ask. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** Takes over the levels of the market now. */
  update(view: DepthView): void {
    const bids: number[] = [];
    const asks: number[] = [];
    this.#bids.update(view.bids, bids);
    this.#asks.update(view.asks, asks);
    if (bids.length + asks.length === 0) return;
    this.#lastId += 1;
    for (const touched of this.#streams.values()) {
      for (const price of bids) touched.bids.add(price);
      for (const price of asks) touched.asks.add(price);
    }
  }

  /** Best levels first. */
  snapshot(limit: number): {
    readonly lastId: number;
    readonly bids: readonly Level[];
    readonly asks: readonly Level[];
  } {
    return { lastId: this.#lastId, bids: this.#bids.best(limit), asks: this.#asks.best(limit) };
  }

  /** From now on changes are gathered for a stream: snapshots taken later fit its messages. */
  beginStream(stream: string): void {
    this.#streams.set(stream, { bids: new Set(), asks: new Set(), previousId: this.#lastId });
  }

  /** What changed for a stream since its last call, or since it began; null when nothing did. */
  takeChange(stream: string): DepthChange | null {
    const touched = this.#streams.get(stream);
    if (touched === undefined) throw new RangeError(`the depth stream ${stream} has not begun; begin it first`);
    if (touched.bids.size + touched.asks.size === 0) return null;
    const change = {
      firstId: touched.previousId + 1,
      lastId: this.#lastId,
      previousId: touched.previousId,
      bids: [...touched.bids].sort((a, b) => b - a).map((price): Level => [price, this.#bids.quantityAt(price)]),
      asks: [...touched.asks].sort((a, b) => a - b).map((price): Level => [price, this.#asks.quantityAt(price)]),
    };
    touched.bids.clear();
    touched.asks.clear();
    touched.previousId = this.#lastId;
    return change;
  }

  /** Ends a stream that nobody listens to any more. */
  dropStream(stream: string): void {
    this.#streams.delete(stream);
  }
}
