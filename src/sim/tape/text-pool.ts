/** Names of streams and symbols; texts beyond are made anew each time. */
const MOST_TEXTS = 20_000;

/** Strings for bytes that come again and again: the same bytes give the same string object. */
export class TextPool {
  readonly #known = new Map<number, { readonly text: string; readonly bytes: Buffer }>();

  /** The text of `bytes[start, end)`, ASCII. */
  get(bytes: Buffer, start: number, end: number): string {
    let hash = end - start;
    for (let i = start; i < end; i += 1) hash = (Math.imul(hash, 31) + (bytes[i] ?? 0)) | 0;
    const known = this.#known.get(hash);
    if (known !== undefined && isEqual(known.bytes, bytes, start) && known.bytes.length === end - start)
      return known.text;
    const text = bytes.toString('latin1', start, end);
    if (known === undefined && this.#known.size < MOST_TEXTS)
      this.#known.set(hash, { text, bytes: Buffer.from(text, 'latin1') });
    return text;
  }
}

function isEqual(known: Buffer, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < known.length; i += 1) if (known[i] !== bytes[start + i]) return false;
  return true;
}
