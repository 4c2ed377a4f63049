import { Literal } from './literal.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const POINT = 0x2e;
const MINUS = 0x2d;
const ZERO = 0x30;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** `"?":` as a little-endian word, whatever the key. */
const KEY_PATTERN = 0x3a220022;
const KEY_MASK = 0xffff00ff | 0;

/** What stands in a slot of the scanner. */
export const VALUE = {
  /** A JSON number without sign, fraction and exponent, of at most 15 digits. */
  integer: 1,
  /** A string that holds a plain decimal of at most 15 digits: `"61800.20"`. */
  decimal: 2,
  /** Any other string. */
  text: 3,
  flag: 4,
  /** A nested object, whose values stand in the slots from `NESTED` on. */
  nested: 5,
  /** A negative integer or null: valid, and never asked for. */
  other: 6,
  /** A list that the list reader has read. */
  list: 7,
} as const;

/** Reads the lists in an object for a scanner, which knows none itself. */
export interface ListReader {
  /**
   * Reads the list whose opening bracket is at `offset` in the bytes being scanned.
   * @param slot of its key
   * @returns the offset after its closing bracket, or NOT_READ: then the scanner gives up
   */
  readList(slot: number, offset: number): number;
}

/** Above the kinds of values: what the tag of a slot grows by from scan to scan. */
const TAG_STEP = 8;
const LAST_TAG = 2 ** 31 - 2 * TAG_STEP;

const TRUE = new Literal('true');
const FALSE = new Literal('false');
const NULL = new Literal('null');

/** Slot of a key's value: the key's character code, plus `NESTED` inside the nested object. */
export const NESTED = 128;

/** The only key whose value may be an object: the candle of a kline message. */
const NESTED_KEY = 0x6b;

/** Slot for the values of keys that nobody asks for. */
const SKIPPED = 0;

/** 15 digits always fit into the 53 bits of a float's mantissa, */
const MAX_DIGITS = 15;
/** and 9 into 31 bits, where multiplying is cheap. */
const HALF_DIGITS = 9;

const POWERS_OF_TEN = Float64Array.from({ length: HALF_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

/** What the functions here answer when the bytes are not what they read. */
export const NOT_READ = -1;

/** The digit at `offset`; something outside 0 .. 9 when there is none. */
function digitAt(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) - ZERO;
}

function isDigit(digit: number): boolean {
  return digit >>> 0 <= 9;
}

/** True when all four bytes of the little-endian word are digits: their high halves are 3, also when 6 is added. */
function areFourDigits(word: number): boolean {
  return (word & 0xf0f0f0f0) === 0x30303030 && ((word + 0x06060606) & 0xf0f0f0f0) === 0x30303030;
}

/** The number that the four digits of a little-endian word write: first pairs, then pairs of pairs. */
function fourDigits(word: number): number {
  const digits = word & 0x0f0f0f0f;
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) & 0x00ff00ff;
  return Math.imul(pairs & 0xff, 100) + (pairs >>> 16);
}

function power(exponent: number): number {
  return POWERS_OF_TEN[exponent] ?? NaN;
}

function isLetter(code: number): boolean {
  return ((code | 0x20) - 0x61) >>> 0 <= 25;
}

/** 1 for the characters that stand for themselves in a JSON string. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, code) =>
  code >= 0x20 && code <= 0x7e && code !== QUOTE && code !== BACKSLASH ? 1 : 0,
);

/** True when all four bytes stand for themselves in a JSON string, with false alarms: no quote, escape, control, non-ASCII. */
function areFourPlain(word: number): boolean {
  const isQuote = (word ^ 0x22222222) - 0x01010101;
  const isBackslash = (word ^ 0x5c5c5c5c) - 0x01010101;
  return ((word | (word - 0x20202020) | isQuote | isBackslash) & 0x80808080) === 0;
}

/** Offset of the quote that ends the string begun before `offset`; NOT_READ unless it is plain ASCII without escapes. */
function endOfString(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (PLAIN[bytes[at] ?? 0] === 1) at += 1;
  return bytes[at] === QUOTE ? at : NOT_READ;
}

