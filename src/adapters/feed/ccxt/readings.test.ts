import type { Ticker } from 'ccxt';
import { describe, expect, it } from 'vitest';

import { asId } from '../../../domain/ids.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import { readCandle, readTicker } from './readings.ts';

const SYMBOL = asId<VenueSymbol>('BTCUSDT');
const DAY = Date.UTC(2026, 0, 5);

describe('a candle of ccxt', () => {
  it('has what the row tells; the rest is unknown', () => {
    expect(readCandle([DAY, 10, 12, 9, 11, 5], { symbol: SYMBOL, timeframe: '1d' })).toEqual({
      ...{ symbol: SYMBOL, timeframe: '1d', openTime: DAY, open: 10, high: 12, low: 9, close: 11, volume: 5 },
      ...{ quoteVolume: NaN, trades: NaN, buyVolume: NaN, sellVolume: NaN, closed: false },
    });
  });

  it.each([
    ['a day of another time zone', [DAY + 8 * 3_600_000, 10, 12, 9, 11, 5]],
    ['a high below the close', [DAY, 10, 10.5, 9, 11, 5]],
    ['a price of nothing', [DAY, 0, 12, 0, 11, 5]],
    ['a volume below zero', [DAY, 10, 12, 9, 11, -1]],
    ['a price that is missing', [DAY, undefined, 12, 9, 11, 5]],
    ['no time', [NaN, 10, 12, 9, 11, 5]],
    ['nothing', []],
  ] as const)('is none with %s', (_, row) => {
    expect(readCandle(row as never, { symbol: SYMBOL, timeframe: '1d' })).toBeNull();
  });

  it('may lack its volume', () => {
    const candle = readCandle([DAY, 10, 12, 9, 11, undefined], { symbol: SYMBOL, timeframe: '1d' });
    expect(candle?.volume).toBeNaN();
  });
});

describe('the 24 h figures of ccxt', () => {
  const read = (told: object, contractSize = 1) => readTicker({ symbol: SYMBOL, contractSize }, told as Ticker, 77);

  it('are NaN where the venue has none, and have our time where it tells none', () => {
    const unknown = ['last', 'bid', 'ask', 'mark', 'open', 'high', 'low', 'volume', 'quoteVolume', 'changePct'];
    expect(read({})).toEqual({ symbol: SYMBOL, time: 77, ...Object.fromEntries(unknown.map((name) => [name, NaN])) });
    expect(read({ last: 0, bid: null, high: 'x' })).toMatchObject({ last: NaN, bid: NaN, high: NaN });
  });

  it('have the volume in quote units by the day its average price, where the venue tells base units alone', () => {
    expect(read({ baseVolume: 10, quoteVolume: 900, vwap: 100 }).quoteVolume).toBe(900);
    expect(read({ baseVolume: 10, vwap: 100, last: 120 }).quoteVolume).toBe(1_000);
    expect(read({ baseVolume: 10, last: 120 }).quoteVolume).toBe(1_200);
    expect(read({ baseVolume: 10, last: 120 }, 0.5)).toMatchObject({ volume: 5, quoteVolume: 600 });
    expect(read({ baseVolume: 10, quoteVolume: 900 }, 0.5)).toMatchObject({ volume: 10, quoteVolume: 900 });
  });
});
