import { createReadStream } from 'node:fs';
import type { ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';

import { AitraderError, describeFailure } from '../../domain/errors.ts';

/** An exchangeInfo answer takes 2 MB; beyond this a file has no line ends. */
const LONGEST_RECORD = 32 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);
const GZIP_MAGIC = [0x1f, 0x8b];

/** Bytes of a file that hold whole records. `isLast`: the file ends with it, maybe in the middle of a record. */
export interface RecordChunk {
  readonly bytes: Buffer;
  readonly isLast: boolean;
  /** The memory that is free once this chunk has been read; null when others share it. */
  readonly memory: ArrayBuffer | null;
}

/**
 * Gives the memory of a chunk back when it has been read. Left to the garbage collector, the hundreds of megabytes a
 * second that pass through a reader at full speed would keep it busy.
 */
export function releaseChunk({ memory }: RecordChunk): void {
  memory?.transfer(0);
}

/** The memory of a piece that is the last part of it; zlib fills a buffer piece by piece, and small ones are shared. */
function memoryOf(piece: Buffer): ArrayBuffer | null {
  const { buffer, byteOffset, byteLength } = piece;
  const isLastPart = byteOffset + byteLength === buffer.byteLength && buffer.byteLength > Buffer.poolSize;
  return isLastPart && buffer instanceof ArrayBuffer ? buffer : null;
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && GZIP_MAGIC.every((byte, i) => buffer[i] === byte);
  } finally {
    await file.close();
  }
}

/**
 * Reads a file, plain or gzip, in chunks of whole records: memory does not grow with the file. A gzip file that breaks
 * off (its writer was stopped) is read as far as it goes.
 */
export class RecordReader {
  readonly #path: string;
  readonly #separator: number;
  readonly #chunkBytes: number;
  #file: ReadStream | null = null;
  #chunks: AsyncIterator<Buffer, undefined> | null = null;
  /** The beginning of a record whose end lies in the next piece. */
  #rest: Buffer = NOTHING;
  /** What is left of a piece after the record it shares with the one before. */
  #piece: Buffer | null = null;

  /** @param form the character that ends a record, and how much to read at a time */
  constructor(path: string, form: { readonly separator: string; readonly chunkBytes: number }) {
    this.#path = path;
    this.#separator = form.separator.charCodeAt(0);
    this.#chunkBytes = form.chunkBytes;
  }

  /**
   * The next chunk, null after the last.
   * @throws AitraderError `TAPE_UNREADABLE`
   */
  async next(): Promise<RecordChunk | null> {
    try {
      this.#chunks ??= await this.#open();
      return await this.#read(this.#chunks);
    } catch (cause) {
      if (cause instanceof AitraderError) throw cause;
      throw new AitraderError('TAPE_UNREADABLE', { path: this.#path, problem: describeFailure(cause) }, { cause });
    }
  }

  /** Closes the file. */
  close(): void {
    this.#file?.destroy();
  }

  async #open(): Promise<AsyncIterator<Buffer, undefined>> {
    const gzip = await isGzip(this.#path);
    this.#file = createReadStream(this.#path, { highWaterMark: this.#chunkBytes });
    const content: Readable = gzip ? this.#file.pipe(this.#gunzip()) : this.#file;
    return content[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  }

  #gunzip() {
    const gunzip = createGunzip({ chunkSize: this.#chunkBytes, finishFlush: constants.Z_SYNC_FLUSH });
    this.#file?.once('error', (failure) => gunzip.destroy(failure));
    return gunzip;
  }

  /** Only the record that two pieces of the file share is copied; the others are passed on where they are. */
  async #read(chunks: AsyncIterator<Buffer, undefined>): Promise<RecordChunk | null> {
    for (;;) {
      const piece = this.#piece ?? (await chunks.next()).value;
      this.#piece = null;
      if (piece === undefined) return this.#takeRest();
      const end = (this.#rest.length === 0 ? piece.lastIndexOf(this.#separator) : piece.indexOf(this.#separator)) + 1;
      if (end > 0 && this.#rest.length > 0) {
        const bytes = Buffer.concat([this.#rest, piece.subarray(0, end)]);
        this.#rest = NOTHING;
        this.#piece = end < piece.length ? piece.subarray(end) : null;
        return { bytes, isLast: false, memory: null };
      }
      if (end > 0) {
        this.#rest = Buffer.from(piece.subarray(end));
        return { bytes: piece.subarray(0, end), isLast: false, memory: memoryOf(piece) };
      }
      this.#rest = Buffer.concat([this.#rest, piece]);
      if (this.#rest.length > LONGEST_RECORD) {
        const problem = `a line of more than ${LONGEST_RECORD} bytes`;
        throw new AitraderError('TAPE_UNREADABLE', { path: this.#path, problem });
      }
    }
  }

  #takeRest(): RecordChunk | null {
    const bytes = this.#rest;
    this.#rest = NOTHING;
    return bytes.length === 0 ? null : { bytes, isLast: true, memory: null };
  }
}
