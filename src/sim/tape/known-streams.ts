import { endOfLongString, NOT_READ } from '../../lib/flat-json/byte-scanner.ts';
import { Literal } from '../../lib/flat-json/literal.ts';
import { interned } from '../../lib/interned.ts';

const COMBINED = new Literal('{"stream":"');
const COMBINED_DATA = new Literal('","data":');
/** Words of a name that tell its place: enough to tell the streams of one symbol apart, and never beyond a short one's frame. */
const HASHED_WORDS = 4;
/** Places for the openings that came lately, a power of two: many more than a recorder has streams. */
const PLACES = 4_096;
/** Streams kept by name; those beyond are made anew each time. */
const MOST_STREAMS = 20_000;

/** A stream as its messages in combined form name it; `Typical` is what their reader found out about them. */
export interface KnownStream<Typical> {
  readonly name: string;
  /** What stands before its messages: `{"stream":"btcusdt@trade","data":`. */
  readonly opening: Literal;
  typical: Typical | null;
}

/** Recognises streams by the bytes before their messages: the same stream is the same object. */
export class KnownStreams<Typical> {
  readonly #places: (KnownStream<Typical> | undefined)[] = Array.from({ length: PLACES }, () => undefined);
  readonly #byName = new Map<string, KnownStream<Typical>>();

  /**
   * The stream of the message in combined form that begins at `start`; null when none begins there.
   * @param view of the same bytes
   */
  find(bytes: Buffer, view: DataView, start: number): KnownStream<Typical> | null {
    const nameAt = start + COMBINED.length;
    if (nameAt + 4 * HASHED_WORDS > bytes.length) return this.#read(bytes, view, start);
    let hash = 0;
    for (let word = 0; word < HASHED_WORDS; word += 1) {
      hash = Math.imul(hash ^ view.getInt32(nameAt + 4 * word, true), 0x9e3779b1);
    }
    const place = (hash >>> 16) % PLACES;
    const known = this.#places[place];
    if (known?.opening.isAt(view, start, bytes.length) === true) return known;
    const found = this.#read(bytes, view, start);
    if (found !== null) this.#places[place] = found;
    return found;
  }

  #read(bytes: Buffer, view: DataView, start: number): KnownStream<Typical> | null {
    if (!COMBINED.isAt(view, start, bytes.length)) return null;
    const nameAt = start + COMBINED.length;
    const nameEnd = endOfLongString(bytes, view, nameAt);
    if (nameEnd === NOT_READ || !COMBINED_DATA.isAt(view, nameEnd, bytes.length)) return null;
    const name = interned(bytes.toString('latin1', nameAt, nameEnd));
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const made = { name, opening: new Literal(`{"stream":"${name}","data":`), typical: null };
    if (this.#byName.size < MOST_STREAMS) this.#byName.set(name, made);
    return made;
  }
}
