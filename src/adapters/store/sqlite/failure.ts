import { AitraderError, describeFailure } from '../../../domain/errors.ts';
import type { ErrorArguments, ErrorCode } from '../../../domain/errors.ts';
import type { Failure } from './messages.ts';

/** What messages about a database name. */
export interface DatabasePlace {
  readonly path: string;
  readonly backupsDir: string;
}

/** The code of an error of SQLite or of the file system, empty for others. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/**
 * What an error of SQLite (https://www.sqlite.org/rescode.html) or of the file system means to the program.
 * SQLITE_IOERR_SHMSIZE is a full disk too: the index of the write-ahead log could not grow.
 */
export function failureOf(error: unknown, { path, backupsDir }: DatabasePlace): Failure {
  if (error instanceof AitraderError) return { code: error.code, context: error.context };
  const code = errorCode(error);
  const problem = describeFailure(error);
  if (['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC'].includes(code)) return { code: 'DISK_FULL', context: { path } };
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return { code: 'DATABASE_BUSY', context: { path } };
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) {
    return { code: 'DATABASE_CORRUPT', context: { path, problem, backups: backupsDir } };
  }
  return { code: 'STORAGE_FAILED', context: { path, problem } };
}

/** Whether the database refused what was written, not the writing: another value would have been stored. */
export function isRefusedValue(error: unknown): boolean {
  return /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)/.test(errorCode(error));
}

/**
 * Whether a sync failed. What was written before it may be lost without another error, also from the middle of the log; then
 * nothing behind it is read back after a power failure, however well it was synced. Nothing may be promised on such a log.
 */
export function isSyncFailure(error: unknown): boolean {
  return /^SQLITE_IOERR_(DIR_)?FSYNC/.test(errorCode(error));
}

const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['DISK_FULL', 'DATABASE_BUSY']);

/** Whether storage comes back by itself once its cause is gone. */
export function isPassing(failure: Failure): boolean {
  return PASSING.has(failure.code);
}

/** The error that a failure was in its thread. */
export function errorOf({ code, context }: Failure): AitraderError {
  return new AitraderError(...([code, context] as ErrorArguments));
}
