import { figuresAt } from '../domain/candle.ts';
import type { Candle } from '../domain/candle.ts';
import { candleOpenTime, timeframeMs } from '../domain/time.ts';
import type { CandleRequest } from '../ports/engine-handle.ts';
import type { MarketFeed } from '../ports/market-feed.ts';
import type { EngineContext } from './context.ts';
import type { CandleSeries } from './market/candle-series.ts';

/**
 * The newest closed candles of a symbol: from the book where it holds enough of them, else from the venue. What is asked for
 * reaches back `limit` candles from now, whether or not the symbol is as old as that.
 * @throws what the feed's `history` throws
 */
export async function newestCandles(
  { market, clock }: EngineContext,
  feed: MarketFeed,
  request: CandleRequest,
): Promise<readonly Candle[]> {
  const { symbol, timeframe, limit } = request;
  const held = market.get(symbol)?.candles.get(timeframe);
  if (held !== undefined && held.length >= limit) return lastOf(held, request);
  const stepMs = timeframeMs(timeframe);
  const toMs = candleOpenTime(clock.now(), timeframe) - stepMs;
  return feed.history({ symbol, timeframe, fromMs: toMs - (limit - 1) * stepMs, toMs });
}

function lastOf(series: CandleSeries, { symbol, timeframe, limit }: CandleRequest): Candle[] {
  const from = series.length - limit;
  return Array.from({ length: limit }, (_, index) => ({
    ...figuresAt(series, from + index),
    symbol,
    timeframe,
    closed: true,
  }));
}
