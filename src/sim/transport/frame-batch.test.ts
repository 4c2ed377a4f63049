import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { bareFrame, combinedFrame, keptFrame, textFrame } from './frame.ts';
import { FrameBatch, SpareBlocks } from './frame-batch.ts';

/** Reads unmasked text frames (RFC 6455, 5.2). */
function readFrames(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    expect(bytes[at]).toBe(0x81);
    const short = bytes[at + 1] ?? 0;
    const [length, header] =
      short < 126
        ? [short, 2]
        : short === 126
          ? [bytes.readUInt16BE(at + 2), 4]
          : [Number(bytes.readBigUInt64BE(at + 2)), 10];
    texts.push(bytes.subarray(at + header, at + header + length).toString());
    at += header + length;
  }
  return texts;
}

const message = fc.oneof(
  { weight: 9, arbitrary: fc.string({ maxLength: 300 }) },
  fc.constantFrom('x'.repeat(125), 'x'.repeat(126), 'x'.repeat(65_535), 'x'.repeat(65_536), 'é'.repeat(40_000)),
);

describe('a batch of frames', () => {
  it('delivers every message once and in order, whatever their sizes and however often it is flushed', () => {
    const actions = fc.array(fc.tuple(message, fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(actions, (steps) => {
        const blocks: Buffer[] = [];
        const batch = new FrameBatch(new SpareBlocks(), (part, done) => {
          blocks.push(Buffer.from(part));
          done();
        });
        for (const [text, flushes] of steps) {
          batch.add(textFrame(text));
          if (flushes) batch.flush();
        }
        batch.flush();
        expect(readFrames(Buffer.concat(blocks))).toEqual(steps.map(([text]) => text));
      }),
      { numRuns: 50 },
    );
  });

  it('takes messages that are bytes bare or combined, recorded with their frame or not, kept or not', () => {
    const opening = '{"stream":"btcusdt@trade","data":';
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.boolean(), fc.boolean(), (data, hasFrame, isKept) => {
        const bytes = Buffer.from(`1 ${opening}${data}}\n`);
        const dataStart = 2 + opening.length;
        const dataEnd = bytes.length - 2;
        const message = { bytes, dataStart, dataEnd, frameStart: 2, frameEnd: hasFrame ? dataEnd + 1 : 2 };
        const blocks: Buffer[] = [];
        const batch = new FrameBatch(new SpareBlocks(), (part) => blocks.push(Buffer.from(part)));
        const frames = [bareFrame(message), combinedFrame(message, Buffer.from(opening))];
        for (const frame of isKept ? frames.map(keptFrame) : frames) batch.add(frame);
        if (isKept) bytes.fill(0);
        batch.flush();
        expect(readFrames(Buffer.concat(blocks))).toEqual([data, `${opening}${data}}`]);
      }),
    );
  });

  it('gathers small messages into few writes', () => {
    let writes = 0;
    const batch = new FrameBatch(new SpareBlocks(), () => (writes += 1));
    for (let turn = 0; turn < 10_000; turn += 1) batch.add(textFrame('y'.repeat(100)));
    batch.flush();
    expect(writes).toBeLessThan(25);
  });
});
