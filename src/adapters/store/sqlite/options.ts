import type { Migration } from '../shared/migrations.ts';

/** Bounds and waits of a store. */
export interface SqliteLimits {
  /** Commits that may be on their way to the disk while storage works. */
  readonly maxWaiting: number;
  /** Commits that may wait while storage is out of service. */
  readonly maxWaitingOutOfService: number;
  /** How long a lock of another program is waited for before storage counts as out of service. */
  readonly busyTimeoutMs: number;
  /** The wait before storage is tried again; it doubles with every failure up to the second figure. */
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** The largest database in pages of 4 KB; beyond it the disk counts as full. Null: as large as the disk. */
  readonly maxPages: number | null;
  /** Copies from before migrations that are kept for each database. */
  readonly maxBackups: number;
}

export interface SqliteStoreOptions {
  /** The database file; it is made when it is not there. */
  readonly path: string;
  /** The folder for copies from before migrations. */
  readonly backupsDir: string;
  /** In order, from number 1 on. */
  readonly migrations: readonly Migration[];
  /** The modules that run the two threads. */
  readonly workers: { readonly writer: URL; readonly reader: URL };
  readonly limits?: Partial<SqliteLimits>;
}

const DEFAULT_LIMITS: SqliteLimits = {
  maxWaiting: 20_000,
  maxWaitingOutOfService: 1_000,
  busyTimeoutMs: 1_000,
  retryFirstMs: 100,
  retryMaxMs: 5_000,
  maxPages: null,
  maxBackups: 5,
};

export function compileLimits(given: Partial<SqliteLimits> = {}): SqliteLimits {
  return Object.freeze({ ...DEFAULT_LIMITS, ...given });
}
