import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { CandleRecord } from './candle-file.ts';
import { CandleFile, symbolOfFile } from './candle-file.ts';
import type { TapeProblem } from './tape-problems.ts';
import { TapeProblems } from './tape-problems.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aitrader-candles-'));
});
afterAll(async () => rm(folder, { recursive: true }));

async function read(name: string, content: string): Promise<{ candles: CandleRecord[]; problems: TapeProblem[] }> {
  const path = join(folder, name);
  await writeFile(path, content);
  const problems: TapeProblem[] = [];
  const file = new CandleFile(path, new TapeProblems((problem) => problems.push(problem)));
  const candles: CandleRecord[] = [];
  while (!file.hasEnded) {
    await file.fill();
    for (let candle = file.next(); candle !== null; candle = file.next()) candles.push(candle);
  }
  file.close();
  return { candles, problems };
}

const CANDLE = { openTime: 1_641_000_000_000, open: 10, high: 12, low: 9.5, close: 11, volume: 100.25 };

describe('candle files', () => {
  it.each([
    ['timestamp', '2022-01-01 01:20:00.000000'],
    ['time', '2022-01-01T01:20:00Z'],
    ['openTime', '2022-01-01T02:20:00+01:00'],
    ['Timestamp', '2022-01-01T01:20'],
    ['open_time', '1641000000'],
    ['time', '1641000000000'],
    ['time', '1641000000000000'],
    ['time', '1641000000000000000'],
  ])('are read from CSV with a column %s of the form %s', async (name, time) => {
    const { candles, problems } = await read(
      'a.csv',
      `${name},open,high,low,close,volume\n${time},10,12,9.5,11,100.25\n`,
    );
    expect(problems).toEqual([]);
    expect(candles).toEqual([CANDLE]);
  });

  it('are read from CSV whatever the order of columns, quotes and line ends, with others beside them', async () => {
    const text = 'Volume,"Close",Low,High,Open,trades,Timestamp\r\n100.25,"11",9.5,12,10,7,1641000000\r\n\r\n';
    expect((await read('a.csv', text)).candles).toEqual([CANDLE]);
  });

  it('are read from JSON arrays of numbers or texts, on one line or many', async () => {
    const rows = '[[1641000000000, 10, 12, 9.5, 11, 100.25], ["1641000060000","10","12","9.5","11","100.25",1,"2"]]';
    for (const text of [rows, rows.replaceAll('[', '[\n ').replaceAll(',', ',\n')]) {
      const { candles, problems } = await read('a.json', text);
      expect(problems).toEqual([]);
      expect(candles).toEqual([CANDLE, { ...CANDLE, openTime: CANDLE.openTime + 60_000 }]);
    }
    expect((await read('a.json', '[]')).candles).toEqual([]);
  });

  it('have rows that are no candles reported with file and line, and passed over', async () => {
    const bad = ['x,10,12,9,11,1', '1641000060,10,9,12,11,1', '1641000060,10,12,9,11,-1', '1641000060,10,12,9,NaN,1'];
    const rows = [
      'timestamp,open,high,low,close,volume',
      '1641000000,10,12,9.5,11,100.25',
      ...bad,
      '1641000060,10,12,9,11',
    ];
    const { candles, problems } = await read('b.csv', `${rows.join('\n')}\n1640999999,10,12,9,11,1\n`);
    expect(candles).toEqual([CANDLE]);
    expect(problems.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7, 8]);
    expect(problems[0]).toMatchObject({ path: join(folder, 'b.csv'), problem: 'no candle' });
    expect(problems[5]?.problem).toContain('not later');
  });

  it('are refused after 100 malformed rows', async () => {
    const rows = (count: number) => `time,open,high,low,close,volume\n${'nonsense\n'.repeat(count)}`;
    expect((await read('c.csv', rows(100))).problems.length).toBe(100);
    await expect(read('c.csv', rows(101))).rejects.toMatchObject({
      ...{ code: 'TAPE_REFUSED', context: expect.objectContaining({ line: 102, allowed: 100 }) as unknown },
    });
  });

  it('are refused when the header lacks a column, which is named', async () => {
    await expect(read('d.csv', 'time,open,high,low,close\n1,1,1,1,1\n')).rejects.toMatchObject({
      ...{ code: 'TAPE_UNREADABLE', message: expect.stringContaining('no column volume') as string },
    });
  });

  it.each([
    ['/data/ETH_BTC-5m-201801.json', 'ETHBTC'],
    ['btcusdt-1m.csv', 'BTCUSDT'],
    ['C:\\data\\sol_usdt.csv.gz', 'SOLUSDT'],
  ])('%s is of the symbol %s', (path, symbol) => {
    expect(symbolOfFile(path)).toBe(symbol);
  });
});
