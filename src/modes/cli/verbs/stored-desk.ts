import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { createSystemIds } from '../../../adapters/ids/system/ids.ts';
import { openDataDir } from '../../../adapters/data-dir/data-dir.ts';
import { openSqliteStore } from '../../../adapters/store/sqlite/open.ts';
import type { SymbolChoice } from '../../../domain/trader.ts';
import type { Desk } from '../../../frontends/shared/desk.ts';
import { probableSymbol } from '../../../frontends/shared/traders/symbols.ts';
import type { Clock } from '../../../ports/clock.ts';
import { sqliteMigrations, sqliteWorkers } from '../../assets.ts';
import { withSandbox } from '../filter/open-sandbox.ts';
import { emptyStore } from './empty-store.ts';
import type { Place } from './place.ts';

function defaultSymbols({ config }: Place): SymbolChoice {
  const { choice, quoteAsset } = config.symbols;
  if (choice.kind === 'top') return choice;
  return { kind: 'list', symbols: choice.symbols.map((symbol) => probableSymbol(symbol, quoteAsset)) };
}

function deskOver(place: Place, store: Desk['store'], clock: Clock): Desk {
  const { config, dataDir, money } = place;
  return {
    userId: config.userId,
    accountId: config.accountId,
    money,
    dataDir,
    traderDefaults: {
      quoteAsset: config.symbols.quoteAsset,
      size: config.traders.defaultSize,
      symbols: defaultSymbols(place),
    },
    now: () => clock.now(),
    ids: createSystemIds(clock),
    store,
    inspectFilter: (source) => withSandbox((sandbox) => sandbox.inspect(source)),
    running: null,
  };
}

/**
 * Makes sure that nothing runs in a place, also nothing that is only starting or ending.
 * @throws AitraderError `DATA_DIR_LOCKED`
 */
export function refuseIfHeld({ dataDir }: Place, clock: Clock): void {
  const wasUsed = existsSync(dataDir) && readdirSync(dataDir).some((name) => name.startsWith('lock.'));
  if (wasUsed) openDataDir(dataDir, clock.now()).release();
}

export interface StoredDeskTerms {
  readonly clock: Clock;
  /** Makes data folder and database when they are not there; who only looks finds nothing in them then. */
  readonly make: boolean;
}

/**
 * What the last aitrader of a place left, for the time of `work`; meanwhile none can be started there.
 * @throws AitraderError `DATA_DIR_LOCKED` when one runs; errors of the store
 */
export async function withStoredDesk<Answer>(
  place: Place,
  { clock, make }: StoredDeskTerms,
  work: (desk: Desk) => Promise<Answer>,
): Promise<Answer> {
  const { dataDir, database } = place;
  if (!make && !existsSync(database)) return work(deskOver(place, emptyStore(dataDir), clock));
  const folder = openDataDir(dataDir, clock.now());
  try {
    const store = await openSqliteStore({
      path: database,
      backupsDir: join(dataDir, 'backups'),
      migrations: await sqliteMigrations(),
      workers: sqliteWorkers(),
    });
    try {
      return await work(deskOver(place, store, clock));
    } finally {
      await store.close();
    }
  } finally {
    folder.release();
  }
}
