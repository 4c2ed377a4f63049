import type { Ticker } from '../../domain/candle.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import { candleOpenTime, DAY_MS, timeframeMs } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import type { DeskSeries } from './desk-market.ts';

/** How many candles make the 24 hours of a ticker; 0 for candles that are longer. */
export function candlesOfDay(timeframe: Timeframe): number {
  return Math.floor(DAY_MS / timeframeMs(timeframe));
}

/** What a ticker is derived from: the closed candles of one symbol and timeframe, as of a moment in milliseconds UTC. */
export interface TickerSource {
  readonly symbol: VenueSymbol;
  readonly timeframe: Timeframe;
  readonly series: DeskSeries;
  readonly at: number;
}

/**
 * The ticker of checks at a close, made of candles alone so that it is the same live, after a restart and over history:
 * last = bid = ask = the close of the newest candle that is closed at `at`; the 24 h figures are those of the candles of the
 * 24 hours up to its end, NaN where fewer are held.
 * @returns null while that candle is not there
 */
export function closeTicker({ symbol, timeframe, series, at }: TickerSource): Ticker | null {
  const newest = series.indexOf(candleOpenTime(candleOpenTime(at, timeframe) - 1, timeframe));
  if (newest === -1) return null;
  const last = series.at('close', newest);
  const candles = candlesOfDay(timeframe);
  const from = newest + 1 - candles;
  const isWhole = candles > 0 && from >= 0;
  const day = isWhole ? dayFigures(series, from, newest + 1) : NO_DAY;
  const changePct = 100 * (last / day.open - 1);
  return { symbol, time: at, last, bid: last, ask: last, mark: NaN, ...day, changePct };
}

const NO_DAY = { open: NaN, high: NaN, low: NaN, volume: NaN, quoteVolume: NaN };

function dayFigures(series: DeskSeries, from: number, to: number): typeof NO_DAY {
  const highs = series.view('high', from, to);
  const lows = series.view('low', from, to);
  const volumes = series.view('volume', from, to);
  const quoteVolumes = series.view('quoteVolume', from, to);
  let [high, low, volume, quoteVolume] = [-Infinity, Infinity, 0, 0];
  for (let row = 0; row < highs.length; row += 1) {
    if (highs[row]! > high) high = highs[row]!;
    if (lows[row]! < low) low = lows[row]!;
    volume += volumes[row]!;
    quoteVolume += quoteVolumes[row]!;
  }
  return { open: series.at('open', from), high, low, volume, quoteVolume };
}
