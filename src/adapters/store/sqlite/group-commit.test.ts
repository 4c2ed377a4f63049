import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { WriteStatement } from '../shared/write-statements.ts';
import type { WriteStatementName } from '../shared/write-steps.ts';
import { connectForWriting } from './connection.ts';
import type { Connection } from './connection.ts';
import { GroupCommitter } from './group-commit.ts';
import type { CommitRequest } from './messages.ts';
import { compileLimits } from './options.ts';

/** One table under the name of a real one: what a group does to it depends on the statements alone. */
const TABLE = 'CREATE TABLE audit (seq INTEGER PRIMARY KEY NOT NULL, data TEXT NOT NULL) STRICT';
const PUT: WriteStatement = {
  sql: `INSERT INTO audit VALUES (?, ?) ON CONFLICT (seq) DO UPDATE SET seq = excluded.seq WHERE data = excluded.data`,
  mustChange: true,
};
const STATEMENTS = { audit: PUT } as unknown as Record<WriteStatementName, WriteStatement>;

let folder: string;
let connection: Connection;
let committer: GroupCommitter;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aitrader-group-'));
  const path = join(folder, 'group.db');
  connection = connectForWriting(path, compileLimits());
  connection.exec(TABLE);
  committer = new GroupCommitter(connection, STATEMENTS, { path, backupsDir: folder });
});
afterEach(() => {
  connection.close();
  rmSync(folder, { recursive: true, force: true });
});

function commit(id: number, seqs: readonly (number | string)[], { durable = false, data = 'x' } = {}): CommitRequest {
  return { id, durable, steps: seqs.map((seq) => ['audit', [seq, data]] as const) };
}

const stored = () => connection.prepare('SELECT seq FROM audit ORDER BY seq').pluck().all();
const NORMAL = 1;
const FULL = 2;
const synchronous = () => connection.pragma('synchronous', { simple: true });

describe('a group', () => {
  it('is synced exactly when one of its commits has to be durable', () => {
    committer.apply([commit(1, [1]), commit(2, [2])]);
    expect(synchronous()).toBe(NORMAL);
    committer.apply([commit(3, [3]), commit(4, [4], { durable: true }), commit(5, [5])]);
    expect(synchronous()).toBe(FULL);
    committer.apply([commit(6, [6])]);
    expect(synchronous()).toBe(NORMAL);
  });

  it('stores its good commits and says of the others which step failed', () => {
    committer.apply([commit(1, [1])]);
    const result = committer.apply([
      commit(2, [2]),
      commit(3, [3, 4, 1], { data: 'other' }),
      commit(4, [5, 'no number']),
    ]);
    expect(result.stored).toEqual([2]);
    expect(result.refused).toMatchObject([
      { id: 3, kind: 'conflict', step: 2 },
      { id: 4, kind: 'conflict', step: 1 },
    ]);
    expect(stored()).toEqual([1, 2]);
  });

  it('refuses a commit that it cannot execute without touching the others', () => {
    const broken = { id: 2, durable: false, steps: [['orders', []]] } as unknown as CommitRequest;
    const result = committer.apply([commit(1, [1]), broken, commit(3, [3])]);
    expect(result).toMatchObject({ stored: [1, 3], refused: [{ id: 2, kind: 'storage' }] });
    expect(stored()).toEqual([1, 3]);
  });

  it('that does not fit is not stored at all, and the next one can be', () => {
    committer.apply([commit(1, [1])]);
    connection.pragma(`max_page_count = ${String(connection.pragma('page_count', { simple: true }))}`);
    const big = { data: 'x'.repeat(100_000) };
    expect(() => committer.apply([commit(2, [2]), commit(3, [3], big), commit(4, [4])])).toThrow(
      expect.objectContaining({ code: 'SQLITE_FULL' }),
    );
    expect(connection.inTransaction).toBe(false);
    expect(stored()).toEqual([1]);
    expect(committer.apply([commit(2, [2])]).stored).toEqual([2]);
  });
});
