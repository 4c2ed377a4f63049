import type { AitraderError } from '../../domain/errors.ts';
import type { StoreChange } from './changes.ts';
import type { StoreReaders } from './readers.ts';

/**
 * What a commit waits for.
 * - `durable`: on the disk, so that a power failure right after cannot lose it: order intents before they are sent;
 * - `ordinary`: survives the end of the process; the last moments before a power failure may be lost.
 * Commits of both kinds are applied in the order in which they were handed over.
 */
export type Durability = 'durable' | 'ordinary';

/** What a store can do beyond the contract. */
export interface StoreCapabilities {
  /** Several processes may write at once. */
  readonly sharedWriters: boolean;
  /** A commit can be told apart as durable; otherwise every commit is. */
  readonly separateDurability: boolean;
}

/**
 * Whether commits are stored. Out of service the last attempt failed: for `DISK_FULL` and `DATABASE_BUSY` commits wait and are
 * tried again until they are stored, for other errors each is tried once and refused. Failed, every commit is refused until
 * the store is opened again. In both cases nothing new may be opened.
 */
export type StoreHealth =
  | { readonly status: 'in_service' }
  | { readonly status: 'out_of_service'; readonly error: AitraderError }
  | { readonly status: 'failed'; readonly error: AitraderError };

/**
 * Where the engine's state lives. Contract suite: testkit/store-suite.
 *
 * Writing never blocks the caller's thread: `commit` hands the changes over and returns; its promise settles when they are
 * stored. All changes of one commit are stored or none. A failed commit rejects with an `AitraderError` (`DISK_FULL`,
 * `DATABASE_BUSY`, `STORAGE_FAILED`, `RECORD_CONFLICT`, `STORAGE_QUEUE_FULL`) and leaves the commits around it alone.
 * While storage is out of service for `DISK_FULL` or `DATABASE_BUSY`, at most 1,000 commits wait and are applied in order
 * when it is back; beyond that `commit` rejects at once.
 */
export interface Store extends StoreReaders {
  readonly capabilities: StoreCapabilities;
  commit(changes: readonly StoreChange[], durability: Durability): Promise<void>;
  health(): StoreHealth;
  /** Calls `listener` at every change of health. @returns a function that ends it */
  onHealthChange(listener: (health: StoreHealth) => void): () => void;
  /** Waits until everything handed over is stored or refused, then lets go of the database. */
  close(): Promise<void>;
}
