import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { createSystemClock } from '../adapters/clock/system/clock.ts';
import { createLogger } from '../adapters/logger/pino/logger.ts';
import type { ProgramLogger } from '../adapters/logger/pino/logger.ts';
import { openSqliteStore } from '../adapters/store/sqlite/open.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { MoneyKind } from '../domain/account.ts';
import { AitraderError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store/store.ts';
import { openDataDir } from '../adapters/data-dir/data-dir.ts';
import type { DataDir } from '../adapters/data-dir/data-dir.ts';
import { programVersion, sqliteMigrations, sqliteWorkers } from './assets.ts';
import { chooseMode } from './choose-mode.ts';
import type { ChosenMode } from './choose-mode.ts';
import { EXIT } from './cli/exit-code.ts';
import { loadSettings } from './cli/load-settings.ts';
import type { ProgramOptions } from './cli/program.ts';
import { Attendance } from './daemon/attendance.ts';
import { checkDoor } from './daemon/door.ts';
import { endInTime } from './daemon/end-in-time.ts';
import { farewell, UNREACHED } from './desk/farewell.ts';
import { LogLines } from './desk/log-lines.ts';
import { armLive } from './desk/live/arming.ts';
import type { Terminal } from './desk/live/arming.ts';
import { keepMoneyApart } from './desk/kind-of-money.ts';
import { databasePath } from './desk/database-path.ts';
import { StoppedAtStart } from './desk/live/start-patience.ts';
import { openWorld } from './desk/open-world.ts';
import { reachWorld } from './desk/reach-world.ts';
import type { Reached } from './desk/reach-world.ts';
import { runDesk } from './desk/run-desk.ts';
import { DeskScreen, loadScreen } from './desk/screen.ts';
import { simulationOptions } from './desk/simulation-options.ts';
import { Undertakings } from './desk/undertakings.ts';
import type { World } from './desk/world.ts';
import { favourMemory } from './favour-memory.ts';
import { waitForStop } from './wait-for-stop.ts';
import type { Stop } from './wait-for-stop.ts';

const LOG_FILE_BYTES = 10 * 1024 * 1024;
const LOG_FILES = 5;
/** `SIGHUP` has a daemon read its configuration again. */
const DAEMON_ENDS_BY = ['SIGINT', 'SIGTERM'] as const;

/** Everything that a run holds open. */
interface Session {
  readonly settings: LoadedConfig;
  readonly chosen: ChosenMode;
  readonly money: MoneyKind;
  readonly clock: Clock;
  readonly dataDir: DataDir;
  readonly logger: ProgramLogger;
  /** The log for those who look at it inside the program: the screen, the API. */
  readonly lines: LogLines;
  /** Without it log lines go to stderr. */
  readonly hasScreen: boolean;
}

function moneyOf(options: ProgramOptions, settings: LoadedConfig): MoneyKind {
  if (options.sim === true) return 'sim';
  return settings.config.exchange.paperTrading ? 'paper' : 'live';
}

/** Says at once what this version cannot do, before anything is opened. */
function refuseUnavailable({ mode }: ChosenMode): void {
  if (mode === 'deploy') {
    throw new AitraderError('NOT_AVAILABLE', { what: '--deploy', instead: 'CHANGELOG.md lists what is there.' });
  }
}

/**
 * Runs the desk in local or daemon mode, or shows that of a daemon, until it is stopped.
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
  refuseUnavailable(chosen);
  // What draws and speaks to a daemon is loaded only for a monitor.
  if (chosen.mode === 'monitor') return (await import('./monitor/run-monitor.ts')).runMonitor(options, settings);
  const money = moneyOf(options, settings);
  if (options.takeOver === true && money !== 'live') {
    const hint = 'Only an account of real money can be taken over: PAPER_TRADING=false, without --paper and --sim.';
    throw new AitraderError('USAGE', { problem: `--take-over with ${money} money`, hint });
  }
  if (money === 'live') await armLive(settings.config, terminalOf(chosen));
  if (chosen.mode === 'daemon') checkDoor(settings.config);

  const clock = createSystemClock();
  const dataDir = openDataDir(settings.config.dataDir, clock.now());
  try {
    const opened = { settings, chosen, money, clock, dataDir, lines: new LogLines() };
    const session = { ...opened, hasScreen: isScreenWanted(chosen, options) };
    const logger = await openLog(session);
    try {
      return await runSessionDesk({ ...session, logger }, options);
    } finally {
      await logger.close();
    }
  } finally {
    dataDir.release();
  }
}

/** Where the user can be asked; null for a daemon and where nobody sits. */
function terminalOf({ mode }: ChosenMode): Terminal | null {
  const { stdin, stderr } = process;
  return mode === 'local' && stdin.isTTY && stderr.isTTY ? { input: stdin, output: stderr } : null;
}

/** In local mode at a terminal, unless the user wants lines or a summary for a program. */
function isScreenWanted({ mode }: ChosenMode, { tui, summary }: ProgramOptions): boolean {
  return mode === 'local' && tui && summary === undefined && process.stdout.isTTY;
}

function openLog(session: Omit<Session, 'logger'>): Promise<ProgramLogger> {
  const { config, secrets } = session.settings;
  const byTerminal = process.stderr.isTTY && session.chosen.mode === 'local' ? 'console' : 'json';
  return createLogger({
    clock: session.clock,
    level: config.log.level,
    stderr: session.hasScreen ? 'none' : (config.log.format ?? byTerminal),
    color: config.display.color && process.stderr.isTTY,
    files: { directory: join(session.dataDir.path, 'logs'), fileBytes: LOG_FILE_BYTES, files: LOG_FILES },
    secrets,
    prefix: session.money === 'live' ? 'LIVE' : null,
    onLine: (line) => session.lines.write(line),
  });
}

interface Stopping {
  /** Settles when the user or a supervisor wants the desk to end. */
  readonly stopped: Promise<Stop>;
  /** Makes it settle. */
  readonly stop: (stop: Stop) => void;
  /** From now on the program goes on when its terminal goes. */
  readonly outliveTerminal: () => void;
}

/** Runs the desk, and in its place the simulated one when the user asks for that while the exchange is not reached. */
async function runSessionDesk(session: Session, options: ProgramOptions): Promise<number> {
  const { chosen, money, clock, logger } = session;
  const isTimeSimulated = money === 'sim' && simulationOptions(options).endAfterMs !== null;
  const asked = Promise.withResolvers<Stop>();
  let outlivesTerminal = false;
  const stopped = waitForStop(clock, {
    outlivesTerminal: () => outlivesTerminal,
    forMs: isTimeSimulated ? undefined : options.for,
    asked: asked.promise,
    signals: chosen.mode === 'daemon' ? DAEMON_ENDS_BY : undefined,
  });
  const lastMoment = endInTime(stopped, { clock, logger, exit: (exitCode) => process.exit(exitCode) });
  const stopping = { stopped, stop: asked.resolve, outliveTerminal: () => void (outlivesTerminal = true) };
  try {
    const end = await runOneDesk(session, options, stopping);
    if (end !== 'simulate') return end;
    const simulated = { ...options, sim: true } as const;
    const settings = loadSettings(simulated);
    return Number(await runOneDesk({ ...session, settings, money: 'sim' }, simulated, stopping));
  } catch (failure) {
    if (!(failure instanceof StoppedAtStart)) throw failure;
    logger.info(failure.message);
    return failure.stop.exitCode;
  } finally {
    lastMoment.cancel();
  }
}

async function runOneDesk(session: Session, options: ProgramOptions, stopping: Stopping): Promise<number | 'simulate'> {
  const { settings, chosen, money, clock, logger, dataDir, lines } = session;
  const { config } = settings;
  const given = new Set(settings.settings.flatMap(({ name, source }) => (source.kind === 'default' ? [] : [name])));
  logger.info(`mode ${chosen.mode} (${chosen.why}), ${money} money`, { dataDir: dataDir.path });
  for (const warning of settings.warnings) logger.warn(warning);
  // Loading takes as long as opening the database: both at once.
  const drawing = session.hasScreen ? loadScreen() : null;
  const store = await openStore(session, options.keep === true);
  store.onHealthChange((health) => {
    if (health.status === 'in_service') logger.info('storage works again; what waited is stored');
    else logger.error(health.error.message, { code: health.error.code, hint: health.error.hint });
  });
  const attendance = new Attendance({
    ...{ settings, mode: chosen.mode, money, clock, logger, store, version: await programVersion() },
    dataDir: dataDir.path,
    reread: () => loadSettings(options),
  });
  const undertakings = new Undertakings();
  const quit = (): void => stopping.stop({ why: 'quit', exitCode: EXIT.done });
  const parts = {
    ...{ config, money, mode: chosen.mode, realClock: clock, logger, store, undertakings, attendance, lines },
    ...stopping,
    dataDir: dataDir.path,
  };
  const screen = drawing && (await DeskScreen.open({ ...parts, quit }, await drawing));
  let isOver = true;
  try {
    await keepMoneyApart(store, money, { userId: config.userId, now: clock.now() });
    const simulation = money === 'sim' ? simulationOptions(options) : null;
    // From here on the desk grows; what came before is only there to be started soon.
    if (simulation?.speed !== 'max') favourMemory();
    const open = (): Promise<World> =>
      openWorld({
        isGiven: (name) => given.has(name),
        ...{ config, money, simulation, realClock: clock, logger, undertakings, store, dataDir: dataDir.path },
        ...{ notifier: attendance.notifier, takeOver: options.takeOver === true, ...stopping },
      });
    const reached = await openOrWait(session, stopping, { open, screen });
    if (reached.kind === 'simulate') isOver = false;
    if (reached.kind !== 'world') {
      await screen?.close();
      if (reached.kind === 'simulate') return 'simulate';
      process.stdout.write(UNREACHED);
      return reached.stop.exitCode;
    }
    const end = await runDesk({ ...parts, world: reached.world, screen });
    if (options.summary === 'json') process.stdout.write(`${JSON.stringify(end.summary)}\n`);
    if (screen !== null) process.stdout.write(farewell(end));
    return end.exitCode;
  } finally {
    if (isOver) stopping.stop({ why: 'over', exitCode: EXIT.programFault });
    await screen?.close();
    await attendance.close();
    await store.close();
  }
}

/** Paper money waits at a terminal until the exchange is reached; everything else ends where it is not. */
async function openOrWait(
  { money, clock, logger }: Session,
  { stopped }: Stopping,
  { open, screen }: { readonly open: () => Promise<World>; readonly screen: DeskScreen | null },
): Promise<Reached> {
  if (screen === null || money !== 'paper') return { kind: 'world', world: await open() };
  return reachWorld({ open, onlooker: screen, stopped, clock, logger });
}

/** The database of this kind of money. A simulation starts with an empty one unless it is to be kept. */
async function openStore({ settings, money, dataDir }: Session, keep: boolean): Promise<Store> {
  const path = databasePath(settings.config, dataDir.path, money);
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
