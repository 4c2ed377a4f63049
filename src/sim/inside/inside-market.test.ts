import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Candle } from '../../domain/candle.ts';
import { asId } from '../../domain/ids.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import { candleOpenTime, DAY_MS, MINUTE_MS, SECOND_MS, TIMEFRAMES, timeframeMs } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import type { FeedStatus } from '../../ports/market-feed.ts';
import { createFakeClock } from '../../testkit/fake-clock.ts';
import type { InsideMarket, InsideMarketOptions } from './inside-market.ts';
import { createInsideMarket } from './inside-market.ts';
import { SinkLog } from './sink-log.ts';

const ADA = asId<VenueSymbol>('ADAUSDT');
const BTC = asId<VenueSymbol>('BTCUSDT');
const NOTHING_UNDER_WAY = (): undefined => undefined;
/** Half an hour before a Monday begins, where a candle of every timeframe closes. */
const SUNDAY_NIGHT = Date.UTC(2026, 0, 11, 23, 30);

function synthetic(options: Partial<InsideMarketOptions> = {}): Promise<InsideMarket> {
  const play = { kind: 'synthetic', symbols: ['ADA', 'BTC'], startAt: SUNDAY_NIGHT } as const;
  return createInsideMarket({ play, seed: 1, market: null, quoteAsset: 'USDT', ...options });
}

function tape(paths: readonly string[], options: Partial<InsideMarketOptions> = {}): Promise<InsideMarket> {
  const play = { kind: 'tape', paths, onProblem: () => undefined } as const;
  return createInsideMarket({ play, seed: 1, market: null, quoteAsset: 'USDT', ...options });
}

async function driveTo(market: InsideMarket, until: number): Promise<string> {
  return market.drive({ speed: 'max', realClock: createFakeClock(), settle: NOTHING_UNDER_WAY, until });
}

async function connected(market: InsideMarket): Promise<SinkLog> {
  const log = new SinkLog(market.clock);
  await market.feed.connect(log);
  const symbols = (await market.feed.instruments()).map(({ symbol }) => symbol);
  market.feed.subscribe({ symbols, timeframes: TIMEFRAMES, markSymbols: symbols });
  return log;
}

const openTimes = (candles: readonly Candle[]): number[] => candles.map(({ openTime }) => openTime);

