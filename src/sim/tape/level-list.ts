import { parseNumber, POWERS } from './decimal-text.ts';

const QUOTE = 34;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const FIRST_CAPACITY = 64;

/** Price levels of a depth message, in arrays that are used again. */
export class LevelList {
  prices = new Float64Array(FIRST_CAPACITY);
  quantities = new Float64Array(FIRST_CAPACITY);
  count = 0;
  #number = NaN;

  /**
   * Reads `[["61730.17","0.5"],...]` from `bytes[start, end)`.
   * @returns false when a price or quantity is no number, or one is missing
   */
  read(bytes: Buffer, start: number, end: number): boolean {
    this.count = 0;
    let isPrice = true;
    let price = 0;
    let at = start;
    for (;;) {
      while (at < end && bytes[at] !== QUOTE) at += 1;
      if (at >= end) return isPrice;
      const from = at + 1;
      at = this.#readNumber(bytes, from, end);
      if (!(this.#number >= 0)) return false;
      if (isPrice) price = this.#number;
      else this.#push(price, this.#number);
      isPrice = !isPrice;
      at += 1;
    }
  }

  /**
   * Reads the number up to the next quotation mark, in one pass where it is as the exchange writes it.
   * @returns where the mark is
   */
  #readNumber(bytes: Buffer, start: number, end: number): number {
    let mantissa = 0;
    let dotAt = -1;
    let at = start;
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte >= ZERO && byte <= NINE) mantissa = mantissa * 10 + (byte - ZERO);
      else if (byte === DOT && dotAt < 0 && at > start) dotAt = at;
      else break;
    }
    const decimals = dotAt < 0 ? 0 : at - dotAt - 1;
    const isPlain = bytes[at] === QUOTE && at > start && dotAt !== at - 1 && mantissa <= Number.MAX_SAFE_INTEGER;
    if (isPlain && decimals < POWERS.length) {
      this.#number = mantissa / (POWERS[decimals] ?? 1);
      return at;
    }
    while (at < end && bytes[at] !== QUOTE) at += 1;
    this.#number = parseNumber(bytes, start, at);
    return at;
  }

  #push(price: number, quantity: number): void {
    if (this.count === this.prices.length) {
      this.prices = doubled(this.prices);
      this.quantities = doubled(this.quantities);
    }
    this.prices[this.count] = price;
    this.quantities[this.count] = quantity;
    this.count += 1;
  }
}

function doubled(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * values.length);
  larger.set(values);
  return larger;
}
