import type { Kysely } from 'kysely';

import type { SqlValue, TableDefinition } from './table.ts';
import { TABLES } from './tables.ts';
import type { Database, TableName } from './tables.ts';
import type { OtherStatement, WriteStatementName } from './write-steps.ts';

export interface WriteStatement {
  readonly sql: string;
  /** That the statement touched no row means that the key belongs to another user or to other content. */
  readonly mustChange: boolean;
}

/** The tables without their columns' types, for statements that are made from a table's definition. */
type AnyTable = Record<string, Record<string, SqlValue>>;

/**
 * Inserts a row, or on a known key
 * - overwrites an entity, if it belongs to the same user;
 * - touches a record without changing it, if all columns are the same.
 */
function upsert(db: Kysely<AnyTable>, table: string, { kind, key, columns }: TableDefinition): string {
  const names = Object.keys(columns);
  const isOwned = names.includes('user_id') && !key.includes('user_id');
  const overwritten = names.filter((name) => !key.includes(name) && name !== 'user_id');
  const set = kind === 'entity' ? overwritten : key.slice(0, 1);
  const compared = kind === 'entity' ? (isOwned ? ['user_id'] : []) : names;
  return db
    .insertInto(table)
    .values(Object.fromEntries(names.map((name) => [name, 0])))
    .onConflict((conflict) =>
      conflict
        .columns(key)
        .doUpdateSet((eb) => Object.fromEntries(set.map((name) => [name, eb.ref(`excluded.${name}`)])))
        .where((eb) =>
          eb.and(compared.map((name) => eb(`${table}.${name}`, 'is not distinct from', eb.ref(`excluded.${name}`)))),
        ),
    )
    .compile().sql;
}

function otherStatements(db: Kysely<Database>): Record<OtherStatement, WriteStatement> {
  const trim = (table: 'lots' | 'position_exits'): WriteStatement => ({
    sql: db.deleteFrom(table).where('position_id', '=', '').where('n', '>=', 0).compile().sql,
    mustChange: false,
  });
  const remove = (table: 'filters' | 'traders'): WriteStatement => ({
    sql: db.deleteFrom(table).where('id', '=', '').where('user_id', '=', '').compile().sql,
    mustChange: false,
  });
  return {
    trim_lots: trim('lots'),
    trim_position_exits: trim('position_exits'),
    remove_filter: remove('filters'),
    remove_trader: remove('traders'),
  };
}

/** Every statement that a commit can be made of, in the words of the database that `db` compiles for. */
export function writeStatements(db: Kysely<Database>): Readonly<Record<WriteStatementName, WriteStatement>> {
  const untyped = db as unknown as Kysely<AnyTable>;
  const upserts = Object.entries(TABLES).map(([table, definition]): [string, WriteStatement] => [
    table,
    { sql: upsert(untyped, table, definition), mustChange: true },
  ]);
  return { ...(Object.fromEntries(upserts) as Record<TableName, WriteStatement>), ...otherStatements(db) };
}
