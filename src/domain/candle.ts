import type { VenueSymbol } from './ids.ts';
import type { Timeframe } from './time.ts';

/**
 * One candle as market data: Float64 figures, NaN where the source lacks one. `openTime` is milliseconds UTC; the candle
 * covers [openTime, openTime + timeframe).
 */
export interface Candle {
  readonly symbol: VenueSymbol;
  readonly timeframe: Timeframe;
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Base units traded. */
  readonly volume: number;
  /** Quote units traded. */
  readonly quoteVolume: number;
  readonly trades: number;
  /** Base units bought by aggressors (takers). */
  readonly buyVolume: number;
  /** Base units sold by aggressors (takers). */
  readonly sellVolume: number;
  /** False while the candle is forming. */
  readonly closed: boolean;
}

/** What is known of a symbol's market at one moment, as market data. NaN where the source lacks a figure. */
export interface Ticker {
  readonly symbol: VenueSymbol;
  readonly time: number;
  readonly last: number;
  readonly bid: number;
  readonly ask: number;
  /** Futures only; NaN on spot. */
  readonly mark: number;
  /** The 24 h figures of the venue. */
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly volume: number;
  readonly quoteVolume: number;
  readonly changePct: number;
}
