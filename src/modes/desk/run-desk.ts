import { join } from 'node:path';

import { WebhookNotifier } from '../../adapters/notifier/webhook/webhook.ts';
import { systemChance } from '../../adapters/chance/system/chance.ts';
import { createIsolatedVmSandbox } from '../../adapters/sandbox/isolated-vm/sandbox.ts';
import type { Config } from '../../config/config.ts';
import type { MoneyKind } from '../../domain/account.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import { asId } from '../../domain/ids.ts';
import { SECOND_MS } from '../../domain/time.ts';
import { Engine } from '../../engine/engine.ts';
import type { EngineEnd } from '../../engine/engine.ts';
import type { EngineSettings } from '../../engine/context.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FilterSandbox } from '../../ports/filter-sandbox.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type { Store } from '../../ports/store/store.ts';
import { sandboxCommand } from '../assets.ts';
import { EXIT } from '../cli/exit-code.ts';
import type { Stop } from '../wait-for-stop.ts';
import { openControl } from './control.ts';
import { FilterFiles } from './filter-files.ts';
import type { LogLines } from './log-lines.ts';
import { openScreen } from './screen.ts';
import { addFirstTraders } from './first-traders.ts';
import { tellTimeline } from './timeline.ts';
import type { Undertakings } from './undertakings.ts';
import type { World } from './world.ts';

/** A price older than this is no ground for an entry, and a symbol that was silent for so long is stale. */
const MAX_PRICE_AGE_MS = 10 * SECOND_MS;
const STALE_MS = 60 * SECOND_MS;
const MAX_SPREAD_BPS = 50;
const LAST_ALERTS_MS = 2 * SECOND_MS;

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
  /** The log for the screen; null where lines on stderr take its place. */
  readonly screen: LogLines | null;
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
  const { config, realClock, logger, undertakings } = parts;
  const sandbox = undertakings.watched(
    createIsolatedVmSandbox({ command: sandboxCommand(), clock: realClock, logger }),
    ['inspect', 'load', 'check'],
  );
  const notifier = openNotifier(config, { clock: realClock, logger });
  try {
    return await runEngine(parts, { sandbox, notifier });
  } finally {
    await sandbox.close();
    await notifier?.close(LAST_ALERTS_MS);
  }
}

interface Tools {
  readonly sandbox: FilterSandbox;
  readonly notifier: Notifier | null;
}

async function runEngine(parts: DeskParts, tools: Tools): Promise<DeskEnd> {
  const { realClock, logger, world } = parts;
  const startedAt = realClock.monotonicMs();
  const engine = await openEngine(parts, tools);
  const ending = new AbortController();
  const ended = world.run(ending.signal);
  ended.then(
    (why) => parts.stop({ why, exitCode: EXIT.done }),
    // Who waits for the end hears of the failure; here it only must not go on as if nothing had happened.
    () => parts.stop({ why: 'the market failed', exitCode: EXIT.programFault }),
  );
  try {
    await engine.start();
    const end = await serve(parts, tools, engine);
    logger.info(`stopping: ${end.why}`);
    const left = wordsOfEnd(await engine.stop(!(await isSettled(ended))), parts);
    if (left !== null) logger.info(left);
    const uptimeMs = Math.round(realClock.monotonicMs() - startedAt);
    return { exitCode: end.exitCode, summary: summaryOf(engine, parts, uptimeMs), left };
  } finally {
    ending.abort();
    await ended;
    await world.broker.close();
  }
}

/** The engine with the traders of the store; on a fresh desk with those that come with the program. */
async function openEngine(parts: DeskParts, { sandbox, notifier }: Tools): Promise<Engine> {
  const { config, logger, world, undertakings } = parts;
  const { clock, ids, feed, broker, instance, symbols } = world;
  const store = undertakings.watched(parts.store, ['commit']);
  const first = await addFirstTraders({ store, sandbox, clock, ids, config });
  if (first.length > 0) logger.info(`first start: ${first.join(', ')} are put to work`);
  const settings = settingsOf(parts);
  const engine = await Engine.open({
    ...{ settings, clock, ids, logger, store, feed, broker, sandbox, notifier, instance, symbols },
  });
  engine.handle.onAudit((record) => tellTimeline(record, logger));
  return engine;
}

/** Lets people speak to the engine, and follows their filter files, until the desk is to end. */
async function serve(parts: DeskParts, { sandbox }: Tools, engine: Engine): Promise<Stop> {
  const { realClock, logger, world, dataDir } = parts;
  const files = new FilterFiles({
    engine,
    sandbox,
    clock: realClock,
    logger,
    folder: join(dataDir, 'filters'),
  });
  const stop = (): void => parts.stop({ why: 'aitrader stop', exitCode: EXIT.done });
  const control = await openControl({ ...parts, sandbox, engine, stop });
  let closeScreen = (): Promise<void> => Promise.resolve();
  try {
    void files.start();
    const quit = (): void => parts.stop({ why: 'quit', exitCode: EXIT.done });
    if (parts.screen !== null) closeScreen = await openScreen({ ...parts, lines: parts.screen, engine, quit });
    const figures = `${world.symbols.length} symbols, ${engine.handle.traders().length} traders`;
    logger.info(`ready: ${figures}. \`aitrader status\` shows the desk from another terminal; Ctrl+C ends it`);
    return await parts.stopped;
  } finally {
    files.stop();
    await closeScreen();
    await control.close();
  }
}

function settingsOf({ config, money, world }: DeskParts): EngineSettings {
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
    limits: config.risk,
    defaultStop: config.traders.defaultStop,
    memeSymbols: new Set(config.symbols.meme.map((name) => asId<VenueSymbol>(name))),
    mayTrade: config.features.autoTrading,
    monitorPositions: config.features.positionMonitoring,
    maxPriceAgeMs: MAX_PRICE_AGE_MS,
    maxSpreadBps: MAX_SPREAD_BPS,
    staleMs: STALE_MS,
    parallelChecks,
  };
}

function openNotifier(config: Config, terms: { readonly clock: Clock; readonly logger: Logger }): Notifier | null {
  const { webhookUrl } = config.alerts;
  return webhookUrl && new WebhookNotifier({ url: webhookUrl, chance: systemChance, ...terms });
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

function summaryOf(engine: Engine, { mode, money }: DeskParts, uptimeMs: number): DeskEnd['summary'] {
  const { symbols, messages, checks, signals, orders, positionsOpen, trades, realizedPnl, equity, errors } =
    engine.report();
  return {
    ...{ mode, money, uptimeMs, symbols, messages, checks, signals, orders, positionsOpen, trades },
    realizedPnl: realizedPnl.toFixed(),
    equity: equity.toFixed(),
    errors,
  };
}
