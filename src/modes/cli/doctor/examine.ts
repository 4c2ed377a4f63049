import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { FolderLock } from '../../../adapters/data-dir/lock.ts';
import { inspectDatabase } from '../../../adapters/store/sqlite/inspect.ts';
import type { Config } from '../../../config/config.ts';
import { AitraderError, describeFailure } from '../../../domain/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { MarketFeed } from '../../../ports/market-feed.ts';
import { failed, ok, warning } from './finding.ts';
import type { Finding } from './finding.ts';

const LEAST_FREE_BYTES = 256 * 2 ** 20;
/** Requests that are further off than this are refused by the exchange. */
const MOST_OFFSET_MS = 1_000;
const SMALLEST_SCREEN = { columns: 60, rows: 16 };
const BUSY_MS = 200;

/** The running Node, as the program needs it. */
export function examineNode(version: string): Finding {
  const major = Number(version.split('.')[0]);
  const isFit = major === 24 || major >= 26;
  return isFit
    ? ok('node', version)
    : failed('node', version, 'Install Node 24, or start with `make run`, which brings its own.');
}

export function examineTerminal({
  isTTY,
  columns,
  rows,
}: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows'>): Finding {
  if (!isTTY) return ok('terminal', 'none on stdout: the program logs lines');
  const size = `${columns} x ${rows}`;
  const isLargeEnough = columns >= SMALLEST_SCREEN.columns && rows >= SMALLEST_SCREEN.rows;
  const needed = `${SMALLEST_SCREEN.columns} x ${SMALLEST_SCREEN.rows}`;
  return isLargeEnough ? ok('terminal', size) : warning('terminal', size, `The screen needs ${needed}.`);
}

export function examineDataFolder(path: string): Finding {
  if (!existsSync(path)) return ok('data folder', `${path} is made at the first start`);
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (failure) {
    const remedy = 'Give a folder that you may write to: --data-dir DIR or AITRADER_HOME.';
    return failed('data folder', `${path}: ${describeFailure(failure)}`, remedy);
  }
  const { bavail, bsize } = statfsSync(path);
  const freeBytes = bavail * bsize;
  const free = `${path}, ${Math.floor(freeBytes / 2 ** 20)} MB free`;
  const holder = FolderLock.holder(path);
  if (freeBytes < LEAST_FREE_BYTES) return warning('data folder', free, 'Free some space: a full disk stops opening.');
  return ok('data folder', holder === null ? free : `${free}; aitrader runs in it (pid ${holder})`);
}

/** Whether others on this machine may read the settings: keys and tokens stand there. Nothing where there is no file. */
export function examineConfigFile(path: string): readonly Finding[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  const isPrivate = (found.mode & 0o077) === 0;
  if (isPrivate) return [ok('config file', `${path}, readable by you alone`)];
  return [warning('config file', `${path} may be read by others`, `chmod 600 ${path}`)];
}

/** Every database of the folder: whole, and of this program. */
export function examineDatabases(dataDir: string): readonly Finding[] {
  const names = ['sim.db', 'paper.db', 'live.db'].filter((name) => existsSync(join(dataDir, name)));
  if (names.length === 0) return [ok('databases', 'none yet')];
  return names.map((name) => {
    const place = { path: join(dataDir, name), backupsDir: join(dataDir, 'backups') };
    try {
      return ok(name, `whole, ${inspectDatabase(place, BUSY_MS).length} migrations`);
    } catch (failure) {
      const remedy = failure instanceof AitraderError ? failure.hint : 'Look at the file.';
      return failed(name, describeFailure(failure), remedy);
    }
  });
}

/** Whether the exchange answers, and how far its clock is from ours. */
export async function examineExchange(feed: MarketFeed, clock: Clock): Promise<readonly Finding[]> {
  const before = clock.monotonicMs();
  try {
    const instruments = await feed.instruments();
    const trading = instruments.filter(({ status }) => status === 'trading').length;
    const tookMs = Math.round(clock.monotonicMs() - before);
    const nothing = (): void => undefined;
    await feed.connect({ trade: nothing, quote: nothing, candle: nothing, ticker: nothing, mark: nothing });
    const offsetMs = Math.round(feed.metrics().latency.clockOffsetMs);
    const offset = `${offsetMs} ms ahead of this machine`;
    return [
      ok('exchange', `${trading} symbols trade; answered after ${tookMs} ms`),
      Math.abs(offsetMs) <= MOST_OFFSET_MS
        ? ok('exchange clock', offset)
        : warning('exchange clock', offset, 'Synchronise the clock of this machine (NTP): orders would be refused.'),
    ];
  } catch (failure) {
    const remedy = 'Look at the network and BINANCE_REST_URL. `aitrader --sim` needs no exchange.';
    return [failed('exchange', describeFailure(failure), remedy)];
  } finally {
    await feed.close();
  }
}

/** Whether the daemon could listen. */
export async function examinePort({ host, port }: Config['api']): Promise<Finding> {
  const server = createServer();
  const problem = await new Promise<string | null>((resolve) => {
    server.once('error', (error) => resolve(describeFailure(error)));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
  const where = `${host}:${port}`;
  if (problem === null) return ok('port', `${where} is free`);
  return warning('port', `${where}: ${problem}`, 'Set PORT to a free one before you start the daemon.');
}
