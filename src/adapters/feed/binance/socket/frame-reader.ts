import { isUtf8 } from 'node:buffer';

const FIN = 0x80;
const RESERVED = 0x70;
const OPCODE = 0x0f;
const MASKED = 0x80;
const LENGTH = 0x7f;

const CONTINUATION = 0x0;
const TEXT = 0x1;
const BINARY = 0x2;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;

const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MAX_CONTROL_BYTES = 125;
/** The header alone: two bytes and a length of 64 bits. */
const LONGEST_HEADER = 10;

/** Close codes of RFC 6455, 7.4.1, that a reader gives. */
export const CLOSE_CODE = {
  normal: 1000,
  protocolError: 1002,
  noCode: 1005,
  invalidUtf8: 1007,
  tooMany: 1008,
  tooLarge: 1009,
} as const;

/** More fragments of one message than any server has reason to send. */
const MAX_FRAGMENTS = 16_384;
/** Lengths beyond 2^53 - 1 are no exact numbers. */
const MAX_HIGH_WORD = 2 ** 21 - 1;

/** Bytes of a socket: never over shared memory. */
export type Bytes = Buffer<ArrayBuffer>;

/** What a reader finds in the bytes of a connection. Bytes that are handed over are valid during the call only. */
export interface FrameSink {
  /**
   * A text message at `bytes[start, end)`.
   * @returns true when it was understood, which it may be only if it is plain ASCII; false to get it as a string, after
   *   it was checked to be UTF-8
   */
  take(bytes: Bytes, start: number, end: number): boolean;
  text(message: string): void;
  binary(message: Bytes): void;
  ping(payload: Bytes): void;
  pong(payload: Bytes): void;
  /** The server closes: nothing after it is read. 1005 when it gave no code. */
  close(code: number, reason: string): void;
  /** The server broke the protocol: nothing after it is read. `code` is what to close with. */
  fail(code: number, problem: string): void;
}

