import type { Candle } from '../../../../domain/candle.ts';
import { candleOpenTime } from '../../../../domain/time.ts';
import type { Timeframe } from '../../../../domain/time.ts';
import type { CandleColumns } from '../../../../ports/filter-sandbox.ts';

/** Rows [from, to) of candle columns. */
export interface Rows {
  readonly from: number;
  readonly to: number;
}

const [TIME, OPEN, HIGH, LOW, CLOSE, FIRST_SUM] = [0, 1, 2, 3, 4, 5];

/** The figures of the one candle that some rows make, in the order of the columns; sums are NaN where a part is. */
function merge(columns: readonly Float64Array[], { from, to }: Rows, openTime: number): number[] {
  return columns.map((column, at) => {
    if (at === TIME) return openTime;
    if (at === OPEN) return column[from]!;
    if (at === CLOSE) return column[to - 1]!;
    let figure = column[from]!;
    for (let row = from + 1; row < to; row += 1) {
      const value = column[row]!;
      if (at >= FIRST_SUM) figure += value;
      else if (at === HIGH ? value > figure : at === LOW && value < figure) figure = value;
    }
    return figure;
  });
}

/**
 * The same history in candles of a multiple of the timeframe. Gaps stay gaps; a first candle whose beginning is missing is
 * left out.
 */
export function aggregateColumns({ symbol, columns }: CandleColumns, timeframe: Timeframe): CandleColumns {
  const times = columns[TIME]!;
  const candles: number[][] = [];
  for (let from = 0; from < times.length;) {
    const openTime = candleOpenTime(times[from]!, timeframe);
    let to = from + 1;
    while (to < times.length && candleOpenTime(times[to]!, timeframe) === openTime) to += 1;
    if (from > 0 || times[from] === openTime) candles.push(merge(columns, { from, to }, openTime));
    from = to;
  }
  return {
    symbol,
    timeframe,
    columns: columns.map((_, at) => Float64Array.from(candles, (candle) => candle[at]!)),
  };
}

/** The unfinished candle of a timeframe that rows make which begin with it; null without rows. */
export function formingCandle({ symbol, columns }: CandleColumns, rows: Rows, timeframe: Timeframe): Candle | null {
  if (rows.from >= rows.to) return null;
  const openTime = candleOpenTime(columns[TIME]![rows.from]!, timeframe);
  const figures = merge(columns, rows, openTime);
  const [, open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN, quoteVolume = NaN] = figures;
  const [trades = NaN, buyVolume = NaN, sellVolume = NaN] = figures.slice(7);
  const flows = { volume, quoteVolume, trades, buyVolume, sellVolume };
  return { symbol, timeframe, openTime, open, high, low, close, ...flows, closed: false };
}
