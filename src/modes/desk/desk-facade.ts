import type { MoneyKind } from '../../domain/account.ts';
import type { Config } from '../../config/config.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Desk } from '../../frontends/shared/desk.ts';
import type { FilterSandbox } from '../../ports/filter-sandbox.ts';
import type { Store } from '../../ports/store/store.ts';
import type { AdjustableSettings } from './adjustable-settings.ts';
import { reachableEngine } from './tape/played-out.ts';
import type { World } from './world.ts';

export interface DeskFacadeParts {
  readonly config: Config;
  readonly adjustable: AdjustableSettings;
  readonly money: MoneyKind;
  readonly mode: string;
  readonly dataDir: string;
  readonly store: Store;
  readonly sandbox: FilterSandbox;
  readonly engine: Engine;
  readonly world: World;
  /** Begins an orderly end. */
  readonly stop: () => void;
}

/** The running desk as the verbs see it, whichever door they come in by. */
export function deskFacade(parts: DeskFacadeParts): Desk {
  const { config, adjustable, money, mode, dataDir, store, sandbox, engine, world, stop } = parts;
  const symbols = { kind: 'top', count: world.symbols.length } as const;
  return {
    userId: config.userId,
    accountId: config.accountId,
    money,
    dataDir,
    traderDefaults: {
      quoteAsset: world.quoteAsset,
      get size() {
        return world.entrySize ?? adjustable.defaultSize;
      },
      symbols,
    },
    now: () => world.clock.now(),
    ids: world.ids,
    store,
    inspectFilter: (source) => sandbox.inspect(source),
    running: {
      ...{ engine: reachableEngine(engine.handle, world), mode, pid: process.pid, stop },
      putFilter: (filter) => engine.putFilter(filter),
    },
  };
}
