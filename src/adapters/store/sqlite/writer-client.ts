import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { AitraderError, describeFailure } from '../../../domain/errors.ts';
import type { StoreChange } from '../../../ports/store/changes.ts';
import type { Durability, StoreHealth } from '../../../ports/store/store.ts';
import { changeOfStep, stepsOf, subjectOf } from '../shared/write-steps.ts';
import { errorOf } from './failure.ts';
import type { CommitRequest, FromWriter, Refusal, ToWriter, WriterSetup } from './messages.ts';

interface Pending {
  readonly changes: readonly StoreChange[];
  readonly resolve: () => void;
  readonly reject: (error: AitraderError) => void;
}

/** With so many commits in one turn the thread is woken before its end, to work meanwhile. */
const MAX_OUTBOX = 256;

/** The event loop's side of the writer thread: hands commits over, and knows which are not answered yet. */
export class WriterClient {
  readonly #worker: Worker;
  readonly #setup: WriterSetup;
  readonly #pending = new Map<number, Pending>();
  readonly #outbox: CommitRequest[] = [];
  readonly #listeners = new Set<(health: StoreHealth) => void>();
  readonly #opened: PromiseWithResolvers<void> = Promise.withResolvers();
  #idle: PromiseWithResolvers<void> | null = null;
  #lastId = 0;
  #health: StoreHealth = { status: 'in_service' };
  #isClosed = false;

  private constructor(entry: URL, setup: WriterSetup) {
    this.#setup = setup;
    this.#worker = new Worker(entry, { workerData: setup, name: 'sqlite-writer', execArgv: [] });
    this.#worker.on('message', (message: FromWriter) => this.#heard(message));
    this.#worker.on('error', (error) => this.#fail(`the writer ended: ${describeFailure(error)}`));
    this.#worker.on('exit', () => this.#fail('the store is closed'));
  }

  /**
   * Starts the thread and waits until the database is open.
   * @throws AitraderError as rejection, see `openSqliteStore`
   */
  static async start(entry: URL, setup: WriterSetup): Promise<WriterClient> {
    const client = new WriterClient(entry, setup);
    await client.#opened.promise;
    return client;
  }

  commit(changes: readonly StoreChange[], durability: Durability): Promise<void> {
    const refusal = this.#refusal();
    if (refusal !== null) return Promise.reject(refusal);
    const id = (this.#lastId += 1);
    try {
      this.#send({ id, durable: durability === 'durable', steps: changes.flatMap(stepsOf) });
    } catch (cause) {
      return Promise.reject(unwritable(cause));
    }
    return new Promise((resolve, reject) => this.#pending.set(id, { changes, resolve, reject }));
  }

  health(): StoreHealth {
    return this.#health;
  }

  onHealthChange(listener: (health: StoreHealth) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes no more commits and waits until those handed over are stored or refused. */
  async drain(): Promise<void> {
    this.#isClosed = true;
    if (this.#pending.size === 0) return;
    this.#idle ??= Promise.withResolvers();
    this.#flush();
    this.#tell({ type: 'drain' });
    await this.#idle.promise;
  }

  async close(): Promise<void> {
    if (this.#health.status === 'failed') return;
    this.#listeners.clear();
    const exit = once(this.#worker, 'exit');
    this.#tell({ type: 'close' });
    await exit;
  }

  /** Waking another thread takes longer than all the rest of a commit: it is done once for all commits of this turn. */
  #send(commit: CommitRequest): void {
    if (this.#outbox.length === 0) queueMicrotask(() => this.#flush());
    this.#outbox.push(commit);
    if (this.#outbox.length >= MAX_OUTBOX) this.#flush();
  }

  #flush(): void {
    if (this.#outbox.length > 0) this.#tell({ type: 'commits', commits: this.#outbox.splice(0) });
  }

  #tell(message: ToWriter): void {
    this.#worker.postMessage(message);
  }

  /** Why nothing can be handed over now. */
  #refusal(): AitraderError | null {
    if (this.#health.status === 'failed') return this.#health.error;
    if (this.#isClosed) return this.#storageFailed('the store is closed');
    const { maxWaiting, maxWaitingOutOfService } = this.#setup.limits;
    const allowed = this.#health.status === 'in_service' ? maxWaiting : maxWaitingOutOfService;
    const given = this.#pending.size;
    return given < allowed ? null : new AitraderError('STORAGE_QUEUE_FULL', { given, allowed });
  }

  #heard(message: FromWriter): void {
    switch (message.type) {
      case 'opened':
        this.#opened.resolve();
        break;
      case 'open_failed':
        this.#opened.reject(errorOf(message.failure));
        break;
      case 'settled':
        for (const id of message.stored) this.#take(id)?.resolve();
        for (const refusal of message.refused) this.#refused(refusal);
        if (this.#pending.size === 0) this.#idle?.resolve();
        break;
      case 'out_of_service':
        this.#setHealth({ status: 'out_of_service', error: errorOf(message.failure) });
        break;
      case 'in_service':
        this.#setHealth({ status: 'in_service' });
        break;
    }
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #refused(refusal: Refusal): void {
    const pending = this.#take(refusal.id);
    if (pending === undefined) return;
    if (refusal.kind === 'storage') return pending.reject(errorOf(refusal.failure));
    const change = changeOfStep(pending.changes, refusal.step);
    const subject = change === undefined ? { entity: 'commit', id: refusal.id } : subjectOf(change);
    pending.reject(new AitraderError('RECORD_CONFLICT', { ...subject, problem: refusal.problem }));
  }

  #storageFailed(problem: string): AitraderError {
    return new AitraderError('STORAGE_FAILED', { path: this.#setup.path, problem });
  }

  /** The thread is gone: what it was given may be stored or not, and nothing more will be. */
  #fail(problem: string): void {
    if (this.#health.status === 'failed') return;
    const error = this.#storageFailed(problem);
    this.#opened.reject(error);
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    this.#idle?.resolve();
    this.#setHealth({ status: 'failed', error });
  }

  #setHealth(health: StoreHealth): void {
    this.#health = health;
    for (const listener of this.#listeners) listener(health);
  }
}

/** A value that no row can hold, such as an amount that is no number: a fault of whoever made the entity. */
function unwritable(cause: unknown): AitraderError {
  if (cause instanceof AitraderError) return cause;
  return new AitraderError('INTERNAL', { problem: `a value cannot be stored: ${describeFailure(cause)}` }, { cause });
}
