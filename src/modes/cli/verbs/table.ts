import { printable } from '../../../lib/printable.ts';
import { toned } from './view.ts';
import type { Tone, View } from './view.ts';

/** A cell: text, with a tone when it has one. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row, view: View) => Cell;
  readonly align?: 'right';
  /** Left out where the terminal is too narrow; of several the last one first. */
  readonly optional?: true;
}

/** Characters that take two columns of a terminal: Unicode's East Asian Width, as far as symbols and names hold them. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

function widthOf(text: string): number {
  return [...text].reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0);
}

/** Cut so that it takes at most `width` columns. */
function fitted(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let cut = '';
  for (const character of text) {
    if (widthOf(cut + character) > width - 1) break;
    cut += character;
  }
  return `${cut}\u2026`;
}

const GAP = '  ';
/** The last column gives way down to this width. */
const LEAST_LAST_WIDTH = 12;

interface Shown {
  readonly text: string;
  readonly tone: Tone;
}

/** Aligned columns. Rows that are added later keep to the widths of the earlier ones as far as they can. */
export class Table<Row> {
  readonly #columns: readonly Column<Row>[];
  readonly #view: View;
  #widths: number[];
  #shown: number[];
  #hasHeader = false;

  constructor(columns: readonly Column<Row>[], view: View) {
    this.#columns = columns;
    this.#view = view;
    this.#widths = columns.map(({ title }) => widthOf(title));
    this.#shown = columns.map((_, at) => at);
  }

  /** The rows as lines, after the header when they are the first. */
  add(rows: readonly Row[]): string {
    const cells = rows.map((row) => this.#columns.map((column) => shownCell(column.cell(row, this.#view))));
    this.#widths = this.#widths.map((width, at) =>
      Math.max(width, ...cells.map((row) => widthOf(row[at]?.text ?? ''))),
    );
    this.#shown = this.#fitColumns();
    const lines = cells.map((row) => this.#line(row));
    if (!this.#hasHeader) {
      lines.unshift(this.#line(this.#columns.map(({ title }): Shown => ({ text: title, tone: 'quiet' }))));
      this.#hasHeader = true;
    }
    return lines.map((line) => `${line}\n`).join('');
  }

  /** The columns that fit, the last one cut down if need be. */
  #fitColumns(): number[] {
    const shown = this.#columns.map((_, at) => at);
    const last = shown.length - 1;
    const needed = (): number =>
      shown.reduce((sum, at) => {
        const width = this.#widths[at] ?? 0;
        return sum + GAP.length + (at === last ? Math.min(width, LEAST_LAST_WIDTH) : width);
      }, -GAP.length);
    while (needed() > this.#view.width) {
      const dropped = shown.findLastIndex((at) => this.#columns[at]?.optional === true);
      if (dropped === -1) break;
      shown.splice(dropped, 1);
    }
    return shown;
  }

  #line(cells: readonly Shown[]): string {
    let used = 0;
    const parts = this.#shown.map((at, place) => {
      const { text, tone } = cells[at] ?? { text: '', tone: 'plain' };
      const isLast = place === this.#shown.length - 1;
      const isRight = this.#columns[at]?.align === 'right';
      const room = Math.max(LEAST_LAST_WIDTH, this.#view.width - used);
      const width = this.#widths[at] ?? 0;
      used += width + GAP.length;
      if (isLast && !isRight) return toned(fitted(text, room), tone, this.#view);
      const padding = ' '.repeat(Math.max(0, width - widthOf(text)));
      const colored = toned(text, tone, this.#view);
      return isRight ? padding + colored : colored + padding;
    });
    return parts.join(GAP).trimEnd();
  }
}

/** Texts of filters and of the venue are made harmless for the terminal. */
function shownCell(cell: Cell): Shown {
  const { text, tone } = typeof cell === 'string' ? { text: cell, tone: 'plain' as const } : cell;
  return { text: printable(text), tone };
}

/** Names and values, one pair a line. */
export function pairs(list: readonly (readonly [name: string, value: Cell])[], view: View): string {
  const width = Math.max(...list.map(([name]) => widthOf(name)));
  return list
    .map(([name, value]) => {
      const { text, tone } = shownCell(value);
      return `${toned(name.padEnd(width), 'quiet', view)}${GAP}${toned(text, tone, view)}\n`;
    })
    .join('');
}
