import type { MessagePort } from 'node:worker_threads';

import type { SqlValue } from '../shared/table.ts';
import { connectReadOnly } from './connection.ts';
import type { Connection, Statement } from './connection.ts';
import { failureOf } from './failure.ts';
import type { FromReader, ReaderSetup, ToReader } from './messages.ts';

/** Prepared statements that are kept; with more kinds of queries than that, all are prepared anew. */
const MAX_STATEMENTS = 200;

/** The thread that reads. Each query sees one state of the database: the last that was committed when it began. */
class Reader {
  readonly #setup: ReaderSetup;
  readonly #statements = new Map<string, Statement>();
  #connection: Connection | null = null;

  constructor(setup: ReaderSetup) {
    this.#setup = setup;
  }

  read({ id, sql, parameters }: Extract<ToReader, { type: 'read' }>): FromReader {
    try {
      const statement = this.#prepare(sql);
      const rows = statement.all(...parameters) as SqlValue[][];
      return { type: 'rows', id, columns: statement.columns().map((column) => column.name), rows };
    } catch (error) {
      return { type: 'read_failed', id, failure: failureOf(error, this.#setup) };
    }
  }

  close(): void {
    this.#connection?.close();
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear();
    this.#connection ??= connectReadOnly(this.#setup.path, this.#setup.busyTimeoutMs);
    const statement = this.#connection.prepare<unknown[]>(sql).raw();
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** Runs the reader until it is told to close. The database has to be there with its first query. */
export function runSqliteReader(port: MessagePort, setup: ReaderSetup): void {
  const reader = new Reader(setup);
  port.on('message', (message: ToReader) => {
    switch (message.type) {
      case 'read':
        port.postMessage(reader.read(message));
        break;
      case 'close':
        reader.close();
        port.close();
        break;
    }
  });
}
