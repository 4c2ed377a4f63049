/**
 * What the engine's process and a sandbox process say to each other over one socket. A frame is two lengths (unsigned 32-bit,
 * little-endian), a message as JSON and a binary part: Float64 figures, or the text of an answer.
 */
import type { Timeframe } from '../../../../domain/time.ts';
import type { FilterFault } from '../../../../ports/filter-sandbox.ts';
import type { FilterConfig } from '../filter-config.ts';

const HEADER_BYTES = 8;

export type ToSandbox =
  /**
   * Closed candles. The binary part holds, for each stretch, the number of its series, how many rows it has, and its columns
   * one after another. A series is named in the first frame in which it appears.
   */
  | {
      readonly type: 'candles';
      readonly named: readonly (readonly [series: number, symbol: string, timeframe: Timeframe])[];
    }
  /** What the next checks see besides candles: the figures of each ticker, then those of each forming candle. */
  | {
      readonly type: 'view';
      readonly symbols: readonly string[];
      readonly forming: readonly (readonly [symbol: string, timeframe: Timeframe])[];
    }
  /** A trader's filter; loaded when it is needed first, unless an inspection did that already. */
  | { readonly type: 'register'; readonly trader: string; readonly source: string; readonly config: FilterConfig }
  | { readonly type: 'drop'; readonly trader: string }
  | { readonly type: 'symbols'; readonly trader: string; readonly symbols: readonly string[] }
  | Request;

/** What is answered. */
export type Request =
  /** Loads a filter; for a trader it is kept, ready to be registered. */
  | { readonly type: 'inspect'; readonly id: number; readonly source: string; readonly trader: string | null }
  | {
      readonly type: 'check';
      readonly id: number;
      readonly trader: string;
      readonly kind: 'check' | 'manage';
      readonly now: number;
      /** JSON. */
      readonly positions: string;
    }
  /** Computes ahead for a check at `now`, for the symbols numbered [from, to); the answer is how many there are. */
  | {
      readonly type: 'prepare';
      readonly id: number;
      readonly trader: string;
      readonly now: number;
      readonly from: number;
      readonly to: number;
    }
  /** Gives back what garbage of a trader's isolate holds. */
  | { readonly type: 'tidy'; readonly id: number; readonly trader: string };

export type FromSandbox =
  | { readonly type: 'ready' }
  /** Without a fault, the text of the answer is the binary part. */
  | { readonly type: 'answer'; readonly id: number; readonly elapsedMs: number; readonly fault: FilterFault | null };

/** A frame as the parts to write. */
export function encodeFrame(message: ToSandbox | FromSandbox, binary: Uint8Array = new Uint8Array(0)): Buffer {
  const json = Buffer.from(JSON.stringify(message));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(json.length, 0);
  header.writeUInt32LE(binary.length, 4);
  return Buffer.concat([header, json, binary]);
}

/** A frame as it was received. */
export interface Frame<Message> {
  readonly message: Message;
  /** Memory of its own. */
  readonly binary: Uint8Array;
}

/** Cuts what a socket brings into frames. */
export class FrameReader<Message> {
  readonly #longest: number;
  /** What came and belongs to no complete frame yet; joined once the whole frame is there. */
  #chunks: Buffer[] = [];
  #received = 0;
  /** How many bytes must be there before it is worth looking again. */
  #needed = HEADER_BYTES;

  /** @param longest bytes of a frame; the peer is not trusted to keep to it */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /**
   * The frames that are complete with this chunk.
   * @throws RangeError for a frame that is too long, SyntaxError for one that is no JSON
   */
  *push(chunk: Buffer): Generator<Frame<Message>> {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    while (this.#received >= this.#needed) {
      const received = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
      this.#chunks = [received];
      const jsonEnd = HEADER_BYTES + received.readUInt32LE(0);
      const end = jsonEnd + received.readUInt32LE(4);
      if (end > this.#longest) throw new RangeError(`a frame of ${end} bytes, at most ${this.#longest} are taken`);
      if (received.length < end) {
        this.#needed = end;
        return;
      }
      this.#chunks = [received.subarray(end)];
      this.#received -= end;
      this.#needed = HEADER_BYTES;
      const message = JSON.parse(received.toString('utf8', HEADER_BYTES, jsonEnd)) as Message;
      yield { message, binary: Uint8Array.prototype.slice.call(received, jsonEnd, end) };
    }
  }
}
