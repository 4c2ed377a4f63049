import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import Database from 'better-sqlite3';

import { stepsOf } from '../src/adapters/store/shared/write-steps.ts';
import { openSqliteStore } from '../src/adapters/store/sqlite/open.ts';
import { asId } from '../src/domain/ids.ts';
import { sqliteMigrations, sqliteWorkers } from '../src/modes/assets.ts';
import type { StoreChange } from '../src/ports/store/changes.ts';
import type { Store } from '../src/ports/store/store.ts';
import { arbitraryAuditRecord } from '../src/testkit/builders/arbitrary-records.ts';
import { example, idAt } from '../src/testkit/builders/example.ts';
import { fill } from '../src/testkit/builders/fills.ts';
import { pendingOrder } from '../src/testkit/builders/orders.ts';
import { openedPosition } from '../src/testkit/builders/positions.ts';
import type { BenchRow } from './harness.ts';
import { median, percentile } from './harness.ts';

const INTENTS = 2_000;
/** Before these the compiler has not seen the work yet. */
const WARM_UP_INTENTS = 500;
const INSERTS = 20_000;
const INSERT_ROUNDS = 5;
const POSITIONS = 5_000;
const POSITIONS_PER_USER = 50;
const READS = 500;

/** One measurement of ours and, right after it, of the reference. */
interface Pair {
  readonly ours: number;
  readonly theirs: number;
}

interface Naming {
  readonly name: string;
  readonly unit: string;
  readonly reference: string;
}

function medianRow(naming: Naming, pairs: readonly Pair[]): BenchRow {
  return {
    ...naming,
    value: median(pairs.map(({ ours }) => ours)),
    referenceValue: median(pairs.map(({ theirs }) => theirs)),
    ratio: median(pairs.map(({ ours, theirs }) => ours / theirs)),
  };
}

/** What 99 of 100 measurements do not exceed. */
function p99Row(naming: Naming, pairs: readonly Pair[]): BenchRow {
  const value = percentile(
    pairs.map(({ ours }) => ours),
    0.99,
  );
  const referenceValue = percentile(
    pairs.map(({ theirs }) => theirs),
    0.99,
  );
  return { ...naming, value, referenceValue, ratio: value / referenceValue };
}

const intentOf = (number: number): StoreChange => ({ kind: 'order', order: pendingOrder({ id: idAt(number) }) });

/** How long the event loop is busy with handing over one order intent, beside only waking a thread with the row. */
async function benchHandover(store: Store): Promise<BenchRow> {
  const listener = new Worker("require('node:worker_threads').parentPort.on('message', () => {})", { eval: true });
  const pairs: Pair[] = [];
  for (let n = -WARM_UP_INTENTS; n < INTENTS; n += 1) {
    const intent = intentOf(n + WARM_UP_INTENTS);
    const startedAt = performance.now();
    const stored = store.commit([intent], 'durable');
    const handedOverAt = performance.now();
    await stored;
    const steps = stepsOf(intent);
    const wokenAt = performance.now();
    listener.postMessage(steps);
    pairs.push({ ours: (handedOverAt - startedAt) * 1_000, theirs: (performance.now() - wokenAt) * 1_000 });
  }
  await listener.terminate();
  const reference = 'bare postMessage of the row';
  return p99Row(
    { name: 'store: intent handed to the writer, p99', unit: 'us', reference },
    pairs.slice(WARM_UP_INTENTS),
  );
}

/** How long until an order intent is on the disk, beside a page that is written and synced on the event loop. */
async function benchDurable(store: Store, folder: string): Promise<BenchRow[]> {
  const file = openSync(join(folder, 'bare.bin'), 'w');
  const block = Buffer.alloc(4_096, 1);
  const pairs: Pair[] = [];
  for (let n = 0; n < INTENTS; n += 1) {
    const intent = intentOf(WARM_UP_INTENTS + INTENTS + n);
    const startedAt = performance.now();
    await store.commit([intent], 'durable');
    const storedAt = performance.now();
    writeSync(file, block);
    fsyncSync(file);
    pairs.push({ ours: storedAt - startedAt, theirs: performance.now() - storedAt });
  }
  closeSync(file);
  const naming = { unit: 'ms', reference: 'bare write and fsync' };
  return [
    medianRow({ name: 'store: intent to durable', ...naming }, pairs),
    p99Row({ name: 'store: intent to durable, p99', ...naming }, pairs),
  ];
}