describe('history and stream of a market inside', () => {
  it('join without gap or overlap in every timeframe, whenever history is asked for', async () => {
    const moments = fc.record({ seed: fc.nat(1_000), askedAfterMs: fc.nat(40 * MINUTE_MS) });
    await fc.assert(
      fc.asyncProperty(moments, async ({ seed, askedAfterMs }) => {
        const market = await synthetic({ seed });
        await driveTo(market, SUNDAY_NIGHT + askedAfterMs);
        const log = await connected(market);
        const ask = async (timeframe: Timeframe) => {
          const fromMs = SUNDAY_NIGHT - 30 * timeframeMs(timeframe);
          return market.feed.history({ symbol: ADA, timeframe, fromMs, toMs: Infinity });
        };
        const asked = await Promise.all(TIMEFRAMES.map(ask));
        const endMs = SUNDAY_NIGHT + 45 * MINUTE_MS;
        await driveTo(market, endMs);
        for (const [i, timeframe] of TIMEFRAMES.entries()) {
          const streamed = log.closed.filter((candle) => candle.symbol === ADA && candle.timeframe === timeframe);
          const joined = [...(asked[i] ?? []), ...streamed];
          const lengthMs = timeframeMs(timeframe);
          const lastMs = candleOpenTime(endMs, timeframe) - lengthMs;
          const firstMs = lastMs - (joined.length - 1) * lengthMs;
          expect(openTimes(joined)).toEqual(joined.map((_, row) => firstMs + row * lengthMs));
          expect(firstMs).toBeLessThan(SUNDAY_NIGHT - 29 * lengthMs);
          expect(joined.every(({ closed }) => closed)).toBe(true);
          expect(await ask(timeframe)).toEqual(joined);
        }
        await market.feed.close();
      }),
      { numRuns: 10 },
    );
  });

  it('make every longer candle of the minutes it covers', async () => {
    const market = await synthetic();
    await driveTo(market, SUNDAY_NIGHT + 35 * MINUTE_MS);
    const history = async (timeframe: Timeframe, fromMs: number) =>
      market.feed.history({ symbol: BTC, timeframe, fromMs, toMs: Infinity });
    const minutes = await history('1m', SUNDAY_NIGHT - 9 * DAY_MS);
    for (const timeframe of TIMEFRAMES) {
      const [candle] = (await history(timeframe, SUNDAY_NIGHT - 8 * DAY_MS)).slice(-1);
      if (candle === undefined) throw new Error(`no candle of ${timeframe}`);
      const part = minutes.filter(({ openTime }) => candleOpenTime(openTime, timeframe) === candle.openTime);
      const sum = (figure: 'volume' | 'trades' | 'buyVolume' | 'sellVolume' | 'quoteVolume'): number =>
        part.reduce((total, minute) => total + minute[figure], 0);
      expect(part).toHaveLength(timeframeMs(timeframe) / MINUTE_MS);
      expect([candle.open, candle.close]).toEqual([part[0]?.open, part.at(-1)?.close]);
      expect(candle.high).toBe(Math.max(...part.map(({ high }) => high)));
      expect(candle.low).toBe(Math.min(...part.map(({ low }) => low)));
      expect(candle.trades).toBe(sum('trades'));
      for (const figure of ['volume', 'buyVolume', 'sellVolume', 'quoteVolume'] as const) {
        expect(Math.abs(candle[figure] - sum(figure))).toBeLessThan(1e-9 * candle.quoteVolume);
      }
    }
    await market.feed.close();
  });

  it('leave no hole where the oldest live candles are forgotten', async () => {
    const market = await synthetic({ play: { kind: 'synthetic', symbols: ['ADA'], startAt: SUNDAY_NIGHT } });
    const endMs = SUNDAY_NIGHT + 2_100 * MINUTE_MS;
    await driveTo(market, endMs);
    const ask = async (fromMs: number) => market.feed.history({ symbol: ADA, timeframe: '1m', fromMs, toMs: endMs });
    const times = openTimes(await ask(SUNDAY_NIGHT - DAY_MS));
    expect(times).toHaveLength(2_048);
    expect(times.at(-1)).toBe(endMs - MINUTE_MS);
    expect(times.every((time, i) => i === 0 || time - (times[i - 1] ?? 0) === MINUTE_MS)).toBe(true);
    await market.feed.close();
  });

  it('tell trades that make up the closed minute, and forming candles on the way to it', async () => {
    const market = await synthetic();
    const log = await connected(market);
    await driveTo(market, SUNDAY_NIGHT + 3 * MINUTE_MS);
    for (const candle of log.closed.filter(({ timeframe }) => timeframe === '1m')) {
      const trades = log.messages.flatMap((message) =>
        message.type === 'trade' &&
        message.tick.symbol === candle.symbol &&
        candleOpenTime(message.tick.time, '1m') === candle.openTime
          ? [message.tick]
          : [],
      );
      expect(candle.trades).toBe(trades.length);
      expect([candle.open, candle.close]).toEqual([trades[0]?.price, trades.at(-1)?.price]);
      const bought = trades.filter(({ buyerIsTaker }) => buyerIsTaker).reduce((sum, { quantity }) => sum + quantity, 0);
      expect(candle.buyVolume).toBeCloseTo(bought, 8);
      expect(candle.buyVolume + candle.sellVolume).toBeCloseTo(candle.volume, 8);
      const forming = log.messages.flatMap((message) =>
        message.type === 'candle' && message.candle.openTime === candle.openTime && !message.candle.closed
          ? [message.candle]
          : [],
      );
      const counts = forming
        .filter(({ symbol, timeframe }) => symbol === candle.symbol && timeframe === '1m')
        .map((update) => update.trades);
      expect(counts.length).toBeGreaterThan(5);
      // Each tells something new.
      expect(counts).toEqual([...new Set(counts)].toSorted((x, y) => x - y));
      expect(counts.at(-1)).toBeLessThanOrEqual(candle.trades);
    }
    await market.feed.close();
  });
});

