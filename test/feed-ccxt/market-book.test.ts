import { expect, it } from 'vitest';

import { candleOpenTime, MINUTE_MS, SECOND_MS, timeframeMs } from '../../src/domain/time.ts';
import { MarketBook } from '../../src/engine/market/market-book.ts';
import type { FeedStatus } from '../../src/ports/market-feed.ts';
import { openVenue } from './simulated-venue.ts';

const COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const;

it.each(['spot', 'futures'] as const)(
  'the market book has the candles of the venue (%s) though ccxt tells less of them',
  async (market) => {
    const venue = await openVenue(market);
    const { feed, symbols, advance, now, truth } = venue;
    const timeframes = ['1m', '5m'] as const;
    const book = new MarketBook(
      { timeframes, lookback: 250 },
      { candlesClosed: () => undefined, priceMoved: () => undefined },
    );
    const statuses: FeedStatus[] = [];
    feed.onStatus((status) => statuses.push(status));
    for (const symbol of symbols) book.follow(symbol);
    feed.subscribe({ symbols, timeframes: ['1m'], markSymbols: [] });
    await feed.connect(book);
    for (const symbol of symbols) {
      for (const timeframe of timeframes) {
        const toMs = candleOpenTime(now(), timeframe);
        const history = await feed.history({ symbol, timeframe, fromMs: toMs - 30 * timeframeMs(timeframe), toMs });
        book.get(symbol)?.candles.load(timeframe, history);
      }
    }
    await advance(6 * MINUTE_MS);
    venue.cutStreams?.();
    await advance(8 * MINUTE_MS + 10 * SECOND_MS);
    expect(statuses.at(-1)).toEqual({ status: 'connected' });
    for (const symbol of symbols) {
      for (const timeframe of timeframes) {
        const series = book.get(symbol)?.candles.get(timeframe) ?? expect.fail();
        const rows = Array.from({ length: series.length }, (_, index) => ({
          openTime: series.at('time', index),
          ...Object.fromEntries(COLUMNS.map((column) => [column, series.at(column, index)])),
        }));
        expect(rows.length).toBeGreaterThan(30);
        const toMs = candleOpenTime(now(), timeframe) - 1;
        const theirs = await truth(symbol, timeframe, { fromMs: rows[0]?.openTime ?? NaN, toMs });
        expect(rows).toEqual(
          theirs.map(({ openTime, open, high, low, close, volume }) => ({
            ...{ openTime, open, high, low, close },
            volume: expect.closeTo(volume, 8) as number,
          })),
        );
      }
    }
    await venue.close();
  },
);
