import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FrameReader } from './frame-reader.ts';
import type { Bytes } from './frame-reader.ts';

/** The reader of the ws package, which its types leave out. */
const { Receiver } = createRequire(import.meta.url)('ws') as {
  Receiver: new (options: object) => Writable;
};

const MAX_MESSAGE_BYTES = 1_000;

interface Frame {
  readonly isFinal: boolean;
  readonly reserved: number;
  readonly opcode: number;
  readonly isMasked: boolean;
  /** Bytes of the length field beyond the second byte; longer than needed is allowed. */
  readonly lengthBytes: 0 | 2 | 8;
  readonly payload: Buffer;
}

function encode({ isFinal, reserved, opcode, isMasked, lengthBytes: asked, payload }: Frame): Buffer {
  const first = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode;
  const mask = isMasked ? 0x80 : 0;
  const { length } = payload;
  const lengthBytes = length > 65_535 ? 8 : asked;
  if (lengthBytes === 0 && length < 126) return Buffer.concat([Buffer.from([first, mask | length]), payload]);
  const header = Buffer.alloc(lengthBytes === 8 ? 10 : 4);
  header[0] = first;
  header[1] = mask | (lengthBytes === 8 ? 127 : 126);
  if (lengthBytes === 8) header.writeBigUInt64BE(BigInt(length), 2);
  else header.writeUInt16BE(length, 2);
  return Buffer.concat([header, payload]);
}

/** Everything that one reader made of the bytes, as comparable lines; the code of a refusal last. */
type Log = string[];

function ourLog(chunks: readonly Buffer[], takes: (text: string) => boolean): Log {
  const log: Log = [];
  const reader = new FrameReader(
    {
      take(bytes, start, end) {
        const text = bytes.toString('latin1', start, end);
        if (!takes(text)) return false;
        log.push(`text ${Buffer.from(text, 'latin1').toString('hex')}`);
        return true;
      },
      text: (text) => log.push(`text ${Buffer.from(text).toString('hex')}`),
      binary: (bytes) => log.push(`binary ${bytes.toString('hex')}`),
      ping: (bytes) => log.push(`ping ${bytes.toString('hex')}`),
      pong: (bytes) => log.push(`pong ${bytes.toString('hex')}`),
      close: (code, reason) => log.push(`close ${code} ${reason}`),
      fail: (code) => log.push(`refused with ${code}`),
    },
    MAX_MESSAGE_BYTES,
  );
  // One buffer for all chunks, as the socket has it: what is kept beyond a call must have been copied.
  const shared = Buffer.alloc(chunks.reduce((longest, chunk) => Math.max(longest, chunk.length), 0));
  for (const chunk of chunks) {
    shared.fill(0xff);
    chunk.copy(shared);
    reader.push(shared.subarray(0, chunk.length));
  }
  return log;
}

function theirLog(chunks: readonly Buffer[]): Log {
  const log: Log = [];
  const receiver = new Receiver({
    isServer: false,
    maxPayload: MAX_MESSAGE_BYTES,
    maxFragments: 16_384,
    allowSynchronousEvents: true,
  });
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    log.push(`${isBinary ? 'binary' : 'text'} ${data.toString('hex')}`);
  });
  receiver.on('ping', (data: Buffer) => log.push(`ping ${data.toString('hex')}`));
  receiver.on('pong', (data: Buffer) => log.push(`pong ${data.toString('hex')}`));
  receiver.on('conclude', (code: number, reason: Buffer) => log.push(`close ${code} ${reason.toString()}`));
  for (const chunk of chunks) {
    let refusal: Error | null | undefined = null;
    // Not `write`, which tells of errors a turn of the event loop later.
    receiver._write(Buffer.from(chunk), 'binary', (error) => (refusal = error));
    if (refusal === null || refusal === undefined) continue;
    const [code] = Object.getOwnPropertySymbols(refusal).map((symbol): unknown =>
      Reflect.get(refusal as object, symbol),
    );
    log.push(`refused with ${String(code)}`);
    break;
  }
  return log;
}

const utf8Edge = fc.constantFrom(
  ...['', 'plain', '{"e":"trade"}', 'é', '币安人生', '😀', '\u0000', '\ufeffBOM'].map((text) => Buffer.from(text)),
  ...['80', 'c0af', 'eda080', 'f4908080', 'f09f98', 'ff', '61e5b8', '6180'].map((hex) => Buffer.from(hex, 'hex')),
);
const payload = fc.oneof(
  { weight: 4, arbitrary: utf8Edge },
  { weight: 2, arbitrary: fc.nat({ max: 300 }).map((length) => Buffer.alloc(length, 'x')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(125, 126, 127, 999, 1_000, 1_001).map((length) => Buffer.alloc(length, 'y')),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 130 }).map((bytes) => Buffer.from(bytes)) },
);
const closePayload = fc
  .tuple(fc.constantFrom(1000, 1001, 1004, 1005, 1006, 1011, 1014, 1015, 2999, 3000, 4999, 5000, 0), utf8Edge)
  .map(([code, reason]) => Buffer.concat([Buffer.from([code >> 8, code & 255]), reason]));

const usual = { reserved: 0, isMasked: false } as const;
const lengthBytes = fc.constantFrom<(0 | 2 | 8)[]>(0, 0, 0, 2, 8);

function frameOf(opcode: number, isFinal: boolean, content: fc.Arbitrary<Buffer>): fc.Arbitrary<Frame> {
  return fc.record({ payload: content, lengthBytes }).map((part) => ({ ...usual, ...part, opcode, isFinal }));
}

