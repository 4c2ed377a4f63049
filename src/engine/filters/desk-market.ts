import type { CandleColumn, CandleFigures, Ticker } from '../../domain/candle.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { Timeframe } from '../../domain/time.ts';

/** Closed candles of one symbol and timeframe, oldest first and without gaps in time. */
export interface DeskSeries {
  readonly length: number;
  /** Open time of the oldest and of the newest candle, NaN when empty. */
  readonly firstTime: number;
  readonly lastTime: number;
  /** Index of the candle that opened at `openTime`, -1 when it is not held. */
  indexOf(openTime: number): number;
  at(column: CandleColumn, index: number): number;
  /** The candles from index `from` up to, not including, `to`; valid until the next candle comes. */
  view(column: CandleColumn, from: number, to: number): Float64Array;
}

/** What checks need to know of a symbol. Figures are NaN until they were heard. */
export interface DeskSymbol {
  readonly last: number;
  readonly bid: number;
  readonly ask: number;
  readonly mark: number;
  /** The venue's 24 h figures, null until the first came. */
  readonly day: Ticker | null;
  readonly forming: {
    /** Open time of the minute that is forming. */
    readonly openTime: number;
    /** The minute so far, null before its first trade. */
    figures(): CandleFigures | null;
  };
  readonly candles: { get(timeframe: Timeframe): DeskSeries | undefined };
}

/** The market as checks look at it; the market book is one. */
export interface DeskMarket {
  get(symbol: VenueSymbol): DeskSymbol | undefined;
}
