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
import { asId } from '../src/domain/ids.ts';
import type { TraderId } from '../src/domain/ids.ts';
import { sandboxCommand } from '../src/modes/assets.ts';
import type { FilterSandbox } from '../src/ports/filter-sandbox.ts';
import { SandboxMarket } from '../src/testkit/builders/sandbox-market.ts';
import { silentLogger } from '../src/testkit/silent-logger.ts';
import type { BenchRow } from './harness.ts';

const SYMBOLS = 100;
const LOOKBACK = 250;
const TRADERS = 50;
/** Candles before the first check, and how many checks warm up and count. */
const HISTORY = 520;
const WARM_UP = 150;
const CHECKS = 200;
const CHECKS_IN_TURN = 20;

/** As it is shipped: the compiler that runs the sources would be measured with them. */
const BUILT = join(process.cwd(), 'dist/workers/filter-sandbox.js');

const BODY = `
  const rsi = plot('RSI', ta.rsi(close, params.period), 30);
  const { histogram } = ta.macd(close);
  const { lower } = ta.bollinger(close, 20, 2);
  const isBusy = ta.last(volume) > ta.last(ta.sma(volume, 20));
  if (ta.last(rsi) < 30 && ta.last(histogram) > 0 && ta.last(close) < ta.last(lower) && isBusy) {
    return { side: 'long', conditions: ['RSI below 30'] };
  }
  return null;`;
const SOURCE = `export const meta = { name: 'bench', timeframes: ['5m'], lookback: ${LOOKBACK}, params: { period: 14 } };
export function check({ close, volume, params }) {${BODY}}`;
const ALL_COLUMNS = `export const meta = { name: 'wide', timeframes: ['5m'], lookback: 500 };
export function check({ candles }) {
  const { time, open, high, low, close, volume, quoteVolume, trades, buyVolume, sellVolume } = candles['5m'];
  return [time, open, high, low, close, volume, quoteVolume, trades, buyVolume, sellVolume].some((x) => x.length < 500) ? null : null;
}`;

/** The same filter with the same runtime in this very process: what the sandbox is measured against. */
class BareRuntime {
  readonly #run: FilterRun;
  readonly #rings: CandleRing[];

  constructor(market: SandboxMarket, rings: CandleRing[]) {
    const config = { timeframes: ['5m'], lookback: LOOKBACK, references: [], sides: ['long', 'short'] } as const;
    const candles = new Market({ ...config, top: null, params: { period: 14 }, resultBytes: 65_536 });
    const plots = new Plots();
    const memory = new ResultMemory(2 * LOOKBACK);
    const ta = createFilterTa({
      recipes: new Recipes({ forget: (id) => candles.forget(id), memory }),
      columnOf: candles.columnOf,
      seriesOf: candles.seriesOf,
      length: () => candles.rows,
    });
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the same text as in the sandbox
    const make = new Function('ta', 'plot', `return ({ close, volume, params }) => {${BODY}}`) as (
      ta: object,
      plot: unknown,
    ) => FilterFunctions['check'];
    const whole = { ...config, top: null, params: { period: 14 }, resultBytes: 65_536 };
    this.#run = new FilterRun({ check: make(ta, plots.plot), manage: null }, whole, { market: candles, plots });
    this.#rings = rings;
    market.symbols.forEach((symbol, at) => candles.bind(symbol, '5m', new Float64Array(this.#rings[at]!.buffer)));
    this.#run.symbols = market.symbols.map((symbol) => ({
      symbol,
      tickerRow: -1,
      series: candles.seriesOfSymbol(symbol),
    }));
  }

