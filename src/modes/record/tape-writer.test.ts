import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { AitraderError } from '../../domain/errors.ts';
import { SECOND_MS } from '../../domain/time.ts';
import { RecordReader } from '../../sim/tape/record-reader.ts';
import type { FakeClock } from '../../testkit/fake-clock.ts';
import { createFakeClock } from '../../testkit/fake-clock.ts';
import { TapeWriter } from './tape-writer.ts';

const HEADER = 'the header\n';

let folder: string;
let clock: FakeClock;
let failures: AitraderError[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aitrader-tape-'));
  clock = createFakeClock(0);
  failures = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function openWriter(rotateBytes = 1e9, fileName = (number: number) => `tape-${number}.gz`): Promise<TapeWriter> {
  return TapeWriter.open({
    ...{ folder: join(folder, 'tapes'), fileName, header: HEADER, rotateBytes, clock },
    onFailed: (failure) => failures.push(failure),
  });
}

function linesOf(path: string): string[] {
  return gunzipSync(readFileSync(path)).toString('utf8').split('\n').slice(0, -1);
}

/** What a player reads of a file. */
async function readBack(path: string, chunkBytes: number): Promise<string> {
  const reader = new RecordReader(path, { separator: '\n', chunkBytes });
  let text = '';
  for (let chunk = await reader.next(); chunk !== null; chunk = await reader.next()) text += chunk.bytes.toString();
  reader.close();
  return text;
}

/** Text that does not compress. */
const noise = (seed: number): string => {
  let state = seed + 1;
  return Array.from({ length: 200 }, () => ((state = (state * 48_271) % 2_147_483_647) % 1_000_000).toString(36)).join(
    '',
  );
};

describe('a tape writer', () => {
  it('has on the disk what was added a second ago, without being closed', async () => {
    const writer = await openWriter();
    writer.add('one\n');
    await clock.advance(SECOND_MS);
    await expect.poll(() => writer.counts.lines).toBe(1);
    expect(linesOf(writer.counts.files[0] ?? '')).toEqual(['the header', 'one']);
    await writer.close();
  });

  it('writes all that was added before it closes, and nothing after', async () => {
    const writer = await openWriter();
    for (let i = 0; i < 10; i += 1) writer.add(`${i}\n`);
    await writer.close();
    writer.add('late\n');
    await writer.close();
    expect(linesOf(writer.counts.files[0] ?? '')).toEqual(['the header', ...'0123456789']);
    expect(writer.counts).toMatchObject({ lines: 10, dropped: 1 });
    expect(clock.pendingTimers()).toBe(0);
  });

  it('begins another file with the header when one has grown large, and leaves none out', async () => {
    const writer = await openWriter(5_000);
    const lines = Array.from({ length: 40 }, (_, index) => noise(index));
    for (const [index, line] of lines.entries()) {
      writer.add(`${line}\n`);
      await clock.advance(SECOND_MS);
      await expect.poll(() => writer.counts.lines).toBe(index + 1);
    }
    await writer.close();
    const { files, bytes } = writer.counts;
    expect(files.length).toBeGreaterThan(2);
    const contents = files.map(linesOf);
    expect(contents.map(([header]) => header)).toEqual(files.map(() => 'the header'));
    expect(contents.flatMap(([, ...rest]) => rest)).toEqual(lines);
    const sizes = files.map((file) => statSync(file).size);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(bytes);
    for (const size of sizes) expect(size).toBeLessThan(6_000);
  });

  it('drops and counts what finds no room, and keeps what it has taken', async () => {
    const writer = await openWriter();
    const line = `${'x'.repeat(1024 * 1024 - 1)}\n`;
    for (let i = 0; i < 100; i += 1) writer.add(line);
    await writer.close();
    expect(writer.counts).toMatchObject({ lines: 64, dropped: 36 });
  });

  it('leaves a file that can be read as far as it goes, wherever it is cut', async () => {
    const writer = await openWriter();
    const lines = Array.from({ length: 12 }, (_, index) => noise(index));
    const ends: number[] = [];
    for (const [index, line] of lines.entries()) {
      writer.add(`${line}\n`);
      await clock.advance(SECOND_MS);
      await expect.poll(() => writer.counts.lines).toBe(index + 1);
      ends.push(writer.counts.bytes);
    }
    await writer.close();
    const whole = readFileSync(writer.counts.files[0] ?? '');
    const text = `${HEADER}${lines.join('\n')}\n`;
    const cut = join(folder, 'cut.gz');
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), fc.constantFrom(64, 333, 65_536), async (length, chunkBytes) => {
        fc.pre(length >= 2);
        writeFileSync(cut, whole.subarray(0, length));
        const read = await readBack(cut, chunkBytes);
        const complete = ends.filter((end) => end <= length).length;
        expect(text.startsWith(read)).toBe(true);
        expect(read.split('\n').length - 2).toBeGreaterThanOrEqual(complete > 0 ? complete : -1);
      }),
      { numRuns: 60 },
    );
  });

  it('writes over no file, and says which one stands in its way', async () => {
    const writer = await openWriter();
    await expect(openWriter()).rejects.toMatchObject({
      code: 'TAPE_UNWRITABLE',
      message: expect.stringContaining('tape-1.gz') as string,
    });
    await writer.close();
  });

  it('says when it cannot go on, and counts what is lost', async () => {
    const writer = await openWriter(1, (number) => (number === 1 ? 'first.gz' : 'no/such/folder.gz'));
    writer.add('one\n');
    await clock.advance(SECOND_MS);
    await expect.poll(() => failures).toMatchObject([{ code: 'TAPE_UNWRITABLE' }]);
    writer.add('two\n');
    await writer.close();
    expect(writer.counts).toMatchObject({ lines: 0, dropped: 2 });
    expect(readdirSync(join(folder, 'tapes'))).toEqual(['first.gz']);
  });
});
