import type { OHLCV, Ticker as CcxtTicker } from 'ccxt';

import type { Candle, Ticker } from '../../../domain/candle.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import { candleOpenTime } from '../../../domain/time.ts';
import type { Timeframe } from '../../../domain/time.ts';

/** A figure of ccxt: NaN where the venue has none. */
export function figure(value: number | undefined | null): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : NaN;
}

/** A price of ccxt: NaN where there is none. */
export function quoted(value: number | undefined | null): number {
  const price = figure(value);
  return price > 0 ? price : NaN;
}

/** What has to be known of a symbol to read its figures; see KnownSymbol. */
interface Measured {
  readonly symbol: VenueSymbol;
  readonly contractSize: number;
}

/** The 24 h figures of a symbol. @param nowMs stands in for a time that the venue does not tell */
export function readTicker({ symbol, contractSize }: Measured, told: CcxtTicker, nowMs: number): Ticker {
  const quoteVolume = figure(told.quoteVolume);
  // A venue that tells the volume once tells it as it counts its contracts (OKX).
  const volume = figure(told.baseVolume) * (Number.isNaN(quoteVolume) ? contractSize : 1);
  const { markPrice } = told as { readonly markPrice?: number };
  return {
    symbol,
    time: told.timestamp ?? nowMs,
    last: quoted(told.last),
    bid: quoted(told.bid),
    ask: quoted(told.ask),
    mark: quoted(markPrice),
    open: quoted(told.open),
    high: quoted(told.high),
    low: quoted(told.low),
    volume,
    // Where a venue tells base units alone, the day's average price makes quote units of them.
    quoteVolume: Number.isNaN(quoteVolume) ? volume * quoted(told.vwap ?? told.last) : quoteVolume,
    changePct: figure(told.percentage),
  };
}

/** Which series a row belongs to. */
export interface SeriesName {
  readonly symbol: VenueSymbol;
  readonly timeframe: Timeframe;
}

/**
 * A candle from a row of ccxt: `[openTime, open, high, low, close, volume]`. What it does not tell is NaN.
 * @returns null for what is no candle: off the grid of its timeframe (as days of another time zone are), extremes out of order
 */
export function readCandle(row: OHLCV, { symbol, timeframe }: SeriesName): Candle | null {
  const [openTime, open, high, low, close, volume] = [0, 1, 2, 3, 4, 5].map((place) => figure(row[place])) as [
    ...[number, number, number, number, number, number],
  ];
  const isOnGrid = openTime > 0 && candleOpenTime(openTime, timeframe) === openTime;
  const isOrdered = low > 0 && low <= open && low <= close && high >= open && high >= close;
  if (!isOnGrid || !isOrdered || volume < 0) return null;
  return {
    ...{ symbol, timeframe, openTime, open, high, low, close, volume },
    ...{ quoteVolume: NaN, trades: NaN, buyVolume: NaN, sellVolume: NaN, closed: false },
  };
}