/** Commits of one row each, handed over one by one, beside a bare loop over the same table in one transaction. */
async function benchInserts(store: Store, folder: string, kind: 'order' | 'audit'): Promise<BenchRow> {
  const bare = new Database(join(folder, `bare-${kind}.db`));
  bare.pragma('journal_mode = WAL');
  bare.pragma('synchronous = NORMAL');
  for (const { sql } of await sqliteMigrations()) bare.exec(sql);
  const pairs: Pair[] = [];
  for (let round = 0; round < INSERT_ROUNDS; round += 1) {
    const changes = Array.from({ length: INSERTS }, (_, n) => newRow(kind, (round + 1) * INSERTS + n));
    const rows = changes.flatMap(stepsOf);
    const [table, parameters] = rows[0] ?? ['orders', []];
    const insert = bare.prepare(`INSERT INTO ${table} VALUES (${parameters.map(() => '?').join(', ')})`);
    const startedAt = performance.now();
    await Promise.all(changes.map((change) => store.commit([change], 'ordinary')));
    const storedAt = performance.now();
    bare.transaction(() => rows.forEach(([, values]) => insert.run(...values)))();
    const insertedAt = performance.now();
    pairs.push({
      ours: (INSERTS * 1_000) / (storedAt - startedAt),
      theirs: (INSERTS * 1_000) / (insertedAt - storedAt),
    });
  }
  bare.close();
  const reference = 'better-sqlite3, one transaction';
  return medianRow({ name: `store: ${kind} inserts in group commit`, unit: 'inserts/s', reference }, pairs);
}

const auditRecord = example(arbitraryAuditRecord, { userId: asId('user'), data: '{"quantity":"0.5","status":"open"}' });

function newRow(kind: 'order' | 'audit', number: number): StoreChange {
  return kind === 'order' ? intentOf(number) : { kind, record: { ...auditRecord, seq: number } };
}

const BARE_OPEN_POSITIONS = `
  SELECT *,
    (SELECT json_group_array(json_array(fill_key, price, opened_quantity, remaining_quantity, opened_at))
     FROM lots WHERE position_id = positions.id) AS lots,
    (SELECT json_group_array(json_array(fill_key, order_id, quantity, price, time, reason, gross_pnl))
     FROM position_exits WHERE position_id = positions.id) AS exits
  FROM positions WHERE user_id = ? AND status = 'open' ORDER BY id`;

/** The open positions of one user, with lots and exits, as entities; beside the rows alone, read on the event loop. */
async function benchOpenPositions(store: Store, path: string): Promise<BenchRow> {
  const users = POSITIONS / POSITIONS_PER_USER;
  const userOf = (n: number) => asId<ReturnType<typeof openedPosition>['userId']>(`user ${n % users}`);
  const positions = Array.from({ length: POSITIONS }, (_, n) =>
    openedPosition(fill({ venueTradeId: `${n}` }), { id: idAt(n), userId: userOf(n) }),
  );
  await store.commit(
    positions.map((position) => ({ kind: 'position', position })),
    'ordinary',
  );
  const bare = new Database(path, { readonly: true });
  const select = bare.prepare(BARE_OPEN_POSITIONS);
  const pairs: Pair[] = [];
  for (let n = 0; n < READS; n += 1) {
    const startedAt = performance.now();
    const found = await store.positions.open(userOf(n));
    const readAt = performance.now();
    const rows = select.all(userOf(n));
    pairs.push({ ours: readAt - startedAt, theirs: performance.now() - readAt });
    if (found.length !== rows.length || rows.length !== POSITIONS_PER_USER) throw new Error('the readings differ');
  }
  bare.close();
  const reference = 'better-sqlite3, the same rows';
  return medianRow(
    { name: `store: ${POSITIONS_PER_USER} open positions of ${POSITIONS}`, unit: 'ms', reference },
    pairs,
  );
}

/** The SQLite store on the disk of the working folder. */
export async function benchStore(): Promise<BenchRow[]> {
  mkdirSync('.cache', { recursive: true });
  const folder = mkdtempSync(join('.cache', 'bench-store-'));
  const path = join(folder, 'bench.db');
  const migrations = await sqliteMigrations();
  const store = await openSqliteStore({ path, backupsDir: folder, migrations, workers: sqliteWorkers() });
  try {
    return [
      await benchHandover(store),
      ...(await benchDurable(store, folder)),
      await benchInserts(store, folder, 'order'),
      await benchInserts(store, folder, 'audit'),
      await benchOpenPositions(store, path),
    ];
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
