import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

import { asId } from '../src/domain/ids.ts';
import type { TraderId } from '../src/domain/ids.ts';
import { anchorTime } from '../src/domain/time.ts';
import { filterSource, SandboxMarket } from '../src/testkit/builders/sandbox-market.ts';
import { median } from './harness.ts';
import type { BenchRow } from './harness.ts';
import { bareNodeMegabytes, BareRuntime, extend, LOOKBACK, megabytesOf, openStage, SOURCE } from './sandbox-bare.ts';

const SYMBOLS = 100;
const HISTORY = 520;
const STARTS = 12;
const IDLE = 40;
/** Until the processes have tidied up what they made. */
const AT_REST_MS = 6_000;
/** Checks over which the anchor moves several times, and what lies between two of them at least. */
const ANCHOR_ROUNDS = 1_100;
const BETWEEN_CLOSES_MS = 500;
/** Filters come now and then, but for the start of the program. */
const BETWEEN_LOADS_MS = 50;

/** One of each kind of what ends a filter: interrupted, killed, out of its heap, its process aborted by the engine. */
const BREAKS: Readonly<Record<string, string>> = {
  'a loop': 'for (;;) {}',
  'native code without end': 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)',
  'a growing array': 'const a = []; for (;;) a.push({ x: a.length })',
  'a growing Map': 'const m = new Map(); for (let i = 0; ; i += 1) m.set(i, i)',
};

function row(name: string, [value, unit]: readonly [number, string], against: readonly [string, number]): BenchRow {
  const [reference, referenceValue] = against;
  return { name, value, unit, reference, referenceValue, ratio: value / referenceValue };
}

/** How long `node -e 0` takes. */
function bareStartMs(): number {
  return median(
    Array.from({ length: 5 }, () => {
      const startedAt = performance.now();
      execFileSync(process.execPath, ['-e', '0']);
      return performance.now() - startedAt;
    }),
  );
}

/** Loading a filter and its trader's first check. */
async function benchFirsts(node: number): Promise<BenchRow[]> {
  const market = new SandboxMarket(SYMBOLS, HISTORY);
  const stage = openStage(market, 1);
  extend(stage, 0, HISTORY);
  const times: { load: number; first: number; bare: number }[] = [];
  for (let at = 0; at < STARTS; at += 1) {
    const id = asId<TraderId>(`t${at}`);
    await pause(BETWEEN_LOADS_MS);
    const loadAt = performance.now();
    await stage.sandbox.load(id, SOURCE, {});
    const firstAt = performance.now();
    await stage.sandbox.check(market.check(id, HISTORY - 1));
    const answeredAt = performance.now();
    new BareRuntime(market, stage.rings).check(market.closeOf(HISTORY - 1));
    times.push({ load: firstAt - loadAt, first: answeredAt - firstAt, bare: performance.now() - answeredAt });
  }
  const rowAt = performance.now();
  for (let at = 0; at < STARTS; at += 1) await stage.sandbox.load(asId<TraderId>(`row${at}`), SOURCE, {});
  const eachMs = (performance.now() - rowAt) / STARTS;
  await stage.sandbox.close();
  const of = (key: 'load' | 'first' | 'bare'): number => median(times.map((each) => each[key]));
  return [
    row('first check of a trader, p50', [of('first'), 'ms'], ['the same runtime outside the sandbox', of('bare')]),
    row('loading a filter, p50', [of('load'), 'ms'], ['node -e 0', node]),
    row('loading filters one right after another, each', [eachMs, 'ms'], ['node -e 0', node]),
  ];
}

/** The checks right after the anchor moved, when all that was computed begins anew: it is done ahead. */
async function benchAnchor(): Promise<BenchRow[]> {
  const market = new SandboxMarket(SYMBOLS, HISTORY + ANCHOR_ROUNDS + 1);
  const stage = openStage(market, 1);
  extend(stage, 0, HISTORY);
  const bare = new BareRuntime(market, stage.rings);
  const id = asId<TraderId>('t');
  await stage.sandbox.load(id, SOURCE, {});
  const anchorAt = (row: number): number => anchorTime(market.closeOf(row), '5m', LOOKBACK);
  const times: { ours: number; bare: number }[] = [];
  for (let at = HISTORY - 1; at < HISTORY + ANCHOR_ROUNDS; at += 1) {
    const hasMoved = anchorAt(at) !== anchorAt(at - 1);
    if (hasMoved) await pause(BETWEEN_CLOSES_MS);
    const outcome = await stage.sandbox.check(market.check(id, at));
    if (!outcome.ok) throw new Error(`bench sandbox: ${outcome.fault.message}`);
    const bareAt = performance.now();
    bare.check(market.closeOf(at));
    if (hasMoved) times.push({ ours: outcome.elapsedMs, bare: performance.now() - bareAt });
    extend(stage, at + 1, at + 2);
  }
  await stage.sandbox.close();
  const ours = median(times.map((each) => each.ours));
  const reference = 'the same runtime outside the sandbox, not ahead';
  return [
    row(
      'check after the anchor moved, inside the sandbox p50',
      [ours, 'ms'],
      [reference, median(times.map((each) => each.bare))],
    ),
  ];
}

/** What an isolate takes whose filter waits for its next check. */
async function benchIdle(): Promise<BenchRow[]> {
  const market = new SandboxMarket(1, HISTORY);
  const stage = openStage(market, 1);
  extend(stage, 0, HISTORY);
  const add = async (name: string): Promise<void> => {
    const id = asId<TraderId>(name);
    await stage.sandbox.load(id, SOURCE, {});
    await stage.sandbox.check(market.check(id, HISTORY - 1));
  };
  await add('first');
  await pause(AT_REST_MS);
  const before = megabytesOf(stage);
  for (let at = 0; at < IDLE; at += 1) await add(`t${at}`);
  await pause(AT_REST_MS);
  const each = (megabytesOf(stage) - before) / IDLE;
  await stage.sandbox.close();
  return [row('memory of an idle isolate', [each, 'MB'], ['an idle node process', bareNodeMegabytes()])];
}

/** How soon another trader has its answer after a filter broke a limit. */
async function benchBack(node: number): Promise<BenchRow[]> {
  const market = new SandboxMarket(SYMBOLS, HISTORY);
  const stage = openStage(market, 1, { checkMs: 500 });
  extend(stage, 0, HISTORY);
  const other = market.check('other', HISTORY - 1);
  await stage.sandbox.load(other.traderId, SOURCE, {});
  await stage.sandbox.check(other);
  const rows: BenchRow[] = [];
  for (const [name, body] of Object.entries(BREAKS)) {
    const request = market.check(name, HISTORY - 1);
    await stage.sandbox.load(request.traderId, filterSource(body), {});
    const outcome = await stage.sandbox.check(request);
    if (outcome.ok) throw new Error(`bench sandbox: ${name} broke no limit`);
    const brokenAt = performance.now();
    await stage.sandbox.check(other);
    rows.push(row(`back after ${name}`, [performance.now() - brokenAt, 'ms'], ['node -e 0', node]));
  }
  await stage.sandbox.close();
  return rows;
}

/** Beginnings: of filters, of isolates, and again after a limit was broken. */
export async function benchStarts(): Promise<BenchRow[]> {
  const node = bareStartMs();
  return [...(await benchFirsts(node)), ...(await benchAnchor()), ...(await benchIdle()), ...(await benchBack(node))];
}
