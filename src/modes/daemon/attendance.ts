import { WebhookNotifier } from '../../adapters/notifier/webhook/webhook.ts';
import { systemChance } from '../../adapters/chance/system/chance.ts';
import type { ProgramLogger } from '../../adapters/logger/pino/logger.ts';
import { describeConfig } from '../../config/describe.ts';
import type { LoadedConfig } from '../../config/load.ts';
import type { MoneyKind } from '../../domain/account.ts';
import type { Engine } from '../../engine/engine.ts';
import type { DeskMetrics } from '../../frontends/api/metrics/desk-metrics.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type { Store } from '../../ports/store/store.ts';
import { loopGuardModule } from '../assets.ts';
import { EXIT } from '../cli/exit-code.ts';
import { AdjustableSettings } from '../desk/adjustable-settings.ts';
import { ChangeableNotifier } from '../desk/changeable-notifier.ts';
import type { World } from '../desk/world.ts';
import { LoopGuard } from './loop-guard.ts';
import { createReload } from './reload.ts';
import { StateDump } from './state-dump.ts';
import { timed } from './timed.ts';
import { Watchdog } from './watchdog.ts';
import type { AlarmCause } from './watchdog.ts';

const LAST_ALERTS_MS = 2_000;
/** Long beyond what any work of the program takes, even on a machine that is out of breath. */
const GUARD_TIMES = { lookMs: 1_000, warnAfterMs: 15_000, endAfterMs: 120_000 };
/** Of lists that go on without end, the newest so many are dumped. */
const DUMPED_ENTRIES = 200;

export interface AttendanceParts {
  readonly settings: LoadedConfig;
  /** Reads the configuration again, as at the start. */
  readonly reread: () => LoadedConfig;
  readonly mode: string;
  readonly money: MoneyKind;
  readonly version: string;
  readonly clock: Clock;
  readonly logger: ProgramLogger;
  readonly dataDir: string;
  readonly store: Store;
}

/**
 * What looks after a desk that nobody sits at: the way of alerts to a person, the watchdog, the settings that may change while
 * it runs (`SIGHUP`, in daemon mode), and a dump of the state (`SIGUSR2`).
 */
export class Attendance {
  readonly adjustable: AdjustableSettings;
  readonly notifier: ChangeableNotifier;
  /** Null until the desk is open. */
  metrics: DeskMetrics | null = null;
  readonly #parts: AttendanceParts;
  readonly #watchdog: Watchdog;
  /** Where a supervisor may start the program again. */
  readonly #guard: LoopGuard | null;
  readonly #dump: StateDump;
  #settings: LoadedConfig;
  #engine: Engine | null = null;
  #isClosed = false;

  constructor(parts: AttendanceParts) {
    this.#parts = parts;
    this.#settings = parts.settings;
    const { settings, reread, mode, clock, logger, dataDir } = parts;
    this.adjustable = new AdjustableSettings(settings.config);
    this.notifier = new ChangeableNotifier(this.#openWay(), (severity) => {
      this.metrics?.count('alerts_total', { severity });
    });
    this.#guard = mode === 'daemon' ? new LoopGuard(loopGuardModule(), GUARD_TIMES) : null;
    this.#watchdog = this.#newWatchdog();
    this.#watchdog.start();
    this.#dump = new StateDump({ dataDir, clock, logger, secrets: () => this.#settings.secrets });
    this.#describe();
    const reload = createReload({
      ...{ logger, loaded: settings, read: reread },
      adopt: (loaded) => this.#adopt(loaded),
      changed: (name, change) => this.#engine?.noteSetting(name, change),
    });
    if (mode === 'daemon') this.#endOnFault();
    // Listened to until the process is gone: late signals must not end it before everything is closed.
    process.on('SIGUSR2', () => {
      if (!this.#isClosed) void this.#dump.write();
    });
    // At a terminal it says that the terminal is gone.
    if (mode === 'daemon') process.on('SIGHUP', reload);
  }

  get version(): string {
    return this.#parts.version;
  }

