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

function levelsOf(side: DepthSide): Map<number, number> {
  const levels = new Map<number, number>();
  for (let row = 0; row < side.count; row += 1) levels.set(side.prices[row] ?? 0, side.quantities[row] ?? 0);
  return levels;
}

function changedPrices(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): number[] {
  const gone = [...before.keys()].filter((price) => !after.has(price));
  const set = [...after].filter(([price, quantity]) => before.get(price) !== quantity).map(([price]) => price);
  return [...gone, ...set];
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
  #bids = new Map<number, number>();
  #asks = new Map<number, number>();
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
    const bids = levelsOf(view.bids);
    const asks = levelsOf(view.asks);
    const changedBids = changedPrices(this.#bids, bids);
    const changedAsks = changedPrices(this.#asks, asks);
    if (changedBids.length + changedAsks.length === 0) return;
    this.#bids = bids;
    this.#asks = asks;
    this.#lastId += 1;
    for (const touched of this.#streams.values()) {
      for (const price of changedBids) touched.bids.add(price);
      for (const price of changedAsks) touched.asks.add(price);
    }
  }

  /** Best levels first. */
  snapshot(limit: number): {
    readonly lastId: number;
    readonly bids: readonly Level[];
    readonly asks: readonly Level[];
  } {
    return {
      lastId: this.#lastId,
      bids: [...this.#bids].sort(([a], [b]) => b - a).slice(0, limit),
      asks: [...this.#asks].sort(([a], [b]) => a - b).slice(0, limit),
    };
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
      bids: [...touched.bids].sort((a, b) => b - a).map((price): Level => [price, this.#bids.get(price) ?? 0]),
      asks: [...touched.asks].sort((a, b) => a - b).map((price): Level => [price, this.#asks.get(price) ?? 0]),
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
