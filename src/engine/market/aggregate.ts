import type { CandleFigures } from '../../domain/candle.ts';
import type { CandleSeries } from './candle-series.ts';

/**
 * One candle made of the candles `from` .. `to` - 1 of a finer series: first open, last close, extremes, sums. The sums are
 * NaN where one of them is.
 * @param openTime open time of the coarser candle, milliseconds UTC
 * @returns null when the stretch is empty
 */
export function aggregate(
  finer: CandleSeries,
  stretch: { readonly from: number; readonly to: number },
  openTime: number,
): CandleFigures | null {
  const { from, to } = stretch;
  if (from >= to) return null;
  const sum = (column: 'volume' | 'quoteVolume' | 'trades' | 'buyVolume' | 'sellVolume'): number => {
    let total = 0;
    for (const value of finer.view(column, from, to)) total += value;
    return total;
  };
  let high = -Infinity;
  for (const value of finer.view('high', from, to)) high = Math.max(high, value);
  let low = Infinity;
  for (const value of finer.view('low', from, to)) low = Math.min(low, value);
  return {
    openTime,
    open: finer.at('open', from),
    high,
    low,
    close: finer.at('close', to - 1),
    volume: sum('volume'),
    quoteVolume: sum('quoteVolume'),
    trades: sum('trades'),
    buyVolume: sum('buyVolume'),
    sellVolume: sum('sellVolume'),
  };
}
