import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Candle, Ticker } from '../domain/candle.ts';
import { asId } from '../domain/ids.ts';
import type { VenueSymbol } from '../domain/ids.ts';
import { candleOpenTime, HOUR_MS, MINUTE_MS, SECOND_MS, timeframeMs } from '../domain/time.ts';
import type { Timeframe } from '../domain/time.ts';
import type {
  FeedStatus,
  FeedSubscription,
  MarketFeed,
  MarketSink,
  MarkTick,
  QuoteTick,
  TradeTick,
} from '../ports/market-feed.ts';

/** A venue whose time a test moves, and a feed that was not connected yet. */
export interface FeedHarness {
  readonly feed: MarketFeed;
  /** Symbols of the feed's market in which something is traded every few seconds. */
  readonly symbols: readonly [VenueSymbol, VenueSymbol, VenueSymbol];
  /** The venue's time. */
  readonly now: () => number;
  /** Lets the venue's time pass, and the feed take in what comes of it. */
  readonly advance: (ms: number) => Promise<void>;
  /** Closed candles as the venue itself tells them, asked for past the feed. */
  readonly truth: (symbol: VenueSymbol, timeframe: Timeframe, range: CandleRange) => Promise<readonly Candle[]>;
  /** Cuts all streams of the feed; null where nothing can be cut. */
  readonly cutStreams: (() => void) | null;
  readonly close: () => Promise<void>;
}

/** First and last open time, milliseconds UTC. */
export interface CandleRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a feed told, in order, copied. */
class Recorder implements MarketSink {
  readonly trades: TradeTick[] = [];
  readonly quotes: QuoteTick[] = [];
  readonly candles: Candle[] = [];
  readonly tickers: Ticker[] = [];
  readonly marks: MarkTick[] = [];
  readonly statuses: FeedStatus[] = [];

  trade(tick: Readonly<TradeTick>): void {
    this.trades.push({ ...tick });
  }
  quote(tick: Readonly<QuoteTick>): void {
    this.quotes.push({ ...tick });
  }
  candle(candle: Candle): void {
    this.candles.push(candle);
  }
  ticker(ticker: Ticker): void {
    this.tickers.push(ticker);
  }
  mark(tick: Readonly<MarkTick>): void {
    this.marks.push({ ...tick });
  }

  closed(symbol: VenueSymbol, timeframe: Timeframe = '1m'): Candle[] {
    return this.candles.filter((candle) => candle.closed && candle.symbol === symbol && candle.timeframe === timeframe);
  }

  /** Symbols of everything told. */
  symbols(): Set<VenueSymbol> {
    const all = [this.trades, this.quotes, this.candles, this.tickers, this.marks];
    return new Set(all.flatMap((told) => told.map(({ symbol }) => symbol)));
  }
}

interface Bench extends FeedHarness {
  readonly told: Recorder;
  /** Lets time pass until something is so. */
  readonly until: (condition: () => boolean) => Promise<void>;
  /** Connects and subscribes, and waits until all flows. */
  readonly live: (subscription: Partial<FeedSubscription>) => Promise<void>;
}

const PATIENCE_MS = 10 * MINUTE_MS;

function benchOf(harness: FeedHarness): Bench {
  const { feed, advance } = harness;
  const told = new Recorder();
  feed.onStatus((status) => told.statuses.push(status));
  const until = async (condition: () => boolean): Promise<void> => {
    for (let passed = 0; !condition(); passed += SECOND_MS) {
      if (passed > PATIENCE_MS) throw new Error(`it did not happen in ${PATIENCE_MS / MINUTE_MS} minutes`);
      await advance(SECOND_MS);
    }
  };
  const live = async (subscription: Partial<FeedSubscription>): Promise<void> => {
    feed.subscribe({ symbols: harness.symbols, timeframes: ['1m'], markSymbols: [], ...subscription });
    await feed.connect(told);
    await until(() => told.statuses.at(-1)?.status === 'connected');
  };
  return { ...harness, told, until, live };
}

/** What a feed keeps to; see ports/market-feed. Call it in a test file of the adapter. */
export function describeFeedContract(name: string, open: () => Promise<FeedHarness>): void {
  describe(`the feed contract, kept by ${name}`, () => {
    let bench: Bench;
    beforeEach(async () => {
      bench = benchOf(await open());
    });
    afterEach(async () => {
      await bench.feed.close();
      await bench.close();
    });
    const of = (): Bench => bench;
    describeQuestions(of);
    describeHistory(of);
    describeStreams(of);
    describeCandles(of);
    describeLoss(of);
    describeEnd(of);
  });
}

