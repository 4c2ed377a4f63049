import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { createSystemClock } from '../adapters/clock/system/clock.ts';
import { createLogger } from '../adapters/logger/pino/logger.ts';
import type { ProgramLogger } from '../adapters/logger/pino/logger.ts';
import { openSqliteStore } from '../adapters/store/sqlite/open.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { MoneyKind } from '../domain/account.ts';
import { AitraderError } from '../domain/errors.ts';
import { SECOND_MS } from '../domain/time.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { Store } from '../ports/store/store.ts';
import { openDataDir } from '../adapters/data-dir/data-dir.ts';
import type { DataDir } from '../adapters/data-dir/data-dir.ts';
import { sqliteMigrations, sqliteWorkers } from './assets.ts';
import { chooseMode } from './choose-mode.ts';
import type { ChosenMode } from './choose-mode.ts';
import { EXIT } from './cli/exit-code.ts';
import { loadSettings } from './cli/load-settings.ts';
import type { ProgramOptions } from './cli/program.ts';
import { farewell } from './desk/farewell.ts';
import { LogLines } from './desk/log-lines.ts';
import { openWorld } from './desk/open-world.ts';
import { runDesk } from './desk/run-desk.ts';
import { simulationOptions } from './desk/simulation-options.ts';
import { Undertakings } from './desk/undertakings.ts';
import { waitForStop } from './wait-for-stop.ts';
import type { Stop } from './wait-for-stop.ts';

const HEARTBEAT_MS = 10 * SECOND_MS;
const LOG_FILE_BYTES = 10 * 1024 * 1024;
const LOG_FILES = 5;

/** Everything that a run holds open. */
interface Session {
  readonly settings: LoadedConfig;
  readonly chosen: ChosenMode;
  readonly money: MoneyKind;
  readonly clock: Clock;
  readonly dataDir: DataDir;
  readonly logger: ProgramLogger;
  /** Null: no screen, log lines on stderr. */
  readonly screen: LogLines | null;
}

function moneyOf(options: ProgramOptions, settings: LoadedConfig): MoneyKind {
  if (options.sim === true) return 'sim';
  return settings.config.exchange.paperTrading ? 'paper' : 'live';
}

/** Says at once what this version cannot do, before anything is opened. */
function refuseUnavailable({ mode }: ChosenMode, money: MoneyKind): void {
  if (mode === 'deploy' || mode === 'monitor') {
    throw new AitraderError('NOT_AVAILABLE', { what: `--${mode}`, instead: 'CHANGELOG.md lists what is there.' });
  }
  if (money === 'live') {
    const instead = 'Set PAPER_TRADING=true, or start with --paper or --sim.';
    throw new AitraderError('NOT_AVAILABLE', { what: 'trading with real money', instead });
  }
}

/**
 * Runs the desk in local or daemon mode until it is stopped.
 * @returns the exit code
 */
export async function runSession(options: ProgramOptions): Promise<number> {
  if (options.version === true) {
    throw new AitraderError('USAGE', {
      problem: '--version with other arguments',
      hint: 'Write `aitrader --version`.',
    });
  }
  const settings = loadSettings(options);
  const chosen = chooseMode({ ...options, flyAppName: settings.config.flyAppName });
  const money = moneyOf(options, settings);
  refuseUnavailable(chosen, money);

  const clock = createSystemClock();
  const dataDir = openDataDir(settings.config.dataDir, clock.now());
  try {
    const screen = hasScreen(chosen, options) ? new LogLines() : null;
    const logger = await openLog({ settings, chosen, clock, dataDir, screen });
    try {
      return await runSessionDesk({ settings, chosen, money, clock, dataDir, logger, screen }, options);
    } finally {
      await logger.close();
    }
  } finally {
    dataDir.release();
  }
}

