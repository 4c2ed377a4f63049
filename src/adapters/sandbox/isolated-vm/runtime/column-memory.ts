/** Columns in one piece of memory: those that a check reads one after another lie side by side, and few pieces are quick to get. */
const PIECE_COLUMNS = 16;

/** The memory of a trader's private columns, all of one capacity. */
export class ColumnMemory {
  /** Rows of a column, twice the lookback. */
  readonly capacity: number;
  readonly #free: Float64Array[] = [];
  readonly #unread: Float64Array[] = [];
  readonly #inputs: Float64Array[] = [];

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** A column of NaN. */
  take(): Float64Array {
    if (this.#free.length === 0) this.#cutPiece();
    return this.#free.pop()!.fill(NaN);
  }

  /** Takes a column back that nobody reads any more. */
  give(column: Float64Array): void {
    this.#free.push(column);
  }

  /** What all series share for their `output`-th column as long as the filter never looks at it. */
  unread(output: number): Float64Array {
    return (this.#unread[output] ??= this.take());
  }

  /** Where every series puts the new rows of its `number`-th column for its indicators, which read no others. */
  input(number: number): Float64Array {
    return (this.#inputs[number] ??= this.take());
  }

  #cutPiece(): void {
    const piece = new ArrayBuffer(PIECE_COLUMNS * this.capacity * Float64Array.BYTES_PER_ELEMENT);
    for (let at = PIECE_COLUMNS - 1; at >= 0; at -= 1) {
      const start = at * this.capacity * Float64Array.BYTES_PER_ELEMENT;
      this.#free.push(new Float64Array(piece, start, this.capacity));
    }
  }
}
