import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { openSqliteStore } from '../../../adapters/store/sqlite/open.ts';
import type { UserId } from '../../../domain/ids.ts';
import { sqliteMigrations, sqliteWorkers } from '../../assets.ts';
import type { PaperDesk } from './traders-from-paper.ts';

/** What the desk of the same data folder has that trades on paper; null when there is none. */
export async function readPaperDesk(dataDir: string, userId: UserId): Promise<PaperDesk | null> {
  const path = join(dataDir, 'paper.db');
  if (!existsSync(path)) return null;
  const backupsDir = join(dataDir, 'backups');
  const store = await openSqliteStore({
    ...{ path, backupsDir, migrations: await sqliteMigrations(), workers: sqliteWorkers() },
  });
  try {
    const [filters, traders] = await Promise.all([store.filters.list(userId), store.traders.list(userId)]);
    return { filters, traders };
  } finally {
    await store.close();
  }
}
