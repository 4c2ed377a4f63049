import { setTimeout as pause } from 'node:timers/promises';

import { asId } from '../src/domain/ids.ts';
import type { TraderId } from '../src/domain/ids.ts';
import { SandboxMarket } from '../src/testkit/builders/sandbox-market.ts';
import { percentile } from './harness.ts';
import type { BenchRow } from './harness.ts';
import { bareNodeMegabytes, BareRuntime, cpuMsOf, extend, LOOKBACK, megabytesOf } from './sandbox-bare.ts';
import { openStage, SOURCE } from './sandbox-bare.ts';
import { benchStarts } from './sandbox-starts.ts';

const SYMBOLS = 100;
const TRADERS = 50;
/** Candles before the first check. */
const HISTORY = 520;
/** Checks of each trader before those that count: by then V8 has compiled what it will compile. */
const WARM_UP = 320;
const BARE_WARM_UP = 30;
const CHECKS = 1_000;
/** Checks that are judged together. */
const WINDOW = 200;
const CHECKS_IN_TURN = 20;
const CROWD_ROUNDS = 40;
/** Until the processes have tidied up. */
const AT_REST_MS = 6_000;

const ALL_COLUMNS = `export const meta = { name: 'wide', timeframes: ['5m'], lookback: 500 };
export function check({ candles }) {
  const { time, open, high, low, close, volume, quoteVolume, trades, buyVolume, sellVolume } = candles['5m'];
  return [time, open, high, low, close, volume, quoteVolume, trades, buyVolume, sellVolume].some((x) => x.length < 500) ? null : null;
}`;

const REFERENCE = 'the same runtime outside the sandbox';

interface Sample {
  readonly trip: number;
  readonly inside: number;
  readonly bare: number;
}

/**
 * Of several windows the one in which the reference was disturbed least: whoever else uses the machine takes it away for
 * some milliseconds at a time, which is all that a 95th percentile would show.
 */
function quietest(samples: readonly Sample[]): readonly Sample[] {
  const windows = Array.from({ length: Math.ceil(samples.length / WINDOW) }, (_, at) => {
    const window = samples.slice(at * WINDOW, (at + 1) * WINDOW);
    const bare = window.map((sample) => sample.bare);
    return { window, disturbance: percentile(bare, 0.95) };
  });
  return windows.reduce((a, b) => (b.disturbance < a.disturbance ? b : a)).window;
}

function rowsOf(name: string, samples: readonly Sample[]): BenchRow[] {
  const row = (what: string, of: (sample: Sample) => number, share: number): BenchRow => {
    const value = percentile(samples.map(of), share);
    const referenceValue = percentile(
      samples.map(({ bare }) => bare),
      share,
    );
    const ratio = value / referenceValue;
    return { name: `${name}, ${what}`, value, unit: 'ms', reference: REFERENCE, referenceValue, ratio };
  };
  return [
    row('round trip p50', ({ trip }) => trip, 0.5),
    row('round trip p95', ({ trip }) => trip, 0.95),
    row('inside the sandbox p50', ({ inside }) => inside, 0.5),
    row('inside the sandbox p95', ({ inside }) => inside, 0.95),
  ];
}

/** Checks of `traders` traders in turn, one new candle each round. */
async function benchChecks(name: string, traders: number, rounds: number): Promise<BenchRow[]> {
  const market = new SandboxMarket(SYMBOLS, HISTORY + WARM_UP + rounds + 1);
  const stage = openStage(market, 1);
  const ids = Array.from({ length: traders }, (_, at) => asId<TraderId>(`t${at}`));
  const bare = ids.map(() => new BareRuntime(market, stage.rings));
  for (const id of ids) await stage.sandbox.load(id, SOURCE, {});
  extend(stage, 0, HISTORY);
  const samples: Sample[] = [];
  for (let round = 0; round < WARM_UP + rounds; round += 1) {
    const row = HISTORY - 1 + round;
    const view = market.view(row);
    for (const [at, id] of ids.entries()) {
      const startedAt = performance.now();
      const outcome = await stage.sandbox.check(market.check(id, row, { view }));
      const trip = performance.now() - startedAt;
      if (!outcome.ok) throw new Error(`bench sandbox: ${outcome.fault.message}`);
      if (round < WARM_UP - BARE_WARM_UP) continue;
      const bareAt = performance.now();
      bare[at]!.check(market.closeOf(row));
      if (round >= WARM_UP) samples.push({ trip, inside: outcome.elapsedMs, bare: performance.now() - bareAt });
    }
    extend(stage, row + 1, row + 2);
  }
  await stage.sandbox.close();
  return rowsOf(name, quietest(samples));
}

/** Checks a second of 50 traders in two processes, and the memory that they take. */
async function benchCrowd(source: string, history: number, named: string): Promise<BenchRow[]> {
  const market = new SandboxMarket(SYMBOLS, history + CROWD_ROUNDS + 1);
  const stage = openStage(market, 2);
  extend(stage, 0, history);
  const ids = Array.from({ length: TRADERS }, (_, at) => asId<TraderId>(`t${at}`));
  const bare = new BareRuntime(market, stage.rings);
  for (const id of ids) await stage.sandbox.load(id, source, {});
  let [ours, theirs, bareChecks, cpuMs] = [0, 0, 0, 0];
  for (let round = 0; round < CROWD_ROUNDS; round += 1) {
    const row = history - 1 + round;
    const view = market.view(row);
    const isCounted = round >= CROWD_ROUNDS / 2;
    const cpuAt = cpuMsOf(stage);
    const startedAt = performance.now();
    await Promise.all(ids.map((id) => stage.sandbox.check(market.check(id, row, { view }))));
    if (isCounted) ours += performance.now() - startedAt;
    if (isCounted) cpuMs += cpuMsOf(stage) - cpuAt;
    const bareAt = performance.now();
    bare.check(market.closeOf(row));
    if (isCounted) theirs += performance.now() - bareAt;
    if (isCounted) bareChecks += 1;
    extend(stage, row + 1, row + 2);
  }
  const atWork = megabytesOf(stage);
  await pause(AT_REST_MS);
  const atRest = megabytesOf(stage);
  await stage.sandbox.close();
  const checks = TRADERS * (CROWD_ROUNDS / 2);
  const speed = (name: string, ms: number): BenchRow => {
    const [value, referenceValue] = [(1_000 * checks) / ms, (1_000 * bareChecks) / theirs];
    const reference = `${REFERENCE}, one thread`;
    return { name, value, unit: 'checks/s', reference, referenceValue, ratio: value / referenceValue };
  };
  const memory = (name: string, value: number): BenchRow => {
    const referenceValue = 2 * bareNodeMegabytes();
    const reference = 'two idle node processes';
    return { name, value, unit: 'MB', reference, referenceValue, ratio: value / referenceValue };
  };
  return [
    speed(`${TRADERS} traders, ${named}, two processes`, ours),
    speed(`${TRADERS} traders, ${named}, per second of CPU time`, cpuMs),
    memory(`memory of both processes, ${TRADERS} traders, ${named}, at work`, atWork),
    memory(`memory of both processes, ${TRADERS} traders, ${named}, at rest`, atRest),
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
