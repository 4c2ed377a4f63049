/** The recorded trades and best quotes of one busy futures symbol, as the venue's frames. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const CAPTURE = new URL('../../shared/data/captures/binance-usdm-btcusdt-20240808.gz', import.meta.url);
/** What a server writes at once. */
const BATCH_BYTES = 60_000;

/** Why the benchmarks over the capture cannot run here; null when they can. */
export function captureMissing(): string | null {
  return existsSync(CAPTURE) ? null : `${CAPTURE.pathname} is not there`;
}

/** Combined-stream messages in the order in which they came. */
export function capturedMessages(): string[] {
  return gunzipSync(readFileSync(CAPTURE))
    .toString()
    .split('\n')
    .map((line) => line.slice(line.indexOf(' ') + 1))
    .filter((message) => message.includes('@trade"') || message.includes('@bookTicker"'));
}

function frameOf(message: string): Buffer {
  const payload = Buffer.from(message);
  const header =
    payload.length < 126
      ? Buffer.from([0x81, payload.length])
      : Buffer.from([0x81, 126, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([header, payload]);
}

/** The messages as unmasked text frames, in batches of about 60 kB. */
export function frameBatches(messages: readonly string[]): Buffer<ArrayBuffer>[] {
  const batches: Buffer<ArrayBuffer>[] = [];
  let frames: Buffer[] = [];
  let bytes = 0;
  for (const [index, message] of messages.entries()) {
    const frame = frameOf(message);
    frames.push(frame);
    bytes += frame.length;
    if (bytes < BATCH_BYTES && index < messages.length - 1) continue;
    batches.push(Buffer.concat(frames));
    frames = [];
    bytes = 0;
  }
  return batches;
}
