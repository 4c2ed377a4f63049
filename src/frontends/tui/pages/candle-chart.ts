import type { Candle } from '../../../domain/candle.ts';
import { candleOpenTime } from '../../../domain/time.ts';
import type { ChartCandles } from '../desk/view.ts';
import { clockWord, priceWord } from '../style/figures.ts';
import type { Line, Span, Tone } from '../style/line.ts';
import { span } from '../style/line.ts';
import { fit } from '../style/text.ts';
import { LABEL_WIDTH, LEVEL_SIGN, shareBelowTop } from './chart.ts';
import type { ChartLevel, PriceRange } from './chart.ts';

/** A moment that is marked below its candle, by one letter. */
interface ChartMark {
  readonly letter: string;
  /** Milliseconds UTC. */
  readonly at: number;
}

/** A hollow body rose, a filled one fell: the direction needs no colour. */
const RISEN = '║';
const FALLEN = '┃';
const WICK = '│';
const UPPER_WICK = '╵';
const LOWER_WICK = '╷';

interface Scale extends PriceRange {
  readonly rows: number;
}

/** The half row, counted from above, on which a price lies. */
function halfRow(price: number, scale: Scale): number {
  return Math.round(shareBelowTop(price, scale) * (scale.rows * 2 - 1));
}

function rowOf(price: number, scale: Scale): number {
  return Math.floor(halfRow(price, scale) / 2);
}

/** What a candle shows in a row; empty where it does not reach. */
function candleSign({ open, high, low, close }: Candle, row: number, scale: Scale): string {
  const top = halfRow(high, scale);
  const bottom = halfRow(low, scale);
  if (row < Math.floor(top / 2) || row > Math.floor(bottom / 2)) return '';
  const isBody = row >= rowOf(Math.max(open, close), scale) && row <= rowOf(Math.min(open, close), scale);
  if (isBody) return close >= open ? RISEN : FALLEN;
  if (top === row * 2 + 1) return LOWER_WICK;
  return bottom === row * 2 ? UPPER_WICK : WICK;
}

/** What stands in a row where no candle does. */
interface Background {
  readonly blank: Span;
  readonly label: Span;
}

function background(row: number, levels: readonly ChartLevel[], scale: Scale): Background {
  const here = levels.filter(({ price }) => rowOf(price, scale) === row);
  const [first] = here;
  if (first !== undefined) {
    const name = here.length === 1 ? first.name : here.map(({ name: each }) => each.slice(0, 3)).join('/');
    const label = ` ${fit(name, 7)} ${priceWord(first.price)}`;
    return { blank: span(LEVEL_SIGN, first.tone), label: span(label, first.tone) };
  }
  const edge = row === 0 ? scale.highest : row === scale.rows - 1 ? scale.lowest : null;
  return { blank: span(' '), label: span(edge === null ? '' : ` ${fit('', 7)} ${priceWord(edge)}`, 'dim') };
}

function chartRow(cells: readonly (Span | null)[], { blank, label }: Background): Line {
  return [span(' '), ...cells.map((cell) => cell ?? blank), span(fit(label.text, LABEL_WIDTH), label.tone)];
}

/** From when to when the chart goes, and the letters of the marks under their candles; a letter takes the place of a time. */
function timeRow(
  drawn: readonly Candle[],
  { width, step }: { readonly width: number; readonly step: number },
  { timeframe, marks }: MarksOf,
): Line {
  const legend = span(fit(` ${timeframe} ${RISEN} up ${FALLEN} down`, LABEL_WIDTH), 'dim');
  const columns = marks.flatMap(({ letter, at }) => {
    const index = drawn.findIndex(({ openTime }) => openTime === candleOpenTime(at, timeframe));
    return index === -1 ? [] : [{ letter, column: index * step }];
  });
  const letters = new Array<string>(width).fill(' ');
  const last = (drawn.length - 1) * step;
  for (const [candle, from] of [
    [drawn[0], 0],
    [drawn.at(-1), last - TIME_WIDTH + 1],
  ] as const) {
    const isTaken = columns.some(({ column }) => column >= from - 1 && column <= from + TIME_WIDTH);
    if (candle === undefined || isTaken || last < 2 * TIME_WIDTH) continue;
    [...clockWord(candle.openTime).slice(0, TIME_WIDTH)].forEach((sign, at) => (letters[from + at] = sign));
  }
  for (const { letter, column } of columns) letters[column] = letter;
  return [span(' '), span(letters.join(''), 'dim'), legend];
}

const TIME_WIDTH = 5;

interface MarksOf {
  readonly timeframe: ChartCandles['timeframe'];
  readonly marks: readonly ChartMark[];
}

/** The narrowest and lowest area that shows anything. */
const LEAST_WIDTH = 10;
const LEAST_ROWS = 4;
/** Where there are few candles, they stand up to so many columns apart. */
const WIDEST_STEP = 3;

/**
 * Closed candles, one a column, with levels across and their names at the right, and the times below. The latest are shown, as
 * many as fit.
 * @param size of the screen's area; names and margins take 20 columns of it, the times one row
 * @returns null where there are no candles, or no room
 */
export function candleChartLines(
  { candles, timeframe }: ChartCandles,
  { levels, marks }: { readonly levels: readonly ChartLevel[]; readonly marks: readonly ChartMark[] },
  size: { readonly width: number; readonly height: number },
): Line[] | null {
  const width = size.width - LABEL_WIDTH - 1;
  if (candles.length === 0 || width < LEAST_WIDTH || size.height < LEAST_ROWS) return null;
  const step = Math.max(1, Math.min(WIDEST_STEP, Math.floor(width / candles.length)));
  const drawn = candles.slice(-Math.floor(width / step));
  const prices = [...drawn.flatMap(({ high, low }) => [high, low]), ...levels.map(({ price }) => price)];
  const rows = size.height - 1;
  const scale: Scale = { lowest: Math.min(...prices), highest: Math.max(...prices), rows };
  const tones = drawn.map(({ open, close }): Tone => (close >= open ? 'up' : 'down'));
  const chart = Array.from({ length: rows }, (_, row): Line => {
    const cells = new Array<Span | null>(width).fill(null);
    drawn.forEach((candle, at) => {
      const sign = candleSign(candle, row, scale);
      if (sign !== '') cells[at * step] = span(sign, tones[at]);
    });
    return chartRow(cells, background(row, levels, scale));
  });
  return [...chart, timeRow(drawn, { width, step }, { timeframe, marks })];
}
