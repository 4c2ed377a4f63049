import type { Line, Tone } from '../style/line.ts';
import { span } from '../style/line.ts';
import { priceWord } from '../style/figures.ts';
import { fit } from '../style/text.ts';

/** A price that is drawn as a line across the chart. */
export interface ChartLevel {
  readonly name: string;
  readonly price: number;
  readonly tone: Tone;
}

const DOTS_ACROSS = 2;
const DOTS_DOWN = 4;
const EMPTY_BRAILLE = 0x2800;
/** The bits of a braille character by column and row of its dots. */
const DOT_BITS: readonly (readonly number[])[] = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
];
/** Lower than this a chart shows nothing to be seen: where a page has less room, it is scrolled to. */
export const LEAST_CHART_ROWS = 8;
/** Columns at the right of a chart for the names of levels. */
export const LABEL_WIDTH = 19;
export const LEVEL_SIGN = '┄';

/** The prices between which a chart is drawn. */
export interface PriceRange {
  readonly lowest: number;
  readonly highest: number;
}

/** How far below the highest price a price lies, as a share of the range; the middle where there is none. */
export function shareBelowTop(price: number, { lowest, highest }: PriceRange): number {
  const range = highest - lowest;
  return range > 0 ? (highest - price) / range : 0.5;
}

interface Scale extends PriceRange {
  readonly dots: number;
}

/** The row of dots, counted from above, on which a price lies. */
function dotRow(price: number, { lowest, highest, dots }: Scale): number {
  return Math.round(shareBelowTop(price, { lowest, highest }) * (dots - 1));
}

/** The cells of the chart as bits of dots, row by row. Neighbouring prices are joined by upright strokes. */
function drawDots(prices: readonly number[], size: { width: number; height: number }, scale: Scale): number[][] {
  const cells = Array.from({ length: size.height }, () => new Array<number>(size.width).fill(0));
  let before: number | null = null;
  prices.forEach((price, at) => {
    const row = dotRow(price, scale);
    const from = before === null ? row : before + Math.sign(row - before);
    for (let dot = Math.min(from, row); dot <= Math.max(from, row); dot += 1) {
      const cellRow = cells[Math.floor(dot / DOTS_DOWN)];
      const column = Math.floor(at / DOTS_ACROSS);
      if (cellRow !== undefined) {
        cellRow[column] = (cellRow[column] ?? 0) | (DOT_BITS[at % DOTS_ACROSS]?.[dot % DOTS_DOWN] ?? 0);
      }
    }
    before = row;
  });
  return cells;
}

/**
 * The prices as a line of braille dots, with levels across and their names at the right. The prices seen last are shown, as
 * many as fit.
 * @param size of the screen's area; names and margins take 20 columns of it
 */
export function chartLines(
  prices: readonly number[],
  levels: readonly ChartLevel[],
  size: { readonly width: number; readonly height: number },
): Line[] {
  const width = size.width - LABEL_WIDTH - 1;
  const { height } = size;
  if (width < 10 || height < 3) return [];
  const last = prices.slice(-width * DOTS_ACROSS);
  if (last.length < 2) return [[span(' the chart begins with the next prices', 'dim')]];
  const all = [...last, ...levels.map(({ price }) => price)];
  const scale = { lowest: Math.min(...all), highest: Math.max(...all), dots: height * DOTS_DOWN };
  const cells = drawDots(last, { width, height }, scale);
  return cells.map((row, at): Line => {
    const level = levels.find(({ price }) => Math.floor(dotRow(price, scale) / DOTS_DOWN) === at);
    const blank = level === undefined ? ' ' : LEVEL_SIGN;
    const drawn = row.map((bits) => (bits === 0 ? blank : String.fromCharCode(EMPTY_BRAILLE + bits))).join('');
    const label = level === undefined ? '' : ` ${fit(level.name, 7)} ${priceWord(level.price)}`;
    return [span(' '), span(drawn, level?.tone ?? 'accent'), span(fit(label, LABEL_WIDTH), level?.tone ?? 'plain')];
  });
}