function describeQuestions(bench: () => Bench): void {
  it('tells the instruments of its market with rules that orders can be held to', async () => {
    const { feed, symbols } = bench();
    const instruments = await feed.instruments();
    for (const symbol of symbols) {
      const instrument = instruments.find((known) => known.symbol === symbol);
      expect(instrument).toMatchObject({ symbol, status: 'trading' });
      expect(feed.capabilities.markets).toContain(instrument?.market);
      expect(instrument?.rules.tick.gt(0)).toBe(true);
      expect(instrument?.rules.step.gt(0)).toBe(true);
      expect(instrument?.futures === null).toBe(instrument?.market === 'spot');
    }
    expect(new Set(instruments.map(({ symbol }) => symbol)).size).toBe(instruments.length);
  });

  it('tells the 24 h figures by which symbols are chosen', async () => {
    const { feed, symbols } = bench();
    const tickers = await feed.tickers();
    for (const symbol of symbols) {
      const ticker = tickers.find((known) => known.symbol === symbol);
      if (ticker === undefined) throw new Error(`${symbol} has no ticker`);
      expect(ticker.quoteVolume).toBeGreaterThan(0);
      expect(ticker.last).toBeGreaterThanOrEqual(ticker.low);
      expect(ticker.last).toBeLessThanOrEqual(ticker.high);
    }
  });
}

function describeHistory(bench: () => Bench): void {
  it('tells closed candles oldest first, both ends included, without gaps, as the venue has them', async () => {
    const { feed, symbols, now, advance, truth } = bench();
    await advance(3 * MINUTE_MS);
    for (const timeframe of ['1m', '5m', '1h'] as const) {
      const lengthMs = timeframeMs(timeframe);
      // More than any venue tells at once.
      const range = { fromMs: candleOpenTime(now(), timeframe) - 1_700 * lengthMs, toMs: now() };
      const candles = await feed.history({ symbol: symbols[0], timeframe, ...range });
      const times = Array.from({ length: 1_700 }, (_, index) => range.fromMs + index * lengthMs);
      expect(candles.map(({ openTime }) => openTime)).toEqual(times);
      expect(candles).toEqual(await truth(symbols[0], timeframe, { ...range, toMs: range.toMs - lengthMs }));
      const [first, second] = times.slice(5, 7);
      if (first === undefined || second === undefined) throw new Error('there are 1,700 candles');
      const two = await feed.history({ symbol: symbols[0], timeframe, fromMs: first, toMs: second });
      expect(two).toEqual(candles.slice(5, 7));
    }
  });

  it('has no candles of the future, and none of a candle that is forming', async () => {
    const { feed, symbols, now } = bench();
    const fromMs = candleOpenTime(now(), '1h');
    const request = { symbol: symbols[0], timeframe: '1h', fromMs, toMs: fromMs + 5 * HOUR_MS } as const;
    expect(await feed.history(request)).toEqual([]);
  });

  it('refuses a symbol that the venue does not have', async () => {
    const { feed, now } = bench();
    const request = { symbol: asId<VenueSymbol>('NOSUCHCOIN'), timeframe: '1m', fromMs: now() - HOUR_MS } as const;
    await expect(feed.history({ ...request, toMs: now() })).rejects.toThrow(/symbol/i);
  });
}

function describeStreams(bench: () => Bench): void {
  it('streams trades, quotes, candles and 24 h figures of the symbols subscribed, and of no others', async () => {
    const { feed, symbols, told, live, until } = bench();
    const [first, second] = symbols;
    await live({ symbols: [first, second] });
    for (const symbol of [first, second]) {
      await until(() => told.trades.filter((trade) => trade.symbol === symbol).length > 20);
      await until(() => told.quotes.some((quote) => quote.symbol === symbol));
      await until(() => told.tickers.some((ticker) => ticker.symbol === symbol));
      await until(() => told.candles.some((candle) => candle.symbol === symbol));
      const ids = told.trades.filter((trade) => trade.symbol === symbol).map(({ venueTradeId }) => venueTradeId);
      expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
    }
    expect(told.symbols()).toEqual(new Set([first, second]));
    for (const { price, quantity, trades } of told.trades) {
      expect(price * quantity).toBeGreaterThan(0);
      expect(trades).toBeGreaterThanOrEqual(1);
    }
    for (const { bid, ask } of told.quotes) expect(bid).toBeLessThan(ask);
    expect(feed.metrics().messages).toBeGreaterThanOrEqual(told.trades.length + told.quotes.length);
  });

  it('changes what is subscribed to without a reconnect', async () => {
    const { feed, symbols, told, live, until } = bench();
    const [first, second, third] = symbols;
    const of = (symbol: VenueSymbol): number => told.trades.filter((trade) => trade.symbol === symbol).length;
    await live({ symbols: [first, second] });
    await until(() => of(first) > 5 && of(second) > 5);
    feed.subscribe({ symbols: [second, third], timeframes: ['1m'], markSymbols: [] });
    const before = { first: of(first), second: of(second) };
    await until(() => of(third) > 5 && of(second) > before.second + 5);
    expect(of(first)).toBe(before.first);
    expect(feed.metrics().reconnects).toBe(0);
    expect(told.statuses.every(({ status }) => status === 'connected')).toBe(true);
  });

  it('tells mark prices of the symbols that have a position, where the market has them', async () => {
    const { feed, symbols, told, live, until, advance } = bench();
    await live({ markSymbols: [symbols[1]] });
    if (feed.capabilities.markPrice) await until(() => told.marks.length > 2);
    else await advance(5 * SECOND_MS);
    expect(new Set(told.marks.map(({ symbol }) => symbol))).toEqual(
      new Set(feed.capabilities.markPrice ? [symbols[1]] : []),
    );
  });
}

