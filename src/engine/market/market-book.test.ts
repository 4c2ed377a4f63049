import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Candle } from '../../domain/candle.ts';
import { asId } from '../../domain/ids.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import { anchorTime, MINUTE_MS, timeframeMs } from '../../domain/time.ts';
import type { ClosedCandle } from './symbol-candles.ts';
import { MarketBook } from './market-book.ts';

const BTC = asId<VenueSymbol>('BTCUSDT');
const START = Date.UTC(2024, 7, 8);

function flatCandle(openTime: number, close: number): Candle {
  return {
    symbol: BTC,
    timeframe: '1m',
    openTime,
    open: close,
    high: close,
    low: close,
    close,
    volume: 1,
    quoteVolume: close,
    trades: 1,
    buyVolume: 1,
    sellVolume: 0,
    closed: true,
  };
}

function bookOf(lookback = 2): { book: MarketBook; closed: ClosedCandle[]; moves: number[] } {
  const closed: ClosedCandle[] = [];
  const moves: number[] = [];
  const book = new MarketBook(
    { timeframes: ['1m', '5m'], lookback },
    {
      candlesClosed: (_symbol, candles) => closed.push(...candles),
      priceMoved: (market) => moves.push(market.last),
    },
  );
  book.follow(BTC);
  return { book, closed, moves };
}

function trade(price: number, time: number, quantity = 1): Parameters<MarketBook['trade']>[0] {
  return { symbol: BTC, price, quantity, trades: 1, buyerIsTaker: true, venueTradeId: time, time };
}

describe('the market book', () => {
  it('moves only the last price and the forming candle by a trade, never closed history', () => {
    const { book, closed } = bookOf();
    book.candle(flatCandle(START, 100));
    book.trade(trade(999, START + 10));
    book.trade(trade(101, START + MINUTE_MS + 10));
    book.trade(trade(103, START + MINUTE_MS + 20, 2));
    const market = book.get(BTC);
    expect(market?.last).toBe(103);
    expect(market?.candles.minutes.lastClose).toBe(100);
    expect(market?.forming.figures()).toMatchObject({
      open: 101,
      high: 103,
      low: 101,
      close: 103,
      volume: 3,
      trades: 2,
    });
    expect(closed).toEqual([{ timeframe: '1m', openTime: START }]);
  });

  it('never lets an older trade move the last price', () => {
    const { book } = bookOf();
    book.trade(trade(105, START + 500));
    book.trade(trade(90, START + 400));
    expect(book.get(BTC)?.last).toBe(105);
    expect(book.get(BTC)?.forming.figures()).toMatchObject({ low: 90, close: 105 });
  });

  it('reports price moves of watched symbols alone, and only when the price differs', () => {
    const { book, moves } = bookOf();
    book.trade(trade(100, START));
    book.watch(BTC, true);
    for (const [index, price] of [100, 101, 101, 102].entries()) book.trade(trade(price, START + index));
    book.watch(BTC, false);
    book.trade(trade(103, START + 10));
    expect(moves).toEqual([101, 102]);
  });

  it('believes the forming candle of whoever has counted more of the same trades', () => {
    const { book } = bookOf();
    book.trade(trade(100, START + 5000));
    book.candle({ ...flatCandle(START, 99), open: 98, low: 97, volume: 40, trades: 17, closed: false });
    expect(book.get(BTC)?.forming.figures()).toMatchObject({ open: 98, high: 100, low: 97, volume: 40, trades: 17 });
    for (let count = 0; count < 50; count += 1) book.trade(trade(101, START + 6000 + count));
    expect(book.get(BTC)?.forming.figures()).toMatchObject({ open: 98, high: 101, low: 97, close: 101, volume: 51 });
  });

  it('closes a minute flat when nobody traded in it, and leaves one open whose candle is only late', () => {
    const { book, closed } = bookOf();
    book.candle(flatCandle(START, 100));
    expect(book.settleQuietMinute(BTC, START + 2 * MINUTE_MS)).toBe(true);
    expect(book.get(BTC)?.candles.minutes.lastTime).toBe(START + MINUTE_MS);
    book.trade(trade(101, START + 2 * MINUTE_MS + 1));
    expect(book.settleQuietMinute(BTC, START + 3 * MINUTE_MS)).toBe(false);
    expect(closed.map((candle) => candle.openTime)).toEqual([START, START + MINUTE_MS]);
  });

  it('shows the same window for a moment however much history is held', () => {
    const { book } = bookOf(7);
    const { book: fresh } = bookOf(7);
    for (let minute = 0; minute < 400; minute += 1) book.candle(flatCandle(START + minute * MINUTE_MS, minute));
    for (let minute = 380; minute < 400; minute += 1) fresh.candle(flatCandle(START + minute * MINUTE_MS, minute));
    const nowMs = START + 400 * MINUTE_MS;
    const closes = [book, fresh].map((each) => {
      const window = each.window(BTC, '1m', { nowMs, lookback: 7 });
      return window === null ? null : [...window.series.view('close', window.from, window.to)];
    });
    expect(closes[0]).not.toBeNull();
    expect(closes[0]).toEqual(closes[1]);
    expect(closes[0]?.at(-1)).toBe(399);
  });

  it('shows no window before enough candles, nor while the newest is missing', () => {
    const { book } = bookOf(5);
    for (let minute = 0; minute < 4; minute += 1) book.candle(flatCandle(START + minute * MINUTE_MS, minute));
    expect(book.window(BTC, '1m', { nowMs: START + 4 * MINUTE_MS, lookback: 5 })).toBeNull();
    book.candle(flatCandle(START + 4 * MINUTE_MS, 4));
    expect(book.window(BTC, '1m', { nowMs: START + 5 * MINUTE_MS, lookback: 5 })).not.toBeNull();
    expect(book.window(BTC, '1m', { nowMs: START + 6 * MINUTE_MS, lookback: 5 })).toBeNull();
  });
});

describe('the anchor of a lookback', () => {
  it('leaves lookback .. 2 x lookback - 1 closed candles and lies on the grid of the epoch', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e12 }),
        fc.constantFrom('1m', '5m', '1h', '12h', '1d', '1w'),
        fc.integer({ min: 2, max: 500 }),
        (nowMs, timeframe, lookback) => {
          const lengthMs = timeframeMs(timeframe);
          const anchor = anchorTime(nowMs, timeframe, lookback);
          const closed = Math.floor((nowMs - anchor) / lengthMs);
          expect(closed).toBeGreaterThanOrEqual(lookback);
          expect(closed).toBeLessThan(2 * lookback);
          if (timeframe !== '1w') expect(Math.abs(anchor % (lookback * lengthMs))).toBe(0);
          else expect(new Date(anchor).getUTCDay()).toBe(1);
        },
      ),
    );
  });
});