const whole = fc.oneof(frameOf(1, true, payload), frameOf(1, true, payload), frameOf(2, true, payload));
const control = fc.oneof(
  frameOf(9, true, payload),
  frameOf(10, true, payload),
  frameOf(8, true, fc.oneof(closePayload, utf8Edge)),
);
const ping = frameOf(9, true, fc.constantFrom(Buffer.from('12345'), Buffer.alloc(0)));
const fragmented = fc
  .tuple(
    fc.oneof(frameOf(1, false, payload), frameOf(2, false, payload)),
    fc.array(fc.oneof(frameOf(0, false, payload), ping), { maxLength: 4 }),
    frameOf(0, true, payload),
  )
  .map(([first, middle, last]) => [first, ...middle, last]);
const anyFrame: fc.Arbitrary<Frame> = fc.record({
  isFinal: fc.boolean(),
  reserved: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 7 }) },
  ),
  opcode: fc.integer({ min: 0, max: 15 }),
  isMasked: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  lengthBytes,
  payload,
});

const conversation = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: whole.map((frame) => [frame]) },
      { weight: 3, arbitrary: fragmented },
      { weight: 3, arbitrary: ping.map((frame) => [frame]) },
      { weight: 1, arbitrary: control.map((frame) => [frame]) },
      { weight: 1, arbitrary: anyFrame.map((frame) => [frame]) },
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts.flat().map(encode)));

/** Cuts bytes at arbitrary places, often into single bytes. */
function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

const cuts = fc.oneof(
  fc.constant([1]),
  fc.constant([1_000_000]),
  fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5_000 })), {
    minLength: 1,
    maxLength: 8,
  }),
);

function frames(...list: Partial<Frame>[]): Buffer {
  const plain: Frame = { ...usual, isFinal: true, opcode: 1, lengthBytes: 0, payload: Buffer.alloc(0) };
  return Buffer.concat(list.map((frame) => encode({ ...plain, ...frame })));
}

describe('the frame reader', () => {
  it('takes and refuses what ws takes and refuses, with the same messages and codes, however the bytes are cut', () => {
    fc.assert(
      fc.property(conversation, cuts, fc.boolean(), (bytes, sizes, takesAscii) => {
        const chunks = cut(bytes, sizes);
        const ours = ourLog(chunks, (text) => takesAscii && /^[\x00-\x7f]*$/.test(text));
        expect(ours).toEqual(theirLog(chunks));
      }),
      { numRuns: 4_000 },
    );
  });

  it('agrees with ws on noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), cuts, (bytes, sizes) => {
        const chunks = bytes.length === 0 ? [Buffer.alloc(0)] : cut(Buffer.from(bytes), sizes);
        expect(ourLog(chunks, () => false)).toEqual(theirLog(chunks));
      }),
      { numRuns: 2_000 },
    );
  });

  it('hands a message over where it lies in the chunk, without a copy', () => {
    const chunk: Bytes = Buffer.from(frames({ payload: Buffer.from('abc') }, { payload: Buffer.from('de') }));
    const places: number[][] = [];
    const reader = new FrameReader(
      {
        take(bytes, start, end) {
          expect(bytes).toBe(chunk);
          places.push([start, end]);
          return true;
        },
        text: () => expect.unreachable(),
        binary: () => expect.unreachable(),
        ping: () => expect.unreachable(),
        pong: () => expect.unreachable(),
        close: () => expect.unreachable(),
        fail: () => expect.unreachable(),
      },
      MAX_MESSAGE_BYTES,
    );
    reader.push(chunk);
    expect(places).toEqual([
      [2, 5],
      [7, 9],
    ]);
  });

  it('refuses a message that is announced too long before its bytes come, and endless fragments', () => {
    const announced = Buffer.from([0x81, 127, 0, 0, 0x10, 0, 0, 0, 0, 0]);
    expect(ourLog([announced], () => false)).toEqual(['refused with 1009']);
    const nothing = { opcode: 0, isFinal: false };
    const endless = frames({ isFinal: false }, ...Array.from({ length: 16_384 }, () => nothing));
    expect(ourLog([endless], () => false)).toEqual(['refused with 1008']);
    expect(theirLog([endless])).toEqual(['refused with 1008']);
    const pairs = Array.from({ length: 16_384 }, (_, index) => ({ opcode: 1 - (index % 2), isFinal: index % 2 === 1 }));
    expect(ourLog([frames(...pairs), frames(...pairs)], () => false)).toHaveLength(16_384);
  });

  it('reads nothing after a close, a refusal or a stop', () => {
    const close = frames({ opcode: 8 }, { payload: Buffer.from('late') });
    expect(ourLog([close, close], () => false)).toEqual(['close 1005 ']);
    const breach = frames({ isMasked: true }, { payload: Buffer.from('late') });
    expect(ourLog([breach, breach], () => false)).toEqual(['refused with 1002']);
    const taken: string[] = [];
    const reader = new FrameReader(
      {
        take: () => false,
        text(message) {
          taken.push(message);
          reader.stop();
        },
        binary: () => undefined,
        ping: () => undefined,
        pong: () => undefined,
        close: () => undefined,
        fail: () => undefined,
      },
      MAX_MESSAGE_BYTES,
    );
    reader.push(Buffer.from(frames({ payload: Buffer.from('first') }, { payload: Buffer.from('second') })));
    expect(taken).toEqual(['first']);
  });
});
