import type { CandleColumns } from '../market/source.ts';

/** One candle of a market series. `openTime` is milliseconds UTC, volumes are base units unless they say quote. */
export interface CandleRow {
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

/** A candle without trades, at the last price known. */
export function flatRow(openTime: number, price: number): CandleRow {
  return {
    ...{ openTime, open: price, high: price, low: price, close: price },
    ...{ volume: 0, quoteVolume: 0, trades: 0, buyVolume: 0, buyQuoteVolume: 0 },
  };
}

/** Adds a later candle to an earlier one. */
export function mergeRow(into: CandleRow, later: CandleRow): void {
  into.high = Math.max(into.high, later.high);
  into.low = Math.min(into.low, later.low);
  into.close = later.close;
  into.volume += later.volume;
  into.quoteVolume += later.quoteVolume;
  into.trades += later.trades;
  into.buyVolume += later.buyVolume;
  into.buyQuoteVolume += later.buyQuoteVolume;
}

/** The candle in row `index` of columns. */
export function rowOf(columns: CandleColumns, index: number): CandleRow {
  const at = (column: Float64Array): number => column[index] ?? Number.NaN;
  return {
    openTime: at(columns.openTime),
    open: at(columns.open),
    high: at(columns.high),
    low: at(columns.low),
    close: at(columns.close),
    volume: at(columns.volume),
    quoteVolume: at(columns.quoteVolume),
    trades: at(columns.trades),
    buyVolume: at(columns.buyVolume),
    buyQuoteVolume: at(columns.buyQuoteVolume),
  };
}

/** All candles of columns, oldest first. */
export function rowsOf(columns: CandleColumns): CandleRow[] {
  return Array.from(columns.openTime, (_, index) => rowOf(columns, index));
}
