import type { CandleColumns } from './source.ts';
import type { Grid } from './price-grid.ts';
import { onGrid } from './price-grid.ts';

/** A candle in whole ticks and lots, in an object that is reused. Quote volumes are ticks x lots. */
export interface TickCandle {
  openTime: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  quoteVolume: number;
  trades: number;
  buyVolume: number;
  buyQuoteVolume: number;
}

export function emptyTickCandle(): TickCandle {
  return {
    ...{ openTime: 0, open: 0, high: 0, low: 0, close: 0 },
    ...{ volume: 0, quoteVolume: 0, trades: 0, buyVolume: 0, buyQuoteVolume: 0 },
  };
}

function columns(length: number): CandleColumns {
  const column = (): Float64Array => new Float64Array(length);
  return {
    ...{ openTime: column(), open: column(), high: column(), low: column(), close: column() },
    ...{ volume: column(), quoteVolume: column(), trades: column(), buyVolume: column(), buyQuoteVolume: column() },
  };
}

/** Joins candles to longer ones, in columns. Whole numbers are added, so that no sum depends on how it was grouped. */
export class CandleBuilder {
  readonly #current = emptyTickCandle();
  readonly #columns: CandleColumns;
  readonly #prices: Grid;
  readonly #quantities: Grid;
  #rows = 0;

  /** @param capacity how many candles there will be at most */
  constructor(capacity: number, grids: { readonly prices: Grid; readonly quantities: Grid }) {
    this.#columns = columns(capacity);
    this.#prices = grids.prices;
    this.#quantities = grids.quantities;
  }

  /** Adds `part` to the candle that opens at `openTime`. Parts come in order of time. */
  add(openTime: number, part: Readonly<TickCandle>): void {
    const candle = this.#current;
    if (this.#rows === 0 || candle.openTime !== openTime) {
      this.#flush();
      this.#rows += 1;
      Object.assign(candle, part);
      candle.openTime = openTime;
      return;
    }
    if (part.high > candle.high) candle.high = part.high;
    if (part.low < candle.low) candle.low = part.low;
    candle.close = part.close;
    candle.volume += part.volume;
    candle.quoteVolume += part.quoteVolume;
    candle.trades += part.trades;
    candle.buyVolume += part.buyVolume;
    candle.buyQuoteVolume += part.buyQuoteVolume;
  }

  /** The finished columns. The builder is of no use afterwards. */
  finish(): CandleColumns {
    this.#flush();
    const all = Object.entries(this.#columns) as [keyof CandleColumns, Float64Array][];
    return Object.fromEntries(
      all.map(([name, column]) => [name, column.subarray(0, this.#rows)]),
    ) as unknown as CandleColumns;
  }

  #flush(): void {
    const row = this.#rows - 1;
    if (row < 0) return;
    const candle = this.#current;
    const target = this.#columns;
    const quoteScale = onGrid(this.#prices, 1) * onGrid(this.#quantities, 1);
    target.openTime[row] = candle.openTime;
    target.open[row] = onGrid(this.#prices, candle.open);
    target.high[row] = onGrid(this.#prices, candle.high);
    target.low[row] = onGrid(this.#prices, candle.low);
    target.close[row] = onGrid(this.#prices, candle.close);
    target.volume[row] = onGrid(this.#quantities, candle.volume);
    target.quoteVolume[row] = candle.quoteVolume * quoteScale;
    target.trades[row] = candle.trades;
    target.buyVolume[row] = onGrid(this.#quantities, candle.buyVolume);
    target.buyQuoteVolume[row] = candle.buyQuoteVolume * quoteScale;
  }
}
