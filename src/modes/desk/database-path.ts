import { join } from 'node:path';

import type { Config } from '../../config/config.ts';
import type { MoneyKind } from '../../domain/account.ts';

/**
 * The file of the database of a kind of money. A simulation keeps to the data folder whatever SQLITE_PATH says: it begins with
 * an empty database, and must not empty the one of another kind.
 * @param dataDir absolute
 */
export function databasePath({ storage }: Pick<Config, 'storage'>, dataDir: string, money: MoneyKind): string {
  const configured = money === 'sim' ? null : storage.sqlitePath;
  return configured ?? join(dataDir, `${money}.db`);
}
