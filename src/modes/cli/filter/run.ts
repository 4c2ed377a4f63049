import type { FilterMeta, ParamValue } from '../../../domain/filter.ts';
import { AitraderError } from '../../../domain/errors.ts';
import { asId } from '../../../domain/ids.ts';
import type { TraderId } from '../../../domain/ids.ts';
import { TIMEFRAMES } from '../../../domain/time.ts';
import type { Timeframe } from '../../../domain/time.ts';
import { nearest } from '../../../lib/nearest.ts';
import { printable } from '../../../lib/printable.ts';
import type { CandleColumns, FilterSandbox } from '../../../ports/filter-sandbox.ts';
import type { TapeProblem } from '../../../sim/tape/tape-problems.ts';
import { EXIT } from '../exit-code.ts';
import { loadSettings } from '../load-settings.ts';
import type { ProgramOptions } from '../program-options.ts';
import { findFilter, readFilter } from './filter-file.ts';
import { findingOf } from './finding.ts';
import type { Finding } from './finding.ts';
import { loadCandles } from './history/load-candles.ts';
import { historyOf, Replay, unreachable } from './history/replay.ts';
import { withSandbox } from './open-sandbox.ts';
import { readParams } from './read-params.ts';
import { asText, RunReport } from './run-report.ts';

/** What `filter run` takes beside the options of the program. */
export interface RunOptions extends ProgramOptions {
  readonly candles: readonly string[];
  readonly timeframe: string;
  readonly symbol?: string;
  readonly param?: readonly string[];
  readonly json?: true;
}

const TRADER = asId<TraderId>('run');

function readTimeframe(given: string): Timeframe {
  const known = TIMEFRAMES.find((each) => each === given);
  if (known !== undefined) return known;
  const near = nearest(given, TIMEFRAMES);
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `One of: ${TIMEFRAMES.join(', ')}.`;
  throw new AitraderError('USAGE', { problem: `--timeframe ${given}`, hint });
}

function refusal(file: string, { line, column, message, fix }: Finding): AitraderError {
  const filter = [file, line, column].filter((part) => part !== null).join(':');
  return new AitraderError('FILTER_REFUSED', { filter, problem: printable(message), remedy: printable(fix) });
}

async function readHistories(options: RunOptions, onProblem: (problem: TapeProblem) => void): Promise<CandleColumns[]> {
  const timeframe = readTimeframe(options.timeframe);
  const { candles, symbol = null } = options;
  if (symbol !== null && candles.length > 1) {
    const hint = 'Without --symbol each file is named by its own name.';
    throw new AitraderError('USAGE', { problem: '--symbol with several candle files', hint });
  }
  const histories: CandleColumns[] = [];
  for (const path of candles) histories.push(await loadCandles(path, { symbol, timeframe }, onProblem));
  const names = histories.map((history) => history.symbol);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return histories;
  throw new AitraderError('USAGE', { problem: `two candle files of ${twice}`, hint: 'Give one file for each symbol.' });
}

/** Refuses a filter that these candles cannot serve: its checks would silently not run. */
function requireCandlesFor(meta: FilterMeta, histories: readonly CandleColumns[], timeframe: string): void {
  const [missing] = unreachable(meta, timeframe as Timeframe);
  if (missing !== undefined) {
    const problem = `the filter reads ${missing}, which candles of ${timeframe} do not add up to`;
    throw new AitraderError('USAGE', { problem, hint: `Give candles of ${missing}, or of a part of it.` });
  }
  const absent = meta.references.filter((symbol) => histories.every((history) => history.symbol !== symbol));
  if (absent.length === 0) return;
  const problem = `the filter also reads ${absent.join(', ')}, and no candle file has it`;
  throw new AitraderError('USAGE', { problem, hint: `Add --candles ${absent[0]}-${timeframe}.csv.` });
}

async function replay(
  sandbox: FilterSandbox,
  file: { readonly path: string; readonly source: string },
  {
    histories,
    params,
    timeframe,
  }: { histories: CandleColumns[]; params: Record<string, ParamValue>; timeframe: string },
): Promise<RunReport> {
  const loaded = await sandbox.load(TRADER, file.source, params);
  if (!loaded.ok) throw refusal(file.path, findingOf(loaded.fault));
  requireCandlesFor(loaded.meta, histories, timeframe);
  const report = new RunReport();
  const { meta } = loaded;
  const prepared = histories.map((base) => historyOf(base, meta));
  for await (const check of new Replay(sandbox, { traderId: TRADER, meta, histories: prepared }).checks()) {
    if (!report.add(check)) break;
  }
  return report;
}

/**
 * `filter run`: a filter over candle files, a check at every row that has a full lookback before it.
 * @returns the exit code: 1 when the filter failed
 * @throws AitraderError for a file or meta that is refused
 */
export async function runFilter(given: string, options: RunOptions): Promise<number> {
  const { path } = await findFilter(given, loadSettings(options).config.dataDir);
  const read = await readFilter(path);
  if ('finding' in read) throw refusal(path, read.finding);
  const skipped: TapeProblem[] = [];
  const histories = await readHistories(options, (problem) => skipped.push(problem));
  const { source } = read;
  const report = await withSandbox(async (sandbox) => {
    const inspected = await sandbox.inspect(source);
    if (!inspected.ok) throw refusal(path, findingOf(inspected.fault));
    const params = readParams(options.param ?? [], inspected.meta);
    return replay(sandbox, { path, source }, { histories, params, timeframe: options.timeframe });
  });
  for (const { path: file, line, problem } of skipped) process.stderr.write(`aitrader: ${file}:${line}: ${problem}\n`);
  const answer = report.answer();
  process.stdout.write(options.json === true ? `${JSON.stringify(answer)}\n` : asText(answer));
  return answer.error === null ? EXIT.done : EXIT.answerIsNo;
}
