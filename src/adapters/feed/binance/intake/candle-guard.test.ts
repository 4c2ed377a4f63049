import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Candle } from '../../../../domain/candle.ts';
import { asId } from '../../../../domain/ids.ts';
import type { VenueSymbol } from '../../../../domain/ids.ts';
import { MINUTE_MS } from '../../../../domain/time.ts';
import { CandleGuard } from './candle-guard.ts';
import type { CandleGap } from '../../shared/backfill.ts';
import type { CandleNews } from './candle-guard.ts';

const BTC = asId<VenueSymbol>('BTCUSDT');
const START = Date.UTC(2026, 0, 1);

/** The truth of one minute: its candle, and the ids of its trades. A minute without trades repeats the price before. */
function minuteNews(minute: number, trades: number, firstTradeId: number): CandleNews {
  const openTime = START + minute * MINUTE_MS;
  const price = 100 + firstTradeId;
  const candle: Candle = {
    ...{ symbol: BTC, timeframe: '1m', openTime, closed: true },
    ...{ open: price, high: price, low: price, close: price, volume: trades, quoteVolume: trades * price, trades },
    ...{ buyVolume: trades, sellVolume: 0 },
  };
  const ids =
    trades === 0 ? { firstTradeId: NaN, lastTradeId: NaN } : { firstTradeId, lastTradeId: firstTradeId + trades - 1 };
  return { candle, eventTime: openTime + MINUTE_MS, ...ids };
}

function truthOf(tradesPerMinute: readonly number[]): CandleNews[] {
  let nextId = 1;
  return tradesPerMinute.map((trades, minute) => {
    const news = minuteNews(minute, trades, nextId);
    nextId += trades;
    return news;
  });
}

/** What the venue's stream says: forming candles while trades come, then the closed one; nothing of quiet minutes. */
function streamOf(truth: readonly CandleNews[]): CandleNews[] {
  return truth
    .filter(({ candle }) => candle.trades > 0)
    .flatMap((news) => [
      { ...news, candle: { ...news.candle, closed: false }, eventTime: news.eventTime - 30_000 },
      { ...news, candle: { ...news.candle, closed: false }, eventTime: news.eventTime - 10_000 },
      news,
    ]);
}

interface Mishap {
  readonly copies: number;
  readonly delay: number;
}

/** The stream as a bad network brings it: messages lost, doubled, late. */
function disturbed(stream: readonly CandleNews[], mishaps: readonly Mishap[]): CandleNews[] {
  return stream
    .flatMap((news, index) => {
      const { copies, delay } = mishaps[index % mishaps.length] ?? { copies: 1, delay: 0 };
      return Array.from({ length: copies }, (_, copy) => ({ news, place: index + delay * (copy + 1) }));
    })
    .toSorted((a, b) => a.place - b.place)
    .map(({ news }) => news);
}

function guardWith(options: { readonly fetch: (gap: CandleGap) => readonly Candle[]; readonly patience: number }) {
  const told: Candle[] = [];
  const gaps: CandleGap[] = [];
  const guard = new CandleGuard(
    (candle) => told.push(candle),
    (gap) => gaps.push(gap),
  );
  let waited = 0;
  /** Answers the oldest gap once `patience` messages have passed. */
  const tick = (isLast = false): void => {
    waited += 1;
    while (gaps.length > 0 && (isLast || waited > options.patience)) {
      const gap = gaps.shift();
      waited = 0;
      if (gap !== undefined) guard.fill(gap, options.fetch(gap));
    }
  };
  return { guard, told, gaps, tick };
}

const tradesPerMinute = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3 })), {
  minLength: 2,
  maxLength: 40,
});
const mishap = fc.record({
  copies: fc.constantFrom(0, 1, 1, 1, 1, 2, 3),
  delay: fc.constantFrom(0, 0, 0, 0, 1, 2, 5),
});
const mishaps = fc.oneof(fc.constant([{ copies: 1, delay: 0 }]), fc.array(mishap, { minLength: 1, maxLength: 50 }));

