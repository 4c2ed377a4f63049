import type { FilterFault } from '../../../ports/filter-sandbox.ts';

/** What is told of a filter file; one vocabulary for faults of the sandbox and for what `filter check` finds itself. */
export type FindingCode =
  | FilterFault['code']
  | 'too-large'
  | 'not-text'
  | 'undeclared'
  | 'forbidden'
  | 'column-as-number'
  | 'column-write'
  | 'negative-index'
  | 'unknown-name'
  | 'slow'
  | 'impure'
  | 'look-ahead'
  | 'lookback';

/** Something wrong with a filter file. Line and column count from 1, null when there is no place to point at. */
export interface Finding {
  readonly line: number | null;
  readonly column: number | null;
  readonly code: FindingCode;
  /** What is wrong. */
  readonly message: string;
  /** How to mend it. */
  readonly fix: string;
}

const FIXES: readonly (readonly [pattern: RegExp, fix: string])[] = [
  [/^import of/, 'Remove the import: `ta` and `plot` are global, and helpers are written into the file.'],
  [/: no check;|\bno check\b/, 'Add `export function check({ close, params }) { ... }`.'],
  [/\bno meta\b/, "Add `export const meta = { name: '...', timeframes: ['5m'], lookback: 250 };`."],
  [/the module waits/, 'Remove `await`: a filter computes from what it is given, at once.'],
  [/used as a number/, 'Take one value: `ta.last(x)`, or `ta.last(x, 1)` for the one before.'],
  [/not extensible|read only|read-only/, 'Globals and candles are frozen: make an object or a column of your own.'],
];

const FIX_BY_CODE: Readonly<Record<FilterFault['code'], string>> = {
  syntax: 'Mend the syntax there; a filter is one plain JavaScript module.',
  meta: 'Change `meta` as the message says; `aitrader filter guide` lists every field.',
  threw: 'Mend the code there; `aitrader filter guide` lists what a check is given.',
  timeout: 'Do less in a check: let `ta` compute over whole columns, and bound every loop.',
  memory: 'Keep less: no lists that grow, no texts that are repeated; columns are at most 1,000 values long.',
  result: 'Return null, or { side, conditions, ... } of plain data; `aitrader filter guide` shows every field.',
  crashed: 'Keep less in memory at once; something in it took its whole process down.',
};

/** A fault that the sandbox found. */
export function findingOf({ code, message, line, column }: FilterFault): Finding {
  const [, special] = FIXES.find(([pattern]) => pattern.test(message)) ?? [];
  return { line, column, code, message, fix: special ?? FIX_BY_CODE[code] };
}
