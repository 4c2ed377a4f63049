import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Candle } from '../../domain/candle.ts';
import { asId } from '../../domain/ids.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import { candleOpenTime, DAY_MS, MINUTE_MS } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import { MarketBook } from '../market/market-book.ts';
import { formingCandle } from './live-view.ts';

const BTC = asId<VenueSymbol>('BTCUSDT');
const MONDAY = Date.UTC(2025, 0, 6);

function minute(openTime: number, closed = true): Candle {
  const number = (openTime - MONDAY) / MINUTE_MS;
  const [open, close] = [100 + (number % 7), 100 + (number % 11)];
  const volumes = { volume: number, quoteVolume: 3 * number, trades: 2, buyVolume: number / 2, sellVolume: number / 2 };
  return {
    symbol: BTC,
    timeframe: '1m',
    openTime,
    open,
    close,
    high: 120 + (number % 13),
    low: 50,
    ...volumes,
    closed,
  };
}

/** A book with all minutes since Monday that are closed at `at`, and the forming one. */
function bookAt(at: number, timeframes: readonly Timeframe[]): MarketBook {
  const book = new MarketBook(
    { timeframes, lookback: 10 },
    { candlesClosed: () => undefined, priceMoved: () => undefined },
  );
  book.follow(BTC);
  const forming = candleOpenTime(at, '1m');
  for (let openTime = MONDAY; openTime < forming; openTime += MINUTE_MS) book.candle(minute(openTime));
  book.candle(minute(forming, false));
  return book;
}

function formingOf(book: MarketBook, timeframe: Timeframe, at: number): Candle | null {
  const market = book.get(BTC);
  if (market === undefined) throw new Error('the book follows BTCUSDT');
  return formingCandle(market, { symbol: BTC, timeframe, at });
}

describe('a forming candle', () => {
  it('is made of every minute since it opened, whatever series they are read from', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: DAY_MS - 1 }),
        fc.constantFrom<Timeframe>('1m', '5m', '1h', '4h', '1d', '1w'),
        fc.subarray<Timeframe>(['3m', '5m', '1h', '2h', '1d']),
        (offsetMs, timeframe, held) => {
          const at = MONDAY + offsetMs;
          // Without hours a day is made of its minutes, of which more are held than a day has.
          const candle = formingOf(bookAt(at, [...held, '12h']), timeframe, at);
          const openTime = candleOpenTime(at, timeframe);
          const times = [];
          for (let time = openTime; time <= at; time += MINUTE_MS) times.push(time);
          const minutes = times.map((time) => minute(time));
          const sum = (of: (each: Candle) => number) => minutes.reduce((total, each) => total + of(each), 0);
          expect(candle).toEqual({
            symbol: BTC,
            timeframe,
            openTime,
            open: minutes[0]?.open,
            high: Math.max(...minutes.map(({ high }) => high)),
            low: 50,
            close: minutes.at(-1)?.close,
            volume: sum(({ volume }) => volume),
            quoteVolume: sum(({ quoteVolume }) => quoteVolume),
            trades: sum(({ trades }) => trades),
            buyVolume: sum(({ buyVolume }) => buyVolume),
            sellVolume: sum(({ sellVolume }) => sellVolume),
            closed: false,
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('knows nothing of what came after its moment', () => {
    const at = MONDAY + 63 * MINUTE_MS;
    const book = bookAt(at + 5 * MINUTE_MS, ['5m', '1h']);
    expect(formingOf(book, '1h', at)).toMatchObject({ openTime: MONDAY + 60 * MINUTE_MS, volume: 60 + 61 + 62 });
  });

  it('is not there when a minute of it is missing, and before anything of it was heard', () => {
    const at = MONDAY + 63 * MINUTE_MS;
    const late = bookAt(at - 2 * MINUTE_MS, ['5m', '1h']);
    expect(formingOf(late, '1h', at)).toBeNull();
    const book = bookAt(at - MINUTE_MS, ['5m', '1h']);
    expect(formingOf(book, '1m', MONDAY + 120 * MINUTE_MS)).toBeNull();
  });
});
