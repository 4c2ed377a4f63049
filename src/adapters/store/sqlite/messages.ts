import type { ErrorCode, ErrorContext } from '../../../domain/errors.ts';
import type { Migration } from '../shared/migrations.ts';
import type { SqlValue } from '../shared/table.ts';
import type { WriteStatement } from '../shared/write-statements.ts';
import type { WriteStatementName, WriteStep } from '../shared/write-steps.ts';
import type { SqliteLimits } from './options.ts';

/** An error on its way between threads. */
export interface Failure {
  readonly code: ErrorCode;
  readonly context: ErrorContext;
}

export interface WriterSetup {
  readonly path: string;
  readonly backupsDir: string;
  readonly migrations: readonly Migration[];
  readonly statements: Readonly<Record<WriteStatementName, WriteStatement>>;
  readonly limits: SqliteLimits;
}

export interface CommitRequest {
  readonly id: number;
  readonly durable: boolean;
  readonly steps: readonly WriteStep[];
}

export type ToWriter =
  | { readonly type: 'commits'; readonly commits: readonly CommitRequest[] }
  /** Waiting for better times ends: what cannot be stored now is refused. */
  | { readonly type: 'drain' }
  | { readonly type: 'close' };

/** Why a commit was not stored: the data of one step, or the storage itself. */
export type Refusal =
  | { readonly id: number; readonly kind: 'conflict'; readonly step: number; readonly problem: string }
  | { readonly id: number; readonly kind: 'storage'; readonly failure: Failure };

export type FromWriter =
  | { readonly type: 'opened' }
  | { readonly type: 'open_failed'; readonly failure: Failure }
  | { readonly type: 'settled'; readonly stored: readonly number[]; readonly refused: readonly Refusal[] }
  | { readonly type: 'out_of_service'; readonly failure: Failure }
  | { readonly type: 'in_service' };

export interface ReaderSetup {
  readonly path: string;
  readonly backupsDir: string;
  readonly busyTimeoutMs: number;
}

export type ToReader =
  | { readonly type: 'read'; readonly id: number; readonly sql: string; readonly parameters: readonly SqlValue[] }
  | { readonly type: 'close' };

export type FromReader =
  | {
      readonly type: 'rows';
      readonly id: number;
      readonly columns: readonly string[];
      /** Each row's values in the order of the columns. */
      readonly rows: readonly (readonly SqlValue[])[];
    }
  | { readonly type: 'read_failed'; readonly id: number; readonly failure: Failure };