/** As endOfString, for strings of some length. @param view of the same bytes */
export function endOfLongString(bytes: Uint8Array, view: DataView, offset: number): number {
  let at = offset;
  const lastWord = bytes.length - 4;
  while (at <= lastWord && areFourPlain(view.getInt32(at, true))) at += 4;
  return endOfString(bytes, at);
}

/** Offset after the digits of an integer without leading zero at `offset`, else NOT_READ. */
function endOfInteger(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (isDigit(digitAt(bytes, at))) at += 1;
  return at === offset || (at - offset > 1 && bytes[offset] === ZERO) ? NOT_READ : at;
}

/**
 * Reads flat JSON objects whose keys are single letters straight from bytes: strings without escapes, numbers, booleans,
 * null, and one nested object of the same kind. Order of keys does not matter; longer keys with plain values are skipped.
 * Whatever else JSON allows (blanks, escapes, exponents, a key twice, lists without a reader of theirs) is not an error
 * here: the scanner gives up, and the caller takes the slow way. What it does read is exactly what JSON.parse would have read, and plain ASCII.
 *
 * Numbers are the floats that `Number(text)` gives: digits are collected as an integer below 10^15 and divided by a power
 * of ten up to 10^9. Both are floats without error and IEEE division rounds correctly, so the quotient is the nearest
 * float to the decimal (Clinger 1990, "How to read floating point numbers accurately", the fast path).
 */
export class ByteScanner {
  /** Integers, decimals and flags (0, 1). */
  readonly numbers = new Float64Array(2 * NESTED);
  /** Where strings begin and end in the bytes, without their quotes. */
  readonly starts = new Int32Array(2 * NESTED);
  readonly ends = new Int32Array(2 * NESTED);
  /** Per slot the tag of the scan that found a value there, plus its kind. What earlier scans left is lower than `tag`. */
  readonly tags = new Int32Array(2 * NESTED);
  /** The tag of the last scan. */
  tag = 0;
  readonly #lists: ListReader | null;
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** @param lists null: objects with lists are not read */
  constructor(lists: ListReader | null = null) {
    this.#lists = lists;
  }

  /**
   * Reads the object whose opening brace is at `offset`.
   * @param view of the same bytes
   * @returns the offset after its closing brace, or NOT_READ
   */
  scan(bytes: Uint8Array, view: DataView, offset: number): number {
    if (this.tag > LAST_TAG) {
      this.tag = 0;
      this.tags.fill(0);
    }
    this.tag += TAG_STEP;
    this.#view = view;
    return bytes[offset] === OPEN_BRACE ? this.#object(bytes, offset + 1, 0) : NOT_READ;
  }

