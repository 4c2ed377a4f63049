import { describe, expect, it } from 'vitest';

import { isServedOn, parseTopic } from './topics.ts';

describe('stream names', () => {
  it.each([
    ['spot', 'btcusdt@trade', 'trade', 0],
    ['spot', 'btcusdt@kline_1s', 'kline', 1_000],
    ['spot', 'btcusdt@kline_5m@+08:00', 'kline', 2_000],
    ['spot', 'btcusdt@depth', 'depth', 1_000],
    ['spot', 'btcusdt@depth@100ms', 'depth', 100],
    ['spot', 'btcusdt@depth20@100ms', 'partialDepth', 100],
    ['spot', '!miniTicker@arr', 'miniTicker', 1_000],
    ['spot', 'btcusdt@ticker_4h', 'windowTicker', 1_000],
    ['futures', 'btcusdt@aggTrade', 'aggTrade', 100],
    ['futures', 'btcusdt@markPrice', 'markPrice', 3_000],
    ['futures', 'btcusdt@markPrice@1s', 'markPrice', 1_000],
    ['futures', '!markPrice@arr@1s', 'markPrice', 1_000],
    ['futures', 'btcusdt@depth5', 'partialDepth', 250],
    ['futures', '!bookTicker', 'bookTicker', 0],
    ['futures', 'btcusdt@ticker', 'ticker', 2_000],
  ] as const)('on %s: %s is %s every %i ms', (market, name, kind, everyMs) => {
    expect(parseTopic(market, name)).toMatchObject({ name, kind, everyMs });
  });

  it.each([
    ['spot', 'BTCUSDT@trade'],
    ['spot', 'btcusdt@kline_7m'],
    ['spot', 'btcusdt@markPrice'],
    ['spot', '!bookTicker'],
    ['futures', 'btcusdt@kline_1s'],
    ['futures', 'btcusdt@avgPrice'],
    ['futures', '0'],
  ] as const)('on %s: %s is none of the venue', (market, name) => {
    expect(parseTopic(market, name)).toBeNull();
  });

  it('of futures are served on their route alone', () => {
    const served = (name: string): string[] => {
      const topic = parseTopic('futures', name);
      return (['public', 'market', 'private', 'unrouted'] as const).filter(
        (route) => topic && isServedOn(route, topic),
      );
    };
    for (const name of ['btcusdt@bookTicker', 'btcusdt@depth', 'btcusdt@depth5', 'btcusdt@trade', '!bookTicker']) {
      expect(served(name)).toEqual(['public']);
    }
    for (const name of [
      'btcusdt@aggTrade',
      'btcusdt@kline_1m',
      'btcusdt@ticker',
      '!markPrice@arr',
      'btcusdt@forceOrder',
    ]) {
      expect(served(name)).toEqual(['market']);
    }
  });
});