describe('the feed of a market inside', () => {
  it('tells the day and the week that end with a minute before the minute', async () => {
    const market = await synthetic();
    const log = await connected(market);
    await driveTo(market, SUNDAY_NIGHT + 31 * MINUTE_MS);
    const atMidnight = log.closed.filter(
      ({ symbol, openTime, timeframe }) =>
        symbol === ADA && openTime + timeframeMs(timeframe) === SUNDAY_NIGHT + 30 * MINUTE_MS,
    );
    expect(atMidnight.map(({ timeframe }) => timeframe)).toEqual(TIMEFRAMES.toReversed());
    await market.feed.close();
  });

  it('tells 24 h figures that are those of the last 1,440 minutes', async () => {
    const market = await synthetic();
    const log = await connected(market);
    const nowMs = SUNDAY_NIGHT + 12 * MINUTE_MS;
    await driveTo(market, nowMs);
    const streamed = log.messages.flatMap((message) =>
      message.type === 'ticker' && message.at === nowMs ? [message.ticker] : [],
    );
    expect(streamed.map(({ symbol }) => symbol)).toEqual([ADA, BTC]);
    for (const ticker of streamed) {
      // The minute that closed with this second was the forming one when the figures were told.
      const fromMs = nowMs - DAY_MS;
      const minutes = await market.feed.history({ symbol: ticker.symbol, timeframe: '1m', fromMs, toMs: nowMs });
      const volume = minutes.reduce((sum, minute) => sum + minute.volume, 0);
      expect(minutes).toHaveLength(1_440);
      expect(ticker).toMatchObject({
        last: minutes.at(-1)?.close,
        open: minutes[0]?.open,
        high: Math.max(...minutes.map(({ high }) => high)),
        low: Math.min(...minutes.map(({ low }) => low)),
      });
      expect(ticker.volume).toBeCloseTo(volume, 3);
      expect(ticker.changePct).toBeCloseTo((ticker.last / ticker.open - 1) * 100, 10);
      expect(ticker.bid).toBeLessThan(ticker.ask);
    }
    await market.feed.close();
  });

  it('knows 24 h figures before time has moved', async () => {
    const market = await synthetic();
    for (const ticker of await market.feed.tickers()) {
      expect(ticker.time).toBe(SUNDAY_NIGHT);
      expect(ticker.low).toBeLessThanOrEqual(ticker.last);
      expect(ticker.high).toBeGreaterThanOrEqual(ticker.last);
      expect(ticker.quoteVolume).toBeGreaterThan(0);
    }
    await market.feed.close();
  });

  it('streams what is subscribed and no more, from the moment it is subscribed', async () => {
    const market = await synthetic();
    const log = new SinkLog(market.clock);
    await market.feed.connect(log);
    await driveTo(market, SUNDAY_NIGHT + MINUTE_MS);
    expect(log.messages).toEqual([]);
    market.feed.subscribe({ symbols: [ADA], timeframes: ['5m'], markSymbols: [] });
    await driveTo(market, SUNDAY_NIGHT + 10 * MINUTE_MS);
    const symbols = log.messages.map((message) =>
      message.type === 'trade' || message.type === 'quote' ? message.tick.symbol : 'other',
    );
    expect(new Set(symbols)).toEqual(new Set([ADA, 'other']));
    expect(new Set(log.messages.map(({ type }) => type))).toEqual(new Set(['trade', 'quote', 'ticker', 'candle']));
    expect(new Set(log.closed.map(({ timeframe }) => timeframe))).toEqual(new Set(['1m', '5m']));
    expect(market.feed.metrics()).toMatchObject({ connections: 1, streams: 5, messages: log.messages.length });
    market.feed.subscribe({ symbols: [], timeframes: [], markSymbols: [BTC] });
    const before = log.messages.length;
    await driveTo(market, SUNDAY_NIGHT + 11 * MINUTE_MS);
    const later = log.messages.slice(before);
    expect(later).toHaveLength(60);
    expect(later.every((message) => message.type === 'mark' && message.tick.symbol === BTC)).toBe(true);
    await market.feed.close();
  });

  it('has mark prices on futures alone', async () => {
    for (const market of ['spot', 'futures'] as const) {
      const inside = await synthetic({ market });
      const log = await connected(inside);
      await driveTo(inside, SUNDAY_NIGHT + 5 * SECOND_MS);
      const [ticker] = await inside.feed.tickers();
      const isFutures = market === 'futures';
      expect(log.messages.some(({ type }) => type === 'mark')).toBe(isFutures);
      expect(Number.isFinite(ticker?.mark)).toBe(isFutures);
      expect(inside.feed.capabilities.markPrice).toBe(isFutures);
      expect((await inside.feed.instruments()).map((instrument) => instrument.market)).toEqual([market, market]);
      await inside.feed.close();
    }
  });

  it('names the symbol that it does not know', async () => {
    const market = await synthetic();
    const unknown = { code: 'SYMBOL_UNKNOWN', context: { given: 'BTCUSD', nearest: 'BTCUSDT' } };
    const symbol = asId<VenueSymbol>('BTCUSD');
    await expect(market.feed.history({ symbol, timeframe: '1m', fromMs: 0, toMs: 1 })).rejects.toMatchObject(unknown);
    const subscribe = (): void => market.feed.subscribe({ symbols: [symbol], timeframes: [], markSymbols: [] });
    expect(subscribe).toThrow('BTCUSD');
    await market.feed.close();
  });

  it('says when it is connected and when it is closed, and is connected once', async () => {
    const market = await synthetic();
    const told: FeedStatus[] = [];
    market.feed.onStatus((status) => told.push(status));
    const log = await connected(market);
    await expect(market.feed.connect(log)).rejects.toThrow('connected already');
    await market.feed.close();
    await market.feed.close();
    expect(told).toEqual([{ status: 'connected' }, { status: 'offline', cause: 'closed' }]);
    await expect(market.feed.connect(log)).rejects.toThrow('closed');
    expect(await driveTo(market, SUNDAY_NIGHT + 1)).toBe('closed');
  });
});

