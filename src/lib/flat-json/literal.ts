/** A fixed text of at least four ASCII characters, to be compared with bytes four at a time. */
export class Literal {
  readonly length: number;
  /** Its characters as little-endian words; the last one overlaps the one before unless the length is a multiple of 4. */
  readonly #words: Int32Array;
  readonly #lastOffset: number;

  constructor(text: string) {
    const bytes = Buffer.from(text, 'latin1');
    const offsets = Array.from({ length: Math.ceil(text.length / 4) }, (_, index) => index * 4);
    this.length = text.length;
    this.#lastOffset = text.length - 4;
    this.#words = Int32Array.from(offsets, (offset) => bytes.readInt32LE(Math.min(offset, this.#lastOffset)));
  }

  /**
   * Whether the text stands at `offset`.
   * @param limit where the bytes end: to ask the view for its length is a call that shows
   */
  isAt(view: DataView, offset: number, limit: number): boolean {
    if (offset + this.length > limit) return false;
    const words = this.#words;
    const last = words.length - 1;
    for (let index = 0; index < last; index += 1) {
      if (view.getInt32(offset + 4 * index, true) !== words[index]) return false;
    }
    return view.getInt32(offset + this.#lastOffset, true) === words[last];
  }
}
