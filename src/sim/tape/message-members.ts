import type { ListReader } from '../../lib/flat-json/byte-scanner.ts';
import { ByteScanner, NOT_READ, VALUE } from '../../lib/flat-json/byte-scanner.ts';
import type { Literal } from '../../lib/flat-json/literal.ts';
import { parseNumber } from './decimal-text.ts';
import { FlatObject } from './flat-object.ts';
import { LevelList } from './level-list.ts';

/**
 * The members of stream messages by their names' codes. In trades `p`, `q` are price and quantity; in bookTicker `b`, `a`
 * are prices, in depthUpdate lists of levels; in markPriceUpdate `p` is the mark price, `i` the index, `r` the funding
 * rate, `T` its time.
 */
export const MEMBER = {
  ...{ type: 101, eventTime: 69, time: 84, symbol: 115, bestMatch: 77, updateId: 117 },
  ...{ price: 112, quantity: 113, tradeId: 116, aggTradeId: 97, buyerIsMaker: 109 },
  ...{ bids: 98, bidQuantity: 66, asks: 97, askQuantity: 65 },
  ...{ indexPrice: 105, fundingRate: 114 },
} as const;

/**
 * The members of a stream message, by the codes of their one-character names. Nearly every message is read by the byte
 * scanner, figures and levels on the way; whatever it refuses, by the flat object.
 */
export class MessageMembers implements ListReader {
  /** Levels of a depthUpdate, once `readLevels` has said that they are there. */
  readonly bids = new LevelList();
  readonly asks = new LevelList();
  readonly #scanner = new ByteScanner(this);
  readonly #flat = new FlatObject();
  #isScanned = false;
  #bytes: Buffer = Buffer.alloc(0);
  #view = new DataView(this.#bytes.buffer);

  /** The bytes that the members are in, for texts of several characters. */
  viewOf(bytes: Buffer): DataView {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.#view;
  }

  /**
   * Takes the object at `start`, whose end is not known, if it is written as the exchange does and has figures, texts,
   * flags and levels alone.
   * @returns the position behind it, -1 for any other
   */
  scanPlain(bytes: Buffer, start: number): number {
    this.#isScanned = true;
    return this.#scanner.scan(bytes, this.viewOf(bytes), start);
  }

  /** Reads the levels that the scanner has come to. */
  readList(slot: number, offset: number): number {
    if (slot === MEMBER.bids) return this.bids.readPlain(this.#bytes, offset);
    return slot === MEMBER.asks ? this.asks.readPlain(this.#bytes, offset) : NOT_READ;
  }

  /**
   * Takes the object that fills `bytes[start, end)`.
   * @returns false when that is no JSON object
   */
  scan(bytes: Buffer, start: number, end: number): boolean {
    if (this.scanPlain(bytes, start) === end) return true;
    this.#isScanned = false;
    return this.#flat.scan(bytes, start, end);
  }

  /** @param name code of the member's name, in all that follow */
  has(name: number): boolean {
    return this.#isScanned ? (this.#scanner.tags[name] ?? 0) > this.#scanner.tag : this.#flat.has(name);
  }

  /** Whether the value is a text; one of digits alone may count as a number. */
  hasText(name: number): boolean {
    return this.#isScanned ? this.#scanner.tags[name] === this.#scanner.tag + VALUE.text : this.#flat.hasText(name);
  }

  /** Where a text begins, without its quotes. Meaningless when there is none. */
  startOf(name: number): number {
    return this.#isScanned ? (this.#scanner.starts[name] ?? 0) : this.#flat.startOf(name);
  }

  endOf(name: number): number {
    return this.#isScanned ? (this.#scanner.ends[name] ?? 0) : this.#flat.endOf(name);
  }

  /** The value as a number, from a JSON number or string; NaN when it is none or missing. */
  number(name: number): number {
    if (!this.#isScanned) return this.#flat.number(name);
    const { tags, tag, numbers } = this.#scanner;
    const kind = (tags[name] ?? 0) - tag;
    if (kind === VALUE.decimal || kind === VALUE.integer) return numbers[name] ?? NaN;
    return kind === VALUE.text ? parseNumber(this.#bytes, this.startOf(name), this.endOf(name)) : NaN;
  }

  isTrue(name: number): boolean {
    if (!this.#isScanned) return this.#flat.isTrue(name);
    return this.#scanner.tags[name] === this.#scanner.tag + VALUE.flag && this.#scanner.numbers[name] === 1;
  }

  /** Whether the value is the text. */
  isText(name: number, text: Literal): boolean {
    if (!this.hasText(name)) return false;
    const [start, end] = [this.startOf(name), this.endOf(name)];
    return end - start === text.length && text.isAt(this.#view, start, end);
  }

  /** Reads the levels of both sides. @returns false when some are missing or no levels */
  readLevels(): boolean {
    if (this.#isScanned) return this.#isList(MEMBER.bids) && this.#isList(MEMBER.asks);
    const [bytes, flat] = [this.#bytes, this.#flat];
    if (!flat.has(MEMBER.bids) || !flat.has(MEMBER.asks)) return false;
    const hasBids = this.bids.read(bytes, flat.startOf(MEMBER.bids), flat.endOf(MEMBER.bids));
    return hasBids && this.asks.read(bytes, flat.startOf(MEMBER.asks), flat.endOf(MEMBER.asks));
  }

  #isList(name: number): boolean {
    return this.#scanner.tags[name] === this.#scanner.tag + VALUE.list;
  }
}
