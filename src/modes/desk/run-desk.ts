import { join } from 'node:path';

import { createIsolatedVmSandbox } from '../../adapters/sandbox/isolated-vm/sandbox.ts';
import type { Config } from '../../config/config.ts';
import type { MoneyKind } from '../../domain/account.ts';
import { SECOND_MS } from '../../domain/time.ts';
import { Engine } from '../../engine/engine.ts';
import type { EngineEnd } from '../../engine/engine.ts';
import type { EngineSettings } from '../../engine/context.ts';
import { startControlServer } from '../../frontends/control/server.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FilterSandbox } from '../../ports/filter-sandbox.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Store } from '../../ports/store/store.ts';
import { sandboxCommand } from '../assets.ts';
import { EXIT } from '../cli/exit-code.ts';
import type { Stop } from '../wait-for-stop.ts';
import type { Attendance } from '../daemon/attendance.ts';
import { deskFacade } from './desk-facade.ts';
import { FilterFiles } from './filter-files.ts';
import type { LogLines } from './log-lines.ts';
import { readPaperDesk } from './live/paper-desk.ts';
import { bringOverFromPaper } from './live/traders-from-paper.ts';
import type { DeskScreen } from './screen.ts';
import { addFirstTraders } from './first-traders.ts';
import { tellTimeline } from './timeline.ts';
import type { Undertakings } from './undertakings.ts';
import type { World } from './world.ts';

/** A price older than this is no ground for an entry, and a symbol that was silent for so long is stale. */
const MAX_PRICE_AGE_MS = 10 * SECOND_MS;
const STALE_MS = 60 * SECOND_MS;
const MAX_SPREAD_BPS = 50;

export interface DeskParts {
  readonly config: Config;
  readonly money: MoneyKind;
  readonly mode: string;
  readonly realClock: Clock;
  readonly logger: Logger;
  readonly store: Store;
  readonly world: World;
  readonly undertakings: Undertakings;
  readonly dataDir: string;
  readonly attendance: Attendance;
  /** The log for the screen or the API. */
  readonly lines: LogLines;
  /** Null where there is none. */
  readonly screen: DeskScreen | null;
  /** Settles when the user or a supervisor wants the desk to end. */
  readonly stopped: Promise<Stop>;
  /** Makes `stopped` settle. */
  readonly stop: (stop: Stop) => void;
}

/** How a run of the desk ended. */
export interface DeskEnd {
  readonly exitCode: number;
  /** One JSON object: the summary of the run (contracts 3). */
  readonly summary: Readonly<Record<string, unknown>>;
  /** What stays open, in words; null when nothing does. */
  readonly left: string | null;
}

/** Runs the desk in its world until it is stopped or the world ends. */
export async function runDesk(parts: DeskParts): Promise<DeskEnd> {
  const { realClock, logger, undertakings, attendance } = parts;
  const isolates = createIsolatedVmSandbox({ command: sandboxCommand(), clock: realClock, logger });
  const sandbox = undertakings.watched(attendance.timed(isolates, ['check'], 'filter_execution_seconds'), [
    ...(['inspect', 'load', 'check'] as const),
  ]);
  try {
    return await runEngine(parts, sandbox);
  } finally {
    await parts.world.close();
    await sandbox.close();
  }
}

async function runEngine(parts: DeskParts, sandbox: FilterSandbox): Promise<DeskEnd> {
  const { realClock, logger, world } = parts;
  const startedAt = realClock.monotonicMs();
  const engine = await openEngine(parts, sandbox);
  const ending = new AbortController();
  const ended = world.run(ending.signal);
  ended.then(
    (why) => {
      if (parts.screen === null || world.hasPlayedOut?.() !== true) parts.stop({ why, exitCode: EXIT.done });
      else logger.info(`${why}; nothing moves any more, q quits`);
    },
    // Who waits for the end hears of the failure; here it only must not go on as if nothing had happened.
    () => parts.stop({ why: 'the market failed', exitCode: EXIT.programFault }),
  );
  try {
    const serving = engine.start().then(() => serve(parts, sandbox, engine));
    const end = await serving.catch(async (failure: unknown) => {
      await engine.stop(true);
      throw failure;
    });
    logger.info(`stopping: ${end.why}`);
    const left = wordsOfEnd(await engine.stop(!(await isSettled(ended))), parts);
    if (left !== null) logger.info(left);
    const uptimeMs = Math.round(realClock.monotonicMs() - startedAt);
    return { exitCode: end.exitCode, summary: summaryOf(engine, parts, uptimeMs), left };
  } finally {
    ending.abort();
    await ended;
  }
}

/** The engine with the traders of the store; on a fresh desk with those that come with the program. */
async function openEngine(parts: DeskParts, sandbox: FilterSandbox): Promise<Engine> {
  const { config, logger, world, undertakings, attendance } = parts;
  const { notifier } = attendance;
  const { clock, ids, feed, instance, symbols } = world;
  const broker = attendance.timed(world.broker, ['submit'], 'order_execution_seconds');
  const store = undertakings.watched(attendance.timed(parts.store, ['commit'], 'storage_query_seconds'), ['commit']);
  await bringTraders(parts, store, sandbox);
  const settings = settingsOf(parts);
  const engine = await Engine.open({
    ...{ settings, clock, ids, logger, store, feed, broker, sandbox, notifier, instance, symbols },
  });
  engine.handle.onAudit((record) => tellTimeline(record, logger));
  attendance.watch(engine, world);
  parts.screen?.attach(engine, world);
  world.onIntruder?.((reason) => void engine.handle.execute({ type: 'pause_opening', reason }, config.userId));
  return engine;
}