/** In local mode at a terminal, unless the user wants lines or a summary for a program. */
function hasScreen({ mode }: ChosenMode, { tui, summary }: ProgramOptions): boolean {
  return mode === 'local' && tui && summary === undefined && process.stdout.isTTY;
}

function openLog(
  session: Pick<Session, 'settings' | 'chosen' | 'clock' | 'dataDir' | 'screen'>,
): Promise<ProgramLogger> {
  const { config, secrets } = session.settings;
  const byTerminal = process.stderr.isTTY && session.chosen.mode === 'local' ? 'console' : 'json';
  return createLogger({
    clock: session.clock,
    level: config.log.level,
    stderr: session.screen === null ? (config.log.format ?? byTerminal) : 'none',
    color: config.display.color && process.stderr.isTTY,
    files: { directory: join(session.dataDir.path, 'logs'), fileBytes: LOG_FILE_BYTES, files: LOG_FILES },
    secrets,
    onLine: (line) => session.screen?.write(line),
  });
}

async function runSessionDesk(session: Session, options: ProgramOptions): Promise<number> {
  const { settings, chosen, money, clock, logger } = session;
  logger.info(`mode ${chosen.mode} (${chosen.why}), ${money} money`, { dataDir: session.dataDir.path });
  for (const warning of settings.warnings) logger.warn(warning);
  const store = await openStore(session, options.keep === true);
  store.onHealthChange((health) => {
    if (health.status === 'in_service') logger.info('storage works again; what waited is stored');
    else logger.error(health.error.message, { code: health.error.code, hint: health.error.hint });
  });
  const heartbeat = startHeartbeat(session, store);
  const undertakings = new Undertakings();
  const simulation = money === 'sim' ? simulationOptions(options) : null;
  const isTimeSimulated = simulation !== null && simulation.endAfterMs !== null;
  const asked = Promise.withResolvers<Stop>();
  const stopped = waitForStop(clock, isTimeSimulated ? undefined : options.for, asked.promise);
  try {
    const { config } = settings;
    const world = await openWorld({ config, simulation, realClock: clock, logger, undertakings, store });
    const parts = {
      config,
      money,
      mode: chosen.mode,
      realClock: clock,
      logger,
      store,
      world,
      undertakings,
      stopped,
      stop: asked.resolve,
      dataDir: session.dataDir.path,
      screen: session.screen,
    };
    const end = await runDesk(parts);
    if (options.summary === 'json') process.stdout.write(`${JSON.stringify(end.summary)}\n`);
    if (session.screen !== null) process.stdout.write(farewell(end));
    return end.exitCode;
  } finally {
    asked.resolve({ why: 'over', exitCode: EXIT.programFault });
    heartbeat.cancel();
    await store.close();
  }
}

/** The database of this kind of money. A simulation starts with an empty one unless it is to be kept. */
async function openStore({ settings, money, dataDir }: Session, keep: boolean): Promise<Store> {
  const path = settings.config.storage.sqlitePath ?? join(dataDir.path, `${money}.db`);
  if (money === 'sim' && !keep) {
    await Promise.all(['', '-wal', '-shm'].map((suffix) => rm(`${path}${suffix}`, { force: true })));
  }
  return openSqliteStore({
    path,
    backupsDir: join(dataDir.path, 'backups'),
    migrations: await sqliteMigrations(),
    workers: sqliteWorkers(),
  });
}

/** Notes every ten seconds that the program lives, so that others can see when it last did. */
function startHeartbeat({ settings, clock, logger }: Session, store: Store): Timer {
  let timer: Timer;
  const beat = (): void => {
    const heartbeat = { userId: settings.config.userId, part: 'program', at: clock.now(), detail: '{}' };
    store.commit([{ kind: 'heartbeat', heartbeat }], 'ordinary').catch((error: unknown) => {
      logger.warn('the heartbeat was not stored', { error });
    });
    timer = clock.setTimer(HEARTBEAT_MS, beat);
  };
  beat();
  return { cancel: () => timer.cancel() };
}
