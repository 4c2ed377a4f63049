import type { MoneyKind } from '../../domain/account.ts';
import type { Config } from '../../config/config.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Desk } from '../../frontends/shared/desk.ts';
import { verbNamed } from '../../frontends/shared/verbs/catalogue.ts';
import type { CommandLine, Offline, TuiInfo } from '../../frontends/tui/options.ts';
import type { startTui, Tui } from '../../frontends/tui/start.ts';
import { AitraderError } from '../../domain/errors.ts';
import type { Trade } from '../../domain/trade.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Store } from '../../ports/store/store.ts';
import { createCommandLine } from '../cli/command-line.ts';
import { LateEngine } from './late-engine.ts';
import type { LogLines, ShownLine } from './log-lines.ts';
import { reachableEngine } from './tape/played-out.ts';
import type { World } from './world.ts';

/** Trades of earlier runs that the screen shows. */
const EARLIER_TRADES = 200;

interface ScreenParts {
  readonly config: Config;
  readonly money: MoneyKind;
  readonly mode: string;
  readonly dataDir: string;
  readonly realClock: Clock;
  readonly store: Store;
  readonly lines: LogLines;
  /** The user wants the desk to end. */
  readonly quit: () => void;
  /** From now on the desk goes on when its terminal goes. */
  readonly outliveTerminal: () => void;
}

/** The market is not reached: why, and the moment of the next try by the real clock's monotonic time; null: it is being tried. */
interface Trouble {
  readonly why: string;
  readonly retryAtMs: number | null;
}

interface Drawing {
  readonly startTui: typeof startTui;
}

/** What draws the screen: loaded only where there is a terminal, as it takes longer than all the rest. */
export function loadScreen(): Promise<Drawing> {
  return import('../../frontends/tui/start.ts');
}

/** The screen over a desk. It is there before the desk is: until `attach` it shows what is known, and what is waited for. */
export class DeskScreen {
  /** Settles when the user asks for the simulated market in place of one that is not reached. */
  readonly simulate: Promise<void>;
  readonly #parts: ScreenParts;
  readonly #late: LateEngine;
  readonly #simulateAsked = Promise.withResolvers<void>();
  #tui: Tui | null = null;
  #engine: Engine | null = null;
  #world: World | null = null;
  #desk: Desk | null = null;
  #trouble: Trouble | null = null;

  private constructor(parts: ScreenParts, late: LateEngine) {
    this.#parts = parts;
    this.#late = late;
    this.simulate = this.#simulateAsked.promise;
  }

  /** Draws the screen over the terminal. */
  static async open(parts: ScreenParts, { startTui: start }: Drawing): Promise<DeskScreen> {
    const { config, money, store, realClock } = parts;
    const { userId, accountId, exchange } = config;
    const [traders, trades] = await Promise.all([
      store.traders.list(userId),
      store.trades.list(userId, { limit: EARLIER_TRADES }),
    ]);
    const isSimulated = money === 'sim';
    const venue = isSimulated ? 'sim' : exchange.venue;
    const market = isSimulated ? 'futures' : exchange.market;
    const account = { id: accountId, userId, venue, market, money, label: accountId } as const;
    const screen = new DeskScreen(parts, new LateEngine({ account, startedAt: realClock.now(), traders }));
    screen.#start(start, trades.toReversed());
    return screen;
  }

  /** Shows this engine from now on. */
  attach(engine: Engine, world: World): void {
    this.#engine = engine;
    this.#world = world;
    this.#trouble = null;
    this.#late.attach(reachableEngine(engine.handle, world));
  }

  /** The command line speaks to this desk from now on. */
  takeCommands(desk: Desk): void {
    this.#desk = desk;
  }

  /** Says that the market is not reached; null: it is. */
  tell(trouble: Trouble | null): void {
    this.#trouble = trouble;
  }

  /** Takes the screen away. Can be called twice. */
  async close(): Promise<void> {
    await this.#tui?.close();
  }

  #start(start: typeof startTui, earlierTrades: readonly Trade[]): void {
    const { config, realClock, lines } = this.#parts;
    const earlierLogs = lines.listen((line) => this.#tui?.log(line));
    const tui = start({
      engine: this.#late,
      stdout: process.stdout,
      stdin: process.stdin,
      clock: realClock,
      deskClock: { now: () => (this.#world?.clock ?? realClock).now() },
      info: this.#info(),
      display: config.display,
      earlierTrades,
      earlierLogs,
      notice: () => this.#notice(),
      offline: () => this.#offline(),
      commands: this.#commands(),
    });
    this.#tui = tui;
    void tui.ended.then((how) => {
      if (how === 'headless') void this.#goOn();
      else if (how === 'simulate') this.#simulateAsked.resolve();
      else this.#parts.quit();
    });
  }

  /** What the account is kept in is known when the market is there: a tape has its own. */
  #info(): TuiInfo {
    const { config, mode, dataDir } = this.#parts;
    const quoteAsset = (): string => this.#world?.quoteAsset ?? config.symbols.quoteAsset;
    return {
      ...{ mode, dataDir },
      get quoteAsset() {
        return quoteAsset();
      },
    };
  }

  #commands(): CommandLine {
    const { dataDir, realClock } = this.#parts;
    return createCommandLine({
      dataDir,
      now: () => (this.#world?.clock ?? realClock).now(),
      ask: async ({ verb, args }) => {
        if (this.#desk === null) throw new AitraderError('DESK_NOT_OPEN', { what: 'a command' });
        return verbNamed(verb).call(args).run(this.#desk);
      },
      values: async (wanted) => {
        const { valuesOf } = await import('../cli/completion/values.ts');
        return (await valuesOf(wanted, { tui: false, dataDir })).offers.map(({ word }) => word);
      },
    });
  }

  /** The screen goes, the desk stays: what it says goes on as lines, as long as there is a terminal to take them. */
  async #goOn(): Promise<void> {
    const { dataDir, lines, outliveTerminal } = this.#parts;
    outliveTerminal();
    // Writing to a terminal that is gone, or reading from it, fails.
    for (const stream of [process.stdin, process.stdout, process.stderr]) stream.on('error', () => undefined);
    await this.close();
    const say = (text: string): void => void process.stderr.write(`${text}\n`);
    say(`aitrader goes on without the screen, also when this terminal is closed (process ${process.pid}).`);
    say(`  aitrader status --data-dir ${dataDir}     shows it, from any terminal`);
    say(`  aitrader stop --data-dir ${dataDir}       ends it, as do Ctrl+C here and kill ${process.pid}`);
    lines.listen(({ at, level, source, text }: ShownLine) =>
      say(`${new Date(at).toISOString()} ${level} ${source}: ${text}`),
    );
  }

  /** What the desk waits for. */
  #notice(): string | null {
    if (this.#trouble !== null) return null;
    if (this.#engine === null) return this.#parts.money === 'sim' ? 'making a market' : 'reaching the exchange';
    const { loaded, wanted } = this.#engine.loading;
    if (loaded < wanted) return `loading history ${loaded}/${wanted}`;
    if (this.#late.status().feed !== 'connected') return 'no market data; it is tried again';
    return this.#world?.notice?.() ?? null;
  }

  #offline(): Offline | null {
    if (this.#trouble === null) return null;
    const { why, retryAtMs } = this.#trouble;
    const now = this.#parts.realClock.monotonicMs();
    return { why, nextTryMs: retryAtMs === null ? null : Math.max(0, retryAtMs - now) };
  }
}
