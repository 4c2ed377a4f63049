import { figuresAt } from '../../domain/candle.ts';
import type { Candle, CandleFigures, Ticker } from '../../domain/candle.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import { candleOpenTime, TIMEFRAMES, timeframeMs } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import type { DeskSymbol } from './desk-market.ts';

/** The timeframes, coarsest first. */
const COARSEST_FIRST = TIMEFRAMES.toReversed();

/** The ticker of checks between closes: what the venue says now. */
export function liveTicker(symbol: VenueSymbol, market: DeskSymbol, at: number): Ticker {
  const { last, bid, ask, mark, day } = market;
  return {
    symbol,
    time: at,
    last,
    bid,
    ask,
    mark,
    open: day?.open ?? NaN,
    high: day?.high ?? NaN,
    low: day?.low ?? NaN,
    volume: day?.volume ?? NaN,
    quoteVolume: day?.quoteVolume ?? NaN,
    changePct: day?.changePct ?? NaN,
  };
}

/** Which forming candle is asked for, as of a moment in milliseconds UTC. */
export interface FormingOf {
  readonly symbol: VenueSymbol;
  readonly timeframe: Timeframe;
  readonly at: number;
}

/**
 * The unfinished candle of a timeframe: closed candles of the finer series that are held, the coarsest that fit first, and
 * the minute that is forming.
 * @returns null while nothing of it was heard, or a part of it is missing
 */
export function formingCandle(market: DeskSymbol, { symbol, timeframe, at }: FormingOf): Candle | null {
  const openTime = candleOpenTime(at, timeframe);
  const minute = candleOpenTime(at, '1m');
  let sum: CandleFigures | null = null;
  let until = openTime;
  for (const finer of COARSEST_FIRST) {
    if (timeframeMs(finer) >= timeframeMs(timeframe)) continue;
    const series = market.candles.get(finer);
    if (series === undefined) continue;
    const stepMs = timeframeMs(finer);
    for (let index = series.indexOf(until); index !== -1 && until + stepMs <= at; index = series.indexOf(until)) {
      sum = joined(sum, openTime, figuresAt(series, index));
      until += stepMs;
    }
  }
  if (until !== minute) return null;
  const forming = market.forming.openTime === minute ? market.forming.figures() : null;
  if (forming !== null) sum = joined(sum, openTime, forming);
  return sum === null ? null : { ...sum, symbol, timeframe, closed: false };
}

/** A later stretch added to an earlier one. */
function joined(sum: CandleFigures | null, openTime: number, next: CandleFigures): CandleFigures {
  return {
    openTime,
    open: sum?.open ?? next.open,
    high: Math.max(sum?.high ?? -Infinity, next.high),
    low: Math.min(sum?.low ?? Infinity, next.low),
    close: next.close,
    volume: (sum?.volume ?? 0) + next.volume,
    quoteVolume: (sum?.quoteVolume ?? 0) + next.quoteVolume,
    trades: (sum?.trades ?? 0) + next.trades,
    buyVolume: (sum?.buyVolume ?? 0) + next.buyVolume,
    sellVolume: (sum?.sellVolume ?? 0) + next.sellVolume,
  };
}
