import { NOT_READ } from '../../lib/flat-json/byte-scanner.ts';
import { parseNumber, POWERS } from './decimal-text.ts';

const QUOTE = 34;
const COMMA = 44;
const POINT = 46;
const ZERO = 48;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const FIRST_CAPACITY = 64;
/** So many digits fit into 31 bits, where multiplying is cheap, */
const HALF_DIGITS = 9;
/** and so many into a float. */
const MOST_DIGITS = 15;

/** Price levels of a depth message, in arrays that are used again. */
export class LevelList {
  prices = new Float64Array(FIRST_CAPACITY);
  quantities = new Float64Array(FIRST_CAPACITY);
  count = 0;

  /**
   * Reads `[["61730.17","0.5"],...]` at `offset`, whose end is not known, if it is written as the exchange does: without
   * blanks, signs and exponents, two numbers of at most 15 digits in each level. Its texts hold digits and a point alone,
   * so no bracket inside a text is taken for the end of the list.
   *
   * One long function: levels make up a good part of a capture's bytes, and what is cut into more takes half as long again.
   * @returns the position behind the list, or NOT_READ
   */
  readPlain(bytes: Buffer, offset: number): number {
    this.count = 0;
    if (bytes[offset] !== OPEN_ARRAY) return NOT_READ;
    if (bytes[offset + 1] === CLOSE_ARRAY) return offset + 2;
    let { prices, quantities } = this;
    let count = 0;
    let at = offset;
    do {
      if (bytes[at + 1] !== OPEN_ARRAY || bytes[at + 2] !== QUOTE) return NOT_READ;
      if (count === prices.length) ({ prices, quantities } = this.#grow());
      at += 3;
      for (let isPrice = true; ; isPrice = false) {
        const wholeAt = at;
        let whole = 0;
        let digit = (bytes[at] ?? 0) - ZERO;
        for (; digit >>> 0 <= 9; digit = (bytes[at] ?? 0) - ZERO) {
          whole = (Math.imul(whole, 10) + digit) | 0;
          at += 1;
        }
        const wholeDigits = at - wholeAt;
        let fraction = 0;
        let decimals = 0;
        if (digit === POINT - ZERO) {
          at += 1;
          const fractionAt = at;
          digit = (bytes[at] ?? 0) - ZERO;
          for (; digit >>> 0 <= 9; digit = (bytes[at] ?? 0) - ZERO) {
            fraction = (Math.imul(fraction, 10) + digit) | 0;
            at += 1;
          }
          decimals = at - fractionAt;
          if (decimals === 0) return NOT_READ;
        }
        if (wholeDigits === 0 || digit !== QUOTE - ZERO) return NOT_READ;
        const scale = POWERS[decimals] ?? 1;
        const isShort = wholeDigits <= HALF_DIGITS && decimals <= HALF_DIGITS && wholeDigits + decimals <= MOST_DIGITS;
        if (!isShort) return NOT_READ;
        const value = (whole * scale + fraction) / scale;
        if (!isPrice) {
          quantities[count] = value;
          break;
        }
        prices[count] = value;
        if (bytes[at + 1] !== COMMA || bytes[at + 2] !== QUOTE) return NOT_READ;
        at += 3;
      }
      if (bytes[at + 1] !== CLOSE_ARRAY) return NOT_READ;
      count += 1;
      at += 2;
    } while (bytes[at] === COMMA);
    this.count = count;
    return bytes[at] === CLOSE_ARRAY ? at + 1 : NOT_READ;
  }

  /**
   * Reads the list `bytes[start, end)`, however it is written.
   * @returns false when a price or quantity is no number, or one is missing
   */
  read(bytes: Buffer, start: number, end: number): boolean {
    if (this.readPlain(bytes, start) === end) return true;
    this.count = 0;
    let isPrice = true;
    for (let at = bytes.indexOf(QUOTE, start); at >= 0 && at < end; at = bytes.indexOf(QUOTE, at + 1)) {
      const from = at + 1;
      at = bytes.indexOf(QUOTE, from);
      const value = at < 0 || at >= end ? NaN : parseNumber(bytes, from, at);
      if (!(value >= 0)) return false;
      if (this.count === this.prices.length) this.#grow();
      (isPrice ? this.prices : this.quantities)[this.count] = value;
      if (!isPrice) this.count += 1;
      isPrice = !isPrice;
    }
    return isPrice;
  }

  #grow(): this {
    this.prices = doubled(this.prices);
    this.quantities = doubled(this.quantities);
    return this;
  }
}

function doubled(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * values.length);
  larger.set(values);
  return larger;
}