  /** One long function: what is cut into more is not inlined by the engine, and takes a quarter longer. */
  #object(bytes: Uint8Array, offset: number, base: number): number {
    const { numbers, tags, tag } = this;
    const view = this.#view;
    const lastWord = bytes.length - 4;
    let at = offset;
    for (;;) {
      if (at > lastWord) return NOT_READ;
      const start = view.getInt32(at, true);
      const key = (start >> 8) & 0xff;
      const slot = base + key;
      const first = bytes[at + 4] ?? 0;
      const begin = first === QUOTE ? at + 5 : at + 4;
      let digit = digitAt(bytes, begin);
      if ((start & KEY_MASK) !== KEY_PATTERN || !isLetter(key)) {
        at = this.#skipLongKey(bytes, at);
      } else if ((tags[slot] ?? 0) > tag) {
        return NOT_READ;
      } else if (!isDigit(digit)) {
        at = first === QUOTE ? this.#text(bytes, begin, slot) : this.#word(bytes, begin, slot);
      } else if (first === QUOTE) {
        let whole = 0;
        for (at = begin; isDigit(digit); digit = digitAt(bytes, at)) {
          whole = (Math.imul(whole, 10) + digit) | 0;
          at += 1;
        }
        const wholeDigits = at - begin;
        let fraction = 0;
        if (bytes[at] === POINT) {
          at += 1;
          for (digit = digitAt(bytes, at); isDigit(digit); digit = digitAt(bytes, at)) {
            fraction = (Math.imul(fraction, 10) + digit) | 0;
            at += 1;
          }
        }
        const decimals = Math.max(0, at - begin - wholeDigits - 1);
        const isExact = wholeDigits <= HALF_DIGITS && decimals <= HALF_DIGITS && wholeDigits + decimals <= MAX_DIGITS;
        const hasLeadingZero = bytes[begin] === ZERO && wholeDigits > 1;
        if (isExact && !hasLeadingZero && bytes[at - 1] !== POINT && bytes[at] === QUOTE) {
          numbers[slot] = (whole * power(decimals) + fraction) / power(decimals);
          tags[slot] = tag + VALUE.decimal;
          at += 1;
        } else {
          at = this.#text(bytes, begin, slot);
        }
      } else {
        let value = 0;
        for (at = begin; at <= lastWord && at - begin < 12; at += 4) {
          const word = view.getInt32(at, true);
          if (!areFourDigits(word)) break;
          value = value * 10_000 + fourDigits(word);
        }
        for (digit = digitAt(bytes, at); isDigit(digit); digit = digitAt(bytes, at)) {
          value = value * 10 + digit;
          at += 1;
        }
        if (at - begin > MAX_DIGITS || (first === ZERO && at - begin > 1)) return NOT_READ;
        numbers[slot] = value;
        tags[slot] = tag + VALUE.integer;
      }
      if (at === NOT_READ) return NOT_READ;
      const next = bytes[at];
      at += 1;
      if (next !== COMMA) return next === CLOSE_BRACE ? at : NOT_READ;
    }
  }

  #text(bytes: Uint8Array, offset: number, slot: number): number {
    const end = endOfString(bytes, offset);
    if (end === NOT_READ) return NOT_READ;
    this.starts[slot] = offset;
    this.ends[slot] = end;
    this.tags[slot] = this.tag + VALUE.text;
    return end + 1;
  }

  /** What is neither a string nor a plain number: true, false, null, a negative integer, a list, the nested object. */
  #word(bytes: Uint8Array, offset: number, slot: number): number {
    const view = this.#view;
    if (FALSE.isAt(view, offset, bytes.length)) return this.#flag(0, slot, offset + FALSE.length);
    if (TRUE.isAt(view, offset, bytes.length)) return this.#flag(1, slot, offset + TRUE.length);
    let end: number = NOT_READ;
    if (NULL.isAt(view, offset, bytes.length)) end = offset + NULL.length;
    else if (bytes[offset] === MINUS) end = endOfInteger(bytes, offset + 1);
    else if (bytes[offset] === OPEN_BRACE && slot === NESTED_KEY) return this.#nested(bytes, offset, slot);
    else if (bytes[offset] === OPEN_BRACKET && this.#lists !== null) {
      this.tags[slot] = this.tag + VALUE.list;
      return this.#lists.readList(slot, offset);
    }
    this.tags[slot] = this.tag + VALUE.other;
    return end;
  }

  #flag(value: number, slot: number, end: number): number {
    this.numbers[slot] = value;
    this.tags[slot] = this.tag + VALUE.flag;
    return end;
  }

  #nested(bytes: Uint8Array, offset: number, slot: number): number {
    this.tags[slot] = this.tag + VALUE.nested;
    return this.#object(bytes, offset + 1, NESTED);
  }

  /** Skips a key of several characters with its value: venues add such keys. */
  #skipLongKey(bytes: Uint8Array, offset: number): number {
    const end = bytes[offset] === QUOTE ? endOfString(bytes, offset + 1) : NOT_READ;
    if (end === NOT_READ || bytes[end + 1] !== COLON) return NOT_READ;
    const value = end + 2;
    if (bytes[value] === QUOTE) return this.#text(bytes, value + 1, SKIPPED);
    return isDigit(digitAt(bytes, value)) ? endOfInteger(bytes, value) : this.#word(bytes, value, SKIPPED);
  }
}
