import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';

import type { Migration } from '../../src/adapters/store/shared/migrations.ts';
import { TABLES } from '../../src/adapters/store/shared/tables.ts';
import { sqliteMigrations } from '../../src/modes/assets.ts';
import { arbitraryPosition } from '../../src/testkit/builders/arbitrary-holdings.ts';
import { arbitraryOrder } from '../../src/testkit/builders/arbitrary-orders.ts';
import { arbitraryEngineState } from '../../src/testkit/builders/arbitrary-records.ts';
import { example } from '../../src/testkit/builders/example.ts';
import { SqliteFolder } from './sqlite-folder.ts';

const folders: SqliteFolder[] = [];
function newFolder(): SqliteFolder {
  const folder = new SqliteFolder();
  folders.push(folder);
  return folder;
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await folder.dispose();
});

const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** A folder with a database in it that was written and closed. */
async function writtenFolder(): Promise<SqliteFolder> {
  const folder = newFolder();
  const store = await folder.open();
  await store.commit([{ kind: 'order', order: example(arbitraryOrder) }], 'durable');
  await store.close();
  return folder;
}

const addNotes = (
  number: number,
  sql = `CREATE TABLE notes_${number} (id TEXT PRIMARY KEY NOT NULL) STRICT`,
): Migration => ({
  number,
  name: `${String(number).padStart(4, '0')}-notes.sql`,
  sql,
});

describe('a new database', () => {
  it('has exactly the tables and columns that rows are made for', async () => {
    const folder = await writtenFolder();
    const raw = new Database(folder.path);
    const columnsOf = (table: string) =>
      (raw.pragma(`table_info(${table})`) as { name: string; type: string; notnull: number }[]).map(
        ({ name, type, notnull }) => [name, `${type.toLowerCase()}${notnull === 1 ? '' : '?'}`],
      );
    const tables = raw.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();
    const found = Object.fromEntries(Object.keys(TABLES).map((table) => [table, columnsOf(table)]));
    raw.close();
    expect(tables).toEqual([...Object.keys(TABLES), 'schema_migrations'].sort());
    expect(found).toEqual(
      Object.fromEntries(Object.entries(TABLES).map(([table, { columns }]) => [table, Object.entries(columns)])),
    );
  });

  it('can be read by its owner alone', async () => {
    const folder = newFolder();
    const store = await folder.open();
    await store.commit([{ kind: 'engine_state', entry: example(arbitraryEngineState) }], 'ordinary');
    const modes = readdirSync(folder.folder).map((file) => statSync(join(folder.folder, file)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o600]);
  });

  it('leaves one file when it is closed', async () => {
    const folder = await writtenFolder();
    expect(readdirSync(folder.folder)).toEqual(['paper.db']);
  });

  it('is opened again without being changed', async () => {
    const folder = await writtenFolder();
    const before = digest(folder.path);
    await (await folder.open()).close();
    expect(digest(folder.path)).toBe(before);
  });

  it('is made where a process died while making it', async () => {
    const folder = newFolder();
    writeFileSync(folder.path, '');
    await expect(folder.open()).resolves.toBeDefined();
  });
});

describe('the write-ahead log', () => {
  it('starts over again and again, however much is written', async () => {
    const folder = newFolder();
    const store = await folder.open();
    const sizeAfter = async (commits: number) => {
      for (let n = 0; n < commits; n += 1) {
        await store.commit([{ kind: 'order', order: example(arbitraryOrder, { attempt: n }) }], 'ordinary');
      }
      return statSync(`${folder.path}-wal`).size;
    };
    const first = await sizeAfter(1_500);
    expect(await sizeAfter(3_000)).toBeLessThan(2 * first);
  });
});

