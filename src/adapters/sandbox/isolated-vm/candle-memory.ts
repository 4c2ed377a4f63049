/**
 * How candles lie in memory, the same in the engine's process, the sandbox process and the isolates: a header, then one
 * ring of rows for each column. The row of a candle is its number since the series began, modulo the ring's length.
 */
import { candleOpenTime } from '../../../domain/time.ts';
import type { Timeframe } from '../../../domain/time.ts';

export const CANDLE_COLUMNS = [
  'time',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'quoteVolume',
  'trades',
  'buyVolume',
  'sellVolume',
] as const;

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

  get #end(): number {
    return this.#figures[END]!;
  }

  get #first(): number {
    return Math.max(0, this.#end - RING_ROWS);
  }

  /**
   * Takes in a stretch of candles, oldest first, as `FilterSandbox.extend` says.
   * @returns the rows that brought something new, as columns; null when none did
   */
  write(columns: readonly Float64Array[]): void {
    const times = columns[0]!;
    if (times.length === 0) return;
    if (this.#end > 0 && times[0]! < this.#timeAt(this.#first)) {
      this.#figures[END] = 0;
      this.#figures[REVISION]! += 1;
    }
    for (let row = 0; row < times.length; row += 1) this.#writeRow(columns, row);
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

  #writeRow(columns: readonly Float64Array[], row: number): void {
    const time = columns[0]![row]!;
    if (candleOpenTime(time, this.timeframe) !== time) return;
    const end = this.#end;
    if (end === 0 || time > this.#timeAt(end - 1)) {
      this.#put(end, columns, row);
      this.#figures[END] = end + 1;
      return;
    }
    for (let index = end - 1; index >= this.#first; index -= 1) {
      if (this.#timeAt(index) < time) return;
      if (this.#timeAt(index) === time) {
        if (this.#put(index, columns, row)) this.#figures[REVISION]! += 1;
        return;
      }
    }
  }

  /** Whether the row changed. */
  #put(index: number, columns: readonly Float64Array[], row: number): boolean {
    let changed = false;
    for (let column = 0; column < CANDLE_COLUMNS.length; column += 1) {
      const at = columnStart(column) + (index % RING_ROWS);
      const value = columns[column]![row]!;
      changed ||= !Object.is(this.#figures[at], value);
      this.#figures[at] = value;
    }
    return changed;
  }
}
