import type { Line, Span } from '../style/line.ts';
import { span } from '../style/line.ts';
import { fit, fitLine } from '../style/text.ts';

/** A column of a list of things. */
export interface Column<Row> {
  readonly title: string;
  /** Columns of the screen. */
  readonly width: number;
  readonly align?: 'right';
  /** Takes what the others leave; at most one column of a list does. Its width is then the least it needs. */
  readonly grows?: true;
  /** Where not all columns fit, those of the highest rank go first; rank 0 always stays. */
  readonly rank: number;
  /** The text must have gone through `shown` if it comes from outside. */
  readonly cell: (row: Row) => Span;
  /** What the list may be sorted by; absent where that makes no sense. */
  readonly sortBy?: (row: Row) => number | string;
}

/** By which of the sortable columns, counted from 0, a list is sorted; null: as the list comes. */
export interface Sorting {
  readonly column: number | null;
  readonly isReversed: boolean;
}

export const UNSORTED: Sorting = { column: null, isReversed: false };

export interface ListingOptions<Row> {
  readonly columns: readonly Column<Row>[];
  /** In the order of the list itself. */
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** What is said when there is nothing: also what to do about it. */
  readonly empty: string;
  readonly sorting: Sorting;
  /** Without a row chosen the end is shown, and new rows come into view. */
  readonly follows?: true;
}

/** What a panel lists, ready to be walked through, searched and drawn. */
export interface Listing {
  /** The rows by their keys, in the order shown. */
  readonly keys: readonly string[];
  readonly follows: boolean;
  /** A text, whose lines are no things to choose. */
  readonly isText: boolean;
  /** By how many columns it can be sorted, and what it is sorted by. */
  readonly sortables: number;
  readonly sortedBy: string | null;
  /** The row's text, for finding. */
  textAt(index: number): string;
  /**
   * At most `height` lines of `width` columns, the titles first.
   * @param chosen the row that the keys act on, null for none
   */
  draw(width: number, height: number, chosen: number | null): Line[];
}

const GAP = 1;
const MARKER_WIDTH = 2;
const MARKER = span('› ', 'accent');
const NO_MARKER = span('  ');
const BLANK = span(' ');

interface Placed<Row> {
  readonly column: Column<Row>;
  readonly width: number;
}

/** The columns that fit into `width`, with the widths that they get. */
function place<Row>(columns: readonly Column<Row>[], width: number): readonly Placed<Row>[] {
  const needed = (kept: readonly Column<Row>[]): number =>
    kept.reduce((sum, column) => sum + column.width + GAP, MARKER_WIDTH - GAP);
  let kept = columns;
  while (needed(kept) > width) {
    const highest = Math.max(...kept.map(({ rank }) => rank));
    if (highest <= 0) break;
    const dropped = kept.findLastIndex(({ rank }) => rank === highest);
    kept = kept.filter((_, at) => at !== dropped);
  }
  const left = Math.max(0, width - needed(kept));
  return kept.map((column) => ({ column, width: column.width + (column.grows ? left : 0) }));
}

function titleLine<Row>(placed: readonly Placed<Row>[], sortedBy: Column<Row> | null, isReversed: boolean): Line {
  const line: Span[] = [NO_MARKER];
  for (const { column, width } of placed) {
    const arrow = column === sortedBy ? (isReversed ? '▲' : '▼') : '';
    line.push(span(fit(`${column.title}${arrow}`, width, column.align), 'dim'), BLANK);
  }
  return line;
}

function rowLine<Row>(placed: readonly Placed<Row>[], row: Row, isChosen: boolean): Line {
  const line: Span[] = [isChosen ? MARKER : NO_MARKER];
  for (const { column, width } of placed) {
    const { text, tone } = column.cell(row);
    line.push(span(fit(text, width, column.align), tone), BLANK);
  }
  return isChosen ? line.map(({ text }) => span(text, 'chosen')) : line;
}

/** The greater first, as people look for what is most; names from A on. */
function compare(one: number | string, other: number | string): number {
  if (typeof one === 'number' && typeof other === 'number') return orderable(other) - orderable(one);
  const [left, right] = [String(one), String(other)];
  return left < right ? -1 : Number(left > right);
}

/** What is not known counts as the least. */
function orderable(value: number): number {
  return Number.isFinite(value) ? value : -Number.MAX_VALUE / 2;
}

function sorted<Row>(rows: readonly Row[], by: Column<Row> | null, isReversed: boolean): readonly Row[] {
  if (by?.sortBy === undefined) return isReversed ? rows.toReversed() : rows;
  const { sortBy } = by;
  const keyed = rows.map((row) => ({ row, key: sortBy(row) }));
  keyed.sort(isReversed ? (one, other) => compare(other.key, one.key) : (one, other) => compare(one.key, other.key));
  return keyed.map(({ row }) => row);
}

/** Where the window of `height` rows begins so that `focus` stands in its middle, as far as the ends allow. */
export function windowStart(count: number, height: number, focus: number): number {
  return Math.max(0, Math.min(focus - Math.floor(height / 2), count - height));
}

export function listing<Row>(options: ListingOptions<Row>): Listing {
  const { columns, keyOf, empty, sorting } = options;
  const follows = options.follows ?? false;
  const sortable = columns.filter(({ sortBy }) => sortBy !== undefined);
  const sortedBy = sorting.column === null ? null : (sortable[sorting.column] ?? null);
  const rows = sorted(options.rows, sortedBy, sorting.isReversed);
  return {
    keys: rows.map(keyOf),
    follows,
    isText: false,
    sortables: sortable.length,
    sortedBy: sortedBy?.title ?? null,
    textAt: (index) => {
      const row = rows[index];
      return row === undefined ? '' : columns.map(({ cell }) => cell(row).text).join(' ');
    },
    draw: (width, height, chosen) => {
      if (rows.length === 0) return [fitLine([span(`  ${empty}`, 'dim')], width)].slice(0, height);
      const placed = place(columns, width);
      const space = Math.max(0, height - 1);
      const start = windowStart(rows.length, space, chosen ?? (follows ? rows.length : 0));
      const lines = rows
        .slice(start, start + space)
        .map((row, at) => rowLine(placed, row, chosen !== null && start + at === chosen));
      return [titleLine(placed, sortedBy, sorting.isReversed), ...lines].slice(0, height);
    },
  };
}

/** A text as a list: its lines can be walked through. */
export function textListing(lines: readonly Line[]): Listing {
  return {
    keys: lines.map((_, at) => String(at)),
    follows: false,
    isText: true,
    sortables: 0,
    sortedBy: null,
    textAt: (index) => (lines[index] ?? []).map(({ text }) => text).join(''),
    draw: (width, height, chosen) => {
      const start = windowStart(lines.length, height, chosen ?? 0);
      return lines.slice(start, start + height).map((line) => fitLine(line, width));
    },
  };
}
