const FIN_TEXT = 0x81;
const CLOSING_BRACE = 0x7d;

/** A part of a buffer. */
export interface Bytes {
  readonly bytes: Buffer;
  readonly dataStart: number;
  readonly dataEnd: number;
}

/** A text message on its way into a WebSocket frame; it becomes bytes where it is sent. */
export interface Frame {
  readonly payloadBytes: number;
  /** The message, unless it comes from `source`. */
  readonly text: string;
  /** A message that is bytes already. They may change once it is sent: whoever keeps it takes a copy, `keptFrame`. */
  readonly source: Bytes | null;
  /** What stands before the bytes of `source`, closed by a brace after them. */
  readonly opening: Buffer | null;
}

/** A text as a frame. */
export function textFrame(text: string): Frame {
  return { payloadBytes: Buffer.byteLength(text), text, source: null, opening: null };
}

/** Bytes as a frame; with `opening` before them and a closing brace after them if it is given. */
export function bytesFrame(source: Bytes, opening: Buffer | null): Frame {
  const length = source.dataEnd - source.dataStart;
  return { payloadBytes: length + (opening === null ? 0 : opening.length + 1), text: '', source, opening };
}

/** The same frame, independent of memory that will change. */
export function keptFrame(frame: Frame): Frame {
  if (frame.source === null) return frame;
  const { bytes, dataStart, dataEnd } = frame.source;
  const source = { bytes: Buffer.from(bytes.subarray(dataStart, dataEnd)), dataStart: 0, dataEnd: dataEnd - dataStart };
  return { ...frame, source };
}

/** Bytes of a frame with its header. */
export function frameBytes({ payloadBytes }: Frame): number {
  if (payloadBytes < 126) return payloadBytes + 2;
  return payloadBytes + (payloadBytes < 65_536 ? 4 : 10);
}

/** Writes a frame, unmasked, at `offset`, where there is room for it. */
export function writeFrame(frame: Frame, target: Buffer, offset: number): void {
  const { payloadBytes, text, source, opening } = frame;
  const at = writeHeader(target, offset, payloadBytes);
  if (source === null) {
    // Text of one byte a character needs no encoding.
    target.write(text, at, payloadBytes, payloadBytes === text.length ? 'latin1' : 'utf8');
    return;
  }
  const { bytes, dataStart, dataEnd } = source;
  if (opening === null) {
    bytes.copy(target, at, dataStart, dataEnd);
    return;
  }
  opening.copy(target, at);
  bytes.copy(target, at + opening.length, dataStart, dataEnd);
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
