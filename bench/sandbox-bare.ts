import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createSystemClock } from '../src/adapters/clock/system/clock.ts';
import { CandleRing, SERIES_BYTES } from '../src/adapters/sandbox/isolated-vm/candle-memory.ts';
import { FilterRun } from '../src/adapters/sandbox/isolated-vm/runtime/filter-run.ts';
import type { FilterFunctions } from '../src/adapters/sandbox/isolated-vm/runtime/filter-run.ts';
import { createFilterTa } from '../src/adapters/sandbox/isolated-vm/runtime/filter-ta.ts';
import { Market } from '../src/adapters/sandbox/isolated-vm/runtime/market.ts';
import { Plots } from '../src/adapters/sandbox/isolated-vm/runtime/plots.ts';
import { ResultMemory } from '../src/adapters/sandbox/isolated-vm/runtime/recipe-result.ts';
import { Recipes } from '../src/adapters/sandbox/isolated-vm/runtime/recipes.ts';
import { createIsolatedVmSandbox } from '../src/adapters/sandbox/isolated-vm/sandbox.ts';
import { CANDLE_COLUMNS } from '../src/domain/candle.ts';
import { sandboxCommand } from '../src/modes/assets.ts';
import type { FilterSandbox, SandboxLimits } from '../src/ports/filter-sandbox.ts';
import type { SandboxMarket } from '../src/testkit/builders/sandbox-market.ts';
import { silentLogger } from '../src/testkit/silent-logger.ts';

export const LOOKBACK = 250;
/** As it is shipped: the compiler that runs the sources would be measured with them. */
const BUILT = join(process.cwd(), 'dist/workers/filter-sandbox.js');
const PAGE_BYTES = 4_096;
/** Of a process's CPU time, as Linux counts it. */
const TICK_MS = 10;

const BODY = `
  const rsi = plot('RSI', ta.rsi(close, params.period), 30);
  const { histogram } = ta.macd(close);
  const { lower } = ta.bollinger(close, 20, 2);
  const isBusy = ta.last(volume) > ta.last(ta.sma(volume, 20));
  if (ta.last(rsi) < 30 && ta.last(histogram) > 0 && ta.last(close) < ta.last(lower) && isBusy) {
    return { side: 'long', conditions: ['RSI below 30'] };
  }
  return null;`;

/** The filter that is measured. */
export const SOURCE = `export const meta = { name: 'bench', timeframes: ['5m'], lookback: ${LOOKBACK}, params: { period: 14 } };
export function check({ close, volume, params }) {${BODY}}`;

/** The same filter with the same runtime in this very process: what the sandbox is measured against. */
export class BareRuntime {
  readonly #run: FilterRun;

  constructor(market: SandboxMarket, rings: readonly CandleRing[]) {
    const timeframes = ['5m'] as const;
    const config = { timeframes, lookback: LOOKBACK, references: [], sides: ['long', 'short'], top: null };
    const whole = { ...config, params: { period: 14 }, resultBytes: 65_536 };
    const candles = new Market(whole);
    const plots = new Plots();
    const recipes = new Recipes({ forget: (id) => candles.forget(id), memory: new ResultMemory(2 * LOOKBACK) });
    const ta = createFilterTa({
      recipes: () => recipes,
      columnOf: candles.columnOf,
      seriesOf: candles.seriesOf,
      length: () => candles.rows,
    });
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the same text as in the sandbox
    const make = new Function('ta', 'plot', `return ({ close, volume, params }) => {${BODY}}`) as (
      ta: object,
      plot: unknown,
    ) => FilterFunctions['check'];
    this.#run = new FilterRun({ check: make(ta, plots.plot), manage: null }, whole, { market: candles, plots });
    market.symbols.forEach((symbol, at) => candles.bind(symbol, '5m', new Float64Array(rings[at]!.buffer)));
    this.#run.symbols = market.symbols.map((symbol) => {
      return { symbol, tickerRow: -1, series: candles.seriesOfSymbol(symbol) };
    });
  }

  check(now: number): unknown {
    return JSON.parse(this.#run.run('check', now, {}));
  }
}

/** A sandbox and the memory in which bare runtimes see the same candles. */
export interface Stage {
  readonly market: SandboxMarket;
  readonly sandbox: FilterSandbox;
  readonly rings: readonly CandleRing[];
  readonly pids: readonly string[];
}

function childrenOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
}

export function openStage(market: SandboxMarket, processes: number, limits: Partial<SandboxLimits> = {}): Stage {
  const { command, args } = sandboxCommand();
  const before = new Set(childrenOf(process.pid));
  const sandbox = createIsolatedVmSandbox({
    command: { command, args: [...args.slice(0, -1), BUILT] },
    clock: createSystemClock(),
    logger: silentLogger,
    processes,
    limits,
  });
  const rings = market.symbols.map(() => new CandleRing('5m', new SharedArrayBuffer(SERIES_BYTES)));
  return { market, sandbox, rings, pids: childrenOf(process.pid).filter((pid) => !before.has(pid)) };
}

/** Hands the rows [from, to) to the sandbox and to the bare runtimes. */
export function extend({ market, sandbox, rings }: Stage, from: number, to: number): void {
  const stretch = market.stretch(from, to);
  sandbox.extend(stretch);
  const rows = to - from;
  const figures = new Float64Array(CANDLE_COLUMNS.length * rows);
  stretch.forEach(({ columns }, at) => {
    columns.forEach((column, number) => figures.set(column, number * rows));
    rings[at]!.write(figures, 0, rows);
  });
}

/** Resident memory of the sandbox processes, in MB. */
export function megabytesOf({ pids }: Stage): number {
  const pages = pids.map((pid) => Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]));
  return (pages.reduce((sum, each) => sum + each, 0) * PAGE_BYTES) / 1e6;
}

/** CPU time that the sandbox processes took so far. */
export function cpuMsOf({ pids }: Stage): number {
  const ticks = pids.map((pid) => {
    const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const [user, system] = fields.split(' ').slice(11, 13);
    return Number(user) + Number(system);
  });
  return TICK_MS * ticks.reduce((sum, each) => sum + each, 0);
}

/** Resident memory of a node that does nothing, in MB. */
export function bareNodeMegabytes(): number {
  const script = 'process.stdout.write(String(process.memoryUsage.rss()))';
  return Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })) / 1e6;
}
