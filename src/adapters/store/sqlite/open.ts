import { jsonArrayFrom } from 'kysely/helpers/sqlite';

import type { Store } from '../../../ports/store/store.ts';
import { storeReaders } from '../shared/readers/store-readers.ts';
import { writeStatements } from '../shared/write-statements.ts';
import { kyselyOver } from './kysely-dialect.ts';
import { compileLimits } from './options.ts';
import type { SqliteStoreOptions } from './options.ts';
import { ReaderClient } from './reader-client.ts';
import { WriterClient } from './writer-client.ts';

/**
 * Opens the database of one kind of money, making or migrating it as needed. Two threads do all the work on the disk: one
 * writes, in groups with one sync for all, one reads; the event loop waits for neither. The caller owns the data folder's
 * lock: no other process writes to the file.
 * @throws AitraderError (as rejection) `DATABASE_CORRUPT`, `DATABASE_NEWER`, `MIGRATION_CHANGED` with nothing changed;
 * `MIGRATION_FAILED`, `DATABASE_BUSY`, `DISK_FULL`, `STORAGE_FAILED`
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path, backupsDir, migrations, workers } = options;
  const limits = compileLimits(options.limits);
  const reader = new ReaderClient(workers.reader, { path, backupsDir, busyTimeoutMs: limits.busyTimeoutMs });
  const db = kyselyOver(reader);
  const statements = writeStatements(db);
  const writer = await WriterClient.start(workers.writer, { path, backupsDir, migrations, statements, limits }).catch(
    async (error: unknown) => {
      await reader.close();
      throw error;
    },
  );
  let closing: Promise<void> | null = null;
  const close = async () => {
    await writer.drain();
    // The writer goes last: only then does SQLite move the log into the database and take it away.
    await reader.close();
    await writer.close();
  };
  return {
    ...storeReaders(db, jsonArrayFrom),
    capabilities: { sharedWriters: false, separateDurability: true },
    commit: (changes, durability) => writer.commit(changes, durability),
    health: () => writer.health(),
    onHealthChange: (listener) => writer.onHealthChange(listener),
    close: () => (closing ??= close()),
  };
}
