import { createHash } from 'node:crypto';

import { AitraderError } from '../../../domain/errors.ts';

/** A step from one version of the schema to the next. Once released its text never changes. */
export interface Migration {
  /** 1, 2, 3 ... without gaps. */
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/** A migration as the database remembers it. */
export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  /** SHA-256 of the SQL in hex. */
  readonly checksum: string;
}

export function migrationChecksum(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex');
}

/**
 * The migrations that a database still lacks, in order.
 * @param known every migration of this program, in order
 * @param path names the database in errors
 * @throws AitraderError `DATABASE_NEWER` when the database has more than this program knows, `MIGRATION_CHANGED` when it has
 * other ones
 */
export function pendingMigrations(
  known: readonly Migration[],
  applied: readonly AppliedMigration[],
  path: string,
): readonly Migration[] {
  const newest = applied.at(-1)?.number ?? 0;
  if (newest > known.length) {
    throw new AitraderError('DATABASE_NEWER', { path, given: newest, allowed: known.length });
  }
  for (const { number, name, checksum } of applied) {
    const migration = known[number - 1];
    const allowed = migration === undefined ? 'none' : migrationChecksum(migration);
    if (checksum !== allowed) {
      throw new AitraderError('MIGRATION_CHANGED', {
        name,
        path,
        given: checksum.slice(0, 12),
        allowed: allowed.slice(0, 12),
      });
    }
  }
  return known.slice(newest);
}
