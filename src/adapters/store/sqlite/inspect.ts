import { existsSync, statSync } from 'node:fs';

import { AitraderError } from '../../../domain/errors.ts';
import type { AppliedMigration } from '../shared/migrations.ts';
import { connectReadOnly } from './connection.ts';
import type { Connection } from './connection.ts';
import { errorCode } from './failure.ts';
import type { DatabasePlace } from './failure.ts';

/**
 * Files up to this size are looked through before they are opened (about 0.7 ms per MB, cached). In larger ones damage shows
 * when the damaged page is read.
 */
const MAX_CHECKED_BYTES = 256 * 1024 * 1024;

/**
 * Looks at a database without changing it.
 * @returns the migrations it has, none when there is no database yet
 * @throws AitraderError `DATABASE_CORRUPT`, also for a database of another program
 */
export function inspectDatabase(place: DatabasePlace, busyTimeoutMs: number): readonly AppliedMigration[] {
  const { path } = place;
  if (!existsSync(path) || statSync(path).size === 0) return [];
  const connection = connectReadOnly(path, busyTimeoutMs);
  try {
    if (statSync(path).size <= MAX_CHECKED_BYTES) checkPages(connection, place);
    return appliedMigrations(connection, place);
  } catch (error) {
    // The process died while it made the file, before it had a write-ahead log: writing will roll that back.
    if (errorCode(error) === 'SQLITE_READONLY_ROLLBACK') return [];
    throw error;
  } finally {
    connection.close();
  }
}

function checkPages(connection: Connection, place: DatabasePlace): void {
  const finding = connection.pragma('quick_check(1)', { simple: true });
  if (finding !== 'ok') throw corrupt(place, String(finding).replaceAll('\n', ' '));
}

/** @throws AitraderError `DATABASE_CORRUPT` for a database of another program */
export function appliedMigrations(connection: Connection, place: DatabasePlace): readonly AppliedMigration[] {
  const tables = connection.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  if (tables.includes('schema_migrations')) {
    const query = 'SELECT number, name, checksum FROM schema_migrations ORDER BY number';
    return connection.prepare<[], AppliedMigration>(query).all();
  }
  if (tables.length > 0) throw corrupt(place, `it has tables of another program (${tables.slice(0, 3).join(', ')})`);
  return [];
}

function corrupt({ path, backupsDir }: DatabasePlace, problem: string): AitraderError {
  return new AitraderError('DATABASE_CORRUPT', { path, problem, backups: backupsDir });
}
