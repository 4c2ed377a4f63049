import { asId } from '../../../../domain/ids.ts';
import type { TraderId, VenueSymbol } from '../../../../domain/ids.ts';
import type { FilterPosition, FilterSandbox } from '../../../../ports/filter-sandbox.ts';
import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import { handOver, Replay, viewAt } from '../history/replay.ts';
import type { SymbolHistory } from '../history/replay.ts';
import type { Laboratory } from './laboratory.ts';

/** What a check costs is told for this many symbols. */
const SYMBOLS = 100;
const COSTLY_MS = 50;
const MORE_CANDLES = 7;
/** Moments that a filter is run over, so that its rarer branches run too. */
const MOMENTS = 600;
const TRADER = asId<TraderId>('trial');

/** What a filter did when it was run as a trader's. */
export interface Trial {
  readonly findings: readonly Finding[];
  /** First check of 100 symbols, and the fastest of those after one more candle: other programs only make them longer. */
  readonly firstMs: number;
  readonly nextMs: number;
  readonly matches: number;
  readonly checks: number;
}

/** Runs a filter over 100 symbols, then candle by candle. */
async function measure(sandbox: FilterSandbox, lab: Laboratory): Promise<{ fault: Finding | null; times: number[] }> {
  const { symbols, stepMs, finestMs, latest } = lab;
  const newRows = Math.ceil(stepMs / finestMs) + 1;
  const times: number[] = [];
  for (let candle = 0; candle <= MORE_CANDLES; candle += 1) {
    const now = latest + candle * stepMs;
    const histories = lab.histories(now, candle === 0 ? {} : { rows: newRows });
    handOver(sandbox, histories);
    const view = viewAt(now, histories, lab.meta);
    const positions = new Map<VenueSymbol, FilterPosition>();
    const outcome = await sandbox.check({ traderId: TRADER, kind: 'check', now, symbols, positions, view });
    if (!outcome.ok) return { fault: findingOf(outcome.fault), times };
    times.push(outcome.elapsedMs);
  }
  return { fault: null, times };
}

function positionIn({ base }: SymbolHistory, side: 'long' | 'short', profitPct: number): FilterPosition {
  const last = base.columns[4]!.at(-1)!;
  const sign = side === 'long' ? 1 : -1;
  const entryPrice = last / (1 + (sign * profitPct) / 100);
  return {
    ...{ side, entryPrice, entryTime: base.columns[0]!.at(-6)!, bars: 5 },
    ...{ profitPct, profitR: profitPct / 2, maxProfitPct: Math.max(profitPct, 1) },
    ...{ stopLoss: entryPrice * (1 - sign * 0.02), conditions: ['entered'] },
  };
}

/** Asks `manage` about positions of both sides, in profit and at a loss. */
async function manageAll(sandbox: FilterSandbox, lab: Laboratory, now: number): Promise<Finding | null> {
  const histories = lab.histories(now);
  handOver(sandbox, histories);
  const view = viewAt(now, histories, lab.meta);
  for (const side of lab.meta.sides) {
    for (const profitPct of [3, -1]) {
      const positions = new Map(histories.map((each) => [each.symbol, positionIn(each, side, profitPct)]));
      const { symbols } = lab;
      const outcome = await sandbox.check({ traderId: TRADER, kind: 'manage', now, symbols, positions, view });
      if (!outcome.ok) return findingOf({ ...outcome.fault, message: `manage: ${outcome.fault.message}` });
    }
  }
  return null;
}

/** Puts a filter to work as a trader's, under the limits of traders. Its fault ends the trial. */
export async function tryFilter(sandbox: FilterSandbox, source: string, lab: Laboratory): Promise<Trial> {
  const trial = { findings: [] as Finding[], firstMs: NaN, nextMs: NaN, matches: 0, checks: 0 };
  const loaded = await sandbox.load(TRADER, source, {});
  if (!loaded.ok) return { ...trial, findings: [findingOf(loaded.fault)] };
  const { fault, times } = await measure(sandbox, lab.over(SYMBOLS));
  if (fault !== null) return { ...trial, findings: [fault] };
  const [first = NaN, ...next] = times;
  Object.assign(trial, { firstMs: first, nextMs: Math.min(...next) });
  if (trial.nextMs > COSTLY_MS) {
    const message = `a check of ${SYMBOLS} symbols takes ${trial.nextMs.toFixed(0)} ms after each candle`;
    const fix = 'Let `ta` compute over whole columns (it remembers them), and loop over the last few values only.';
    return { ...trial, findings: [{ line: null, column: null, code: 'slow', message, fix }] };
  }
  const histories = lab.histories(lab.latest, { rows: MOMENTS + 2 * lab.meta.lookback, checks: MOMENTS });
  const replay = new Replay(sandbox, { traderId: TRADER, meta: lab.meta, histories });
  for await (const { outcome } of replay.checks()) {
    if (!outcome.ok) return { ...trial, findings: [findingOf(outcome.fault)] };
    trial.matches += outcome.matches.length;
    if (outcome.checked > 0) trial.checks += 1;
  }
  const managed = await manageAll(sandbox, lab, lab.latest);
  return managed === null ? trial : { ...trial, findings: [managed] };
}
