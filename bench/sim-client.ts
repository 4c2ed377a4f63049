/**
 * The reading end of bench/sim-server.ts, a process of its own: `node sim-client.ts PORT PATH`. It connects to a WebSocket,
 * counts the frames that come until none has come for half a second, and prints `{"frames":N,"ms":M}`: M from the first
 * block of frames to the last. It only looks at the headers, and reads into one buffer, so that the server is what is
 * measured.
 */
import { connect } from 'node:net';

const SILENCE_MS = 500;
const HANDSHAKE_END = '\r\n\r\n';
const READ_BYTES = 256 * 1024;

const [port = '', path = ''] = process.argv.slice(2);

let isOpen = false;
let frames = 0;
let firstAt = NaN;
let lastAt = 0;
/** Bytes of the present frame that have not come yet. */
let missing = 0;
/** The beginning of a header that was cut off by the end of a block. */
let rest: Buffer = Buffer.alloc(0);

/** Header and payload bytes of the frame that begins at `offset`; 0 while its header is not complete. */
function frameBytes(block: Buffer, offset: number): number {
  const known = block.length - offset;
  if (known < 2) return 0;
  const short = (block[offset + 1] ?? 0) & 0x7f;
  if (short < 126) return 2 + short;
  if (short === 126) return known < 4 ? 0 : 4 + block.readUInt16BE(offset + 2);
  return known < 10 ? 0 : 10 + block.readUInt32BE(offset + 6);
}

function count(data: Buffer): void {
  let offset = Math.min(missing, data.length);
  missing -= offset;
  if (missing > 0) return;
  const block = rest.length > 0 ? Buffer.concat([rest, data.subarray(offset)]) : data;
  if (rest.length > 0) offset = 0;
  rest = Buffer.alloc(0);
  while (offset < block.length) {
    const bytes = frameBytes(block, offset);
    if (bytes === 0) {
      rest = Buffer.from(block.subarray(offset));
      return;
    }
    frames += 1;
    offset += bytes;
  }
  missing = offset - block.length;
}

function report(): void {
  if (frames === 0 || performance.now() - lastAt < SILENCE_MS) return;
  process.stdout.write(`${JSON.stringify({ frames, ms: lastAt - firstAt })}\n`);
  process.exit(0);
}

function read(data: Buffer): void {
  lastAt = performance.now();
  if (isOpen) {
    if (Number.isNaN(firstAt)) firstAt = lastAt;
    count(data);
    return;
  }
  const end = data.indexOf(HANDSHAKE_END);
  if (end === -1) return;
  isOpen = true;
  process.stdout.write('open\n');
  count(data.subarray(end + HANDSHAKE_END.length));
}

const onread = {
  buffer: Buffer.alloc(READ_BYTES),
  callback: (bytes: number, buffer: Uint8Array): boolean => {
    read(Buffer.from(buffer.buffer, buffer.byteOffset, bytes));
    return true;
  },
};
const socket = connect({ port: Number(port), host: '127.0.0.1', onread });
socket.write(
  [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    HANDSHAKE_END,
  ]
    .join('\r\n')
    .replace('\r\n\r\n\r\n', HANDSHAKE_END),
);
setInterval(report, 100);