/** A desk that has no traders begins with those of the program; real money with those of the paper desk, paused. */
async function bringTraders(parts: DeskParts, store: Store, sandbox: FilterSandbox): Promise<void> {
  const { config, money, dataDir, logger, world } = parts;
  const { clock, ids } = world;
  if (money !== 'live') {
    const size = world.entrySize ?? config.traders.defaultSize;
    const first = await addFirstTraders({ store, sandbox, clock, ids, config, size });
    if (first.length > 0) logger.info(`first start: ${first.join(', ')} are put to work`);
    return;
  }
  const { userId } = config;
  const paper = await readPaperDesk(dataDir, userId);
  const came = paper === null ? [] : await bringOverFromPaper(paper, { store, userId, now: clock.now() });
  if (came.length > 0)
    logger.warn(`from the paper desk, paused: ${came.join(', ')}; \`aitrader trader resume NAME\` lets one trade`);
}

/** Lets people speak to the engine, and follows their filter files, until the desk is to end. */
async function serve(parts: DeskParts, sandbox: FilterSandbox, engine: Engine): Promise<Stop> {
  const { realClock, logger, world, dataDir } = parts;
  const files = new FilterFiles({
    engine,
    sandbox,
    clock: realClock,
    logger,
    folder: join(dataDir, 'filters'),
  });
  const stop = (): void => parts.stop({ why: 'aitrader stop', exitCode: EXIT.done });
  const desk = deskFacade({ ...parts, adjustable: parts.attendance.adjustable, sandbox, engine, stop });
  const control = await startControlServer({ clock: realClock, logger: logger.child({ part: 'control' }), desk });
  let closeApi = (): Promise<void> => Promise.resolve();
  try {
    // What the API is made of is loaded only where there is one.
    if (parts.mode === 'daemon')
      closeApi = await (await import('../daemon/open-api.ts')).openApi({ ...parts, engine, desk });
    void files.start();
    parts.screen?.takeCommands(desk);
    const figures = `${world.symbols.length} symbols, ${engine.handle.traders().length} traders`;
    logger.info(`ready: ${figures}. \`aitrader status\` shows the desk from another terminal; Ctrl+C ends it`);
    return await parts.stopped;
  } finally {
    files.stop();
    await parts.screen?.close();
    await Promise.all([closeApi(), control.close()]);
  }
}

function settingsOf({ config, money, world, attendance: { adjustable } }: DeskParts): EngineSettings {
  const { market, quoteAsset, leverage, parallelChecks } = world;
  return {
    userId: config.userId,
    accountId: config.accountId,
    money,
    market,
    quoteAsset,
    leverage,
    marginMode: config.exchange.marginMode,
    feeBps: config.paper.feeBps,
    get limits() {
      return adjustable.limits;
    },
    get defaultStop() {
      return adjustable.defaultStop;
    },
    importedPositions: config.exchange.importedPositions,
    get memeSymbols() {
      return adjustable.memeSymbols;
    },
    get maxActiveTraders() {
      return adjustable.maxActiveTraders;
    },
    get mayTrade() {
      return adjustable.mayTrade;
    },
    monitorPositions: config.features.positionMonitoring,
    maxPriceAgeMs: MAX_PRICE_AGE_MS,
    maxSpreadBps: MAX_SPREAD_BPS,
    staleMs: STALE_MS,
    parallelChecks,
  };
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

/** Which positions stay open, and who guards them. */
function wordsOfEnd({ guardedAtVenue, unguarded }: EngineEnd, { money }: DeskParts): string | null {
  const namesOf = (positions: EngineEnd['unguarded']): string => positions.map(({ symbol }) => symbol).join(', ');
  const where =
    money === 'live' ? 'at the exchange' : `in the ${money} account, where nothing moves until the next start`;
  const words = [
    ...(guardedAtVenue.length > 0
      ? [`stays open, guarded by stops that rest ${where}: ${namesOf(guardedAtVenue)}`]
      : []),
    ...(unguarded.length > 0 ? [`stays open and is guarded by nobody now: ${namesOf(unguarded)}`] : []),
  ];
  return words.length > 0 ? words.join('; ') : null;
}

function summaryOf(engine: Engine, { mode, money, world }: DeskParts, uptimeMs: number): DeskEnd['summary'] {
  const { symbols, messages, checks, signals, orders, positionsOpen, trades, realizedPnl, equity, errors } =
    engine.report();
  return {
    ...{ mode, money, uptimeMs, symbols, messages, checks, signals, orders, positionsOpen, trades },
    realizedPnl: realizedPnl.toFixed(),
    equity: equity.toFixed(),
    errors,
    quoteAsset: world.quoteAsset,
  };
}
