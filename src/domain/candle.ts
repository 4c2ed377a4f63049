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

/** The figures of a candle; `openTime` is milliseconds UTC on the timeframe's grid. */
export type CandleFigures = Omit<Candle, 'symbol' | 'timeframe' | 'closed'>;

/** The columns of a candle series, in the order in which filters and frames know them. All are Float64, NaN where unknown. */
export const CANDLE_COLUMNS = [
  'time',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'quoteVolume',
  'trades',
  'buyVolume',
  'sellVolume',
] as const;
export type CandleColumn = (typeof CANDLE_COLUMNS)[number];

/** The candle in row `index` of columns. */
export function figuresAt(series: { at(column: CandleColumn, index: number): number }, index: number): CandleFigures {
  return {
    openTime: series.at('time', index),
    open: series.at('open', index),
    high: series.at('high', index),
    low: series.at('low', index),
    close: series.at('close', index),
    volume: series.at('volume', index),
    quoteVolume: series.at('quoteVolume', index),
    trades: series.at('trades', index),
    buyVolume: series.at('buyVolume', index),
    sellVolume: series.at('sellVolume', index),
  };
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
