import { CELL, drawn, round } from './glyphs.ts';
import type { Cell, Look } from './screen.ts';

/** Tokyo Night. */
const TEXT = '#c0caf5';
const GROUND = '#1a1b26';
const BAR = '#16161e';
const LIGHTS = ['#f7768e', '#e0af68', '#9ece6a'];
const FONTS = "ui-monospace, 'JetBrains Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace";

const MARGIN = 12;
const BAR_HEIGHT = 36;
/** Where the letters stand in their places. */
const BASELINE = 13.5;
const FONT_SIZE = 14;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function inkOf({ color, background, reversed }: Look): string {
  return reversed ? (background ?? GROUND) : (color ?? TEXT);
}

function groundOf({ color, background, reversed }: Look): string | null {
  return reversed ? (color ?? TEXT) : background;
}

/** Neighbours that look alike. */
interface Run {
  readonly from: number;
  readonly cells: readonly Cell[];
}

function runsOf(cells: readonly Cell[], isAlike: (one: Cell, other: Cell) => boolean): Run[] {
  const runs: { from: number; cells: Cell[] }[] = [];
  cells.forEach((cell, column) => {
    const last = runs.at(-1);
    const [first] = last?.cells ?? [];
    if (last !== undefined && first !== undefined && isAlike(first, cell)) last.cells.push(cell);
    else runs.push({ from: column, cells: [cell] });
  });
  return runs;
}

function isOneWord(one: Cell, other: Cell): boolean {
  const isShape = (cell: Cell): boolean => drawn(cell.character, { x: 0, y: 0 }, '') !== null;
  const looks = ({ bold, faint }: Look): string => `${bold} ${faint}`;
  return inkOf(one) === inkOf(other) && looks(one) === looks(other) && !isShape(one) && !isShape(other);
}

function textOf({ from, cells }: Run, y: number): string {
  const [first] = cells;
  const text = cells.map(({ character }) => character).join('');
  if (first === undefined || text.trim() === '') return '';
  const x = MARGIN + from * CELL.width;
  const shape = drawn(first.character, { x, y }, inkOf(first));
  if (shape !== null) return shape;
  // Blanks at the ends would be squeezed by some readers: the word is placed by its first letter.
  const begins = text.length - text.trimStart().length;
  const word = text.trim();
  const width = round([...word].length * CELL.width);
  const weight = first.bold ? ' font-weight="bold"' : '';
  const faint = first.faint ? ' opacity="0.6"' : '';
  const place = `x="${round(x + begins * CELL.width)}" y="${round(y + BASELINE)}" textLength="${width}"`;
  return `<text ${place} fill="${inkOf(first)}"${weight}${faint}>${escaped(word)}</text>`;
}

function groundRect({ from, cells }: Run, y: number): string {
  const [first] = cells;
  const color = first === undefined ? null : groundOf(first);
  if (color === null) return '';
  const place = `x="${round(MARGIN + from * CELL.width)}" y="${round(y)}"`;
  return `<rect ${place} width="${round(cells.length * CELL.width)}" height="${CELL.height}" fill="${color}"/>`;
}

function rowOf(cells: readonly Cell[], row: number): string {
  const y = BAR_HEIGHT + row * CELL.height;
  const grounds = runsOf(cells, (one, other) => groundOf(one) === groundOf(other)).map((run) => groundRect(run, y));
  return [...grounds, ...runsOf(cells, isOneWord).map((run) => textOf(run, y))].filter(Boolean).join('\n');
}

export interface Picture {
  readonly title: string;
  readonly columns: number;
  readonly rows: readonly (readonly Cell[])[];
}

/** A terminal window as SVG. Every word is stretched to its columns, so that any monospaced font keeps the tables straight. */
export function svgOf({ title, columns, rows }: Picture): string {
  const width = round(2 * MARGIN + columns * CELL.width);
  const height = round(BAR_HEIGHT + rows.length * CELL.height + MARGIN);
  const lights = LIGHTS.map((color, at) => `<circle cx="${20 + 18 * at}" cy="16" r="5.5" fill="${color}"/>`).join('');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="${GROUND}"/>`,
    `<path d="M0 8a8 8 0 0 1 8-8H${round(width - 8)}a8 8 0 0 1 8 8V24H0z" fill="${BAR}"/>`,
    lights,
    `<g font-family="${FONTS}" font-size="${FONT_SIZE}" xml:space="preserve">`,
    `<text x="${round(width / 2)}" y="20" text-anchor="middle" fill="#737aa2" font-size="13">${escaped(title)}</text>`,
    ...rows.map(rowOf).filter(Boolean),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}
