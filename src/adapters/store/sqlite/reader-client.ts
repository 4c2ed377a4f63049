import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { AitraderError, describeFailure } from '../../../domain/errors.ts';
import type { SqlValue } from '../shared/table.ts';
import { errorOf } from './failure.ts';
import type { FromReader, ReaderSetup, ToReader } from './messages.ts';

export type ObjectRow = Readonly<Record<string, SqlValue>>;

interface Pending {
  readonly resolve: (rows: ObjectRow[]) => void;
  readonly reject: (error: AitraderError) => void;
}

/** Queries that may wait for the disk; whoever asks for more is told so. */
const MAX_PENDING = 1_000;

/** The event loop's side of the reader thread. */
export class ReaderClient {
  readonly #worker: Worker;
  readonly #path: string;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #ended: AitraderError | null = null;

  constructor(entry: URL, setup: ReaderSetup) {
    this.#path = setup.path;
    this.#worker = new Worker(entry, { workerData: setup, name: 'sqlite-reader', execArgv: [] });
    this.#worker.on('message', (message: FromReader) => this.#answered(message));
    this.#worker.on('error', (error) => this.#end(describeFailure(error)));
    this.#worker.on('exit', () => this.#end('the store is closed'));
  }

  /** @throws AitraderError (as rejection) `DATABASE_BUSY`, `DATABASE_CORRUPT`, `STORAGE_FAILED` */
  read(sql: string, parameters: readonly SqlValue[]): Promise<ObjectRow[]> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    if (this.#pending.size >= MAX_PENDING) {
      return Promise.reject(this.#failed(`${this.#pending.size} queries wait already`));
    }
    const id = (this.#lastId += 1);
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#tell({ type: 'read', id, sql, parameters });
    });
  }

  /** Answers what was asked, then ends the thread. */
  async close(): Promise<void> {
    if (this.#ended !== null) return;
    const exit = once(this.#worker, 'exit');
    this.#tell({ type: 'close' });
    await exit;
  }

  #tell(message: ToReader): void {
    this.#worker.postMessage(message);
  }

  #answered(message: FromReader): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.type === 'read_failed') pending?.reject(errorOf(message.failure));
    else pending?.resolve(message.rows.map((row) => objectRow(message.columns, row)));
  }

  #failed(problem: string): AitraderError {
    return new AitraderError('STORAGE_FAILED', { path: this.#path, problem });
  }

  #end(problem: string): void {
    this.#ended ??= this.#failed(problem);
    for (const { reject } of this.#pending.values()) reject(this.#ended);
    this.#pending.clear();
  }
}

function objectRow(columns: readonly string[], values: readonly SqlValue[]): ObjectRow {
  const row: Record<string, SqlValue> = {};
  for (let index = 0; index < columns.length; index += 1) row[columns[index] ?? ''] = values[index] ?? null;
  return row;
}
