const TEXT_FRAME = 0x81;
const LONGEST_SHORT = 125;
const MEDIUM = 126;
const LONGEST_MEDIUM = 0xffff;
const LONG = 127;

/** The WebSocket frame of a text as a server sends it (RFC 6455, 5.2): whole, not compressed, the same for every client. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const headLength = length <= LONGEST_SHORT ? 2 : length <= LONGEST_MEDIUM ? 4 : 10;
  const frame = Buffer.allocUnsafe(headLength + length);
  frame[0] = TEXT_FRAME;
  if (headLength === 2) {
    frame[1] = length;
  } else if (headLength === 4) {
    frame[1] = MEDIUM;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = LONG;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, headLength);
  return frame;
}