describe('the symbols of a market inside', () => {
  it.each([
    [['BTC', 'eth/usdt', 'SOL/USDT:USDT', 'ADAUSDC'], 'USDT', ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'ADAUSDC']],
    [2, 'USDC', ['BTCUSDC', 'ETHUSDC']],
    [['USDC'], 'USDT', ['USDCUSDT']],
  ] as const)('%s with the quote asset %s are %s', async (symbols, quoteAsset, expected) => {
    const play = { kind: 'synthetic', symbols, startAt: SUNDAY_NIGHT } as const;
    const market = await synthetic({ play, quoteAsset });
    expect((await market.feed.instruments()).map(({ symbol }) => symbol)).toEqual(expected);
    expect(market.quoteAsset).toBe(quoteAsset);
    await market.feed.close();
  });

  it('are refused when they cannot be', async () => {
    for (const symbols of [0, 501, ['BTC-USD-PERP!']] as const) {
      const play = { kind: 'synthetic', symbols, startAt: SUNDAY_NIGHT } as const;
      await expect(synthetic({ play })).rejects.toMatchObject({ code: 'USAGE' });
    }
  });
});

describe('a tape inside', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aitrader-inside-'));
  });
  afterAll(async () => rm(folder, { recursive: true }));

  async function candleFile(name: string, rows: readonly string[]): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, ['timestamp,open,high,low,close,volume', ...rows].join('\n'));
    return path;
  }
  const row = (minute: number, close: number): string => `${SUNDAY_NIGHT + minute * MINUTE_MS},10,12,9,${close},4`;

  it('tells its candles as they were, also the last, and ends with it', async () => {
    const closes = [11, 10, 9.5, 12, 10.5];
    const market = await tape([
      await candleFile(
        'SOLUSDT-1m.csv',
        closes.map((close, i) => row(i, close)),
      ),
    ]);
    const log = await connected(market);
    const endMs = SUNDAY_NIGHT + closes.length * MINUTE_MS;
    expect(await driveTo(market, Infinity)).toBe('tape_ended');
    expect(market.clock.now()).toBe(endMs);
    const minutes = log.closed.filter(({ timeframe }) => timeframe === '1m');
    expect(minutes.map(({ open, high, low, close, volume }) => [open, high, low, close, volume])).toEqual(
      closes.map((close) => [10, 12, 9, close, 4]),
    );
    expect(log.closed.filter(({ timeframe }) => timeframe === '5m')).toHaveLength(1);
    expect(await driveTo(market, Infinity)).toBe('tape_ended');
    expect(market.clock.now()).toBe(endMs);
    await market.feed.close();
  });

  it('has figures and forming candles told at the end of each second in which something was traded', async () => {
    // A candle is played as a trade every five seconds, the last at 59.999.
    const market = await tape([await candleFile('SOLUSDT-1m.csv', [row(0, 11), row(1, 10)])]);
    const log = await connected(market);
    await driveTo(market, Infinity);
    const seconds = (type: 'ticker' | 'forming'): number[] =>
      log.messages
        .filter((message) =>
          type === 'ticker'
            ? message.type === 'ticker'
            : message.type === 'candle' && message.candle.timeframe === '1m' && !message.candle.closed,
        )
        .map(({ at }) => (at - SUNDAY_NIGHT) / SECOND_MS);
    const within = [0, 60].flatMap((start) => Array.from({ length: 12 }, (_, i) => start + 5 * i + 1));
    expect(seconds('forming')).toEqual(within);
    expect(seconds('ticker')).toEqual([...within, 60, 120].toSorted((a, b) => a - b));
    await market.feed.close();
  });

  it('begins with the first record, not with the minute before it', async () => {
    const path = join(folder, 'late.txt');
    const quote = '{"u":1,"s":"SOLUSDT","b":"20.10","B":"3.00","a":"20.12","A":"4.00"}';
    const line = (second: number): string =>
      `${SUNDAY_NIGHT + second * SECOND_MS}000000 {"stream":"solusdt@bookTicker","data":${quote}}\n`;
    await writeFile(path, [14, 15, 16].map(line).join(''));
    const market = await tape([path]);
    expect(market.startMs).toBe(SUNDAY_NIGHT);
    expect(market.clock.now()).toBe(SUNDAY_NIGHT + 14 * SECOND_MS);
    const log = await connected(market);
    await driveTo(market, market.clock.now());
    expect(log.messages.map(({ type }) => type)).toContain('quote');
    await market.feed.close();
  });

  it('is silent about a symbol of which it has no data', async () => {
    const busy = await candleFile('SOLUSDT-1m.csv', [row(0, 11), row(1, 10), row(2, 10), row(3, 10)]);
    const halfQuiet = await candleFile('ETHUSDT-1m.csv', [row(0, 11), row(1, 10), row(3, 11)]);
    const market = await tape([busy, halfQuiet]);
    const log = await connected(market);
    await driveTo(market, Infinity);
    const told = (symbol: string): number =>
      log.messages.filter((message) => message.type === 'ticker' && message.ticker.symbol === symbol).length;
    expect([told('SOLUSDT'), told('ETHUSDT')]).toEqual([4 * 13, 3 * 13]);
    await market.feed.close();
  });

  it('is refused with file and line when too many of its lines are malformed', async () => {
    const malformed = Array.from({ length: 101 }, () => 'x,10,12,9,11,4');
    const path = await candleFile('BADUSDT-1m.csv', [...[0, 1, 2].map((minute) => row(minute, 11)), ...malformed]);
    const market = await tape([path]).catch((failure: unknown) => failure);
    const run = async (): Promise<unknown> => {
      if (market instanceof Error) throw market;
      return driveTo(market as InsideMarket, Infinity);
    };
    await expect(run()).rejects.toMatchObject({
      code: 'TAPE_REFUSED',
      context: { path, line: 105 },
      message: expect.stringContaining(`${path}, line 105`) as string,
    });
  });

  it('that is not there is refused by name', async () => {
    await expect(tape([join(folder, 'none.csv')])).rejects.toMatchObject({
      code: 'TAPE_UNREADABLE',
      message: expect.stringContaining('none.csv') as string,
    });
  });

  it('in another quote asset says so', async () => {
    const market = await tape([await candleFile('ETHBTC-1m.csv', [row(0, 11), row(1, 10)])]);
    expect([market.market, market.quoteAsset]).toEqual(['futures', 'BTC']);
    await market.feed.close();
  });
});

