import { readFile } from 'node:fs/promises';

import { createSystemClock } from '../adapters/clock/system/clock.ts';
import { createLogger } from '../adapters/logger/pino/logger.ts';
import { AitraderError, describeFailure } from '../domain/errors.ts';
import { MINUTE_MS } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { drawLivedIn } from '../sim/accounts/lived-in.ts';
import { readStartState } from '../sim/accounts/read-start-state.ts';
import type { Amounts } from '../sim/accounts/start-state.ts';
import { plainStart } from '../sim/accounts/start-state.ts';
import type { Speed } from '../sim/data/driver.ts';
import type { MarketData } from '../sim/data/market-data.ts';
import type { MarketSource } from '../sim/market/source.ts';
import { createSyntheticMarket } from '../sim/market/synthetic-market.ts';
import type { SimAccount } from '../sim/server.ts';
import { SimServer } from '../sim/server.ts';
import { openTapeMarket } from '../sim/tape/tape-market.ts';
import { waitForStop } from './wait-for-stop.ts';

/** The options of `aitrader sim` as texts of the command line; contracts 8. */
export interface SimCommand {
  /** Default 0: any free port. */
  readonly port?: string;
  /** Files to play; without them the market is synthetic. */
  readonly tape?: readonly string[];
  /** A factor of real time (default 1), or `max`. */
  readonly speed?: string;
  /** How many symbols a synthetic market has (default 20), or their names. */
  readonly symbols?: string;
  readonly seed?: string;
  /** `USDT=10000`, more assets after commas. */
  readonly balance?: string;
  /** Both or neither; drawn from the seed by default. */
  readonly apiKey?: string;
  readonly apiSecret?: string;
  /** A fault script. */
  readonly faults?: string;
  /** `plain` (default), `lived-in`, or a file with a start state. */
  readonly account?: string;
  /** Market time stands still until `POST /sim/clock` lets it run. */
  readonly paused?: boolean;
  /** Wall time after which the exchange closes, in milliseconds. */
  readonly for?: number;
}

const DEFAULT_SYMBOLS = 20;
const DEFAULT_BALANCE = 'USDT=10000';
const LAST_PORT = 65_535;
const BALANCE = /^([A-Z0-9]+)=(\d+(?:\.\d+)?)$/;
const ACCOUNT_ID = 'account-1';

function usage(problem: string, hint: string): AitraderError {
  return new AitraderError('USAGE', { problem, hint });
}

function wholeNumber(text: string, option: string, max: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > max) throw usage(`${option} ${text}`, `Give a whole number from 0 to ${max}.`);
  return number;
}

function readSpeed(text: string): Speed {
  if (text === 'max') return text;
  const speed = Number(text);
  if (!Number.isFinite(speed) || speed <= 0)
    throw usage(`--speed ${text}`, 'Give a factor above 0, such as 10, or max.');
  return speed;
}

function readBalances(text: string): Amounts {
  const pairs = text.split(',').map((part) => {
    const [, asset, amount] = BALANCE.exec(part.trim()) ?? [];
    if (asset === undefined || amount === undefined) {
      throw usage(`--balance ${text}`, 'Write assets and amounts, such as USDT=10000,BNB=1.');
    }
    return [asset, amount] as const;
  });
  return Object.fromEntries(pairs);
}

async function readJson(path: string, option: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (failure) {
    throw usage(`${option} ${path}: ${describeFailure(failure)}`, 'Give a file with JSON.');
  }
}

function readCredentials({ apiKey, apiSecret }: SimCommand): SimAccount['credentials'] {
  if (apiKey === undefined && apiSecret === undefined) return null;
  if (apiKey === undefined || apiSecret === undefined) {
    throw usage('one of --api-key and --api-secret', 'Give both, or neither.');
  }
  return { apiKey, apiSecret };
}

