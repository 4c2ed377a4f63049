import { describe, expect, it } from 'vitest';

import type { Candle } from '../../../domain/candle.ts';
import { asId } from '../../../domain/ids.ts';
import type { CandleRequest } from '../../../ports/engine-handle.ts';
import { createFakeClock } from '../../../testkit/fake-clock.ts';
import { CandleBook } from './candle-book.ts';

const REQUEST: CandleRequest = { symbol: asId('BTCUSDT'), timeframe: '5m', limit: 10 };
const FIVE_MINUTES = 300_000;

function book(answer: (request: CandleRequest) => Promise<readonly Candle[]>) {
  const clock = createFakeClock();
  const asked: CandleRequest[] = [];
  const candles = (request: CandleRequest): Promise<readonly Candle[]> => {
    asked.push(request);
    return answer(request);
  };
  return { clock, asked, book: new CandleBook({ engine: { candles }, clock }) };
}

function candleAt(openTime: number): Candle {
  const figures = {
    open: 1,
    high: 1,
    low: 1,
    close: 1,
    volume: 1,
    quoteVolume: 1,
    trades: 1,
    buyVolume: 1,
    sellVolume: 0,
  };
  return { symbol: REQUEST.symbol, timeframe: '5m', openTime, ...figures, closed: true };
}

describe('the book of candles', () => {
  it('asks once, and again when a candle has closed since', async () => {
    let now = 10 * FIVE_MINUTES;
    const { clock, asked, book: candles } = book(() => Promise.resolve([candleAt(now - FIVE_MINUTES)]));
    expect(candles.of(REQUEST, now)).toEqual([]);
    candles.of(REQUEST, now);
    await clock.advance(1_000);
    expect(candles.of(REQUEST, now)).toHaveLength(1);
    now += FIVE_MINUTES - 1;
    candles.of(REQUEST, now);
    expect(asked).toHaveLength(1);
    now += 1;
    candles.of(REQUEST, now);
    expect(asked).toHaveLength(2);
  });

  it('does not ask for one series more than once a second, nor soon after a refusal', async () => {
    let isRefused = false;
    const {
      clock,
      asked,
      book: candles,
    } = book(() => (isRefused ? Promise.reject(new Error('no')) : Promise.resolve([])));
    for (let tenth = 0; tenth < 30; tenth += 1) {
      candles.of(REQUEST, 0);
      await clock.advance(100);
    }
    expect(asked).toHaveLength(3);
    isRefused = true;
    for (let second = 0; second < 60; second += 1) {
      candles.of(REQUEST, 0);
      await clock.advance(1_000);
    }
    expect(asked).toHaveLength(4);
  });

  it('keeps a bounded number of series', async () => {
    const { clock, asked, book: candles } = book(() => Promise.resolve([candleAt(0)]));
    const look = async (): Promise<void> => {
      for (let at = 0; at < 100; at += 1) candles.of({ ...REQUEST, symbol: asId(`S${at}`) }, 0);
      await clock.advance(0);
    };
    await look();
    await look();
    expect(asked).toHaveLength(200);
  });
});
