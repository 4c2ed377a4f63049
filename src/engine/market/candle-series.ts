import { CANDLE_COLUMNS } from '../../domain/candle.ts';
import type { CandleColumn, CandleFigures } from '../../domain/candle.ts';
import { candleOpenTime, timeframeMs } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';

/** What `put` did: whether closed history changed, and whether minutes before it are missing and were filled flat. */
export interface PutOutcome {
  /** False when the candle is too old to be kept, off the grid, or already known with the same figures. */
  readonly changed: boolean;
  /** Candles that stand flat in place of ones that were never received. */
  readonly gap: number;
}

const UNCHANGED: PutOutcome = { changed: false, gap: 0 };

/**
 * Closed candles of one symbol and timeframe without gaps in time, in columns. At least the newest `capacity` candles are
 * kept. The buffer is twice as long and moves its content to the front when it is full, so that any stretch of candles is
 * one contiguous view and appending costs amortised constant time without allocation.
 */
export class CandleSeries {
  readonly timeframe: Timeframe;
  readonly #capacity: number;
  readonly #stepMs: number;
  readonly #columns: Readonly<Record<CandleColumn, Float64Array>>;
  /** 1 where the candle came from the venue, 0 where it was filled flat. */
  readonly #confirmed: Uint8Array;
  #start = 0;
  #end = 0;
  #unconfirmed = 0;

  /** @param capacity how many candles are kept at least, 1 or more */
  constructor(timeframe: Timeframe, capacity: number) {
    this.timeframe = timeframe;
    this.#capacity = capacity;
    this.#stepMs = timeframeMs(timeframe);
    const column = (): Float64Array => new Float64Array(2 * capacity);
    this.#columns = {
      time: column(),
      open: column(),
      high: column(),
      low: column(),
      close: column(),
      volume: column(),
      quoteVolume: column(),
      trades: column(),
      buyVolume: column(),
      sellVolume: column(),
    };
    this.#confirmed = new Uint8Array(2 * capacity);
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** How many candles stand flat for ones that were never received: what a backfill has to bring. */
  get unconfirmed(): number {
    return this.#unconfirmed;
  }

  /** Open time of the oldest candle, NaN when empty. */
  get firstTime(): number {
    return this.length === 0 ? NaN : (this.#columns.time[this.#start] ?? NaN);
  }

  /** Open time of the newest candle, NaN when empty. */
  get lastTime(): number {
    return this.length === 0 ? NaN : (this.#columns.time[this.#end - 1] ?? NaN);
  }

  /** Close of the newest candle, NaN when empty. */
  get lastClose(): number {
    return this.length === 0 ? NaN : (this.#columns.close[this.#end - 1] ?? NaN);
  }

  /**
   * Takes in a closed candle. The next one is appended; one further ahead is appended after flat candles for those between;
   * one that is known is overwritten, which is how a backfill and late messages correct history.
   */
  put(candle: CandleFigures): PutOutcome {
    const { openTime } = candle;
    if (candleOpenTime(openTime, this.timeframe) !== openTime) return UNCHANGED;
    if (this.length === 0) {
      this.#append(candle, 1);
      return { changed: true, gap: 0 };
    }
    if (openTime < this.firstTime) return UNCHANGED;
    if (openTime <= this.lastTime) return { changed: this.#overwrite(candle), gap: 0 };
    const gap = this.fillFlat(openTime);
    this.#append(candle, 1);
    return { changed: true, gap };
  }

  /**
   * Appends flat candles up to, not including, `untilMs`: the close of the one before, no volume. At most a whole capacity is
   * written: after a longer absence the series starts anew there.
   * @returns how many candles of time were missing
   */
  fillFlat(untilMs: number): number {
    const missing = Math.round((untilMs - this.lastTime) / this.#stepMs) - 1;
    if (!(missing > 0)) return 0;
    const price = this.lastClose;
    const written = Math.min(missing, this.#capacity);
    for (let back = written; back >= 1; back -= 1) this.#append(flat(untilMs - back * this.#stepMs, price), 0);
    return missing;
  }

  /** Index of the candle that opened at `openTime`, -1 when it is not held. */
  indexOf(openTime: number): number {
    const index = Math.round((openTime - this.firstTime) / this.#stepMs);
    return index >= 0 && index < this.length && this.at('time', index) === openTime ? index : -1;
  }

  /** One figure; NaN outside 0 .. length - 1. */
  at(column: CandleColumn, index: number): number {
    return index < 0 || index >= this.length ? NaN : (this.#columns[column][this.#start + index] ?? NaN);
  }

  /**
   * The candles from index `from` up to, not including, `to` as a view of the live buffer: read at once or copied, never
   * kept, as later candles overwrite it.
   */
  view(column: CandleColumn, from: number, to: number): Float64Array {
    return this.#columns[column].subarray(this.#start + from, this.#start + Math.min(to, this.length));
  }

  /** Whether the candle came from the venue; false for one that was filled flat. */
  isConfirmed(index: number): boolean {
    return index >= 0 && index < this.length && this.#confirmed[this.#start + index] === 1;
  }

  /** Open times of the flat candles that stand for ones never received, oldest first. */
  *missingTimes(): Generator<number> {
    for (let row = this.#start; row < this.#end; row += 1) {
      if (this.#confirmed[row] === 0) yield this.#columns.time[row] ?? NaN;
    }
  }

  #append(candle: CandleFigures, confirmed: 0 | 1): void {
    if (this.#end === this.#confirmed.length) this.#moveToFront();
    this.#write(this.#end, candle);
    this.#confirmed[this.#end] = confirmed;
    this.#unconfirmed += 1 - confirmed;
    this.#end += 1;
  }

  #moveToFront(): void {
    const kept = this.#end - this.#capacity;
    for (let row = this.#start; row < kept; row += 1) this.#unconfirmed -= 1 - (this.#confirmed[row] ?? 1);
    for (const column of Object.values(this.#columns)) column.copyWithin(0, kept, this.#end);
    this.#confirmed.copyWithin(0, kept, this.#end);
    this.#start = 0;
    this.#end = this.#capacity;
  }

  #overwrite(candle: CandleFigures): boolean {
    const row = this.#start + this.indexOf(candle.openTime);
    const wasConfirmed = this.#confirmed[row] === 1;
    if (wasConfirmed && this.#equals(row, candle)) return false;
    this.#write(row, candle);
    this.#confirmed[row] = 1;
    if (!wasConfirmed) this.#unconfirmed -= 1;
    return true;
  }

  #equals(row: number, candle: CandleFigures): boolean {
    return CANDLE_COLUMNS.every((column) => {
      const given = column === 'time' ? candle.openTime : candle[column];
      return Object.is(this.#columns[column][row], given);
    });
  }

  #write(row: number, candle: CandleFigures): void {
    const columns = this.#columns;
    columns.time[row] = candle.openTime;
    columns.open[row] = candle.open;
    columns.high[row] = candle.high;
    columns.low[row] = candle.low;
    columns.close[row] = candle.close;
    columns.volume[row] = candle.volume;
    columns.quoteVolume[row] = candle.quoteVolume;
    columns.trades[row] = candle.trades;
    columns.buyVolume[row] = candle.buyVolume;
    columns.sellVolume[row] = candle.sellVolume;
  }
}

function flat(openTime: number, price: number): CandleFigures {
  return {
    openTime,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: 0,
    quoteVolume: 0,
    trades: 0,
    buyVolume: 0,
    sellVolume: 0,
  };
}
