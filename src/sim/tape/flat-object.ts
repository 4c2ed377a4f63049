import { parseNumber } from './decimal-text.ts';

const CODE = { quote: 34, comma: 44, colon: 58, backslash: 92, space: 32 } as const;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const TRUE = Buffer.from('true');

/** The position behind the string that begins at `at`, or -1. */
function endOfString(bytes: Buffer, at: number, end: number): number {
  for (let i = at + 1; i < end; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte === CODE.quote) return i + 1;
    if (byte === CODE.backslash) i += 1;
    else if (byte < CODE.space) return -1;
  }
  return -1;
}

/** The position behind the object or array that begins at `at`, or -1. */
function endOfNested(bytes: Buffer, at: number, end: number): number {
  let depth = 0;
  for (let i = at; i < end; i += 1) {
    const byte = bytes[i];
    if (byte === CODE.quote) {
      i = endOfString(bytes, i, end) - 1;
      if (i < 0) return -1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      depth += 1;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return -1;
}

/** The position behind the number, `true`, `false` or `null` that begins at `at`, or -1. */
function endOfBareValue(bytes: Buffer, at: number, end: number): number {
  for (let i = at; i < end; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte === CODE.comma || byte === CLOSE_OBJECT) return i > at ? i : -1;
    if (byte <= CODE.quote) return -1;
  }
  return -1;
}

/**
 * Finds the members of a JSON object without making a string of any: the exchange's stream messages have names of one
 * character, others are passed over. Reused from object to object; figures are read from the bytes on demand.
 */
export class FlatObject {
  #bytes: Buffer = Buffer.alloc(0);
  readonly #starts = new Int32Array(128);
  readonly #ends = new Int32Array(128);
  readonly #seenIn = new Int32Array(128);
  #scans = 0;

  /**
   * Takes the object that fills `bytes[start, end)`.
   * @returns false when that is no JSON object
   */
  scan(bytes: Buffer, start: number, end: number): boolean {
    return this.#scan(bytes, start, end) === end;
  }

  #scan(bytes: Buffer, start: number, limit: number): number {
    this.#bytes = bytes;
    this.#scans += 1;
    if (bytes[start] !== OPEN_OBJECT) return -1;
    let at = start + 1;
    if (bytes[at] === CLOSE_OBJECT) return at + 1;
    for (;;) {
      while (bytes[at] === CODE.space) at += 1;
      if (bytes[at] !== CODE.quote) return -1;
      const nameAt = at + 1;
      const isPlain =
        bytes[nameAt + 1] === CODE.quote && bytes[nameAt] !== CODE.quote && bytes[nameAt] !== CODE.backslash;
      at = isPlain ? nameAt + 2 : endOfString(bytes, at, limit);
      if (at < 0 || bytes[at] !== CODE.colon) return -1;
      const isShort = at - nameAt === 2;
      at += 1;
      while (bytes[at] === CODE.space) at += 1;
      const valueAt = at;
      const first = bytes[at];
      if (first === CODE.quote) at = endOfString(bytes, at, limit);
      else if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) at = endOfBareValue(bytes, at, limit);
      else at = endOfNested(bytes, at, limit);
      if (at < 0) return -1;
      if (isShort) this.#remember(bytes[nameAt] ?? 0, valueAt, at);
      if (bytes[at] === CLOSE_OBJECT) return at + 1;
      if (bytes[at] !== CODE.comma) return -1;
      at += 1;
    }
  }

  #remember(name: number, start: number, end: number): void {
    if (name >= 128) return;
    const isText = this.#bytes[start] === CODE.quote;
    this.#starts[name] = isText ? start + 1 : start;
    this.#ends[name] = isText ? end - 1 : end;
    this.#seenIn[name] = this.#scans;
  }

  /** @param name code of the member's one-character name, in all that follow */
  has(name: number): boolean {
    return this.#seenIn[name] === this.#scans;
  }

  /** Whether the value is a text. */
  hasText(name: number): boolean {
    return this.has(name) && this.#bytes[this.startOf(name) - 1] === CODE.quote;
  }

  /** Where the value begins, without its quotes. Meaningless when there is no such member. */
  startOf(name: number): number {
    return this.#starts[name] ?? 0;
  }

  endOf(name: number): number {
    return this.#ends[name] ?? 0;
  }

  /** The value as a number, from a JSON number or string; NaN when it is none or missing. */
  number(name: number): number {
    return this.has(name) ? parseNumber(this.#bytes, this.startOf(name), this.endOf(name)) : NaN;
  }

  isTrue(name: number): boolean {
    const start = this.startOf(name);
    return (
      this.has(name) &&
      this.endOf(name) - start === TRUE.length &&
      TRUE.every((byte, i) => this.#bytes[start + i] === byte)
    );
  }
}
