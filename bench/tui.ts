import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { createSystemClock } from '../src/adapters/clock/system/clock.ts';
import { ControlClient } from '../src/frontends/control/client.ts';
import type { Question } from '../src/frontends/control/client.ts';
import { median } from './harness.ts';
import type { BenchRow } from './harness.ts';
import { frameRows } from './tui-frames.ts';

const STARTS = 5;
const SYMBOLS = 100;
const TRADERS = 50;
/** Long enough for every trader's first checks and some more. */
const SETTLING_MS = 20_000;
const LONGEST_MS = 180_000;
const LOOK_MS = 100;

/** The program at a terminal of its own, with what it has written so far. */
interface Seat {
  readonly dataDir: string;
  /** Milliseconds from the start until the output matches. */
  shows(pattern: RegExp): Promise<number>;
  leave(): Promise<void>;
}

function withoutStyle(text: string): string {
  return text.replaceAll(/\u001b\[[\d;?]*[A-Za-z]/g, '');
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('close', () => resolve()));
}

/** `script` (util-linux) gives the program a terminal and its output to us. */
function takeSeat(args: readonly string[], settings: Readonly<Record<string, string>> = {}): Seat {
  const dataDir = mkdtempSync(join(tmpdir(), 'aitrader-bench-'));
  const words = [process.execPath, 'bin/aitrader.cjs', ...args, '--data-dir', dataDir].join(' ');
  const startedAt = performance.now();
  const child = spawn('/usr/bin/script', ['-qfec', `stty cols 200 rows 50; exec ${words}`, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, TERM: 'xterm-256color', AITRADER_HOME: dataDir, ...settings },
  });
  let output = '';
  const waiting = new Set<{ pattern: RegExp; resolve: (ms: number) => void }>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += withoutStyle(text);
    for (const each of waiting) {
      if (!each.pattern.test(output)) continue;
      waiting.delete(each);
      each.resolve(performance.now() - startedAt);
    }
  });
  const gone = ended(child);
  const shows = (pattern: RegExp): Promise<number> =>
    new Promise((resolve, reject) => {
      waiting.add({ pattern, resolve });
      const why = `bench tui: ${String(pattern)} was not shown`;
      void gone.then(() => reject(new Error(`${why}: ${output.slice(-2_000)}`)));
      setTimeout(() => reject(new Error(why)), LONGEST_MS).unref();
    });
  return {
    dataDir,
    shows,
    leave: async () => {
      child.stdin.write('qy');
      await pause(300);
      child.stdin.write('y');
      const isGone = await Promise.race([gone.then(() => true), pause(5_000, false)]);
      if (!isGone) child.kill('SIGKILL');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function bareNodeMs(): number {
  const startedAt = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - startedAt;
}

function row(name: string, value: number, rest: Pick<BenchRow, 'unit' | 'reference' | 'referenceValue'>): BenchRow {
  return { name, value, ...rest, ratio: value / rest.referenceValue };
}

const FIRSTS = [
  ['rows moving', /BTCUSDT/],
  ['first signal', /signal \w+USDT/],
  ['first position', /opened \w+USDT/],
  ['closed by target', /closed \w+USDT \w+ by target/],
  ['closed by stop', /closed \w+USDT \w+ by stop/],
] as const;

/** From the start of the process to what is seen of a first run with the defaults. */
async function timesOfFirsts(): Promise<readonly { readonly name: string; readonly ms: number }[]> {
  const seat = takeSeat(['--sim']);
  try {
    return await Promise.all(FIRSTS.map(async ([name, pattern]) => ({ name, ms: await seat.shows(pattern) })));
  } finally {
    await seat.leave();
  }
}

/** From the start of the process to the first frame, several times; and once to what happens on the desk with the defaults. */
async function timelineRows(): Promise<BenchRow[]> {
  const frames: number[] = [];
  const bare: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    bare.push(bareNodeMs());
    const seat = takeSeat(['--sim']);
    frames.push(await seat.shows(/SIMULATED MONEY/));
    await seat.leave();
  }
  const times = await timesOfFirsts();
  const reference = { reference: 'node -e 0', referenceValue: median(bare) };
  return [
    row('tui first frame', median(frames), { unit: 'ms', ...reference }),
    ...times.map(({ name, ms }) => row(`tui ${name}`, ms, { unit: 'ms', ...reference })),
  ];
}

function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN) / 1024;
}

