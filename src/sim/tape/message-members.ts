import { ByteScanner, NOT_READ, VALUE } from '../../lib/flat-json/byte-scanner.ts';
import type { Literal } from '../../lib/flat-json/literal.ts';
import { parseNumber } from './decimal-text.ts';
import { FlatObject } from './flat-object.ts';

/**
 * The members of a stream message, by the codes of their one-character names. Most messages are read by the byte scanner,
 * figures on the way; those with lists of levels, and whatever else it refuses, by the flat object.
 */
export class MessageMembers {
  readonly #scanner = new ByteScanner();
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
   * Takes the object at `start`, whose end is not known, if it has figures, texts and flags alone.
   * @returns the position behind it, -1 for any other
   */
  scanPlain(bytes: Buffer, start: number): number {
    const end = this.#scanner.scan(bytes, this.viewOf(bytes), start);
    this.#isScanned = true;
    return end === NOT_READ ? -1 : end;
  }

  /**
   * Takes the object that fills `bytes[start, end)`.
   * @returns false when that is no JSON object
   */
  scan(bytes: Buffer, start: number, end: number): boolean {
    this.viewOf(bytes);
    this.#isScanned = false;
    return this.#flat.scan(bytes, start, end);
  }

  /** @param name code of the member's name, in all that follow */
  has(name: number): boolean {
    return this.#isScanned ? (this.#scanner.tags[name] ?? 0) > this.#scanner.tag : this.#flat.has(name);
  }

  /** Where a text or a list begins, without its quotes. Meaningless when there is none. */
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
    const start = this.startOf(name);
    return this.has(name) && this.endOf(name) - start === text.length && text.isAt(this.#view, start);
  }
}