async function readAccount(command: SimCommand, seed: number): Promise<SimAccount> {
  const balances = readBalances(command.balance ?? DEFAULT_BALANCE);
  const { account = 'plain' } = command;
  const common = { accountId: ACCOUNT_ID, credentials: readCredentials(command) };
  if (account === 'lived-in') {
    return { ...common, start: (data) => drawLivedIn(seed, data.symbols, balances) };
  }
  if (account === 'plain') return { ...common, start: (data) => plainStart(balances, marginAssets(data)) };
  const state = readStartState(await readJson(account, '--account'), account);
  return { ...common, start: () => state };
}

function marginAssets(data: MarketData): ReadonlySet<string> {
  return new Set(data.of('futures').flatMap((symbol) => symbol.instrument('futures')?.futures?.marginAsset ?? []));
}

/** The market, and how far into its first minute the exchange opens. */
async function openSource(
  command: SimCommand,
  seed: number,
  terms: { clock: Clock; logger: Logger },
): Promise<{ readonly source: MarketSource; readonly lateMs: number }> {
  const { tape = [], symbols } = command;
  const { clock, logger } = terms;
  if (tape.length > 0) {
    if (symbols !== undefined) throw usage('--symbols beside --tape', 'A tape has the symbols that were recorded.');
    const onProblem = ({ path, line, problem }: { path: string; line: number; problem: string }): void =>
      logger.warn('a line of the tape was skipped', { path, line, problem });
    const source = await openTapeMarket({ paths: tape, seed, onProblem });
    const firstMs = Math.min(...source.spans.map(({ fromMs }) => fromMs));
    return { source, lateMs: Math.floor(firstMs - source.startMs) };
  }
  const names = symbols ?? String(DEFAULT_SYMBOLS);
  const wanted = /^\d+$/.test(names)
    ? Number(names)
    : names
        .toUpperCase()
        .split(',')
        .map((name) => name.trim());
  const source = createSyntheticMarket({ seed, symbols: wanted, startMs: clock.now() });
  return { source, lateMs: command.speed === 'max' ? 0 : clock.now() - source.startMs };
}

/**
 * Runs the simulated exchange until a signal comes or its time is over. Prints one JSON line on stdout when it listens.
 * @returns the exit code
 * @throws AitraderError `USAGE`, `TAPE_UNREADABLE`, `TAPE_REFUSED`
 */
export async function runSim(command: SimCommand): Promise<number> {
  const clock = createSystemClock();
  const logger = await createLogger({
    clock,
    level: 'warn',
    stderr: 'console',
    color: false,
    files: null,
    secrets: [],
  });
  try {
    return await serve(command, { clock, logger });
  } finally {
    await logger.close();
  }
}

async function serve(command: SimCommand, terms: { clock: Clock; logger: Logger }): Promise<number> {
  const port = wholeNumber(command.port ?? '0', '--port', LAST_PORT);
  const seed = wholeNumber(command.seed ?? '1', '--seed', Number.MAX_SAFE_INTEGER);
  const speed = readSpeed(command.speed ?? '1');
  const faults = command.faults === undefined ? null : await readJson(command.faults, '--faults');
  const account = await readAccount(command, seed);
  const { source, lateMs } = await openSource(command, seed, terms);
  const { clock } = terms;
  let server: SimServer | null = null;
  try {
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => undefined);
    server = new SimServer({ ...terms, source, speed, seed, faults, accounts: [account], onFailure: failed.reject });
    if (lateMs > 0 && lateMs < 2 * MINUTE_MS) await server.driver.advance(lateMs);
    const addresses = await server.listen(port).catch((failure: unknown) => {
      throw usage(`--port ${port}: ${describeFailure(failure)}`, 'Choose another port, or none for any free one.');
    });
    if (command.paused !== true) server.driver.resume();
    process.stdout.write(`${JSON.stringify({ event: 'listening', ...addresses })}\n`);
    const stop = await Promise.race([waitForStop(clock, { forMs: command.for }), failed.promise]);
    return stop.exitCode;
  } finally {
    await (server?.close() ?? source.close());
  }
}
