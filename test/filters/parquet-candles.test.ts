import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { AitraderError } from '../../src/domain/errors.ts';
import { MINUTE_MS } from '../../src/domain/time.ts';
import { loadCandles } from '../../src/modes/cli/filter/history/load-candles.ts';

/** Written by parquet/make.sql, with a Parquet library of its own. */
const FILES = join(import.meta.dirname, 'parquet');
const FIRST = Date.UTC(2022, 0, 1);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aitrader-parquet-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function load(path: string) {
  const problems: string[] = [];
  const { columns } = await loadCandles(path, { symbol: 'BTC', timeframe: '1m' }, ({ line, problem }) =>
    problems.push(`${line}: ${problem}`),
  );
  return { columns: columns.slice(0, 6).map((column) => [...column]), problems };
}

async function refusalOf(path: string): Promise<string> {
  const refused: unknown = await load(path).catch((error: unknown) => error);
  if (!(refused instanceof AitraderError)) throw new Error(`not refused: ${path}`);
  expect(refused.code).toBe('CANDLES_UNUSABLE');
  return `${refused.message} ${refused.hint}`;
}

/** The rows of `candles` in make.sql. */
function expected(rows: number): number[][] {
  const column = (of: (row: number) => number): number[] => Array.from({ length: rows }, (_, row) => of(row));
  const open = (row: number): number => 100 + (row % 7);
  const close = (row: number): number => 100 + (row % 5);
  return [
    column((row) => FIRST + row * MINUTE_MS),
    column(open),
    column((row) => Math.max(open(row), close(row)) + 0.5),
    column((row) => Math.min(open(row), close(row)) - 0.25),
    column(close),
    column((row) => 10 + row),
  ];
}

describe('candle files as Parquet', () => {
  it.each([
    'timestamp-ms',
    'timestamp-us',
    'timestamp-us-zone',
    'timestamp-ns',
    'int64-s',
    'int64-ms',
    'int64-us',
    'int64-ns',
  ])('are read with times as %s, each with another compression', async (name) => {
    expect(await load(join(FILES, `${name}.parquet`))).toEqual({ columns: expected(40), problems: [] });
  });

  it('are read over all their row groups, whatever the types of their figures', async () => {
    const { columns, problems } = await load(join(FILES, 'row-groups.parquet'));
    expect(problems).toEqual([]);
    expect(columns[0]).toEqual(Array.from({ length: 4_500 }, (_, row) => FIRST + row * MINUTE_MS));
    [1.5, 2.5, 0.5, 1, 3].forEach((figure, at) => expect(new Set(columns[at + 1])).toEqual(new Set([figure])));
  });

  it('are read without their bad rows, which are told with their places', async () => {
    const { columns, problems } = await load(join(FILES, 'bad-rows.parquet'));
    expect(problems).toEqual(['3: a candle that is not later than the one before', '5: no candle', '8: no candle']);
    const good = expected(40).map((column) => column.filter((_, row) => ![2, 4, 7].includes(row)));
    expect(columns).toEqual(good);
  });

  it('are refused with the reason and the remedy when they are of no use', async () => {
    expect(await refusalOf(join(FILES, 'no-close.parquet'))).toMatch(
      /no-close\.parquet.*"time,open,high,low" lack close, volume.*Parquet with columns of these names/,
    );
    expect(await refusalOf(join(FILES, 'no-rows.parquet'))).toMatch(/it has no candles/);
    expect(await refusalOf(join(folder, 'absent.parquet'))).toMatch(/ENOENT/);
    const bytes = await readFile(join(FILES, 'int64-ms.parquet'));
    const damaged = { text: Buffer.from('time,open\n'), empty: Buffer.alloc(0), 'cut-off': bytes.subarray(0, 900) };
    for (const [name, content] of Object.entries(damaged)) {
      const path = join(folder, `${name}.parquet`);
      await writeFile(path, content);
      expect(await refusalOf(path)).toMatch(/cannot be read as Parquet: /);
    }
    const holed = Buffer.from(bytes).fill(0xff, 4, 700);
    await writeFile(join(folder, 'holed.parquet'), holed);
    expect(await refusalOf(join(folder, 'holed.parquet'))).toMatch(/cannot be read as Parquet: /);
  });
});
