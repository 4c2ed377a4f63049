const FIN_TEXT = 0x81;
const LONGEST_HEADER = 10;
const CLOSING_BRACE = 0x7d;
/** Frames are made in one slab, round and round; a frame beyond a quarter of it gets memory of its own. */
const SLAB_BYTES = 1 << 18;
const LARGEST_IN_SLAB = SLAB_BYTES / 4;

/** A part of a buffer. */
export interface Bytes {
  readonly bytes: Buffer;
  readonly dataStart: number;
  readonly dataEnd: number;
}

/**
 * A WebSocket frame, ready to be sent to any number of connections. Its memory is used again after some hundred more
 * frames: whoever keeps it for later takes a copy, `keptFrame`.
 */
export type Frame = Bytes;

const slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
let slabUsed = 0;

/** Writes the header of an unmasked text frame (RFC 6455, 5.2) at `offset`; gives the offset after it. */
function writeHeader(target: Buffer, offset: number, payloadBytes: number): number {
  target[offset] = FIN_TEXT;
  if (payloadBytes < 126) {
    target[offset + 1] = payloadBytes;
    return offset + 2;
  }
  if (payloadBytes < 65_536) {
    target[offset + 1] = 126;
    target.writeUInt16BE(payloadBytes, offset + 2);
    return offset + 4;
  }
  target[offset + 1] = 127;
  target.writeUInt32BE(0, offset + 2);
  target.writeUInt32BE(payloadBytes, offset + 6);
  return offset + LONGEST_HEADER;
}

function headerBytes(payloadBytes: number): number {
  if (payloadBytes < 126) return 2;
  return payloadBytes < 65_536 ? 4 : LONGEST_HEADER;
}

/** Memory for a frame with its header written; the payload is the caller's to write, at the end of it. */
function emptyFrame(payloadBytes: number): Frame {
  const size = headerBytes(payloadBytes) + payloadBytes;
  const isLarge = size > LARGEST_IN_SLAB;
  const bytes = isLarge ? Buffer.allocUnsafeSlow(size) : slab;
  if (!isLarge && slabUsed + size > SLAB_BYTES) slabUsed = 0;
  const dataStart = isLarge ? 0 : slabUsed;
  if (!isLarge) slabUsed += size;
  writeHeader(bytes, dataStart, payloadBytes);
  return { bytes, dataStart, dataEnd: dataStart + size };
}

/** A text as a frame. */
export function textFrame(text: string): Frame {
  const payloadBytes = Buffer.byteLength(text);
  const frame = emptyFrame(payloadBytes);
  frame.bytes.write(text, frame.dataEnd - payloadBytes);
  return frame;
}

/** Bytes as a frame; with `opening` before them and a closing brace after them if it is given. */
export function bytesFrame(payload: Bytes, opening: Buffer | null): Frame {
  const { bytes, dataStart, dataEnd } = payload;
  const payloadBytes = dataEnd - dataStart + (opening === null ? 0 : opening.length + 1);
  const frame = emptyFrame(payloadBytes);
  const payloadAt = frame.dataEnd - payloadBytes;
  if (opening === null) {
    bytes.copy(frame.bytes, payloadAt, dataStart, dataEnd);
    return frame;
  }
  opening.copy(frame.bytes, payloadAt);
  bytes.copy(frame.bytes, payloadAt + opening.length, dataStart, dataEnd);
  frame.bytes[frame.dataEnd - 1] = CLOSING_BRACE;
  return frame;
}

/** The same frame in memory of its own. */
export function keptFrame({ bytes, dataStart, dataEnd }: Frame): Frame {
  return { bytes: Buffer.from(bytes.subarray(dataStart, dataEnd)), dataStart: 0, dataEnd: dataEnd - dataStart };
}
