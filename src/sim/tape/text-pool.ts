import { interned } from '../../lib/interned.ts';

/** Names of symbols; texts beyond are made anew each time. */
const MOST_TEXTS = 20_000;
/** Texts that came lately are found at once, by a few of their bytes. */
const RECENT_TEXTS = 256;

interface KnownText {
  readonly text: string;
  readonly bytes: Buffer;
}

/** Strings for bytes that come again and again: the same bytes give the same string object. */
export class TextPool {
  readonly #known = new Map<number, KnownText>();
  readonly #recent: (KnownText | undefined)[] = Array.from({ length: RECENT_TEXTS }, () => undefined);

  /** The text of `bytes[start, end)`, ASCII. */
  get(bytes: Buffer, start: number, end: number): string {
    const middle = bytes[(start + end) >>> 1] ?? 0;
    const place = ((end - start) * 7 + (bytes[start] ?? 0) * 31 + middle * 17 + (bytes[end - 1] ?? 0)) % RECENT_TEXTS;
    const recent = this.#recent[place];
    if (recent?.bytes.length === end - start && isAt(recent.bytes, bytes, start)) return recent.text;
    const found = this.#find(bytes, start, end);
    this.#recent[place] = found;
    return found.text;
  }

  #find(bytes: Buffer, start: number, end: number): KnownText {
    let hash = end - start;
    for (let i = start; i < end; i += 1) hash = (Math.imul(hash, 31) + (bytes[i] ?? 0)) | 0;
    const known = this.#known.get(hash);
    if (known?.bytes.length === end - start && isAt(known.bytes, bytes, start)) return known;
    const text = interned(bytes.toString('latin1', start, end));
    const made = { text, bytes: Buffer.from(text, 'latin1') };
    if (known === undefined && this.#known.size < MOST_TEXTS) this.#known.set(hash, made);
    return made;
  }
}

function isAt(known: Buffer, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < known.length; i += 1) if (known[i] !== bytes[start + i]) return false;
  return true;
}
