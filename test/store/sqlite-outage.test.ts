import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';

import type { SqliteLimits } from '../../src/adapters/store/sqlite/options.ts';
import { sqliteWorkers } from '../../src/modes/assets.ts';
import { asId } from '../../src/domain/ids.ts';
import type { UserId } from '../../src/domain/ids.ts';
import type { StoreChange } from '../../src/ports/store/changes.ts';
import type { Store, StoreHealth } from '../../src/ports/store/store.ts';
import { arbitraryAuditRecord, arbitraryEngineState } from '../../src/testkit/builders/arbitrary-records.ts';
import { example } from '../../src/testkit/builders/example.ts';
import { SqliteFolder } from './sqlite-folder.ts';

const userId = asId<UserId>('user');
const IMPATIENT: Partial<SqliteLimits> = { busyTimeoutMs: 5, retryFirstMs: 2, retryMaxMs: 20 };

const folders: SqliteFolder[] = [];
function newFolder(parent?: string): SqliteFolder {
  const folder = new SqliteFolder(parent);
  folders.push(folder);
  return folder;
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await folder.dispose();
});

const audit = (seq: number, data = '{}'): StoreChange => ({
  kind: 'audit',
  record: example(arbitraryAuditRecord, { userId, seq, data }),
});

const state = (value: string): StoreChange => ({
  kind: 'engine_state',
  entry: example(arbitraryEngineState, { userId, key: 'k', value }),
});

function nextHealth(store: Store, status: StoreHealth['status']): Promise<StoreHealth> {
  return new Promise((resolve) => {
    const stop = store.onHealthChange((health) => {
      if (health.status !== status) return;
      stop();
      resolve(health);
    });
  });
}

/** Writes two big records a commit until the storage is full; the last commit waits. */
async function fillUp(store: Store): Promise<{ readonly stored: number; readonly waiting: Promise<void> }> {
  const full = nextHealth(store, 'out_of_service').then(() => 'full' as const);
  for (let n = 0; ; n += 1) {
    const changes = [audit(2 * n + 1, 'x'.repeat(20_000)), audit(2 * n + 2, 'y'.repeat(20_000))];
    const waiting = store.commit(changes, 'durable');
    const outcome = await Promise.race([full, waiting.then(() => 'stored' as const)]);
    if (outcome === 'full') return { stored: 2 * n, waiting };
  }
}

/** What another program sees in the database now. */
function inspect<Value>(folder: SqliteFolder, look: (raw: Database.Database) => Value): Value {
  const raw = new Database(folder.path);
  try {
    return look(raw);
  } finally {
    raw.close();
  }
}

const countAudit = (raw: Database.Database) => raw.prepare('SELECT count(*) FROM audit').pluck().get();

/** A file system of 2 MB. */
class SmallDisk {
  readonly path = mkdtempSync(join(tmpdir(), 'aitrader-small-disk-'));

  constructor() {
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', this.path]);
    if (status === 0) return;
    rmdirSync(this.path);
    throw new Error(String(stderr));
  }

  /** Takes all but 100 KB of the space. @returns what gives it back */
  occupy(): () => void {
    const filler = join(this.path, 'filler');
    const block = Buffer.alloc(4_096, 1);
    let size = 0;
    try {
      for (;;) {
        appendFileSync(filler, block);
        size += block.length;
      }
    } catch {
      truncateSync(filler, size - 100_000);
    }
    return () => rmSync(filler);
  }

  remove(): void {
    // Lazily: after a failed test something may still be open on it.
    spawnSync('umount', ['-l', this.path]);
    rmdirSync(this.path);
  }
}

const canMount = (() => {
  try {
    new SmallDisk().remove();
    return true;
  } catch {
    return false;
  }
})();

