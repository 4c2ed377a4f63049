import type { RawEvent } from '../market/source.ts';
import type { SymbolData } from './symbol-data.ts';

const DEPTH_STREAM = /^([^@]+)@depth(@|$)/;
const LAST_ID = '"u":';
const ZERO = 0x30;

/** Follows the update ids of recorded depth streams, so that snapshots fit the messages around them. */
export class RawDepthIds {
  readonly #find: (symbol: string) => SymbolData | undefined;
  /** The symbols by stream; null for streams that are no depth changes. */
  readonly #streams = new Map<string, SymbolData | null>();

  constructor(find: (symbol: string) => SymbolData | undefined) {
    this.#find = find;
  }

  /** Notes the last update id of a message that changes a book. */
  note(event: Readonly<RawEvent>): void {
    const data = this.#symbolOf(event.stream);
    if (data === null) return;
    const id = lastUpdateId(event);
    if (id !== null) data.rawDepthIds[event.market] = id;
  }

  #symbolOf(stream: string): SymbolData | null {
    const known = this.#streams.get(stream);
    if (known !== undefined) return known;
    const symbol = DEPTH_STREAM.exec(stream)?.[1];
    const data = symbol === undefined ? null : (this.#find(symbol.toUpperCase()) ?? null);
    this.#streams.set(stream, data);
    return data;
  }
}

function lastUpdateId({ bytes, dataStart, dataEnd }: Readonly<RawEvent>): number | null {
  const found = bytes.indexOf(LAST_ID, dataStart, 'latin1');
  if (found === -1 || found >= dataEnd) return null;
  let id = 0;
  for (let at = found + LAST_ID.length; at < dataEnd; at += 1) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return id;
    id = id * 10 + digit;
  }
  return null;
}
