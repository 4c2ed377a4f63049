import { receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

import { pendingMigrations } from '../shared/migrations.ts';
import { connectForWriting } from './connection.ts';
import type { Connection, Statement } from './connection.ts';
import { failureOf, isPassing, isSyncFailure } from './failure.ts';
import { GroupCommitter } from './group-commit.ts';
import { inspectDatabase } from './inspect.ts';
import type { CommitRequest, Failure, FromWriter, ToWriter, WriterSetup } from './messages.ts';
import { migrate } from './migrate.ts';

/** Commits in one transaction at most: what is answered late waits for this many others. */
const MAX_GROUP = 512;

/** The log is moved into the database when it has so many pages of 4 KB more than that. */
const MAX_LOG_PAGES = 2_000;

/** Makes the database ready: looked at before it is touched, migrated, with foreign keys watched. */
function open(setup: WriterSetup): Connection {
  const { path, migrations, limits } = setup;
  pendingMigrations(migrations, inspectDatabase(setup, limits.busyTimeoutMs), path);
  const connection = connectForWriting(path, limits);
  try {
    migrate(connection, setup, { migrations, maxBackups: limits.maxBackups });
    connection.pragma('foreign_keys = ON');
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * The thread that owns the only connection that writes. It takes everything that is queued as one group, answers all of it
 * at once, and while the disk is full or another program has the lock keeps the queue and tries again by itself. An error
 * that it throws ends the thread, and with it the service of the store.
 */
class Writer {
  readonly #port: MessagePort;
  readonly #setup: WriterSetup;
  readonly #connection: Connection;
  readonly #committer: GroupCommitter;
  readonly #logState: Statement;
  readonly #queue: CommitRequest[] = [];
  #groupLimit = MAX_GROUP;
  #outage: Failure | null = null;
  #retry: NodeJS.Timeout | null = null;
  #retryMs: number;
  #isDraining = false;
  #isClosing = false;

  constructor(port: MessagePort, setup: WriterSetup) {
    this.#port = port;
    this.#setup = setup;
    this.#retryMs = setup.limits.retryFirstMs;
    this.#connection = open(setup);
    this.#committer = new GroupCommitter(this.#connection, setup.statements, setup);
    // Says how long the log is and moves nothing (SQLite 3.51 and later).
    this.#logState = this.#connection.prepare('PRAGMA wal_checkpoint(NOOP)');
  }

  take(message: ToWriter): void {
    this.#note(message);
    if (this.#retry === null || this.#isDraining) this.#work();
    this.#closeIfTold();
  }

  #note(message: ToWriter): void {
    switch (message.type) {
      case 'commits':
        for (const commit of message.commits) this.#queue.push(commit);
        break;
      case 'drain':
        this.#isDraining = true;
        break;
      case 'close':
        this.#isClosing = true;
        break;
    }
  }

  /** Stores what is queued, group by group, until nothing is left or storage is out of service. */
  #work(): void {
    for (;;) {
      for (let next = receiveMessageOnPort(this.#port); next !== undefined; next = receiveMessageOnPort(this.#port)) {
        this.#note(next.message as ToWriter);
      }
      const group = this.#queue.slice(0, this.#groupLimit);
      if (group.length === 0 || !this.#store(group)) return;
    }
  }

  /** @returns whether the group is dealt with; otherwise it waits for the retry */
  #store(group: readonly CommitRequest[]): boolean {
    try {
      const result = this.#committer.apply(group);
      this.#queue.splice(0, group.length);
      this.#backInService();
      this.#say({ type: 'settled', ...result });
    } catch (error) {
      if (isSyncFailure(error)) throw error;
      const failure = failureOf(error, this.#setup);
      this.#outOfService(failure);
      if (isPassing(failure) && !this.#isDraining) {
        this.#retryLater();
        return false;
      }
      this.#refuse(this.#isDraining ? this.#queue.length : group.length, failure);
    }
    this.#checkpoint();
    return true;
  }

  #refuse(count: number, failure: Failure): void {
    const refused = this.#queue.splice(0, count).map(({ id }) => ({ id, kind: 'storage', failure }) as const);
    this.#say({ type: 'settled', stored: [], refused });
  }

  #outOfService(failure: Failure): void {
    if (this.#outage?.code !== failure.code) this.#say({ type: 'out_of_service', failure });
    this.#outage = failure;
  }

  /** One commit at a time until it works again: one may fit where a group does not. */
  #retryLater(): void {
    this.#groupLimit = 1;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#work();
      // The word to close may be among the messages that the retry has just read.
      this.#closeIfTold();
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, this.#setup.limits.retryMaxMs);
  }

  #backInService(): void {
    this.#groupLimit = Math.min(this.#groupLimit * 2, MAX_GROUP);
    this.#retryMs = this.#setup.limits.retryFirstMs;
    if (this.#outage === null) return;
    this.#outage = null;
    this.#say({ type: 'in_service' });
  }

  /** Comes after the answers, so that no commit waits for it but those that arrive meanwhile. */
  #checkpoint(): void {
    try {
      const { log, checkpointed } = this.#logState.get() as { readonly log: number; readonly checkpointed: number };
      if (log - checkpointed >= MAX_LOG_PAGES) this.#connection.pragma('wal_checkpoint(PASSIVE)');
    } catch (error) {
      if (isSyncFailure(error)) throw error;
      // A full disk, or a program that reads: the log keeps everything, and the next checkpoint moves it.
    }
  }

  #closeIfTold(): void {
    if (!this.#isClosing) return;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#connection.close();
    this.#port.close();
  }

  #say(message: FromWriter): void {
    this.#port.postMessage(message);
  }
}

/** Runs the writer until it is told to close. */
export function runSqliteWriter(port: MessagePort, setup: WriterSetup): void {
  try {
    const writer = new Writer(port, setup);
    port.on('message', (message: ToWriter) => writer.take(message));
    port.postMessage({ type: 'opened' } satisfies FromWriter);
  } catch (error) {
    port.postMessage({ type: 'open_failed', failure: failureOf(error, setup) } satisfies FromWriter);
    port.close();
  }
}
