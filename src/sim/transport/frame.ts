import type { RawEvent } from '../market/source.ts';

const FIN_TEXT = 0x81;
const CLOSING_BRACE = 0x7d;

/** A message that is bytes already, as `RawEvent` has it. */
export type RawMessage = Readonly<Pick<RawEvent, 'bytes' | 'dataStart' | 'dataEnd' | 'frameStart' | 'frameEnd'>>;

/** A text message on its way into a WebSocket frame; it becomes bytes where it is sent. */
export interface Frame {
  readonly payloadBytes: number;
  /** The message, unless it is bytes already. */
  readonly text: string;
  /** `bytes[start, end)` is the message. They may change once it is sent: whoever keeps it takes a copy, `keptFrame`. */
  readonly bytes: Buffer | null;
  readonly start: number;
  readonly end: number;
  /** What stands before the bytes, closed by a brace after them. */
  readonly opening: Buffer | null;
}

/** A text as a frame. */
export function textFrame(text: string): Frame {
  return { payloadBytes: Buffer.byteLength(text), text, bytes: null, start: 0, end: 0, opening: null };
}

/** The bare message as a frame. */
export function bareFrame({ bytes, dataStart, dataEnd }: RawMessage): Frame {
  return { payloadBytes: dataEnd - dataStart, text: '', bytes, start: dataStart, end: dataEnd, opening: null };
}

/** The message in its combined-stream frame: as it was recorded, else with `opening` before it and a closing brace after it. */
export function combinedFrame(message: RawMessage, opening: Buffer): Frame {
  const { bytes, dataStart, dataEnd, frameStart, frameEnd } = message;
  if (frameEnd > frameStart) {
    return { payloadBytes: frameEnd - frameStart, text: '', bytes, start: frameStart, end: frameEnd, opening: null };
  }
  const payloadBytes = opening.length + dataEnd - dataStart + 1;
  return { payloadBytes, text: '', bytes, start: dataStart, end: dataEnd, opening };
}

/** The same frame, independent of memory that will change. */
export function keptFrame(frame: Frame): Frame {
  const { bytes, start, end } = frame;
  return bytes === null
    ? frame
    : { ...frame, bytes: Buffer.from(bytes.subarray(start, end)), start: 0, end: end - start };
}

/** Bytes of a frame with its header. */
export function frameBytes({ payloadBytes }: Frame): number {
  if (payloadBytes < 126) return payloadBytes + 2;
  return payloadBytes + (payloadBytes < 65_536 ? 4 : 10);
}

/** Writes a frame, unmasked, at `offset`, where there is room for it. */
export function writeFrame(frame: Frame, target: Buffer, offset: number): void {
  const { payloadBytes, text, bytes, start, end, opening } = frame;
  const at = writeHeader(target, offset, payloadBytes);
  if (bytes === null) {
    // Text of one byte a character needs no encoding.
    target.write(text, at, payloadBytes, payloadBytes === text.length ? 'latin1' : 'utf8');
    return;
  }
  if (opening === null) {
    bytes.copy(target, at, start, end);
    return;
  }
  opening.copy(target, at);
  bytes.copy(target, at + opening.length, start, end);
  target[at + payloadBytes - 1] = CLOSING_BRACE;
}

/** Writes the header of an unmasked text frame (RFC 6455, 5.2); gives the offset after it. */
function writeHeader(target: Buffer, offset: number, payloadBytes: number): number {
  target[offset] = FIN_TEXT;
  if (payloadBytes < 126) {
    target[offset + 1] = payloadBytes;
    return offset + 2;
  }
  if (payloadBytes < 65_536) {
    target[offset + 1] = 126;
    target[offset + 2] = payloadBytes >>> 8;
    target[offset + 3] = payloadBytes & 0xff;
    return offset + 4;
  }
  target[offset + 1] = 127;
  target.writeUInt32BE(0, offset + 2);
  target.writeUInt32BE(payloadBytes, offset + 6);
  return offset + 10;
}