/** Of a bare Node that waits. */
async function bareResidentMb(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => 0, 60000)'], { stdio: 'ignore' });
  await pause(1_000);
  const resident = residentMb(child.pid ?? 0);
  child.kill();
  return resident;
}

/** Each question has a connection of its own. */
async function ask({ dataDir }: Seat, question: Question): Promise<unknown> {
  const client = await ControlClient.connect(dataDir, { clock: createSystemClock(), timeoutMs: LONGEST_MS });
  if (client === null) throw new Error('bench tui: the program has no control socket');
  try {
    return await client.ask(question);
  } finally {
    client.close();
  }
}

/** A simulated exchange in a process of its own. */
async function openExchange(): Promise<{ readonly url: string; readonly close: () => void }> {
  const args = ['bin/aitrader.cjs', 'sim', '--symbols', String(SYMBOLS)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const line = await new Promise<string>((resolve) => child.stdout.setEncoding('utf8').once('data', resolve));
  const { spotRest } = JSON.parse(line) as { spotRest: string };
  return { url: spotRest, close: () => child.kill() };
}

/**
 * The main process of a paper desk with 100 symbols and 50 traders, its screen open, after they have been checked for a while.
 * The exchange runs elsewhere, as exchanges do.
 */
async function memoryRow(): Promise<BenchRow> {
  const exchange = await openExchange();
  const seat = takeSeat([], {
    SYMBOLS: `top:${SYMBOLS}`,
    BINANCE_REST_URL: exchange.url,
    BINANCE_WS_URL: exchange.url.replace('http', 'ws'),
  });
  try {
    await seat.shows(/ready: \d+ symbols/);
    return row('tui resident, 100 symbols, 50 traders', await residentAtWork(seat), {
      unit: 'MB',
      reference: 'bare node',
      referenceValue: await bareResidentMb(),
    });
  } finally {
    await seat.leave();
    exchange.close();
  }
}

/** Of the main process, once all traders are at work. */
async function residentAtWork(seat: Seat): Promise<number> {
  const filters = ['rsi-reversal', 'volume-spike', 'vwap-reversion'];
  const traders = (await ask(seat, { verb: 'traders', args: {} })) as readonly unknown[];
  for (let at = traders.length; at < TRADERS; at += 1) {
    await ask(seat, { verb: 'trader.add', args: { filter: filters[at % filters.length], name: `trader ${at}` } });
  }
  const { pid } = (await ask(seat, { verb: 'status', args: {} })) as { pid: number };
  await pause(SETTLING_MS);
  return residentMb(pid);
}

/** What a simulation that runs as fast as it can holds at its end: resident megabytes and open files. */
async function heldAfter(marketTime: string): Promise<{ readonly residentMb: number; readonly files: number }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'aitrader-bench-'));
  const args = ['bin/aitrader.cjs', '--sim', '--no-tui', '--speed', 'max', '--for', marketTime, '--data-dir', dataDir];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const gone = ended(child).then(() => true);
  let held = { residentMb: NaN, files: NaN };
  while (!(await Promise.race([gone, pause(LOOK_MS, false)]))) {
    const pid = child.pid ?? 0;
    const resident = existsSync(`/proc/${pid}/status`) ? residentMb(pid) : NaN;
    if (resident > 0) held = { residentMb: resident, files: readdirSync(`/proc/${pid}/fd`).length };
  }
  rmSync(dataDir, { recursive: true, force: true });
  return held;
}

/** A day of the market as fast as it can be had, against its first six hours: what grows with time is a leak. */
async function leakRows(): Promise<BenchRow[]> {
  const [morning, day] = [await heldAfter('6h'), await heldAfter('24h')];
  const reference = 'after the first six hours';
  return [
    row('resident after a day at full speed', day.residentMb, {
      unit: 'MB',
      reference,
      referenceValue: morning.residentMb,
    }),
    row('open files after a day at full speed', day.files, { unit: 'files', reference, referenceValue: morning.files }),
  ];
}

/** The screen of the built program: how soon it is there, what a frame costs, and what the process holds. Needs `make build`. */
export async function benchTui(): Promise<BenchRow[]> {
  return [...(await frameRows()), ...(await timelineRows()), await memoryRow(), ...(await leakRows())];
}
