import { AitraderError } from '../../../../domain/errors.ts';
import { asId } from '../../../../domain/ids.ts';
import type { VenueSymbol } from '../../../../domain/ids.ts';
import { candleOpenTime, timeframeMs } from '../../../../domain/time.ts';
import type { Timeframe } from '../../../../domain/time.ts';
import type { CandleColumns } from '../../../../ports/filter-sandbox.ts';
import { CandleFile, symbolOfFile } from '../../../../sim/tape/candle-file.ts';
import type { CandleRecord } from '../../../../sim/tape/candle-file.ts';
import { TapeProblems } from '../../../../sim/tape/tape-problems.ts';
import type { TapeProblem } from '../../../../sim/tape/tape-problems.ts';

/** Columns that candle files do not have: quote volume, trades, and the aggressors' volumes. */
const UNKNOWN_COLUMNS = 4;

const FORMS =
  'Give CSV with a header (timestamp,open,high,low,close,volume) or a JSON array of [openTimeMs, o, h, l, c, v], plain or gzip, or Parquet with columns of these names.';

function refuse(path: string, problem: string, remedy: string): AitraderError {
  return new AitraderError('CANDLES_UNUSABLE', { path, problem, remedy });
}

async function readText(path: string, problems: TapeProblems): Promise<CandleRecord[]> {
  const file = new CandleFile(path, problems);
  const records: CandleRecord[] = [];
  try {
    while (!file.hasEnded) {
      const record = file.next();
      if (record === null) await file.fill();
      else records.push(record);
    }
    return records;
  } finally {
    file.close();
  }
}

async function readParquet(path: string, problems: TapeProblems): Promise<CandleRecord[]> {
  const { readParquetCandles } = await import('./parquet-candles.ts');
  return readParquetCandles(path, problems);
}

async function readRecords(path: string, onProblem: (problem: TapeProblem) => void): Promise<CandleRecord[]> {
  const problems = new TapeProblems(onProblem);
  try {
    return await (/\.(parquet|pq)$/i.test(path) ? readParquet : readText)(path, problems);
  } catch (cause) {
    if (!(cause instanceof AitraderError) || cause.code !== 'TAPE_UNREADABLE') throw cause;
    throw refuse(path, String(cause.context['problem']), FORMS);
  }
}

/** Refuses rows that do not fit the timeframe: the sandbox would leave them out in silence. */
function requireTimeframe(records: readonly CandleRecord[], path: string, timeframe: Timeframe): void {
  const off = records.find(({ openTime }) => candleOpenTime(openTime, timeframe) !== openTime);
  const remedy = 'Give the timeframe of the file itself as --timeframe; coarser ones are made of it.';
  if (off !== undefined) {
    const at = new Date(off.openTime).toISOString();
    throw refuse(path, `its row of ${at} is not where a candle of ${timeframe} begins`, remedy);
  }
  let step = Infinity;
  records.forEach(({ openTime }, row) => {
    if (row > 0) step = Math.min(step, openTime - records[row - 1]!.openTime);
  });
  if (step > timeframeMs(timeframe) && step < Infinity) {
    throw refuse(path, `its rows lie ${step / 60_000} minutes apart, --timeframe says ${timeframe}`, remedy);
  }
}

/**
 * The candles of a file, see contracts 7 for its forms; what it does not tell is NaN.
 * @param symbol null: by the name of the file
 * @throws AitraderError `CANDLES_UNUSABLE`, `TAPE_REFUSED`
 */
export async function loadCandles(
  path: string,
  { symbol, timeframe }: { readonly symbol: string | null; readonly timeframe: Timeframe },
  onProblem: (problem: TapeProblem) => void,
): Promise<CandleColumns> {
  const records = await readRecords(path, onProblem);
  if (records.length === 0) {
    throw refuse(path, 'it has no candles', FORMS);
  }
  requireTimeframe(records, path, timeframe);
  const name = symbol?.replaceAll(/[_/]/g, '').toUpperCase() ?? symbolOfFile(path);
  if (!/^[A-Z0-9]{2,30}$/.test(name)) throw refuse(path, `'${name}' is no symbol`, 'Name it: --symbol BTCUSDT.');
  const column = (read: (record: CandleRecord) => number): Float64Array => Float64Array.from(records, read);
  const unknown = Array.from({ length: UNKNOWN_COLUMNS }, () => column(() => NaN));
  return {
    symbol: asId<VenueSymbol>(name),
    timeframe,
    columns: [
      column(({ openTime }) => openTime),
      column(({ open }) => open),
      column(({ high }) => high),
      column(({ low }) => low),
      column(({ close }) => close),
      column(({ volume }) => volume),
      ...unknown,
    ],
  };
}