const DATA = resolve('../shared/data');

describe.skipIf(!existsSync(DATA))('recorded data inside (skipped where ../shared/data is absent)', () => {
  it.each([
    ['captures/binance-usdm-btcusdt-20240808.gz', 'futures', 'BTCUSDT'],
    ['captures/binance-spot-ethusdt-20240808.gz', 'spot', 'ETHUSDT'],
    ['bars/LTC_BTC-5m-201801.json', 'futures', 'LTCBTC'],
  ])('%s runs to its end on %s', { timeout: 60_000 }, async (name, played, symbol) => {
    const market = await tape([join(DATA, name)]);
    const counts = { trade: 0, quote: 0, mark: 0, ticker: 0, candle: 0 };
    let lastMs = market.startMs;
    const minutes: number[] = [];
    const count = (type: keyof typeof counts, time: number): void => {
      counts[type] += 1;
      if (time < lastMs || time !== market.clock.now()) throw new Error(`${type} at ${time} after ${lastMs}`);
      lastMs = time;
    };
    await market.feed.connect({
      trade: ({ time }) => count('trade', time),
      quote: ({ time }) => count('quote', time),
      mark: ({ time }) => count('mark', time),
      ticker: ({ time }) => count('ticker', time),
      candle(candle) {
        counts.candle += 1;
        if (candle.closed && candle.timeframe === '1m') minutes.push(candle.openTime);
      },
    });
    const symbols = [asId<VenueSymbol>(symbol)];
    market.feed.subscribe({ symbols, timeframes: ['1m', '1d'], markSymbols: symbols });
    expect(await driveTo(market, Infinity)).toBe('tape_ended');
    expect(market.market).toBe(played);
    expect(counts.trade).toBeGreaterThan(1_000);
    expect(counts.quote).toBeGreaterThan(1_000);
    expect(counts.mark > 0).toBe(played === 'futures');
    expect(minutes).toEqual(minutes.map((_, i) => market.startMs + i * MINUTE_MS));
    expect(market.clock.now()).toBe((minutes.at(-1) ?? 0) + MINUTE_MS);
    await market.feed.close();
  });

  it('recorded on spot is refused as futures, saying what to do', async () => {
    const path = join(DATA, 'captures/binance-spot-ethusdt-20240808.gz');
    await expect(tape([path], { market: 'futures' })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('recorded on spot') as string,
    });
  });
});
