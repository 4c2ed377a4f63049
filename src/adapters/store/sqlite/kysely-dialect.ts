import { Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely';

import type { SqlValue } from '../shared/table.ts';
import type { Database } from '../shared/tables.ts';
import type { ReaderClient } from './reader-client.ts';

function refuse(): never {
  throw new Error('queries only read here, and each is a transaction of its own; writing goes through Store.commit');
}

/** Sends each query to the reader thread. The thread answers in order, so that all queries share one connection. */
class ReaderConnection implements DatabaseConnection {
  readonly #reader: ReaderClient;

  constructor(reader: ReaderClient) {
    this.#reader = reader;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const rows = await this.#reader.read(sql, parameters as readonly SqlValue[]);
    return { rows: rows as Row[] };
  }

  streamQuery(): never {
    return refuse();
  }
}

function readerDriver(reader: ReaderClient): Driver {
  const connection = new ReaderConnection(reader);
  return {
    init: async () => undefined,
    acquireConnection: async () => connection,
    releaseConnection: async () => undefined,
    destroy: async () => undefined,
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
  };
}

/** Kysely over the reader thread: SQL is made on the event loop, run in the thread. */
export function kyselyOver(reader: ReaderClient): Kysely<Database> {
  const dialect: Dialect = {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => readerDriver(reader),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  return new Kysely<Database>({ dialect });
}
