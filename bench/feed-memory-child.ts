/**
 * Follows 200 symbols for a simulated week and prints what that takes: lines of JSON `{ empty, filled, resident, day, week }`
 * in MB: resident memory before, with full candle rings and at the end; what is held after a day and after the week.
 */
import { Intake } from '../src/adapters/feed/binance/intake/intake.ts';
import { asId } from '../src/domain/ids.ts';
import type { VenueSymbol } from '../src/domain/ids.ts';
import { MINUTE_MS, timeframeMs } from '../src/domain/time.ts';
import type { Timeframe } from '../src/domain/time.ts';
import { MarketBook } from '../src/engine/market/market-book.ts';

const SYMBOLS = 200;
const LOOKBACK = 250;
const TIMEFRAMES: readonly Timeframe[] = ['1m', '5m', '15m', '1h', '4h'];
const START = Date.UTC(2026, 0, 5);
const DAY_MINUTES = 1_440;
const WEEK_MINUTES = 7 * DAY_MINUTES;

function residentMb(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss() / 2 ** 20;
}

/** What is really held: resident memory also counts what the collector keeps for later. */
function heldMb(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

function closedMinute(symbol: string, minute: number): Buffer<ArrayBuffer> {
  const openTime = START + minute * MINUTE_MS;
  const close = openTime + MINUTE_MS - 1;
  const trade = 9 * minute + 1;
  return Buffer.from(
    `{"e":"kline","E":${close + 1},"s":"${symbol}","k":{"t":${openTime},"T":${close},"s":"${symbol}","i":"1m","f":${trade},"L":${trade + 8},` +
      `"o":"100.10","c":"100.20","h":"100.30","l":"100.00","v":"12.5","n":9,"x":true,"q":"1251.2","V":"6.2","Q":"620.6","B":"0"}}`,
  );
}

const empty = residentMb();
const book = new MarketBook(
  { timeframes: TIMEFRAMES, lookback: LOOKBACK },
  { candlesClosed: () => undefined, priceMoved: () => undefined },
);
const intake = new Intake(book, () => undefined);
const symbols = Array.from({ length: SYMBOLS }, (_, index) => asId<VenueSymbol>(`S${index}USDT`));
for (const symbol of symbols) {
  const market = book.follow(symbol);
  intake.follow(symbol);
  for (const timeframe of TIMEFRAMES) {
    const stepMs = timeframeMs(timeframe);
    const figures = { open: 100, high: 101, low: 99, close: 100, volume: 1, quoteVolume: 100, trades: 1 };
    market.candles.load(
      timeframe,
      Array.from({ length: 2 * LOOKBACK }, (_, index) => ({
        ...{ symbol, timeframe, openTime: START - (2 * LOOKBACK - index) * stepMs, ...figures },
        ...{ buyVolume: 1, sellVolume: 0, closed: true },
      })),
    );
  }
}
const filled = residentMb();

let received = 0;
function follow(minutes: number): void {
  for (const end = received + minutes; received < end; received += 1) {
    const now = START + (received + 1) * MINUTE_MS;
    for (const symbol of symbols) {
      const message = closedMinute(symbol, received);
      intake.received(message.length, now);
      if (!intake.take(message, 0, message.length)) throw new Error('the scanner left a message of the usual form');
    }
  }
}
follow(DAY_MINUTES);
const day = heldMb();
follow(WEEK_MINUTES - DAY_MINUTES);
const week = heldMb();
const resident = residentMb();
const newest = book.get(symbols[0]!)?.candles.minutes.lastTime;
if (newest !== START + (WEEK_MINUTES - 1) * MINUTE_MS) throw new Error('the bench has not reached the end of its week');
process.stdout.write(`${JSON.stringify({ empty, filled, day, week, resident })}\n`);
