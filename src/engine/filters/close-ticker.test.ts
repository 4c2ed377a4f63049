import { describe, expect, it } from 'vitest';

import { asId } from '../../domain/ids.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import { DAY_MS, timeframeMs } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import { CandleSeries } from '../market/candle-series.ts';
import { closeTicker } from './close-ticker.ts';

const BTC = asId<VenueSymbol>('BTCUSDT');
const MONDAY = Date.UTC(2025, 0, 6);

/** Candles that end at `MONDAY`, numbered from 1: the number is the volume, and the price is 100 more. */
function series(timeframe: Timeframe, length: number): CandleSeries {
  const made = new CandleSeries(timeframe, length);
  for (let number = 1; number <= length; number += 1) {
    const [open, close] = [99 + number, 100 + number];
    const rest = { high: close + 1, low: open - 1, trades: 1, buyVolume: 1, sellVolume: 1 };
    const openTime = MONDAY - (length - number + 1) * timeframeMs(timeframe);
    made.put({ openTime, open, close, volume: number, quoteVolume: 2 * number, ...rest });
  }
  return made;
}

const tickerOf = (timeframe: Timeframe, length: number, at = MONDAY) =>
  closeTicker({ symbol: BTC, timeframe, series: series(timeframe, length), at });

describe('the ticker of checks at a close', () => {
  it('is made of the candles of the last 24 hours', () => {
    const sum = (30 * 31) / 2 - (6 * 7) / 2;
    expect(tickerOf('1h', 30)).toEqual({
      symbol: BTC,
      time: MONDAY,
      last: 130,
      bid: 130,
      ask: 130,
      mark: NaN,
      open: 106,
      high: 131,
      low: 105,
      volume: sum,
      quoteVolume: 2 * sum,
      changePct: 100 * (130 / 106 - 1),
    });
    expect(tickerOf('1d', 3)).toMatchObject({ last: 103, open: 102, volume: 3 });
  });

  it('is the same when later candles have come', () => {
    const at = MONDAY - 5 * timeframeMs('1h');
    const seen = { last: 135, open: 111, high: 136 };
    expect(tickerOf('1h', 40, at)).toMatchObject({ time: at, ...seen });
    expect(tickerOf('1h', 40, at + 7)).toMatchObject({ time: at + 7, ...seen });
  });

  it('says NaN for the 24 hours while fewer candles are held, and for candles longer than a day', () => {
    const unknown = { open: NaN, high: NaN, low: NaN, volume: NaN, quoteVolume: NaN, changePct: NaN };
    expect(tickerOf('1h', 23)).toMatchObject({ last: 123, ...unknown });
    expect(tickerOf('1w', 3, MONDAY)).toMatchObject({ last: 103, ...unknown });
  });

  it('is not there while the candle that ends at the moment is missing', () => {
    expect(tickerOf('1h', 30, MONDAY + timeframeMs('1h'))).toBeNull();
    expect(tickerOf('1h', 30, MONDAY - 2 * DAY_MS)).toBeNull();
    expect(closeTicker({ symbol: BTC, timeframe: '1h', series: new CandleSeries('1h', 9), at: MONDAY })).toBeNull();
  });
});
