import type { WriteStatement } from '../shared/write-statements.ts';
import type { WriteStatementName } from '../shared/write-steps.ts';
import type { Connection, Statement } from './connection.ts';
import { failureOf, isRefusedValue, isPassing } from './failure.ts';
import type { DatabasePlace } from './failure.ts';
import type { CommitRequest, Refusal } from './messages.ts';

/** What became of the commits of a group. */
export interface GroupResult {
  readonly stored: readonly number[];
  readonly refused: readonly Refusal[];
}

/** A step touched no row: its key belongs to another user or to other content. */
class ConflictError extends Error {}

const CONFLICT = 'the id is taken by another user, or by a record with other content';

/**
 * Applies commits in groups: one transaction and, if one of them asks for it, one sync for all of them. Each commit stands in
 * a savepoint of its own, so that one that is refused leaves the others alone.
 *
 * With a write-ahead log `synchronous = FULL` syncs the log at every commit and NORMAL leaves it to the next checkpoint
 * (https://www.sqlite.org/pragma.html#pragma_synchronous). The log is one file that is synced as a whole: a durable group
 * makes everything durable that was committed before it.
 */
export class GroupCommitter {
  readonly #connection: Connection;
  readonly #place: DatabasePlace;
  readonly #statements: ReadonlyMap<WriteStatementName, { readonly run: Statement; readonly mustChange: boolean }>;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #savepoint: Statement;
  readonly #release: Statement;
  readonly #rollbackToSavepoint: Statement;
  #synchronous: 'FULL' | 'NORMAL' | null = null;

  constructor(
    connection: Connection,
    statements: Readonly<Record<WriteStatementName, WriteStatement>>,
    place: DatabasePlace,
  ) {
    this.#connection = connection;
    this.#place = place;
    this.#statements = new Map(
      (Object.entries(statements) as [WriteStatementName, WriteStatement][]).map(([name, { sql, mustChange }]) => [
        name,
        { run: connection.prepare(sql), mustChange },
      ]),
    );
    this.#begin = connection.prepare('BEGIN IMMEDIATE');
    this.#commit = connection.prepare('COMMIT');
    this.#savepoint = connection.prepare('SAVEPOINT one_commit');
    this.#release = connection.prepare('RELEASE one_commit');
    this.#rollbackToSavepoint = connection.prepare('ROLLBACK TO one_commit');
  }

  /** @throws SqliteError when the group as a whole cannot be stored; then nothing of it is */
  apply(group: readonly CommitRequest[]): GroupResult {
    this.#setSynchronous(group.some((commit) => commit.durable) ? 'FULL' : 'NORMAL');
    const stored: number[] = [];
    const refused: Refusal[] = [];
    try {
      this.#begin.run();
      for (const commit of group) {
        const refusal = this.#applyOne(commit);
        if (refusal === null) stored.push(commit.id);
        else refused.push(refusal);
      }
      this.#commit.run();
    } catch (error) {
      if (this.#connection.inTransaction) this.#connection.exec('ROLLBACK');
      throw error;
    }
    return { stored, refused };
  }

  /** The setting cannot change inside a transaction. */
  #setSynchronous(synchronous: 'FULL' | 'NORMAL'): void {
    if (synchronous === this.#synchronous) return;
    this.#connection.pragma(`synchronous = ${synchronous}`);
    this.#synchronous = synchronous;
  }

  #applyOne(commit: CommitRequest): Refusal | null {
    this.#savepoint.run();
    let step = 0;
    try {
      for (const [name, parameters] of commit.steps) {
        this.#run(name, parameters);
        step += 1;
      }
      this.#release.run();
      return null;
    } catch (error) {
      const failure = failureOf(error, this.#place);
      // A full disk ends the whole transaction by itself, and would refuse the other commits as well.
      if (!this.#connection.inTransaction || isPassing(failure)) throw error;
      this.#rollbackToSavepoint.run();
      this.#release.run();
      if (!(error instanceof ConflictError) && !isRefusedValue(error))
        return { id: commit.id, kind: 'storage', failure };
      return { id: commit.id, kind: 'conflict', step, problem: (error as Error).message };
    }
  }

  #run(name: WriteStatementName, parameters: readonly unknown[]): void {
    const statement = this.#statements.get(name);
    if (statement === undefined) throw new Error(`no statement ${name}`);
    const { changes } = statement.run.run(parameters);
    if (statement.mustChange && changes === 0) throw new ConflictError(CONFLICT);
  }
}
