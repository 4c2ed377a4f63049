/** Trades kept per symbol: as many as one answer of the venue holds at most. */
const CAPACITY = 1_000;

/** A trade that everybody sees. */
export interface PublicTrade {
  readonly id: number;
  readonly timeMs: number;
  readonly price: number;
  readonly quantity: number;
  readonly buyerIsMaker: boolean;
}

/** The last trades of a symbol, in columns so that recording one allocates nothing. */
export class TradeRing {
  readonly #id = new Float64Array(CAPACITY);
  readonly #timeMs = new Float64Array(CAPACITY);
  readonly #price = new Float64Array(CAPACITY);
  readonly #quantity = new Float64Array(CAPACITY);
  readonly #buyerIsMaker = new Uint8Array(CAPACITY);
  #count = 0;

  push(trade: PublicTrade): void {
    const slot = this.#count % CAPACITY;
    this.#id[slot] = trade.id;
    this.#timeMs[slot] = trade.timeMs;
    this.#price[slot] = trade.price;
    this.#quantity[slot] = trade.quantity;
    this.#buyerIsMaker[slot] = trade.buyerIsMaker ? 1 : 0;
    this.#count += 1;
  }

  /** What is kept, oldest first. */
  all(): PublicTrade[] {
    const kept = Math.min(this.#count, CAPACITY);
    return Array.from({ length: kept }, (_, index) => this.#read((this.#count - kept + index) % CAPACITY));
  }

  #read(slot: number): PublicTrade {
    return {
      id: this.#id[slot] ?? 0,
      timeMs: this.#timeMs[slot] ?? 0,
      price: this.#price[slot] ?? 0,
      quantity: this.#quantity[slot] ?? 0,
      buyerIsMaker: this.#buyerIsMaker[slot] === 1,
    };
  }
}