  check(now: number): unknown {
    return JSON.parse(this.#run.run('check', now, {}));
  }
}

function ringsOf(market: SandboxMarket): CandleRing[] {
  return market.symbols.map(() => new CandleRing('5m', new SharedArrayBuffer(SERIES_BYTES)));
}

/** Hands the rows [from, to) to the sandbox and to the bare runtimes. */
function extend(
  market: SandboxMarket,
  to: { sandbox: FilterSandbox; rings: CandleRing[] },
  rows: [number, number],
): void {
  const stretch = market.stretch(...rows);
  to.sandbox.extend(stretch);
  stretch.forEach(({ columns }, at) => to.rings[at]!.write(columns));
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

const REFERENCE = 'the same runtime outside the sandbox';

interface Sample {
  readonly trip: number;
  readonly inside: number;
  readonly bare: number;
}

function rowsOf(name: string, samples: readonly Sample[]): BenchRow[] {
  const row = (what: string, of: (sample: Sample) => number, share: number): BenchRow => ({
    name: `${name}, ${what}`,
    value: quantile(samples.map(of), share),
    unit: 'ms',
    reference: REFERENCE,
    referenceValue: quantile(
      samples.map(({ bare }) => bare),
      share,
    ),
    ratio:
      quantile(samples.map(of), share) /
      quantile(
        samples.map(({ bare }) => bare),
        share,
      ),
  });
  return [
    row('round trip p50', ({ trip }) => trip, 0.5),
    row('round trip p95', ({ trip }) => trip, 0.95),
    row('inside the sandbox p50', ({ inside }) => inside, 0.5),
  ];
}

/** Checks of `traders` traders in turn, one new candle each round. */
async function benchChecks(name: string, traders: number, rounds: number): Promise<BenchRow[]> {
  const warmUp = Math.ceil(WARM_UP / traders) + 3;
  const market = new SandboxMarket(SYMBOLS, HISTORY + warmUp + rounds + 1);
  const sandbox = open(1);
  const to = { sandbox, rings: ringsOf(market) };
  const ids = Array.from({ length: traders }, (_, at) => asId<TraderId>(`t${at}`));
  const bare = ids.map(() => new BareRuntime(market, to.rings));
  for (const id of ids) await sandbox.load(id, SOURCE, {});
  extend(market, to, [0, HISTORY]);
  const samples: Sample[] = [];
  for (let round = 0; round < warmUp + rounds; round += 1) {
    const row = HISTORY - 1 + round;
    const view = market.view(row);
    for (const [at, id] of ids.entries()) {
      const startedAt = performance.now();
      const outcome = await sandbox.check(market.check(id, row, { view }));
      const trip = performance.now() - startedAt;
      if (!outcome.ok) throw new Error(`bench sandbox: ${outcome.fault.message}`);
      const bareAt = performance.now();
      bare[at]!.check(market.closeOf(row));
      if (round >= warmUp) samples.push({ trip, inside: outcome.elapsedMs, bare: performance.now() - bareAt });
    }
    extend(market, to, [row + 1, row + 2]);
  }
  await sandbox.close();
  return rowsOf(name, samples);
}

function open(processes: number): FilterSandbox {
  const { command, args } = sandboxCommand();
  return createIsolatedVmSandbox({
    command: { command, args: [...args.slice(0, -1), BUILT] },
    clock: createSystemClock(),
    logger: silentLogger,
    processes,
  });
}

/** Resident memory of the sandbox processes, in MB. */
function sandboxMegabytes(): number {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ');
  const pages = children.map((pid) => Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]));
  return (pages.reduce((sum, each) => sum + each, 0) * 4_096) / 1e6;
}

/** Resident memory of a node that does nothing, in MB. */
function bareNodeMegabytes(): number {
  const script = 'process.stdout.write(String(process.memoryUsage.rss()))';
  return Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })) / 1e6;
}

