import type { MoneyKind } from '../../domain/account.ts';
import type { Config } from '../../config/config.ts';
import type { Engine } from '../../engine/engine.ts';
import { startControlServer } from '../../frontends/control/server.ts';
import type { ControlServer } from '../../frontends/control/server.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FilterSandbox } from '../../ports/filter-sandbox.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Store } from '../../ports/store/store.ts';
import type { World } from './world.ts';

export interface ControlParts {
  readonly config: Config;
  readonly money: MoneyKind;
  readonly mode: string;
  readonly dataDir: string;
  readonly realClock: Clock;
  readonly logger: Logger;
  readonly store: Store;
  readonly sandbox: FilterSandbox;
  readonly engine: Engine;
  readonly world: World;
  /** Begins an orderly end. */
  readonly stop: () => void;
}

/** Lets the verbs of the command line speak to the running engine, over `control.sock` in the data folder. */
export function openControl(parts: ControlParts): Promise<ControlServer> {
  const { config, money, mode, dataDir, realClock, logger, store, sandbox, engine, world, stop } = parts;
  const symbols = { kind: 'top', count: world.symbols.length } as const;
  return startControlServer({
    clock: realClock,
    logger: logger.child({ part: 'control' }),
    desk: {
      userId: config.userId,
      accountId: config.accountId,
      money,
      dataDir,
      traderDefaults: { quoteAsset: world.quoteAsset, size: config.traders.defaultSize, symbols },
      now: () => world.clock.now(),
      ids: world.ids,
      store,
      inspectFilter: (source) => sandbox.inspect(source),
      running: { engine: engine.handle, mode, pid: process.pid, putFilter: (filter) => engine.putFilter(filter), stop },
    },
  });
}
