import { CaptureLine } from './capture-line.ts';
import type { RecordChunk } from './record-reader.ts';
import { RecordReader, releaseChunk } from './record-reader.ts';
import { StreamMessage } from './stream-message.ts';
import type { TapeProblems } from './tape-problems.ts';

const LINE_END = 10;
const CHUNK_BYTES = 512 * 1024;

/** Walks through the lines of a capture, one at a time; malformed ones are reported and passed over. */
export class CaptureLines {
  readonly #path: string;
  readonly #problems: TapeProblems;
  readonly #reader: RecordReader;
  #chunk: RecordChunk | null = null;
  /** The chunk after the one being read, so that reading the file goes on meanwhile. */
  #following: Promise<RecordChunk | null> | null = null;
  #hasEnded = false;
  #at = 0;
  #lineNumber = 0;
  /** The line that `next` stopped at. Its body is in `bytes`. */
  readonly line = new CaptureLine();
  /** The body of a line of kind `message`. */
  readonly message = new StreamMessage();

  constructor(path: string, problems: TapeProblems) {
    this.#path = path;
    this.#problems = problems;
    this.#reader = new RecordReader(path, { separator: '\n', chunkBytes: CHUNK_BYTES });
  }

  get bytes(): Buffer {
    return this.#chunk?.bytes ?? NOTHING;
  }

  get lineNumber(): number {
    return this.#lineNumber;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /**
   * Goes to the next line that the venue sent (or a header).
   * @returns false when `fill` must be awaited first, or the file has ended
   * @throws AitraderError `TAPE_REFUSED`
   */
  next(): boolean {
    const bytes = this.bytes;
    while (this.#at < bytes.length) {
      const start = this.#at;
      if (this.#takePlain(bytes, start)) return true;
      const found = bytes.indexOf(LINE_END, start);
      const end = found < 0 ? bytes.length : found;
      this.#at = end + 1;
      this.#lineNumber += 1;
      if (this.#take(bytes, start, end)) return true;
    }
    return false;
  }

  /** Nearly every line is taken apart in one pass, without looking for its end first. */
  #takePlain(bytes: Buffer, start: number): boolean {
    const bodyStart = this.line.readStart(bytes, start);
    if (bodyStart < 0) return false;
    const bodyEnd = this.message.readPlain(bytes, bodyStart);
    if (bodyEnd < 0 || bytes[bodyEnd] !== LINE_END) return false;
    this.line.endMessage(bodyEnd);
    this.#at = bodyEnd + 1;
    this.#lineNumber += 1;
    return true;
  }

  #take(bytes: Buffer, start: number, end: number): boolean {
    const { line, message } = this;
    line.read(bytes, start, end);
    if (line.kind === 'note') return false;
    if (line.kind === 'message') message.read(bytes, line.bodyStart, line.bodyEnd);
    if (line.kind !== 'malformed' && (line.kind !== 'message' || message.kind !== 'malformed')) return true;
    if (end < bytes.length || this.#chunk?.isLast !== true) this.refuse('no time and message of a capture');
    return false;
  }

  /** Reports the current line as malformed. */
  refuse(problem: string): void {
    this.#problems.add({ path: this.#path, line: this.#lineNumber, problem });
  }

  /** Fetches the next part of the file, when the current one is used up. */
  async fill(): Promise<void> {
    if (this.#hasEnded || this.#at < this.bytes.length) return;
    const next = await (this.#following ?? this.#reader.next());
    if (this.#chunk !== null) releaseChunk(this.#chunk);
    this.#chunk = next;
    this.#at = 0;
    this.#hasEnded = this.#chunk === null;
    this.#following = this.#hasEnded ? null : this.#reader.next();
    this.#following?.catch(() => undefined);
  }

  close(): void {
    this.#reader.close();
  }
}

const NOTHING = Buffer.alloc(0);
