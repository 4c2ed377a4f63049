import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { encodeFrame, FrameReader } from './protocol.ts';
import type { ToSandbox } from './protocol.ts';

const LONGEST = 10_000;

const frames = fc.array(
  fc.record({
    message: fc.record({ type: fc.constant('drop' as const), trader: fc.string() }),
    binary: fc.uint8Array({ maxLength: 600 }),
  }),
  { maxLength: 8 },
);

describe('the frames of a sandbox process', () => {
  it('come out as they went in, wherever the socket cuts them', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }), (sent, cuts) => {
        const bytes = Buffer.concat(sent.map(({ message, binary }) => encodeFrame(message, binary)));
        const reader = new FrameReader<ToSandbox>(LONGEST);
        const received: { message: ToSandbox; binary: Uint8Array }[] = [];
        for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
          const end = at + cuts[cut % cuts.length]!;
          received.push(...reader.push(bytes.subarray(at, end)));
          at = end;
        }
        const plain = received.map(({ message, binary }) => ({ message, binary: Uint8Array.from(binary) }));
        expect(plain).toEqual(sent);
      }),
    );
  });

  it('are refused as soon as their lengths are known, when they are too long', () => {
    const reader = new FrameReader<ToSandbox>(LONGEST);
    const frame = encodeFrame({ type: 'drop', trader: 't' }, new Uint8Array(LONGEST));
    expect(() => [...reader.push(frame.subarray(0, 8))]).toThrow(/at most 10000/);
  });

  it('have a binary part of memory of their own', () => {
    const chunk = encodeFrame({ type: 'drop', trader: 't' }, Uint8Array.of(1, 2, 3));
    const [frame] = new FrameReader<ToSandbox>(LONGEST).push(chunk);
    chunk.fill(0);
    expect([...(frame?.binary ?? [])]).toEqual([1, 2, 3]);
    expect(frame?.binary.buffer.byteLength).toBe(3);
  });
});
