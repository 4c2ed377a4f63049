import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { RecordReader, releaseChunk } from './record-reader.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aitrader-tape-'));
});
afterAll(async () => rm(folder, { recursive: true }));

/** The chunks of a file, as text. */
async function chunks(content: Buffer | string, chunkBytes = 64): Promise<{ text: string; isLast: boolean }[]> {
  const path = join(folder, 'file');
  await writeFile(path, content);
  return chunksOf(path, chunkBytes);
}

async function chunksOf(path: string, chunkBytes: number): Promise<{ text: string; isLast: boolean }[]> {
  const reader = new RecordReader(path, { separator: '\n', chunkBytes });
  const found: { text: string; isLast: boolean }[] = [];
  for (let chunk = await reader.next(); chunk !== null; chunk = await reader.next()) {
    found.push({ text: chunk.bytes.toString('utf8'), isLast: chunk.isLast });
  }
  reader.close();
  return found;
}

describe('reading records', () => {
  it('gives whole records, all bytes, in order, plain or gzip, whatever the size of the chunks', async () => {
    const content = fc.array(fc.string({ maxLength: 200 }), { maxLength: 30 }).map((lines) => lines.join('\n'));
    await fc.assert(
      fc.asyncProperty(content, fc.integer({ min: 64, max: 512 }), fc.boolean(), async (text, chunkBytes, isGzip) => {
        const found = await chunks(isGzip ? gzipSync(text) : text, chunkBytes);
        expect(found.map((chunk) => chunk.text).join('')).toBe(text);
        for (const chunk of found) expect(chunk.text.endsWith('\n')).toBe(!chunk.isLast);
        expect(found.slice(0, -1).some(({ isLast }) => isLast)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it.each([false, true])('gives memory back without losing what comes next (gzip: %s)', async (isGzip) => {
    const text = `${Array.from({ length: 80_000 }, (_, i) => `record ${i} ${Math.imul(i, 0x9e3779b1)}`).join('\n')}\n`;
    const path = join(folder, 'large');
    await writeFile(path, isGzip ? gzipSync(text) : text);
    const reader = new RecordReader(path, { separator: '\n', chunkBytes: 131_072 });
    let [read, released] = ['', 0];
    for (let chunk = await reader.next(), following = reader.next(); chunk !== null; following = reader.next()) {
      read += chunk.bytes.toString();
      releaseChunk(chunk);
      if (chunk.bytes.length === 0) released += 1;
      chunk = await following;
    }
    reader.close();
    expect(read).toBe(text);
    expect(released).toBeGreaterThan(2);
  });

  it('reads a gzip file that breaks off as far as it goes', async () => {
    const lines = Array.from({ length: 2_000 }, (_, i) => `line ${i} ${Math.imul(i, 0x9e3779b1)}`);
    const packed = gzipSync(`${lines.join('\n')}\n`);
    const path = join(folder, 'broken.gz');
    for (const part of [0.3, 0.6, 0.95]) {
      await writeFile(path, packed);
      await truncate(path, Math.floor(packed.length * part));
      const text = (await chunksOf(path, 1_024)).map((chunk) => chunk.text).join('');
      const whole = text.split('\n').slice(0, -1);
      expect(whole.length).toBeGreaterThan(lines.length * part * 0.5);
      expect(whole).toEqual(lines.slice(0, whole.length));
    }
  });

  it('reads gzip members one after another', async () => {
    const found = await chunks(Buffer.concat([gzipSync('a\nb\n'), gzipSync('c\n')]));
    expect(found.map(({ text }) => text).join('')).toBe('a\nb\nc\n');
  });

  it('refuses a file that is not there or damaged, by name', async () => {
    const missing = new RecordReader(join(folder, 'nowhere'), { separator: '\n', chunkBytes: 64 });
    await expect(missing.next()).rejects.toMatchObject({
      code: 'TAPE_UNREADABLE',
      message: expect.stringContaining('nowhere') as string,
    });
    const packed = gzipSync('some text that is long enough\n'.repeat(50));
    packed.fill(0xff, 12, 40);
    await expect(chunks(packed)).rejects.toMatchObject({ code: 'TAPE_UNREADABLE' });
  });

  it('gives nothing of an empty file', async () => {
    expect(await chunks('')).toEqual([]);
    expect(await chunks(gzipSync(''))).toEqual([]);
  });
});