describe('a migration', () => {
  it('of the program itself is numbered without gaps', async () => {
    const numbers = (await sqliteMigrations()).map(({ number }) => number);
    expect(numbers).toEqual(numbers.map((_, n) => n + 1));
  });

  it('keeps what is stored, and a copy of the database from before', async () => {
    const folder = await writtenFolder();
    const known = await sqliteMigrations();
    const { intent } = example(arbitraryOrder);
    const store = await folder.open({ migrations: [...known, addNotes(known.length + 1)] });
    expect(await store.orders.get(intent.userId, intent.id)).toStrictEqual(example(arbitraryOrder));
    const [copy = '', ...others] = readdirSync(folder.backupsDir);
    expect(others).toEqual([]);
    expect(statSync(join(folder.backupsDir, copy)).mode & 0o777).toBe(0o600);
    const raw = new Database(join(folder.backupsDir, copy), { readonly: true });
    expect(raw.prepare('SELECT count(*) FROM orders').pluck().get()).toBe(1);
    expect(raw.prepare('SELECT max(number) FROM schema_migrations').pluck().get()).toBe(known.length);
    raw.close();
  });

  it('keeps the newest copies only, and those of other databases', async () => {
    const folder = await writtenFolder();
    mkdirSync(folder.backupsDir);
    writeFileSync(join(folder.backupsDir, 'live-20200101T000000000Z-schema0001.db'), 'another database');
    const known = [...(await sqliteMigrations())];
    const names: string[] = [];
    for (let count = 0; count < 4; count += 1) {
      known.push(addNotes(known.length + 1));
      await (await folder.open({ migrations: known, limits: { maxBackups: 2 } })).close();
      names.push(...readdirSync(folder.backupsDir).filter((name) => name.startsWith('paper') && !names.includes(name)));
    }
    const kept = [...names.slice(-2), 'live-20200101T000000000Z-schema0001.db'];
    expect(readdirSync(folder.backupsDir).sort()).toEqual(kept.sort());
  });

  it('that fails is rolled back, and the ones before it stay', async () => {
    const folder = await writtenFolder();
    const known = await sqliteMigrations();
    const good = addNotes(known.length + 1);
    const bad = addNotes(known.length + 2, 'CREATE TABLE half (id TEXT); INSERT INTO no_such_table VALUES (1)');
    const attempt = folder.open({ migrations: [...known, good, bad] });
    await expect(attempt).rejects.toMatchObject({ code: 'MIGRATION_FAILED', context: { name: bad.name } });
    const raw = new Database(folder.path, { readonly: true });
    const tables = raw
      .prepare("SELECT name FROM sqlite_schema WHERE name LIKE 'notes%' OR name = 'half'")
      .pluck()
      .all();
    raw.close();
    expect(tables.filter((name) => !String(name).includes('autoindex'))).toEqual([`notes_${good.number}`]);
    await expect(folder.open({ migrations: [...known, good] })).resolves.toBeDefined();
  });

  it('that leaves a row referring to nothing fails', async () => {
    const folder = await writtenFolder();
    const store = await folder.open();
    const lot = { fillKey: 'k', openedAt: 1 };
    const { bestPrice: price, quantity } = example(arbitraryPosition);
    const lots = [{ ...lot, price, openedQuantity: quantity, remainingQuantity: quantity }];
    await store.commit([{ kind: 'position', position: example(arbitraryPosition, { lots }) }], 'durable');
    const known = await sqliteMigrations();
    const careless = addNotes(known.length + 1, 'DELETE FROM positions');
    const attempt = folder.open({ migrations: [...known, careless] });
    await expect(attempt).rejects.toMatchObject({ code: 'MIGRATION_FAILED' });
  });

  it('that was changed after it was applied is refused, and nothing is touched', async () => {
    const folder = await writtenFolder();
    const before = digest(folder.path);
    const [first, ...others] = await sqliteMigrations();
    if (first === undefined) throw new Error('there is no migration');
    const attempt = folder.open({ migrations: [{ ...first, sql: `${first.sql}-- edited` }, ...others] });
    await expect(attempt).rejects.toMatchObject({ code: 'MIGRATION_CHANGED', context: { name: first.name } });
    expect(digest(folder.path)).toBe(before);
  });
});