/** Checks a second of 50 traders in two processes, and the memory that they take. */
async function benchCrowd(source: string, history: number, named: string): Promise<BenchRow[]> {
  const rounds = 40;
  const market = new SandboxMarket(SYMBOLS, history + rounds + 1);
  const sandbox = open(2);
  const to = { sandbox, rings: ringsOf(market) };
  extend(market, to, [0, history]);
  const ids = Array.from({ length: TRADERS }, (_, at) => asId<TraderId>(`t${at}`));
  const bare = new BareRuntime(market, to.rings);
  for (const id of ids) await sandbox.load(id, source, {});
  let [ours, theirs, bareChecks] = [0, 0, 0];
  for (let round = 0; round < rounds; round += 1) {
    const row = history - 1 + round;
    const view = market.view(row);
    const startedAt = performance.now();
    await Promise.all(ids.map((id) => sandbox.check(market.check(id, row, { view }))));
    if (round >= rounds / 2) ours += performance.now() - startedAt;
    const bareAt = performance.now();
    bare.check(market.closeOf(row));
    if (round >= rounds / 2) {
      theirs += performance.now() - bareAt;
      bareChecks += 1;
    }
    extend(market, to, [row + 1, row + 2]);
  }
  const megabytes = sandboxMegabytes();
  await sandbox.close();
  const perSecond = (1_000 * TRADERS * (rounds / 2)) / ours;
  const barePerSecond = (1_000 * bareChecks) / theirs;
  const node = bareNodeMegabytes();
  return [
    {
      name: `${TRADERS} traders, ${named}, two processes`,
      value: perSecond,
      unit: 'checks/s',
      reference: `${REFERENCE}, one thread`,
      referenceValue: barePerSecond,
      ratio: perSecond / barePerSecond,
    },
    {
      name: `memory of both processes, ${TRADERS} traders, ${named}`,
      value: megabytes,
      unit: 'MB',
      reference: 'two idle node processes',
      referenceValue: 2 * node,
      ratio: megabytes / (2 * node),
    },
  ];
}

/** The first check, compiling, an idle isolate, and how soon the sandbox is back after its process was killed. */
async function benchStarts(): Promise<BenchRow[]> {
  const market = new SandboxMarket(SYMBOLS, HISTORY);
  const firsts: { ours: number; bare: number }[] = [];
  const compiles: number[] = [];
  const sandbox = open(1);
  const to = { sandbox, rings: ringsOf(market) };
  extend(market, to, [0, HISTORY]);
  for (let at = 0; at < 12; at += 1) {
    const id = asId<TraderId>(`t${at}`);
    const loadAt = performance.now();
    await sandbox.load(id, SOURCE, {});
    compiles.push(performance.now() - loadAt);
    const startedAt = performance.now();
    await sandbox.check(market.check(id, HISTORY - 1));
    const ours = performance.now() - startedAt;
    const bare = new BareRuntime(market, to.rings);
    const bareAt = performance.now();
    bare.check(market.closeOf(HISTORY - 1));
    firsts.push({ ours, bare: performance.now() - bareAt });
  }
  const bomb = `export const meta = { name: 'bomb', timeframes: ['5m'], lookback: 2 };
export const check = () => { const map = new Map(); for (let i = 0; ; i += 1) map.set(i, i); };`;
  await sandbox.load(asId<TraderId>('bomb'), bomb, {});
  await sandbox.check(market.check('bomb', HISTORY - 1));
  const backAt = performance.now();
  await sandbox.check(market.check('t0', HISTORY - 1));
  const back = performance.now() - backAt;
  await sandbox.close();
  const nodeAt = performance.now();
  execFileSync(process.execPath, ['-e', '0']);
  const node = performance.now() - nodeAt;
  const row = (name: string, value: number, [reference, referenceValue]: readonly [string, number]): BenchRow => ({
    name,
    value,
    unit: 'ms',
    reference,
    referenceValue,
    ratio: value / referenceValue,
  });
  const ours = quantile(
    firsts.map((first) => first.ours),
    0.5,
  );
  const bare = quantile(
    firsts.map((first) => first.bare),
    0.5,
  );
  return [
    row('first check of a trader, p50', ours, [REFERENCE, bare]),
    row('compiling a filter, p50', quantile(compiles, 0.5), ['node -e 0', node]),
    row('back with a check after its process died', back, ['node -e 0', node]),
  ];
}

/** Filters in the sandbox beside the same runtime outside it. Needs `make build`. */
export async function benchSandbox(): Promise<BenchRow[]> {
  return [
    ...(await benchChecks('one trader, 100 symbols, one new candle', 1, CHECKS)),
    ...(await benchChecks(`${TRADERS} traders in turn`, TRADERS, CHECKS_IN_TURN)),
    ...(await benchCrowd(SOURCE, HISTORY, `lookback ${LOOKBACK}`)),
    ...(await benchCrowd(ALL_COLUMNS, 1_020, 'lookback 500 x 10 columns')),
    ...(await benchStarts()),
  ];
}