function describeCandles(bench: () => Bench): void {
  it('tells every closed candle once, in order, as the venue has it; forming ones in between', async () => {
    const { symbols, told, live, until, truth } = bench();
    await live({ timeframes: ['1m', '5m'] });
    await until(() => symbols.every((symbol) => told.closed(symbol, '5m').length >= 2));
    for (const symbol of symbols) {
      for (const timeframe of ['1m', '5m'] as const) {
        const closed = told.closed(symbol, timeframe);
        const range = { fromMs: closed.at(0)?.openTime ?? NaN, toMs: closed.at(-1)?.openTime ?? NaN };
        expect(closed).toEqual(await truth(symbol, timeframe, range));
      }
    }
    const forming = told.candles.filter((candle) => !candle.closed);
    expect(new Set(forming.map(({ symbol }) => symbol))).toEqual(new Set(symbols));
  });
}

function describeLoss(bench: () => Bench): void {
  it('says which symbols it has lost, and tells what was missed before it says that it is connected again', async (context) => {
    const { symbols, told, live, until, advance, now, truth, cutStreams, feed } = bench();
    context.skip(cutStreams === null, 'nothing lies between this feed and its market');
    await live({});
    await until(() => symbols.every((symbol) => told.closed(symbol).length > 0));
    for (let cut = 1; cut <= 4; cut += 1) {
      const before = told.statuses.length;
      cutStreams?.();
      await until(() => told.statuses.length > before);
      await until(() => told.statuses.at(-1)?.status === 'connected');
      const lost = told.statuses.slice(before).filter((status) => status.status === 'reconnecting');
      expect(new Set(lost.flatMap((status) => status.symbols))).toEqual(new Set(symbols));
      expect(lost.at(-1)).toMatchObject({ attempt: cut });
      // The candle of the last second may be on its way.
      const wanted = candleOpenTime(now() - 2 * SECOND_MS, '1m') - MINUTE_MS;
      for (const symbol of symbols) expect(told.closed(symbol).at(-1)?.openTime).toBeGreaterThanOrEqual(wanted);
    }
    expect(feed.metrics().candlesFilled).toBeGreaterThan(0);
    expect(feed.metrics().reconnects).toBeGreaterThanOrEqual(4);
    await advance(MINUTE_MS);
    expect(told.statuses.at(-1)).toEqual({ status: 'connected' });
    for (const symbol of symbols) {
      const closed = told.closed(symbol);
      const range = { fromMs: closed.at(0)?.openTime ?? NaN, toMs: closed.at(-1)?.openTime ?? NaN };
      expect(closed).toEqual(await truth(symbol, '1m', range));
    }
  });
}

function describeEnd(bench: () => Bench): void {
  it('is silent once it is closed, says so, and connects no more', async () => {
    const { feed, told, live, until, advance } = bench();
    await live({});
    await until(() => told.trades.length > 0);
    await feed.close();
    await feed.close();
    const { trades, quotes, candles } = told;
    const counts = [trades.length, quotes.length, candles.length];
    expect(told.statuses.at(-1)).toMatchObject({ status: 'offline' });
    await advance(2 * MINUTE_MS);
    expect([trades.length, quotes.length, candles.length]).toEqual(counts);
    expect(told.statuses.filter(({ status }) => status === 'offline')).toHaveLength(1);
    await expect(feed.connect(told)).rejects.toThrow();
  });

  it('connects once, and forgets a listener that is taken away', async () => {
    const { feed, told, live } = bench();
    const heard: FeedStatus[] = [];
    const forget = feed.onStatus((status) => heard.push(status));
    await live({});
    await expect(feed.connect(told)).rejects.toThrow();
    forget();
    const count = heard.length;
    await feed.close();
    expect(heard).toHaveLength(count);
  });
}
