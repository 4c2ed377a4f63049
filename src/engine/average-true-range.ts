import { ta } from '../analysis/indicators/index.ts';
import type { VenueSymbol } from '../domain/ids.ts';
import type { Timeframe } from '../domain/time.ts';
import type { MarketBook } from './market/market-book.ts';

const PERIODS = 14;

/**
 * The average true range (14) over the columns that a check of this lookback sees.
 * @returns market data, NaN while fewer candles are held
 */
export function averageTrueRange(
  market: MarketBook,
  symbol: VenueSymbol,
  span: { readonly timeframe: Timeframe; readonly lookback: number; readonly nowMs: number },
): number {
  const { timeframe, nowMs } = span;
  const window = market.window(symbol, timeframe, { nowMs, lookback: Math.max(span.lookback, PERIODS + 1) });
  if (window === null) return NaN;
  const { series, from, to } = window;
  const [high, low, close] = [
    series.view('high', from, to),
    series.view('low', from, to),
    series.view('close', from, to),
  ];
  return ta.last(ta.atr(high, low, close, PERIODS));
}
