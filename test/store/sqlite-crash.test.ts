import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createInterface } from 'node:readline';

import { expect, it } from 'vitest';

import { asId } from '../../src/domain/ids.ts';
import { SqliteFolder } from './sqlite-folder.ts';

const RECORDS_PER_COMMIT = 3;
const module = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

/** Writes commits of three records, from a number on, and says each that is stored; never ends by itself. */
const WRITER = `
  import { writeSync } from 'node:fs';
  const { openSqliteStore } = await import(${module('../../src/adapters/store/sqlite/open.ts')});
  const { sqliteMigrations, sqliteWorkers } = await import(${module('../../src/modes/assets.ts')});
  const [path, backupsDir, from] = process.argv.slice(1);
  const store = await openSqliteStore({ path, backupsDir, migrations: await sqliteMigrations(), workers: sqliteWorkers() });
  const write = (n) => {
    const changes = [1, 2, 3].map((part) => ({ kind: 'audit', record: {
      seq: 3 * n + part, at: n, userId: 'user', subject: 's', subjectId: 'i', change: 'c', data: 'x'.repeat(200),
    } }));
    return store.commit(changes, n % 2 === 0 ? 'durable' : 'ordinary').then(() => writeSync(1, n + '\\n'));
  };
  for (let n = Number(from); ; n += 10) await Promise.all(Array.from({ length: 10 }, (_, k) => write(n + k)));
`;

function startWriter(folder: SqliteFolder, from: number) {
  const args = ['--input-type=module', '-e', WRITER, '--', folder.path, folder.backupsDir, String(from)];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

it('after SIGKILL everything that was said to be stored is there, in order, and nothing is half there', async () => {
  const folder = new SqliteFolder();
  let next = 0;
  for (const acknowledgements of [1, 37, 250, 900]) {
    const writer = startWriter(folder, next);
    const exit = once(writer, 'exit');
    let last = -1;
    let heard = 0;
    for await (const line of createInterface(writer.stdout)) {
      last = Math.max(last, Number(line));
      heard += 1;
      if (heard === acknowledgements) writer.kill('SIGKILL');
    }
    expect(await exit).toEqual([null, 'SIGKILL']);
    const store = await folder.open();
    const seq = await store.audit.lastSeq();
    let count = 0;
    for (let page = await store.audit.after(asId('user'), 0, 1_000); page.length > 0;) {
      count += page.length;
      page = await store.audit.after(asId('user'), page.at(-1)?.seq ?? 0, 1_000);
    }
    expect(seq % RECORDS_PER_COMMIT).toBe(0);
    expect(count).toBe(seq);
    expect(seq / RECORDS_PER_COMMIT).toBeGreaterThan(last);
    next = seq / RECORDS_PER_COMMIT;
    await store.close();
  }
  await folder.dispose();
});

it('a process killed while it makes the database leaves one that opens', async () => {
  const folder = new SqliteFolder();
  const writer = startWriter(folder, 0);
  const exit = once(writer, 'exit');
  while (!existsSync(folder.path) && writer.exitCode === null) await nextTurn();
  writer.kill('SIGKILL');
  expect(await exit).toEqual([null, 'SIGKILL']);
  const store = await folder.open();
  expect((await store.audit.lastSeq()) % RECORDS_PER_COMMIT).toBe(0);
  await folder.dispose();
});
