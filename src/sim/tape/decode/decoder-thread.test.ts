import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { tapeDecoder } from '../../../modes/assets.ts';
import { CaptureReader } from './capture-reader.ts';
import type { MessageSource } from './capture-reader.ts';
import { DecoderThread } from './decoder-thread.ts';
import { COLUMN, RowReader } from './message-rows.ts';

const MESSAGES = [
  '{"stream":"btcusdt@trade","data":{"e":"trade","T":1,"s":"BTCUSDT","t":7,"p":"60000.10","q":"0.5","m":true}}',
  '{"stream":"ethusdt@bookTicker","data":{"u":4,"s":"ETHUSDT","b":"3000.1","B":"2","a":"3000.2","A":"3"}}',
  '{"stream":"btcusdt@depth","data":{"e":"depthUpdate","s":"BTCUSDT","b":[["60000.1","2"],["60000.0","0"]],"a":[["60000.2","3"]]}}',
  '{"lastUpdateId":4,"bids":[["60000.1","2"]],"asks":[["60000.2","3"],["60000.3","1"]]}',
  '{"stream":"!miniTicker@arr","data":[{"e":"24hrMiniTicker"}]}',
  '{"stream":"btcusdt@trade","data":{"e":"trade","T":1,',
];

let folder: string;
let decoder = new DecoderThread(tapeDecoder());
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aitrader-decoder-'));
});
afterEach(async () => {
  await decoder.close();
  decoder = new DecoderThread(tapeDecoder());
});
afterAll(async () => rm(folder, { recursive: true }));

async function capture(name: string, lines: number): Promise<string> {
  const path = join(folder, name);
  const text = Array.from({ length: lines }, (_, at) => `${1723161255030314667n + BigInt(at)} ${MESSAGES[at % 6]}\n`);
  await writeFile(path, text.join(''));
  return path;
}

/** Every row with its texts, its message and its levels, until the file ends. */
async function rowsOf(source: MessageSource): Promise<unknown[]> {
  const rows = new RowReader();
  const found: unknown[] = [];
  for (;;) {
    const { stretch } = rows;
    const next = await source.next(stretch);
    if (next === null) return found;
    rows.open(next);
    while (rows.next()) {
      const [first, second, third, fourth] = [COLUMN.first, COLUMN.second, COLUMN.third, COLUMN.fourth].map((column) =>
        rows.get(column),
      );
      found.push({
        kind: rows.kind,
        texts: [rows.text(COLUMN.stream), rows.text(COLUMN.symbol)],
        place: [rows.get(COLUMN.timeMs), rows.get(COLUMN.line)],
        body: rows.bytes.toString('latin1', rows.get(COLUMN.dataStart), rows.get(COLUMN.dataEnd)),
        figures: rows.kind === 'depthUpdate' || rows.kind === 'snapshot' ? [] : [first, second, third, fourth],
        bids: rows.kind === 'depthUpdate' ? [...rows.levels.subarray(first, (first ?? 0) + 2 * (second ?? 0))] : [],
        asks: rows.kind === 'depthUpdate' ? [...rows.levels.subarray(third, (third ?? 0) + 2 * (fourth ?? 0))] : [],
      });
    }
  }
}

describe('captures read in a thread of their own', () => {
  it('say what they say when they are read here, several at once and over many stretches', async () => {
    const paths = [await capture('long', 20_000), await capture('short', 5), await capture('empty', 0)];
    const sources = paths.map((path) => decoder.open(path));
    const there = await Promise.all(sources.map(rowsOf));
    const here = await Promise.all(paths.map((path) => rowsOf(new CaptureReader(path))));
    expect(there).toEqual(here);
    expect(here.map(({ length }) => length)).toEqual([20_000, 5, 0]);
    expect(here[0]?.[2]).toMatchObject({ bids: [60_000.1, 2, 60_000, 0], asks: [60_000.2, 3] });
    expect(here[0]?.[5]).toMatchObject({ kind: 'refused', place: [NaN, 6] });
  });

  it('say why a file cannot be read', async () => {
    const path = join(folder, 'missing');
    await expect(decoder.open(path).next(null)).rejects.toMatchObject({ code: 'TAPE_UNREADABLE', context: { path } });
  });

  it('fail for all files when the thread fails', async () => {
    const broken = new DecoderThread(new URL('data:text/javascript,throw new Error("broken")'));
    const sources = [broken.open('a'), broken.open('b')];
    const outcomes = await Promise.allSettled(sources.map((source) => source.next(null)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await broken.close();
  });
});
