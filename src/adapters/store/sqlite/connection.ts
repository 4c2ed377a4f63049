import { closeSync, openSync } from 'node:fs';

import Database from 'better-sqlite3';

import { AitraderError } from '../../../domain/errors.ts';
import type { SqliteLimits } from './options.ts';

export type Connection = Database.Database;
export type Statement = Database.Statement<unknown[]>;

/** A connection that changes nothing, not even by recovering a log that a crash left. */
export function connectReadOnly(path: string, busyTimeoutMs: number): Connection {
  return new Database(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
}

/**
 * The one connection that writes. How much a commit is synced is set commit by commit (group-commit.ts); foreign keys are
 * switched on after the migrations.
 * @throws AitraderError `STORAGE_FAILED` where the file system cannot hold a write-ahead log
 */
export function connectForWriting(path: string, limits: SqliteLimits): Connection {
  // SQLite gives the log and its index the permissions of the database, and a new database those of any file.
  closeSync(openSync(path, 'a', 0o600));
  const connection = new Database(path, { timeout: limits.busyTimeoutMs });
  const mode = connection.pragma('journal_mode = WAL', { simple: true });
  if (mode !== 'wal') {
    connection.close();
    throw new AitraderError('STORAGE_FAILED', {
      path,
      problem: `no write-ahead log on this file system (${String(mode)})`,
    });
  }
  // macOS keeps synced data in the drive's cache unless told; elsewhere it means nothing.
  connection.pragma('fullfsync = ON');
  // The writer moves the log into the database itself, after it has answered, so that no commit waits for that.
  connection.pragma('wal_autocheckpoint = 0');
  connection.pragma(`journal_size_limit = ${64 * 1024 * 1024}`);
  if (limits.maxPages !== null) connection.pragma(`max_page_count = ${limits.maxPages}`);
  return connection;
}
