/**
 * How candles lie in memory, the same in the engine's process, the sandbox process and the isolates: a header, then one
 * ring of rows for each column. The row of a candle is its number since the series began, modulo the ring's length.
 */
import { CANDLE_COLUMNS } from '../../../domain/candle.ts';
import { candleOpenTime } from '../../../domain/time.ts';
import type { Timeframe } from '../../../domain/time.ts';

/** Rows of a ring: twice the longest lookback, and some for checks that wait while newer candles come in. */
export const RING_ROWS = 1_088;

/** The header: how many candles ever came, how often the past was corrected, and the forming candle if there is one. */
export const END = 0;
export const REVISION = 1;
export const HAS_FORMING = 2;
export const FORMING = 3;
const HEADER = FORMING + CANDLE_COLUMNS.length;

export const SERIES_BYTES = (HEADER + CANDLE_COLUMNS.length * RING_ROWS) * Float64Array.BYTES_PER_ELEMENT;

/** Where the ring of a column begins. */
export function columnStart(column: number): number {
  return HEADER + column * RING_ROWS;
}

/** The figures of a ticker, in the order in which they lie in memory. */
export const TICKER_FIGURES = [
  'last',
  'bid',
  'ask',
  'open',
  'high',
  'low',
  'volume',
  'quoteVolume',
  'changePct',
] as const;

/** The closed candles of one symbol and timeframe; the isolates read the same memory. */
export class CandleRing {
  readonly timeframe: Timeframe;
  readonly buffer: ArrayBufferLike;
  readonly #figures: Float64Array;

  constructor(timeframe: Timeframe, buffer: ArrayBufferLike) {
    this.timeframe = timeframe;
    this.buffer = buffer;
    this.#figures = new Float64Array(buffer);
  }

  /** As a whole number, of which remainders are quick. */
  get #end(): number {
    return this.#figures[END]! | 0;
  }

  get #first(): number {
    return Math.max(0, this.#end - RING_ROWS);
  }

  /**
   * Takes in a stretch of candles, oldest first, as `FilterSandbox.extend` says.
   * @param figures the columns one after another, from `start` on, each `rows` long
   */
  write(figures: Float64Array, start: number, rows: number): void {
    if (rows === 0) return;
    if (this.#end > 0 && figures[start]! < this.#timeAt(this.#first)) {
      this.#figures[END] = 0;
      this.#figures[REVISION]! += 1;
    }
    for (let row = 0; row < rows; row += 1) this.#writeRow(figures, start + row, rows);
  }

  /** All that is held, oldest first. */
  read(): Float64Array[] {
    const first = this.#first;
    const length = this.#end - first;
    return CANDLE_COLUMNS.map((_, column) => {
      const start = columnStart(column);
      return Float64Array.from({ length }, (_each, row) => this.#figures[start + ((first + row) % RING_ROWS)]!);
    });
  }

  /** Sets the unfinished candle, or takes it away. */
  setForming(figures: Float64Array | null): void {
    this.#figures[HAS_FORMING] = figures === null ? 0 : 1;
    if (figures !== null) this.#figures.set(figures, FORMING);
  }

  #timeAt(index: number): number {
    return this.#figures[columnStart(0) + (index % RING_ROWS)]!;
  }

  /** @param at where the row's first figure lies; the next one lies `step` further */
  #writeRow(figures: Float64Array, at: number, step: number): void {
    const time = figures[at]!;
    if (candleOpenTime(time, this.timeframe) !== time) return;
    const end = this.#end;
    if (end === 0 || time > this.#timeAt(end - 1)) {
      this.#put(end, figures, at, step);
      this.#figures[END] = end + 1;
      return;
    }
    const index = this.#firstAtOrAfter(time);
    if (this.#timeAt(index) === time && this.#put(index, figures, at, step)) this.#figures[REVISION]! += 1;
  }

  /** The number of the first candle held that opens at a time or later; there is one. */
  #firstAtOrAfter(time: number): number {
    let low = this.#first;
    let high = this.#end - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#timeAt(middle) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether the row changed. */
  #put(...[index, figures, at, step]: [index: number, figures: Float64Array, at: number, step: number]): boolean {
    let changed = false;
    for (let column = 0; column < CANDLE_COLUMNS.length; column += 1) {
      const place = columnStart(column) + (index % RING_ROWS);
      const value = figures[at + column * step]!;
      changed ||= !Object.is(this.#figures[place], value);
      this.#figures[place] = value;
    }
    return changed;
  }
}