describe('on a full disk', () => {
  async function openSmall(folder: SqliteFolder): Promise<Store> {
    await (await folder.open()).close();
    const pages = inspect(folder, (raw) => Number(raw.pragma('page_count', { simple: true })));
    return folder.open({ limits: { ...IMPATIENT, maxPages: pages + 100 } });
  }

  it('commits wait, nothing is half written, and all are stored in order when there is space', async () => {
    const folder = newFolder();
    const store = await openSmall(folder);
    const { stored, waiting } = await fillUp(store);
    expect(store.health()).toMatchObject({ status: 'out_of_service', error: { code: 'DISK_FULL' } });
    expect(stored).toBeGreaterThan(0);
    expect(inspect(folder, countAudit)).toBe(stored);
    expect(await store.audit.lastSeq()).toBe(stored);
    const later = ['first', 'second', 'third'].map((value) => store.commit([state(value)], 'ordinary'));
    const back = nextHealth(store, 'in_service');
    inspect(folder, (raw) => raw.exec('DELETE FROM audit'));
    await Promise.all([waiting, ...later, back]);
    expect(await store.audit.after(userId, 0, 100)).toHaveLength(2);
    expect(await store.process.engineState(userId, 'k')).toMatchObject({ value: 'third' });
    expect(inspect(folder, (raw) => raw.pragma('integrity_check', { simple: true }))).toBe('ok');
  });

  it('closing refuses what waits, and keeps what was stored', async () => {
    const folder = newFolder();
    const store = await openSmall(folder);
    const { stored, waiting } = await fillUp(store);
    const late = store.commit([audit(9_999, 'z'.repeat(20_000))], 'ordinary');
    const outcomes = await Promise.allSettled([waiting, late, store.close()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    await expect(waiting).rejects.toMatchObject({ code: 'DISK_FULL', context: { path: folder.path } });
    const reopened = await folder.open();
    expect(await reopened.audit.after(userId, 0, 1_000)).toHaveLength(stored);
  });

  it.skipIf(!canMount)('of a real file system: the same (skipped without the right to mount one)', async () => {
    const disk = new SmallDisk();
    try {
      const folder = newFolder(disk.path);
      const store = await folder.open({ limits: IMPATIENT });
      const free = disk.occupy();
      const { stored, waiting } = await fillUp(store);
      expect(store.health()).toMatchObject({ status: 'out_of_service', error: { code: 'DISK_FULL' } });
      expect(await store.audit.lastSeq()).toBe(stored);
      await expect(new SqliteFolder(disk.path).open()).rejects.toMatchObject({ code: 'DISK_FULL' });
      const later = store.commit([state('later')], 'durable');
      free();
      await Promise.all([waiting, later]);
      expect(await store.audit.lastSeq()).toBe(stored + 2);
      expect(inspect(folder, (raw) => raw.pragma('integrity_check', { simple: true }))).toBe('ok');
      await store.close();
    } finally {
      disk.remove();
    }
  });
});

describe('while another program holds the database locked', () => {
  it('reading goes on, commits wait and are stored in order afterwards', async () => {
    const folder = newFolder();
    const store = await folder.open({ limits: IMPATIENT });
    await store.commit([state('before')], 'durable');
    const other = new Database(folder.path);
    other.exec('BEGIN IMMEDIATE');
    const out = nextHealth(store, 'out_of_service');
    const commits = Array.from({ length: 50 }, (_, n) => store.commit([state(`${n}`), audit(n + 1)], 'durable'));
    expect(await out).toMatchObject({ error: { code: 'DATABASE_BUSY', context: { path: folder.path } } });
    expect(await store.process.engineState(userId, 'k')).toMatchObject({ value: 'before' });
    other.exec('COMMIT');
    other.close();
    await Promise.all(commits);
    expect(store.health()).toEqual({ status: 'in_service' });
    expect(await store.process.engineState(userId, 'k')).toMatchObject({ value: '49' });
    expect(await store.audit.lastSeq()).toBe(50);
  });

  it('so many commits may wait, the next is refused at once', async () => {
    const folder = newFolder();
    const store = await folder.open({ limits: { ...IMPATIENT, maxWaitingOutOfService: 10 } });
    const other = new Database(folder.path);
    other.exec('BEGIN IMMEDIATE');
    const out = nextHealth(store, 'out_of_service');
    const waiting = [store.commit([audit(1)], 'ordinary')];
    await out;
    for (let seq = 2; seq <= 10; seq += 1) waiting.push(store.commit([audit(seq)], 'ordinary'));
    const refusal = { code: 'STORAGE_QUEUE_FULL', context: { given: 10, allowed: 10 } };
    await expect(store.commit([audit(11)], 'durable')).rejects.toMatchObject(refusal);
    other.exec('ROLLBACK');
    other.close();
    await Promise.all(waiting);
    await store.commit([audit(11)], 'durable');
    expect(await store.audit.lastSeq()).toBe(11);
  });

  it('closing refuses what waits', async () => {
    const folder = newFolder();
    const store = await folder.open({ limits: IMPATIENT });
    const other = new Database(folder.path);
    other.exec('BEGIN IMMEDIATE');
    const commits = [1, 2, 3].map((seq) => store.commit([audit(seq)], 'ordinary'));
    const outcomes = Promise.allSettled(commits);
    await store.close();
    other.close();
    expect((await outcomes).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(commits[0]).rejects.toMatchObject({ code: 'DATABASE_BUSY' });
  });
});

describe('while storage works', () => {
  it('commits beyond the bound are refused, those within it are stored', async () => {
    const store = await newFolder().open({ limits: { maxWaiting: 5 } });
    const outcomes = await Promise.allSettled([1, 2, 3, 4, 5, 6].map((seq) => store.commit([audit(seq)], 'ordinary')));
    expect(outcomes.map(({ status }) => status)).toEqual([...Array<string>(5).fill('fulfilled'), 'rejected']);
    expect(outcomes[5]).toMatchObject({ reason: { code: 'STORAGE_QUEUE_FULL' } });
    expect(await store.audit.lastSeq()).toBe(5);
  });
});

describe('when a thread ends', () => {
  const threadOf = (code: string) =>
    new URL(`data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads';${code}`)}`);
  const crash = "parentPort.on('message', () => { throw new Error('the thread broke'); });";

  it('the writer: what waits is refused with the cause, and so is everything after', async () => {
    const writer = threadOf(`${crash} parentPort.postMessage({ type: 'opened' });`);
    const store = await newFolder().open({ workers: { ...sqliteWorkers(), writer } });
    const failed = nextHealth(store, 'failed');
    const commits = [1, 2, 3].map((seq) => store.commit([audit(seq)], 'durable'));
    for (const outcome of await Promise.allSettled(commits)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'STORAGE_FAILED' } });
    }
    await expect(commits[0]).rejects.toThrow('the thread broke');
    await expect(failed).resolves.toMatchObject({ error: { code: 'STORAGE_FAILED' } });
    await expect(store.commit([audit(4)], 'durable')).rejects.toThrow('the thread broke');
    await expect(store.close()).resolves.toBeUndefined();
  });

  it('the writer before the database is open: opening fails with the cause', async () => {
    const writer = threadOf("throw new Error('no such addon');");
    const attempt = newFolder().open({ workers: { ...sqliteWorkers(), writer } });
    await expect(attempt).rejects.toThrow('no such addon');
  });

  it('the reader: what is asked is refused with the cause, writing goes on', async () => {
    const store = await newFolder().open({ workers: { ...sqliteWorkers(), reader: threadOf(crash) } });
    await expect(store.audit.lastSeq()).rejects.toThrow('the thread broke');
    await expect(store.audit.lastSeq()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await expect(store.commit([audit(1)], 'durable')).resolves.toBeUndefined();
  });
});
