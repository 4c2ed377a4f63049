import type { DepthSide } from '../market/source.ts';
import { DEPTH_LEVELS } from '../market/source.ts';

/** Levels kept of a side: the exchange's own snapshots have at most 5,000. Beyond, the furthest is dropped. */
const MOST_LEVELS = 5_000;
const LARGEST_CAPACITY = 2 * MOST_LEVELS;
const FIRST_CAPACITY = 256;

/**
 * One side of a recorded order book. Nearly every change is to a price that was there before: these are found by a hash
 * table. Prices are kept in order for readers; one that was taken away stays with quantity 0 until there is no more
 * room.
 */
export class BookSide {
  /** 1 for bids, -1 for asks: keys are side x price, so that the best level is the last in ascending order. */
  readonly #side: 1 | -1;
  #keys = new Float64Array(FIRST_CAPACITY);
  /** For each key its slot: where its price and quantity are. */
  #slots = new Int32Array(FIRST_CAPACITY);
  #prices = new Float64Array(FIRST_CAPACITY);
  #quantities = new Float64Array(FIRST_CAPACITY);
  /** Open addressing with linear probing: slot + 1 of the price, 0 where free. */
  #table = new Int32Array(4 * FIRST_CAPACITY);
  #count = 0;

  constructor(side: 'bid' | 'ask') {
    this.#side = side === 'bid' ? 1 : -1;
  }

  /** NaN when the side is empty. */
  get bestPrice(): number {
    const at = this.#best();
    return at < 0 ? NaN : this.#side * (this.#keys[at] ?? 0);
  }

  get bestQuantity(): number {
    const at = this.#best();
    return at < 0 ? NaN : this.#quantityAt(at);
  }

  clear(): void {
    this.#table.fill(0);
    this.#count = 0;
  }

  /** What lies at a price from now on; 0 takes the level away. */
  set(price: number, quantity: number): void {
    const place = this.#placeOf(price);
    const slot = (this.#table[place] ?? 0) - 1;
    if (slot >= 0) this.#quantities[slot] = quantity;
    else if (quantity > 0) this.#insert(price, quantity);
  }

  /** Adds the levels behind `price` to a depth view that already has the best one. */
  appendBehind(price: number, view: DepthSide): void {
    for (let at = this.#firstFrom(this.#side * price) - 1; at >= 0 && view.count < DEPTH_LEVELS; at -= 1) {
      const quantity = this.#quantityAt(at);
      if (quantity === 0) continue;
      view.prices[view.count] = this.#side * (this.#keys[at] ?? 0);
      view.quantities[view.count] = quantity;
      view.count += 1;
    }
  }

  #quantityAt(at: number): number {
    return this.#quantities[this.#slots[at] ?? 0] ?? 0;
  }

  #best(): number {
    let at = this.#count - 1;
    while (at >= 0 && this.#quantityAt(at) === 0) at -= 1;
    return at;
  }

  /** Where a price is in the table, or the free place where it belongs. */
  #placeOf(price: number): number {
    const [table, prices] = [this.#table, this.#prices];
    const mask = table.length - 1;
    let place = (Math.imul((price * 1e8) | 0, 0x9e3779b1) >>> 12) & mask;
    for (;;) {
      const slot = (table[place] ?? 0) - 1;
      if (slot < 0 || prices[slot] === price) return place;
      place = (place + 1) & mask;
    }
  }

  /** The place of the first key that is not below `key`. */
  #firstFrom(key: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? 0) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #insert(price: number, quantity: number): void {
    if (this.#count === this.#keys.length) this.#makeRoom();
    const key = this.#side * price;
    const at = this.#firstFrom(key);
    this.#keys.copyWithin(at + 1, at, this.#count);
    this.#slots.copyWithin(at + 1, at, this.#count);
    const slot = this.#count;
    this.#keys[at] = key;
    this.#slots[at] = slot;
    this.#prices[slot] = price;
    this.#quantities[slot] = quantity;
    this.#table[this.#placeOf(price)] = slot + 1;
    this.#count += 1;
  }

  /** Forgets the levels of quantity 0 and, if the arrays cannot grow, the furthest of the others. */
  #makeRoom(): void {
    const places = Array.from({ length: this.#count }, (_, at) => at).filter((at) => this.#quantityAt(at) > 0);
    const kept = places.slice(-MOST_LEVELS).map((at) => [this.#keys[at] ?? 0, this.#quantityAt(at)] as const);
    const capacity = Math.min(LARGEST_CAPACITY, 2 * this.#keys.length);
    if (capacity > this.#keys.length) {
      this.#keys = new Float64Array(capacity);
      this.#slots = new Int32Array(capacity);
      this.#prices = new Float64Array(capacity);
      this.#quantities = new Float64Array(capacity);
      this.#table = new Int32Array(2 ** Math.ceil(Math.log2(4 * capacity)));
    }
    this.clear();
    for (const [key, quantity] of kept) this.#insert(this.#side * key, quantity);
  }
}