/**
 * Reads the frames of a WebSocket server (RFC 6455) from the chunks in which its bytes arrive. Whole messages are handed
 * over where they lie in the chunk; only what is cut by the end of a chunk, or comes in fragments, is copied. No extension
 * is spoken, so compressed frames are a breach of the protocol, as masked ones are.
 */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #maxMessageBytes: number;
  /** The beginning of a frame whose rest has not come: `#cut[0, #cutBytes)`. */
  #cut: Bytes = Buffer.alloc(1_024);
  #cutBytes = 0;
  /** The message that is in fragments: its opcode (0 when none is), how many came, and those that hold anything. */
  #fragmented = 0;
  #fragmentCount = 0;
  #fragments: Bytes[] = [];
  #fragmentBytes = 0;
  #isDone = false;

  /** @param maxMessageBytes a longer message, in one frame or in fragments, is refused with 1009 */
  constructor(sink: FrameSink, maxMessageBytes: number) {
    this.#sink = sink;
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** Reads the next bytes of the connection, and tells the sink before it returns. */
  push(chunk: Bytes): void {
    let at = this.#cutBytes === 0 ? 0 : this.#completeCut(chunk);
    while (!this.#isDone && at < chunk.length) {
      const end = this.#frame(chunk, at, chunk.length);
      if (end === at) {
        this.#append(chunk, at, chunk.length);
        return;
      }
      at = end;
    }
  }

  /** Reads nothing any more. */
  stop(): void {
    this.#isDone = true;
  }

  /** @returns how much of the chunk belonged to the frame that was cut */
  #completeCut(chunk: Bytes): number {
    let at = 0;
    while (!this.#isDone && at < chunk.length) {
      const missing = frameBytes(this.#cut, this.#cutBytes) - this.#cutBytes;
      const taken = Math.min(missing, chunk.length - at);
      this.#append(chunk, at, at + taken);
      at += taken;
      // Also while the frame is not whole: a breach in its header is known before its payload comes.
      if (this.#frame(this.#cut, 0, this.#cutBytes) > 0) {
        this.#cutBytes = 0;
        break;
      }
    }
    return at;
  }

  #append(chunk: Bytes, start: number, end: number): void {
    const size = this.#cutBytes + end - start;
    if (size > this.#cut.length) {
      const larger = Buffer.alloc(Math.max(size, 2 * this.#cut.length));
      this.#cut.copy(larger, 0, 0, this.#cutBytes);
      this.#cut = larger;
    }
    chunk.copy(this.#cut, this.#cutBytes, start, end);
    this.#cutBytes = size;
  }

  /** @returns the offset after the frame at `start`, or `start` when it is not whole before `limit` */
  #frame(bytes: Bytes, start: number, limit: number): number {
    if (limit - start < 2) return start;
    const first = bytes[start] ?? 0;
    const second = bytes[start + 1] ?? 0;
    const problem = this.#breach(first, second);
    if (problem !== null) return this.#fail(CLOSE_CODE.protocolError, problem, start);
    let payload = start + 2;
    let length = second & LENGTH;
    if (length === LENGTH_16) {
      if (limit - start < 4) return start;
      length = bytes.readUInt16BE(payload);
      payload += 2;
    } else if (length === LENGTH_64) {
      if (limit - start < LONGEST_HEADER) return start;
      const high = bytes.readUInt32BE(payload);
      length = high > MAX_HIGH_WORD ? Infinity : high * 2 ** 32 + bytes.readUInt32BE(payload + 4);
      payload += 8;
    }
    const isData = (first & OPCODE) < CLOSE;
    if (isData && length > 0 && this.#fragmentBytes + length > this.#maxMessageBytes) {
      return this.#fail(CLOSE_CODE.tooLarge, `a message of more than ${this.#maxMessageBytes} bytes`, start);
    }
    const end = payload + length;
    if (end > limit) return start;
    if (first === (FIN | TEXT)) this.#text(bytes, payload, end);
    else if (isData) this.#data(first, bytes.subarray(payload, end));
    else this.#control(first & OPCODE, bytes.subarray(payload, end));
    return end;
  }

  /** What the first two bytes of a frame break of the protocol; null for nothing. */
  #breach(first: number, second: number): string | null {
    if (first === (FIN | TEXT) && second < MASKED && this.#fragmented === 0) return null;
    if ((first & RESERVED) !== 0) return 'a reserved bit is set, and no extension (such as compression) was agreed';
    const opcode = first & OPCODE;
    if (opcode === CONTINUATION && this.#fragmented === 0) return 'a continuation of nothing';
    if ((opcode === TEXT || opcode === BINARY) && this.#fragmented !== 0)
      return 'a new message inside a fragmented one';
    if (opcode > BINARY && opcode !== CLOSE && opcode !== PING && opcode !== PONG) return `the opcode ${opcode}`;
    if (opcode >= CLOSE) {
      const length = second & LENGTH;
      if ((first & FIN) === 0) return 'a control frame in fragments';
      if (length > MAX_CONTROL_BYTES || (opcode === CLOSE && length === 1))
        return `a control frame of length ${length}`;
    }
    return (second & MASKED) === 0 ? null : 'a masked frame from a server';
  }

  #fail(code: number, problem: string, start: number): number {
    this.#isDone = true;
    this.#sink.fail(code, problem);
    return start;
  }

  #text(bytes: Bytes, start: number, end: number): void {
    if (this.#sink.take(bytes, start, end)) return;
    if (isUtf8(bytes.subarray(start, end))) this.#sink.text(bytes.toString('utf8', start, end));
    else this.#fail(CLOSE_CODE.invalidUtf8, 'a text message that is not UTF-8', start);
  }

  /** A frame of a message that is binary or in fragments. */
  #data(first: number, payload: Bytes): void {
    const opcode = this.#fragmented === 0 ? first & OPCODE : this.#fragmented;
    this.#fragmentCount += 1;
    if (this.#fragmentCount > MAX_FRAGMENTS) {
      this.#fail(CLOSE_CODE.tooMany, `a message of more than ${MAX_FRAGMENTS} fragments`, 0);
      return;
    }
    if (payload.length > 0) this.#fragments.push(Buffer.from(payload));
    this.#fragmentBytes += payload.length;
    this.#fragmented = opcode;
    if ((first & FIN) === 0) return;
    const message = Buffer.concat(this.#fragments);
    this.#fragmented = 0;
    this.#fragmentCount = 0;
    this.#fragments = [];
    this.#fragmentBytes = 0;
    if (opcode === TEXT) this.#text(message, 0, message.length);
    else this.#sink.binary(message);
  }

  #control(opcode: number, payload: Bytes): void {
    if (opcode === PING) this.#sink.ping(payload);
    else if (opcode === PONG) this.#sink.pong(payload);
    else this.#close(payload);
  }

  #close(payload: Bytes): void {
    const code = payload.length === 0 ? CLOSE_CODE.noCode : payload.readUInt16BE(0);
    const reason = payload.subarray(2);
    if (payload.length > 0 && !mayStandInCloseFrame(code)) {
      this.#fail(CLOSE_CODE.protocolError, `the close code ${code}`, 0);
    } else if (!isUtf8(reason)) {
      this.#fail(CLOSE_CODE.invalidUtf8, 'a close reason that is not UTF-8', 0);
    } else {
      this.#isDone = true;
      this.#sink.close(code, reason.toString('utf8'));
    }
  }
}

/** How many bytes the frame that begins with `bytes[0, known)` has, as far as that is known. */
function frameBytes(bytes: Bytes, known: number): number {
  if (known < 2) return 2;
  const length = (bytes[1] ?? 0) & LENGTH;
  if (length < LENGTH_16) return 2 + length;
  if (length === LENGTH_16) return known < 4 ? 4 : 4 + bytes.readUInt16BE(2);
  return known < LONGEST_HEADER ? LONGEST_HEADER : LONGEST_HEADER + Number(bytes.readBigUInt64BE(2));
}

/** RFC 6455, 7.4: codes of the protocol but for those that are never sent, and those of libraries and applications. */
function mayStandInCloseFrame(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
}
