import type { VenueSymbol } from '../../../../domain/ids.ts';

const ENCODER = new TextEncoder();

/** Load at which the table doubles: probes stay short. */
const MAX_LOAD = 0.5;

const WORD_BYTES = 4;
/** Up to this length first, middle and last word cover a name without a gap. */
const COVERED_BYTES = 3 * WORD_BYTES;

/** What the table answers for a symbol that it does not hold. */
export const UNKNOWN_SYMBOL = -1;

/** Three words of a name mixed into one: multiplications by odd constants, as in MurmurHash3 (A. Appleby, public domain). */
function mixed(first: number, middle: number, last: number): number {
  const hash = Math.imul(first, 0x85ebca6b) ^ Math.imul(middle, 0xc2b2ae35) ^ Math.imul(last, 0x27d4eb2f);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/**
 * The symbols of a market, numbered 0, 1, 2 ... in the order in which they were added, to be found by the bytes that name
 * them without making a string. A number, once given, stays.
 */
export class SymbolTable {
  readonly #symbols: VenueSymbol[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #names: DataView[] = [];
  /** Open addressing: index + 1 of the symbol, 0 where nothing is. The length is a power of two. */
  #buckets = new Int32Array(64);

  get size(): number {
    return this.#symbols.length;
  }

  /** @returns the number of the symbol, a new one if it was not known */
  add(symbol: VenueSymbol): number {
    const known = this.#indexes.get(symbol);
    if (known !== undefined) return known;
    const index = this.#symbols.length;
    this.#symbols.push(symbol);
    this.#names.push(new DataView(ENCODER.encode(symbol).buffer));
    this.#indexes.set(symbol, index);
    if (this.#symbols.length > this.#buckets.length * MAX_LOAD) this.#grow();
    else this.#place(index);
    return index;
  }

  /**
   * The symbol with this number: always the same string object.
   * @throws RangeError for a number that was never given
   */
  symbol(index: number): VenueSymbol {
    const symbol = this.#symbols[index];
    if (symbol === undefined) throw new RangeError(`symbol number ${index} of ${this.#symbols.length}`);
    return symbol;
  }

  indexOf(symbol: string): number {
    return this.#indexes.get(symbol) ?? UNKNOWN_SYMBOL;
  }

  /**
   * The number of the symbol whose name in UTF-8 is at `start` .. `end` - 1, or UNKNOWN_SYMBOL. Names of fewer than four
   * bytes are not found.
   */
  find(view: DataView, start: number, end: number): number {
    const length = end - start;
    if (length < WORD_BYTES || end > view.byteLength) return UNKNOWN_SYMBOL;
    const halfway = (length - WORD_BYTES) >> 1;
    const first = view.getInt32(start, true);
    const middle = view.getInt32(start + halfway, true);
    const last = view.getInt32(end - WORD_BYTES, true);
    const mask = this.#buckets.length - 1;
    for (let bucket = mixed(first, middle, last) & mask; ; bucket = (bucket + 1) & mask) {
      const index = (this.#buckets[bucket] ?? 0) - 1;
      const name = this.#names[index];
      if (name === undefined) return UNKNOWN_SYMBOL;
      if (name.byteLength !== length || name.getInt32(0, true) !== first) continue;
      if (name.getInt32(halfway, true) !== middle || name.getInt32(length - WORD_BYTES, true) !== last) continue;
      if (length <= COVERED_BYTES || areEqual(name, view, start)) return index;
    }
  }

  #grow(): void {
    this.#buckets = new Int32Array(2 * this.#buckets.length);
    for (let index = 0; index < this.#names.length; index += 1) this.#place(index);
  }

  #place(index: number): void {
    const name = this.#names[index];
    if (name === undefined || name.byteLength < WORD_BYTES) return;
    const last = name.byteLength - WORD_BYTES;
    const mask = this.#buckets.length - 1;
    let bucket = mixed(name.getInt32(0, true), name.getInt32(last >> 1, true), name.getInt32(last, true)) & mask;
    while (this.#buckets[bucket] !== 0) bucket = (bucket + 1) & mask;
    this.#buckets[bucket] = index + 1;
  }
}

function areEqual(name: DataView, view: DataView, start: number): boolean {
  for (let at = 0; at < name.byteLength; at += 1) {
    if (name.getUint8(at) !== view.getUint8(start + at)) return false;
  }
  return true;
}
