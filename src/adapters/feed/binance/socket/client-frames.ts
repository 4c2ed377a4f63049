import { randomFillSync } from 'node:crypto';

import type { Bytes } from './frame-reader.ts';

const FIN = 0x80;
const MASKED = 0x80;
const LENGTH_16 = 126;
const MAX_PAYLOAD_BYTES = 65_535;

const OPCODE = { text: 0x1, close: 0x8, ping: 0x9, pong: 0xa } as const;

/**
 * A whole frame as a client sends it: masked with four random bytes (RFC 6455, 5.3).
 * @throws RangeError for payloads above 65,535 bytes, which no request to a market stream has
 */
function clientFrame(opcode: number, payload: Buffer): Bytes {
  const { length } = payload;
  if (length > MAX_PAYLOAD_BYTES)
    throw new RangeError(`a client frame of ${length} bytes; at most ${MAX_PAYLOAD_BYTES}`);
  const isLong = length >= LENGTH_16;
  const header = isLong ? 8 : 6;
  const frame = Buffer.alloc(header + length);
  frame[0] = FIN | opcode;
  frame[1] = MASKED | (isLong ? LENGTH_16 : length);
  if (isLong) frame.writeUInt16BE(length, 2);
  const mask = frame.subarray(header - 4, header);
  randomFillSync(mask);
  for (let index = 0; index < length; index += 1) {
    frame[header + index] = (payload[index] ?? 0) ^ (mask[index & 3] ?? 0);
  }
  return frame;
}

export function textFrame(message: string): Bytes {
  return clientFrame(OPCODE.text, Buffer.from(message));
}

export function pingFrame(): Bytes {
  return clientFrame(OPCODE.ping, Buffer.alloc(0));
}

/** The answer to a ping: the same payload. */
export function pongFrame(payload: Buffer): Bytes {
  return clientFrame(OPCODE.pong, payload);
}

export function closeFrame(code: number): Bytes {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return clientFrame(OPCODE.close, payload);
}
