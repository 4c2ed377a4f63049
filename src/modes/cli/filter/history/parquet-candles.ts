import { asyncBufferFromFile, parquetScan, parquetSchema } from 'hyparquet';
import type { ParquetRowRange, ParquetScan } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

import { AitraderError, describeFailure } from '../../../../domain/errors.ts';
import { candleFrom, epochMs, findColumns } from '../../../../sim/tape/candle-file.ts';
import type { CandleRecord } from '../../../../sim/tape/candle-file.ts';
import type { TapeProblems } from '../../../../sim/tape/tape-problems.ts';

interface OpenFile {
  readonly scan: ParquetScan;
  /** The names of the columns of a candle: time, open, high, low, close, volume. */
  readonly columns: readonly string[];
}

/**
 * The candles of a Parquet file, whatever its compression. Columns are named as in a CSV's header; times are timestamps, or
 * numbers since the epoch as there. Rows that are no candle, or not later than the one before, are reported and passed over.
 * @throws AitraderError `TAPE_UNREADABLE`, `TAPE_REFUSED`
 */
export async function readParquetCandles(path: string, problems: TapeProblems): Promise<CandleRecord[]> {
  const opened = await reading(path, () => openParquet(path));
  const records: CandleRecord[] = [];
  for (const range of opened.scan.ranges) {
    const columns = await reading(path, () => readRows(opened, range));
    addCandles(records, columns, (row, problem) => problems.add({ path, line: range.rowStart + row + 1, problem }));
  }
  return records;
}

async function openParquet(path: string): Promise<OpenFile> {
  const scan = await parquetScan({ file: await asyncBufferFromFile(path), compressors });
  const names = parquetSchema(scan.metadata).children.map(({ element }) => element.name);
  const { places, missing } = findColumns(names);
  if (missing.length > 0) {
    throw unreadable(path, `its columns "${names.join(',').slice(0, 200)}" lack ${missing.join(', ')}`);
  }
  return { scan, columns: places.map((place) => names[place]!) };
}

/** The columns of a candle as figures: the time in milliseconds, NaN for what is no number. */
async function readRows({ scan, columns }: OpenFile, range: ParquetRowRange): Promise<Float64Array[]> {
  const read: Float64Array[] = [];
  // One after another: what is decoded takes far more memory than the figures that are made of it.
  for (const column of columns) {
    const values: ArrayLike<unknown> = await scan.readColumn({ ...range, column });
    read.push(Float64Array.from(values, read.length === 0 ? timeOf : figureOf));
  }
  return read;
}

function addCandles(
  records: CandleRecord[],
  columns: readonly Float64Array[],
  report: (row: number, problem: string) => void,
): void {
  const [times, ...figures] = columns;
  times!.forEach((openTime, row) => {
    const candle = candleFrom(
      openTime,
      figures.map((column) => column[row]!),
    );
    if (candle === null) report(row, 'no candle');
    else if (candle.openTime > (records.at(-1)?.openTime ?? -Infinity)) records.push(candle);
    else report(row, 'a candle that is not later than the one before');
  });
}

/** Timestamps are dates; plain numbers say by their size what they count. */
function timeOf(value: unknown): number {
  return value instanceof Date ? value.getTime() : Math.floor(epochMs(figureOf(value)));
}

function figureOf(value: unknown): number {
  if (typeof value === 'string') return value === '' ? NaN : Number(value);
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : NaN;
}

/** What reading gives; whatever is thrown on the way says that the file cannot be read. */
async function reading<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof AitraderError) throw cause;
    throw unreadable(path, `it cannot be read as Parquet: ${describeFailure(cause)}`, cause);
  }
}

function unreadable(path: string, problem: string, cause?: unknown): AitraderError {
  return new AitraderError('TAPE_UNREADABLE', { path, problem }, { cause });
}
