/**
 * What was read of a stretch of a capture, in arrays that pass from thread to thread without a copy: one row of numbers for
 * each message, and the price levels beside them.
 */
import type { MessageKind } from '../stream-message.ts';

/** `refused`: a line that is no message, to be reported when it is reached. */
export type RowKind = Exclude<MessageKind, 'malformed'> | 'refused';

const KINDS: readonly RowKind[] = [
  'other',
  'trade',
  'aggTrade',
  'bookTicker',
  'depthUpdate',
  'markPriceUpdate',
  'snapshot',
  'refused',
];

/**
 * The columns of a row. Of texts there stands their number, -1 for none. The figures are NaN where a message says nothing
 * that makes sense: price, quantity, id and whether the buyer is the maker (0, 1) of trades; bid, its quantity, ask, its
 * quantity of quotes; mark price, index price, funding rate and its time of marks; of depth messages and snapshots the first
 * level and the number of levels of bids, then of asks.
 */
export const COLUMN = {
  kind: 0,
  timeMs: 1,
  line: 2,
  stream: 3,
  symbol: 4,
  dataStart: 5,
  dataEnd: 6,
  first: 7,
  second: 8,
  third: 9,
  fourth: 10,
} as const;
type Column = (typeof COLUMN)[keyof typeof COLUMN];
const ROW = 11;

const FIRST_ROWS = 2_048;
const FIRST_LEVELS = 8_192;

/** A stretch of a capture, read. */
export interface MessageRows {
  /** The text of the stretch: messages are parts of it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly rows: Float64Array<ArrayBuffer>;
  readonly count: number;
  /** Prices and quantities in turn. */
  readonly levels: Float64Array<ArrayBuffer>;
  /** Texts that the stretches before did not hold; all are numbered through. */
  readonly texts: readonly string[];
}

/** The arrays of a stretch that has been played, to be used again. */
export type SpentArrays = Pick<MessageRows, 'rows' | 'levels'>;

/** Writes the rows of one stretch. */
export class RowWriter {
  rows: Float64Array<ArrayBuffer>;
  levels: Float64Array<ArrayBuffer>;
  count = 0;
  /** How many prices and quantities `levels` holds. */
  levelsEnd = 0;
  #at = 0;

  /** @param spent arrays to write into; null: new ones */
  constructor(spent: SpentArrays | null) {
    this.rows = spent?.rows ?? new Float64Array(FIRST_ROWS * ROW);
    this.levels = spent?.levels ?? new Float64Array(FIRST_LEVELS);
  }

  /** Begins a row without texts and figures. */
  begin(kind: RowKind, timeMs: number, line: number): void {
    this.#at = this.count * ROW;
    if (this.#at + ROW > this.rows.length) this.rows = doubled(this.rows);
    this.rows.fill(NaN, this.#at, this.#at + ROW);
    this.set(COLUMN.kind, KINDS.indexOf(kind));
    this.set(COLUMN.timeMs, timeMs);
    this.set(COLUMN.line, line);
    this.set(COLUMN.stream, -1);
    this.set(COLUMN.symbol, -1);
    this.count += 1;
  }

  /** Writes into the row that was begun last. */
  set(column: Column, value: number): void {
    this.rows[this.#at + column] = value;
  }

  addLevel(price: number, quantity: number): void {
    if (this.levelsEnd === this.levels.length) this.levels = doubled(this.levels);
    this.levels[this.levelsEnd] = price;
    this.levels[this.levelsEnd + 1] = quantity;
    this.levelsEnd += 2;
  }
}

/** Goes through the rows of one stretch after the other. */
export class RowReader {
  readonly #texts: string[] = [];
  #stretch: MessageRows | null = null;
  #index = -1;
  #at = 0;
  /** The text of the stretch. */
  bytes: Buffer = Buffer.alloc(0);

  /** Takes the next stretch; the one before is to be read no more. */
  open(stretch: MessageRows): void {
    const { bytes } = stretch;
    this.#texts.push(...stretch.texts);
    this.#stretch = stretch;
    this.#index = -1;
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The stretch that was opened last, null before the first. */
  get stretch(): MessageRows | null {
    return this.#stretch;
  }

  /** Goes to the next row. @returns false after the last one of the stretch */
  next(): boolean {
    if (this.#stretch === null || this.#index + 1 >= this.#stretch.count) return false;
    this.#index += 1;
    this.#at = this.#index * ROW;
    return true;
  }

  get(column: Column): number {
    return this.#stretch?.rows[this.#at + column] ?? NaN;
  }

  get kind(): RowKind {
    return KINDS[this.get(COLUMN.kind)] ?? 'refused';
  }

  /** Empty when there is none. */
  text(column: typeof COLUMN.stream | typeof COLUMN.symbol): string {
    return this.#texts[this.get(column)] ?? '';
  }

  /** Prices and quantities of levels, in turn. */
  get levels(): Float64Array {
    return this.#stretch?.levels ?? NO_LEVELS;
  }
}

const NO_LEVELS = new Float64Array(0);

function doubled(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * values.length);
  larger.set(values);
  return larger;
}