describe('the candle guard', () => {
  it('tells every closed candle once and in order, whatever the network does, once gaps are filled', () => {
    fc.assert(
      fc.property(tradesPerMinute, mishaps, fc.nat({ max: 12 }), (trades, faults, patience) => {
        const truth = truthOf(trades);
        const fetch = (gap: CandleGap): Candle[] =>
          truth.map(({ candle }) => candle).filter(({ openTime }) => openTime >= gap.fromMs && openTime <= gap.toMs);
        const { guard, told, tick } = guardWith({ fetch, patience });
        const messages = disturbed(streamOf(truth), faults);
        for (const news of messages) {
          guard.take(news);
          tick();
        }
        tick(true);
        guard.findOverdue(BTC, START + truth.length * MINUTE_MS);
        tick(true);

        const closed = told.filter((candle) => candle.closed);
        const times = closed.map(({ openTime }) => openTime);
        expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
        const begin = messages[0]?.candle.openTime ?? Infinity;
        const known = new Map(closed.map((candle) => [candle.openTime, candle]));
        for (const { candle } of truth) {
          if (candle.openTime >= begin && candle.trades > 0) expect(known.get(candle.openTime)).toEqual(candle);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('tells every closed candle once in the end, however long answers take', () => {
    const trades = fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 30, maxLength: 90 });
    const order = fc.array(fc.nat({ max: 100 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(trades, mishaps, order, (perMinute, faults, choices) => {
        const truth = truthOf(perMinute);
        const told: Candle[] = [];
        const gaps: CandleGap[] = [];
        const guard = new CandleGuard(
          (candle) => told.push(candle),
          (gap) => gaps.push(gap),
        );
        const answer = (gap: CandleGap | undefined): void => {
          const found = truth.map(({ candle }) => candle);
          if (gap === undefined) return;
          guard.fill(
            gap,
            found.filter(({ openTime }) => openTime >= gap.fromMs && openTime <= gap.toMs),
          );
        };
        const messages = disturbed(streamOf(truth), faults);
        for (const [index, news] of messages.entries()) {
          guard.take(news);
          const choice = choices[index % choices.length] ?? 0;
          // Now and then one of the gaps is answered, not the oldest first.
          if (choice > 97) answer(gaps.splice(choice % Math.max(1, gaps.length), 1)[0]);
        }
        guard.findOverdue(BTC, START + truth.length * MINUTE_MS);
        while (gaps.length > 0) answer(gaps.pop());
        const times = told.filter(({ closed }) => closed).map(({ openTime }) => openTime);
        const begin = messages[0]?.candle.openTime ?? Infinity;
        const expected = truth.map(({ candle }) => candle.openTime).filter((openTime) => openTime >= begin);
        expect(times.toSorted((a, b) => a - b)).toEqual(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it('asks for nothing when the ids of the trades show that the minutes between were quiet', () => {
    const { guard, told, gaps } = guardWith({ fetch: () => [], patience: 0 });
    const truth = truthOf([2, 0, 0, 3]);
    for (const news of streamOf(truth)) guard.take(news);
    expect(gaps).toEqual([]);
    expect(told.filter((candle) => candle.closed).map((candle) => candle.trades)).toEqual([2, 3]);
  });

  it('holds newer candles back until the gap before them is filled, and tells forming ones meanwhile', () => {
    const { guard, told, gaps } = guardWith({ fetch: () => [], patience: 0 });
    const [first, second, third, fourth] = truthOf([1, 1, 1, 1]);
    if (!first || !second || !third || !fourth) throw new Error('four minutes were made');
    guard.take(first);
    guard.take(third);
    expect(gaps).toEqual([
      { symbol: BTC, timeframe: '1m', fromMs: second.candle.openTime, toMs: second.candle.openTime },
    ]);
    const forming = { ...fourth, candle: { ...fourth.candle, closed: false } };
    guard.take(forming);
    expect(told).toEqual([first.candle, forming.candle]);
    const [gap] = gaps;
    if (gap) guard.fill(gap, [second.candle]);
    expect(told).toEqual([first.candle, forming.candle, second.candle, third.candle]);
  });

  it('tells no forming candle that is older than one it has heard, and waits with each closed one once', () => {
    const { guard, told, gaps } = guardWith({ fetch: () => [], patience: 0 });
    const [first, second, third] = truthOf([1, 1, 1]);
    if (!first || !second || !third) throw new Error('three minutes were made');
    const forming = (news: CandleNews, eventTime: number): CandleNews => ({
      ...news,
      candle: { ...news.candle, closed: false, trades: eventTime },
      eventTime,
    });
    guard.take(first);
    guard.take(forming(second, START + 70_000));
    guard.take(forming(second, START + 65_000));
    for (let copy = 0; copy < 40; copy += 1) guard.take(third);
    guard.take(forming(second, START + 80_000));
    guard.take(forming(third, START + 190_000));
    expect(told.map(({ trades }) => trades)).toEqual([1, START + 70_000]);
    expect(gaps).toHaveLength(1);
  });

  it('takes no answer to a gap that was given up for one to the gap of now', () => {
    const { guard, told, gaps } = guardWith({ fetch: () => [], patience: Infinity });
    const truth = truthOf(Array.from({ length: 30 }, () => 1));
    for (const [minute, news] of truth.entries()) if (minute !== 1 && minute !== 22) guard.take(news);
    const [stale, present] = gaps;
    if (!stale || !present) throw new Error('two gaps were made');
    expect(told).toHaveLength(21);
    guard.fill(stale, []);
    expect(told).toHaveLength(21);
    expect(gaps).toHaveLength(2);
    guard.fill(
      present,
      truth.slice(22, 23).map(({ candle }) => candle),
    );
    expect(told.map(({ openTime }) => (openTime - START) / MINUTE_MS)).toEqual([
      0,
      ...Array.from({ length: 28 }, (_, index) => index + 2),
    ]);
  });

  it('tells what is fetched for a gap that was given up as a correction, each candle once', () => {
    const { guard, told, gaps } = guardWith({ fetch: () => [], patience: Infinity });
    const truth = truthOf(Array.from({ length: 24 }, () => 1));
    const minutes = (): number[] => told.map(({ openTime }) => (openTime - START) / MINUTE_MS);
    // Minutes 1 to 3 are a gap, of which minute 2 comes late over the stream.
    for (const index of [0, 4, 2]) guard.take(truth[index] as CandleNews);
    for (const news of truth.slice(5)) guard.take(news);
    expect(minutes()).toEqual([0, 2, ...Array.from({ length: 20 }, (_, index) => index + 4)]);
    const [gap] = gaps;
    if (gap === undefined) throw new Error('a gap was made');
    expect(guard.isOpen(gap)).toBe(true);
    const fetched = truth.slice(1, 4).map(({ candle }) => candle);
    guard.fill(gap, fetched);
    guard.fill(gap, fetched);
    expect(minutes().slice(-2)).toEqual([1, 3]);
    expect(told).toHaveLength(24);
    expect(guard.isOpen(gap)).toBe(false);
  });

  it('takes candles of a gap that come after all at once, and what waited with the last of them', () => {
    const { guard, told, gaps } = guardWith({ fetch: () => [], patience: Infinity });
    const [first, second, third, fourth] = truthOf([1, 1, 1, 1]);
    if (!first || !second || !third || !fourth) throw new Error('four minutes were made');
    guard.take(first);
    guard.take(fourth);
    guard.take(second);
    expect(told).toEqual([first.candle, second.candle]);
    guard.take(third);
    expect(told).toEqual([first.candle, second.candle, third.candle, fourth.candle]);
    const [gap] = gaps;
    expect(gap && guard.isOpen(gap)).toBe(false);
    if (gap) guard.fill(gap, [second.candle, third.candle]);
    expect(told).toHaveLength(4);
  });

  it('finds a candle that was forming and never closed, though no other message shows it', () => {
    const { guard, gaps } = guardWith({ fetch: () => [], patience: Infinity });
    const [first, second] = truthOf([1, 1]);
    if (!first || !second) throw new Error('two minutes were made');
    guard.take(first);
    guard.take({ ...second, candle: { ...second.candle, closed: false }, eventTime: START + 90_000 });
    guard.findUnclosed(START + 2 * MINUTE_MS + 2_999);
    expect(gaps).toEqual([]);
    guard.findUnclosed(START + 2 * MINUTE_MS + 3_000);
    guard.findUnclosed(START + 2 * MINUTE_MS + 9_000);
    const { openTime } = second.candle;
    expect(gaps).toEqual([{ symbol: BTC, timeframe: '1m', fromMs: openTime, toMs: openTime }]);
  });

  it('asks for a stretch once: what the venue itself does not have leaves a hole', () => {
    const { guard, told, gaps, tick } = guardWith({ fetch: () => [], patience: 0 });
    const truth = truthOf([1, 1, 1, 1, 1]);
    for (const index of [0, 2, 4]) {
      const news = truth[index];
      if (news) guard.take(news);
      tick(true);
      guard.findOverdue(BTC, START + (index + 1) * MINUTE_MS);
      tick(true);
    }
    expect(told.map(({ openTime }) => (openTime - START) / MINUTE_MS)).toEqual([0, 2, 4]);
    expect(gaps).toEqual([]);
  });

  it('goes on without a gap that nobody fills when too much waits behind it', () => {
    const { guard, told } = guardWith({ fetch: () => [], patience: Infinity });
    const truth = truthOf(Array.from({ length: 30 }, () => 1));
    for (const [minute, news] of truth.entries()) if (minute !== 1) guard.take(news);
    expect(told.length).toBe(29);
  });

  it('finds what is overdue after an interruption, in every timeframe of the symbol and of no other', () => {
    const { guard, gaps } = guardWith({ fetch: () => [], patience: 0 });
    const news = minuteNews(0, 1, 1);
    guard.take(news);
    guard.take({ ...news, candle: { ...news.candle, timeframe: '1d' } });
    guard.take({ ...news, candle: { ...news.candle, symbol: asId<VenueSymbol>('ETHUSDT') } });
    guard.findOverdue(BTC, START + 2 * MINUTE_MS - 1);
    expect(gaps).toEqual([]);
    guard.findOverdue(BTC, START + 3 * MINUTE_MS);
    expect(gaps).toEqual([{ symbol: BTC, timeframe: '1m', fromMs: START + MINUTE_MS, toMs: START + 2 * MINUTE_MS }]);
  });

  it('takes no candle of a timeframe that is not followed any more, and looks for none', () => {
    const { guard, told, gaps } = guardWith({ fetch: () => [], patience: 0 });
    const news = minuteNews(0, 1, 1);
    const hour = { ...news, candle: { ...news.candle, timeframe: '1h' as const } };
    guard.take(news);
    guard.take(hour);
    guard.follow(new Set(['1m']));
    guard.take({ ...hour, candle: { ...hour.candle, openTime: START + 60 * MINUTE_MS } });
    guard.findOverdue(BTC, START + 180 * MINUTE_MS);
    expect(told).toHaveLength(2);
    expect(gaps.map(({ timeframe }) => timeframe)).toEqual(['1m']);
  });

  it("forgets a symbol: what is fetched for it afterwards is nobody's", () => {
    const { guard, told, gaps } = guardWith({ fetch: () => [], patience: 0 });
    const [first, second, third] = truthOf([1, 1, 1]);
    if (!first || !second || !third) throw new Error('three minutes were made');
    guard.take(first);
    guard.take(third);
    guard.forget(BTC);
    const [gap] = gaps;
    if (gap) guard.fill(gap, [second.candle]);
    expect(told).toEqual([first.candle]);
  });
});
