import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CaptureLines } from './capture-lines.ts';
import { TapeProblems } from './tape-problems.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aitrader-capture-'));
});
afterAll(async () => rm(folder, { recursive: true }));

interface Found {
  readonly messages: { readonly line: number; readonly body: string }[];
  readonly problems: { readonly path: string; readonly line: number }[];
}

async function read(lines: readonly string[]): Promise<Found & { readonly path: string }> {
  const path = join(folder, 'capture');
  await writeFile(path, `${lines.join('\n')}\n`);
  const found: Found = { messages: [], problems: [] };
  const reader = new CaptureLines(path, new TapeProblems((problem) => found.problems.push(problem)));
  try {
    while (!reader.hasEnded) {
      await reader.fill();
      while (reader.next()) {
        const body = reader.bytes.toString('utf8', reader.line.bodyStart, reader.line.bodyEnd);
        found.messages.push({ line: reader.lineNumber, body });
      }
    }
  } finally {
    reader.close();
  }
  return { ...found, path };
}

const BODIES = [
  '{"stream":"btcusdt@trade","data":{"e":"trade","T":1,"s":"BTCUSDT","t":7,"p":"60000.10","q":"0.5","m":true}}',
  '{"stream":"btcusdt@bookTicker","data":{"u":4,"s":"BTCUSDT","b":"60000.1","B":"2","a":"60000.2","A":"3"}}',
  '{"stream":"btcusdt@depth","data":{"e":"depthUpdate","s":"BTCUSDT","b":[["60000.1","2"]],"a":[["60000.2","3"]]}}',
  '{"e":"trade","E":1,"s":"BTCUSDT","t":8,"p":"60000.10","q":"0.5","T":1,"m":false}',
  '{"stream":"!miniTicker@arr","data":[{"e":"24hrMiniTicker"}]}',
];
const TIME = '1723161255030314667 ';

describe('the lines of a capture', () => {
  it('are all found, and those that break off are reported by their number, whatever comes after them', async () => {
    const drawn = fc.array(
      fc.tuple(fc.constantFrom(...BODIES), fc.option(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }))),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(drawn, async (lines) => {
        const texts = lines.map(([body, part]) => {
          const whole = `${TIME}${body}`;
          return part === null ? whole : whole.slice(0, 1 + Math.floor(part * (whole.length - 1)));
        });
        const { messages, problems, path } = await read(texts);
        const numbered = lines.map(([body, part], index) => ({ body, part, line: index + 1 }));
        expect(messages).toEqual(numbered.flatMap(({ body, part, line }) => (part === null ? [{ line, body }] : [])));
        expect(problems.map(({ path: of, line }) => [of, line])).toEqual(
          numbered.flatMap(({ part, line }) => (part === null ? [] : [[path, line]])),
        );
      }),
    );
  });

  it('are refused after 100 malformed ones', async () => {
    const broken = (count: number): string[] => Array.from({ length: count }, () => `${TIME}{"e":"trade"`);
    expect((await read([...broken(100), `${TIME}${BODIES[0]}`])).messages.length).toBe(1);
    await expect(read(broken(101))).rejects.toMatchObject({
      ...{ code: 'TAPE_REFUSED', context: expect.objectContaining({ line: 101, allowed: 100 }) as unknown },
    });
  });
});
