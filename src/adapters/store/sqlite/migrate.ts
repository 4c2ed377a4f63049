import { AitraderError, describeFailure } from '../../../domain/errors.ts';
import { migrationChecksum, pendingMigrations } from '../shared/migrations.ts';
import type { Migration } from '../shared/migrations.ts';
import { backUp } from './backup.ts';
import type { Connection } from './connection.ts';
import { failureOf, isPassing } from './failure.ts';
import type { DatabasePlace } from './failure.ts';
import { appliedMigrations } from './inspect.ts';

const MIGRATIONS_TABLE = `
  CREATE TABLE IF NOT EXISTS schema_migrations (
    number INTEGER PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_at INTEGER NOT NULL
  ) STRICT`;

/**
 * Brings the database to the newest schema, one transaction for each migration. A database that had a schema before is
 * copied first.
 * @throws AitraderError `MIGRATION_FAILED`, with everything before the failed migration kept; `DATABASE_NEWER`,
 * `MIGRATION_CHANGED` with nothing changed; SqliteError of the storage itself
 */
export function migrate(
  connection: Connection,
  place: DatabasePlace,
  { migrations, maxBackups }: { readonly migrations: readonly Migration[]; readonly maxBackups: number },
): void {
  const applied = appliedMigrations(connection, place);
  const pending = pendingMigrations(migrations, applied, place.path);
  if (pending.length === 0) return;
  const schema = applied.length;
  const backup = schema === 0 ? 'none (it was new)' : backUp(connection, place, { schema, keep: maxBackups });
  // A migration may rebuild a table that others refer to; what it leaves is checked before it is committed.
  connection.pragma('foreign_keys = OFF');
  connection.pragma('synchronous = FULL');
  for (const migration of pending) {
    try {
      apply(connection, migration);
    } catch (cause) {
      if (isPassing(failureOf(cause, place))) throw cause;
      const { name } = migration;
      throw new AitraderError(
        'MIGRATION_FAILED',
        { name, path: place.path, problem: describeFailure(cause), backup },
        { cause },
      );
    }
  }
}

function apply(connection: Connection, migration: Migration): void {
  const { number, name, sql } = migration;
  const inTransaction = connection.transaction(() => {
    connection.exec(MIGRATIONS_TABLE);
    connection.exec(sql);
    const broken = connection.pragma('foreign_key_check') as readonly { readonly table: string }[];
    if (broken[0] !== undefined) throw new Error(`${broken.length} rows refer to nothing, first in ${broken[0].table}`);
    connection
      .prepare('INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)')
      .run(number, name, migrationChecksum(migration), Date.now());
  });
  inTransaction.immediate();
}
