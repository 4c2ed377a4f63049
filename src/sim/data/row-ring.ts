import type { CandleRow } from './candle-row.ts';

const FIRST_CAPACITY = 64;
const FIELDS = 10;

/** The last candles of a series, as bare numbers: a market of hundreds of symbols holds millions of them. */
export class RowRing {
  readonly #most: number;
  #values = new Float64Array(FIRST_CAPACITY * FIELDS);
  #pushed = 0;

  /** @param most how many are kept, a power of two times 64 */
  constructor(most: number) {
    this.#most = most;
  }

  get length(): number {
    return Math.min(this.#pushed, this.#most);
  }

  /** Adds a candle later than all others; beyond `most` the oldest is forgotten. */
  push(row: Readonly<CandleRow>): void {
    if (this.#pushed * FIELDS === this.#values.length && this.#pushed < this.#most) this.#grow();
    const { openTime, open, high, low, close, volume, quoteVolume, trades, buyVolume, buyQuoteVolume } = row;
    const prices = [openTime, open, high, low, close];
    this.#values.set([...prices, volume, quoteVolume, trades, buyVolume, buyQuoteVolume], this.#offset(this.#pushed));
    this.#pushed += 1;
  }

  /** The candle that was added last; null before the first. */
  last(): CandleRow | null {
    return this.#pushed === 0 ? null : this.#row(this.#pushed - 1);
  }

  /** The candles that open in a range, both ends included, oldest first. */
  between(fromMs: number, toMs: number): CandleRow[] {
    const rows: CandleRow[] = [];
    for (let at = this.#firstFrom(fromMs); at < this.#pushed; at += 1) {
      if ((this.#values[this.#offset(at)] ?? 0) > toMs) break;
      rows.push(this.#row(at));
    }
    return rows;
  }

  /** The first candle that opens at `fromMs` or later. */
  #firstFrom(fromMs: number): number {
    let low = this.#pushed - this.length;
    let high = this.#pushed;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#values[this.#offset(middle)] ?? 0) < fromMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #row(at: number): CandleRow {
    const offset = this.#offset(at);
    const value = (field: number): number => this.#values[offset + field] ?? Number.NaN;
    return {
      openTime: value(0),
      open: value(1),
      high: value(2),
      low: value(3),
      close: value(4),
      volume: value(5),
      quoteVolume: value(6),
      trades: value(7),
      buyVolume: value(8),
      buyQuoteVolume: value(9),
    };
  }

  #offset(at: number): number {
    return (at * FIELDS) % this.#values.length;
  }

  #grow(): void {
    const grown = new Float64Array(this.#values.length * 2);
    grown.set(this.#values);
    this.#values = grown;
  }
}
