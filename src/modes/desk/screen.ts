import type { Config } from '../../config/config.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Store } from '../../ports/store/store.ts';
import type { LogLines } from './log-lines.ts';
import type { World } from './world.ts';

/** Trades of earlier runs that the screen shows. */
const EARLIER_TRADES = 200;

export interface ScreenParts {
  readonly config: Config;
  readonly mode: string;
  readonly dataDir: string;
  readonly realClock: Clock;
  readonly store: Store;
  readonly world: World;
  readonly engine: Engine;
  readonly lines: LogLines;
  /** The user asked to quit. */
  readonly quit: () => void;
}

/**
 * Draws the screen over the terminal. Loaded only where there is one: drawing costs more to load than the rest of the desk.
 * @returns takes the screen away again
 */
export async function openScreen(parts: ScreenParts): Promise<() => Promise<void>> {
  const { config, mode, dataDir, realClock, store, world, engine, lines, quit } = parts;
  const [{ startTui }, earlierTrades] = await Promise.all([
    import('../../frontends/tui/start.ts'),
    store.trades.list(config.userId, { limit: EARLIER_TRADES }),
  ]);
  const terminal = Promise.withResolvers<ReturnType<typeof startTui>>();
  const earlierLogs = lines.listen((line) => void terminal.promise.then((screen) => screen.log(line)));
  const screen = startTui({
    engine: engine.handle,
    stdout: process.stdout,
    stdin: process.stdin,
    clock: realClock,
    deskClock: world.clock,
    info: { mode, quoteAsset: world.quoteAsset, dataDir },
    display: config.display,
    earlierTrades: earlierTrades.toReversed(),
    earlierLogs,
    notice: () => noticeOf(engine),
  });
  terminal.resolve(screen);
  void screen.ended.then(quit);
  return () => screen.close();
}

/** What the desk waits for. */
function noticeOf(engine: Engine): string | null {
  const { loaded, wanted } = engine.loading;
  if (loaded < wanted) return `loading history ${loaded}/${wanted}`;
  return engine.handle.status().feed === 'connected' ? null : 'OFFLINE: no market data; it is tried again';
}