  /** Looks after this desk from now on. */
  watch(engine: Engine, world: World): void {
    const { handle } = engine;
    this.#engine = engine;
    world.feed.onStatus(({ status }) => {
      if (status === 'reconnecting') this.metrics?.count('websocket_reconnects_total', {});
    });
    this.#watchdog.watchFeed(() => ({
      isConnected: handle.status().feed === 'connected',
      messages: world.feed.metrics().messages,
    }));
    this.#dump.add('feed', () => world.feed.metrics());
    this.#dump.add('desk', () => ({
      loading: engine.loading,
      report: engine.report(),
      status: handle.status(),
      balances: handle.balances(),
      positions: handle.positions(),
      orders: handle.orders().slice(0, DUMPED_ENTRIES),
      signals: handle.signals().slice(0, DUMPED_ENTRIES),
      traders: handle.traders(),
      markets: handle.markets(),
    }));
  }

  /** The worker, with its methods of these names measured under this name where there is a `/metrics`. */
  timed<Worker extends object>(
    worker: Worker,
    names: readonly (keyof Worker)[],
    metric: 'filter_execution_seconds' | 'order_execution_seconds' | 'storage_query_seconds',
  ): Worker {
    if (this.#parts.mode !== 'daemon') return worker;
    const took = (seconds: number): void => this.metrics?.observe(metric, seconds, {});
    return timed(worker, names, { clock: this.#parts.clock, took });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#watchdog.stop();
    await this.#guard?.close();
    await this.notifier.close(LAST_ALERTS_MS);
  }

  #newWatchdog(): Watchdog {
    const { clock, logger, money } = this.#parts;
    return new Watchdog({
      clock,
      logger: logger.child({ part: 'watchdog' }),
      money,
      notifier: this.notifier,
      beat: () => this.#beat(),
      residentBytes: () => process.memoryUsage.rss(),
      onLook: () => this.#guard?.beat(),
      onAlarm: (cause: AlarmCause) => this.metrics?.count('watchdog_alarms_total', { cause }),
    });
  }

  /** Notes that the program lives, so that others can see when it last did. */
  #beat(): Promise<void> {
    const { settings, clock, store } = this.#parts;
    const heartbeat = { userId: settings.config.userId, part: 'program', at: clock.now(), detail: '{}' };
    return store.commit([{ kind: 'heartbeat', heartbeat }], 'ordinary');
  }

  #openWay(): Notifier | null {
    const { webhookUrl } = this.#settings.config.alerts;
    const { clock, logger } = this.#parts;
    return webhookUrl && new WebhookNotifier({ url: webhookUrl, chance: systemChance, clock, logger });
  }

  /** What nobody foresaw leaves the program in an unknown state: it ends, with its last words in the log, to be started again. */
  #endOnFault(): void {
    process.on('uncaughtException', (error) => {
      this.#parts.logger.fatal('a fault of the program that nobody foresaw; it ends', { error });
      process.exit(EXIT.programFault);
    });
  }

  #adopt(loaded: LoadedConfig): void {
    const { logger } = this.#parts;
    const urlBefore = this.#settings.config.alerts.webhookUrl?.reveal();
    this.#settings = loaded;
    const { config } = loaded;
    logger.addSecrets(loaded.secrets);
    logger.setLevel(config.log.level);
    this.adjustable.adopt(config);
    if (config.alerts.webhookUrl?.reveal() !== urlBefore) this.notifier.change(this.#openWay());
  }

  /** What belongs in a dump before there is a desk. */
  #describe(): void {
    const { mode, money, version, clock, store } = this.#parts;
    const startedAt = clock.now();
    this.#dump.add('program', () => ({
      ...{ version, node: process.version, pid: process.pid, mode, money, startedAt, at: clock.now() },
    }));
    this.#dump.add('configuration', () => describeConfig(this.#settings));
    this.#dump.add('memory', () => process.memoryUsage());
    this.#dump.add('resources', () => ({
      used: process.resourceUsage(),
      open: counted(process.getActiveResourcesInfo()),
    }));
    this.#dump.add('watchdog', () => this.#watchdog.counts);
    this.#dump.add('store', () => store.health());
  }
}

function counted(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
