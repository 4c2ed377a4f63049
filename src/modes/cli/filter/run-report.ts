import type { Target } from '../../../domain/exits.ts';
import { formatLevel } from '../../../domain/levels.ts';
import type { Level } from '../../../domain/levels.ts';
import type { Plot } from '../../../domain/signal.ts';
import type { FilterFault, FilterMatch, NearMiss } from '../../../ports/filter-sandbox.ts';
import { printable } from '../../../lib/printable.ts';
import type { ReplayedCheck } from './history/replay.ts';
import { table } from './table.ts';

const MOST_MISSES = 10;

/** A level as filters write it: a price as a number, a distance as a text. */
type WrittenLevel = number | string;

interface RunMatch {
  /** The moment of the check, milliseconds UTC: the close of the candle that brought the match. */
  readonly time: number;
  readonly symbol: string;
  readonly side: string;
  readonly conditions: readonly string[];
  readonly confidence: number;
  readonly score: number;
  /** What the filter gave; null leaves it to the trader's exits. */
  readonly stopLoss: WrittenLevel | null;
  readonly takeProfit: readonly (WrittenLevel | { readonly at: WrittenLevel; readonly part: number })[];
  readonly metadata: unknown;
  readonly plots: readonly Plot[];
}

/** A check that came near its trigger and did not match. */
interface RunMiss {
  readonly time: number;
  readonly symbol: string;
  readonly plots: readonly Plot[];
}

/** What `filter run` tells. */
export interface RunAnswer {
  readonly matches: readonly RunMatch[];
  /** Moments at which at least one symbol was looked at. */
  readonly checks: number;
  /** The nearest of all that did not match, nearest first. */
  readonly misses: readonly RunMiss[];
  readonly error: FilterFault | null;
}

function written(level: Level): WrittenLevel {
  return level.kind === 'price' ? level.price.toNumber() : formatLevel(level);
}

function writtenTarget({ at, part }: Target): RunMatch['takeProfit'][number] {
  return part === null ? written(at) : { at: written(at), part: part.toNumber() };
}

function matchAt(time: number, match: FilterMatch): RunMatch {
  const { symbol, side, conditions, confidence, score, stopLoss, takeProfit, metadata, plots } = match;
  return {
    time,
    symbol,
    side,
    conditions,
    confidence,
    score,
    stopLoss: stopLoss === null ? null : written(stopLoss),
    takeProfit: takeProfit.map(writtenTarget),
    metadata: JSON.parse(metadata) as unknown,
    plots,
  };
}

/** How far the nearest plot lies from its level, relative to the level. */
function distanceOf(plots: readonly Plot[]): number {
  const distances = plots.map(({ value, level }) =>
    level === null ? NaN : Math.abs(value - level) / (Math.abs(level) || 1),
  );
  return Math.min(...distances.map((each) => (Number.isNaN(each) ? Infinity : each)));
}

/** Collects what the checks of a run gave. */
export class RunReport {
  readonly #matches: RunMatch[] = [];
  #misses: RunMiss[] = [];
  #checks = 0;
  #error: FilterFault | null = null;

  /** Takes a check in; false when it failed and nothing after it counts. */
  add({ now, outcome }: ReplayedCheck): boolean {
    if (!outcome.ok) {
      this.#error = outcome.fault;
      return false;
    }
    if (outcome.checked > 0) this.#checks += 1;
    for (const match of outcome.matches) this.#matches.push(matchAt(now, match));
    this.#note(now, outcome.misses);
    return true;
  }

  answer(): RunAnswer {
    return { matches: this.#matches, checks: this.#checks, misses: nearestOf(this.#misses), error: this.#error };
  }

  #note(time: number, misses: readonly NearMiss[]): void {
    if (misses.length === 0) return;
    this.#misses.push(...misses.map(({ symbol, plots }) => ({ time, symbol, plots })));
    if (this.#misses.length < 1_000) return;
    this.#misses = nearestOf(this.#misses);
  }
}

function nearestOf(misses: readonly RunMiss[]): RunMiss[] {
  return misses
    .map((miss) => ({ miss, distance: distanceOf(miss.plots) }))
    .sort((a, b) => a.distance - b.distance || a.miss.time - b.miss.time)
    .slice(0, MOST_MISSES)
    .map(({ miss }) => miss);
}

function timeText(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}

function figure(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : '-';
}

function plotsText(plots: readonly Plot[]): string {
  return plots
    .map(({ name, value, level }) => `${name} ${figure(value)}${level === null ? '' : ` (${figure(level)})`}`)
    .join(', ');
}

/** The answer for people. */
export function asText({ matches, checks, misses, error }: RunAnswer): string {
  const rows = matches.map(({ time, symbol, side, confidence, stopLoss, plots, conditions }) => [
    ...[timeText(time), symbol, side, figure(confidence)],
    ...[stopLoss === null ? '-' : typeof stopLoss === 'number' ? figure(stopLoss) : stopLoss],
    `${conditions.join('; ')}${plots.length === 0 ? '' : ` [${plotsText(plots)}]`}`,
  ]);
  const header = ['TIME (UTC)', 'SYMBOL', 'SIDE', 'CONF', 'STOP', 'WHY'];
  const parts = [`${matches.length} matches in ${checks} checks\n`];
  if (rows.length > 0) parts.push(table(header, rows));
  if (misses.length > 0) {
    const near = misses.map(({ time, symbol, plots }) => [timeText(time), symbol, plotsText(plots)]);
    parts.push(`nearest misses: value (level)\n${table(['TIME (UTC)', 'SYMBOL', 'PLOTS'], near)}`);
  }
  if (error !== null) {
    const place = error.line === null ? '' : ` (line ${error.line}, column ${error.column ?? 1})`;
    parts.push(`the filter failed${place}: ${printable(error.message)}\n`);
  }
  return parts.join('\n');
}