describe('a database is refused and left as it is', () => {
  it('when a newer program wrote it', async () => {
    const folder = await writtenFolder();
    const known = await sqliteMigrations();
    const newer = addNotes(known.length + 1);
    await (await folder.open({ migrations: [...known, newer] })).close();
    const before = digest(folder.path);
    const context = { path: folder.path, given: known.length + 1, allowed: known.length };
    await expect(folder.open()).rejects.toMatchObject({ code: 'DATABASE_NEWER', context });
    expect(digest(folder.path)).toBe(before);
    await expect(folder.open({ migrations: [...known, newer] })).resolves.toBeDefined();
  });

  const damages: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
    ['is no database at all', () => Buffer.from('a shopping list, by mistake under this name\n'.repeat(100))],
    ['was cut in half', (bytes) => bytes.subarray(0, bytes.length / 2)],
    [
      'has a page overwritten',
      (bytes) => Buffer.concat([bytes.subarray(0, 8192), Buffer.alloc(4096, 0x5a), bytes.subarray(12288)]),
    ],
    ['has its header overwritten', (bytes) => Buffer.concat([Buffer.alloc(100, 0x5a), bytes.subarray(100)])],
  ];
  it.each(damages)('when it %s', async (_, damage) => {
    const folder = await writtenFolder();
    writeFileSync(folder.path, damage(readFileSync(folder.path)));
    const before = digest(folder.path);
    const attempt = folder.open();
    await expect(attempt).rejects.toMatchObject({ code: 'DATABASE_CORRUPT', context: { path: folder.path } });
    expect(digest(folder.path)).toBe(before);
  });

  it('when it belongs to another program', async () => {
    const folder = newFolder();
    const raw = new Database(folder.path);
    raw.exec('CREATE TABLE recipes (name TEXT)');
    raw.close();
    const before = digest(folder.path);
    await expect(folder.open()).rejects.toMatchObject({ code: 'DATABASE_CORRUPT' });
    expect(digest(folder.path)).toBe(before);
  });

  it('when another program holds it locked', async () => {
    const folder = await writtenFolder();
    const other = new Database(folder.path);
    other.pragma('locking_mode = EXCLUSIVE');
    other.exec('BEGIN EXCLUSIVE');
    const attempt = folder.open({ limits: { busyTimeoutMs: 10 } });
    await expect(attempt).rejects.toMatchObject({ code: 'DATABASE_BUSY', context: { path: folder.path } });
    other.close();
    await expect(folder.open()).resolves.toBeDefined();
  });

  it('when its folder is not there', async () => {
    const folder = newFolder();
    const attempt = folder.open({ path: join(folder.folder, 'missing', 'paper.db') });
    await expect(attempt).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });
});

describe('a row that cannot be read', () => {
  const tampering: readonly (readonly [string, string])[] = [
    ['a status of nobody', "UPDATE orders SET status = 'asleep'"],
    ['an amount that is none', "UPDATE orders SET quantity = '1e5'"],
    ['a list that is none', "UPDATE orders SET venue_trade_ids = '{}'"],
    ['JSON that is none', "UPDATE orders SET venue_trade_ids = '['"],
    ['an empty column that its state needs', "UPDATE orders SET status = 'open', venue_order_id = NULL"],
    ['a flag of 2', 'UPDATE orders SET reduce_only = 2'],
  ];
  it.each(tampering)('is named with its id: %s', async (_, sql) => {
    const folder = await writtenFolder();
    const raw = new Database(folder.path);
    raw.exec(sql);
    raw.close();
    const { intent } = example(arbitraryOrder);
    const store = await folder.open();
    const expected = { code: 'ROW_INVALID', context: { entity: 'orders', id: intent.id } };
    await expect(store.orders.get(intent.userId, intent.id)).rejects.toMatchObject(expected);
  });
});
