import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';

import { CANDLE_COLUMNS } from '../../src/domain/candle.ts';
import type { Candle } from '../../src/domain/candle.ts';
import type { VenueSymbol } from '../../src/domain/ids.ts';
import type { Market } from '../../src/domain/instrument.ts';
import { candleOpenTime, MINUTE_MS, SECOND_MS, timeframeMs } from '../../src/domain/time.ts';
import type { Timeframe } from '../../src/domain/time.ts';
import { MarketBook } from '../../src/engine/market/market-book.ts';
import { seededRandom } from '../../src/lib/random.ts';
import type { FeedStatus } from '../../src/ports/market-feed.ts';
import { openVenue } from './simulated-venue.ts';
import type { SimulatedVenue } from './simulated-venue.ts';

const TIMEFRAMES = ['1m', '5m', '1h', '1d', '1w'] as const;
const HISTORY_CANDLES = 30;
const NO_CHANCE = { rates: {} };
const MARKETS: readonly Market[] = ['spot', 'futures'];

const open: SimulatedVenue[] = [];
afterEach(async () => {
  for (const venue of open.splice(0)) await venue.close();
});

interface Desk extends SimulatedVenue {
  readonly book: MarketBook;
  readonly statuses: FeedStatus[];
  /** What the book holds from the open time of its first candle on, against the candles that the exchange tells. */
  readonly differences: () => Promise<string[]>;
}

/** A feed that fills a market book, as the engine does it: streams first, then history. */
async function openDesk(market: Market, terms: Parameters<typeof openVenue>[1] = {}): Promise<Desk> {
  const venue = await openVenue(market, terms);
  open.push(venue);
  const { feed, symbols, server } = venue;
  const book = new MarketBook(
    { timeframes: TIMEFRAMES, lookback: 250 },
    { candlesClosed: () => undefined, priceMoved: () => undefined },
  );
  const statuses: FeedStatus[] = [];
  feed.onStatus((status) => statuses.push(status));
  for (const symbol of symbols) book.follow(symbol);
  feed.subscribe({ symbols, timeframes: TIMEFRAMES, markSymbols: [] });
  await feed.connect(book);
  await venue.until(() => statuses.at(-1)?.status === 'connected');
  for (const symbol of symbols) {
    for (const timeframe of TIMEFRAMES) {
      const toMs = candleOpenTime(server.driver.now, timeframe);
      const fromMs = toMs - HISTORY_CANDLES * timeframeMs(timeframe);
      book.get(symbol)?.candles.load(timeframe, await feed.history({ symbol, timeframe, fromMs, toMs }));
    }
  }
  return { ...venue, book, statuses, differences: () => differences(venue, book) };
}

function held(book: MarketBook, symbol: VenueSymbol, timeframe: Timeframe): Candle[] {
  const series = book.get(symbol)?.candles.get(timeframe);
  if (series === undefined) throw new Error(`the book has no ${timeframe} of ${symbol}`);
  return Array.from({ length: series.length }, (_, index) => {
    const figures = Object.fromEntries(
      CANDLE_COLUMNS.map((column) => [column === 'time' ? 'openTime' : column, series.at(column, index)]),
    );
    return { ...figures, symbol, timeframe, closed: true } as Candle;
  });
}

/** Sums of the same figures in another order differ in the last digits. */
function isSame(a: Candle | undefined, b: Candle | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return CANDLE_COLUMNS.every((column) => {
    const [x, y] = column === 'time' ? [a.openTime, b.openTime] : [a[column], b[column]];
    return Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(x));
  });
}

async function differences({ symbols, server, truth }: SimulatedVenue, book: MarketBook): Promise<string[]> {
  const found: string[] = [];
  for (const symbol of symbols) {
    for (const timeframe of TIMEFRAMES) {
      const ours = held(book, symbol, timeframe);
      const fromMs = ours[0]?.openTime ?? NaN;
      const toMs = candleOpenTime(server.driver.now, timeframe) - 1;
      const theirs = await truth(symbol, timeframe, { fromMs, toMs });
      if (ours.length !== theirs.length) found.push(`${symbol} ${timeframe}: ${ours.length} of ${theirs.length}`);
      for (const [index, candle] of theirs.entries()) {
        if (!isSame(ours[index], candle))
          found.push(`${symbol} ${timeframe} ${new Date(candle.openTime).toISOString()}`);
      }
    }
  }
  return found;
}

/** Lets the faults end and the feed recover: what it then holds is what counts. */
async function expectTruth(desk: Desk): Promise<void> {
  await desk.until(() => desk.statuses.at(-1)?.status === 'connected');
  let found: string[] = [];
  await desk.until(async () => {
    await desk.advance(20 * SECOND_MS);
    found = await desk.differences();
    return found.length === 0;
  }, 5 * MINUTE_MS);
  expect(found).toEqual([]);
}

/** A loss now lasts beyond the end of the minute. */
async function untilMinuteEnds({ server, until }: Desk): Promise<void> {
  await until(() => server.driver.now % MINUTE_MS >= 57 * SECOND_MS);
}

describe.each(MARKETS)('the feed of %s', (market) => {
  it.each([1, 2, 3])(
    'fills the book with the truth though messages are lost, late, doubled and out of order, answers fail and sockets are cut (seed %i)',
    async (seed) => {
      const desk = await openDesk(market, { seed });
      desk.fault({ seed, rates: { drop: 0.1, delay: 0.1, double: 0.1, reorder: 0.1 } });
      const chance = seededRandom(seed);
      for (let passed = 0; passed < 12 * MINUTE_MS; passed += 7 * SECOND_MS) {
        desk.fault([{ kind: 'cut_sockets', group: market }]);
        if (chance.next() < 0.2) desk.fault([{ kind: 'error_before', endpoint: '/klines', count: 2 }]);
        if (chance.next() < 0.1) desk.fault([{ kind: 'lose_answer', endpoint: '/klines', count: 1 }]);
        if (chance.next() < 0.1) desk.fault([{ kind: 'error_after', endpoint: '/time', count: 1 }]);
        await desk.advance(7 * SECOND_MS);
      }
      desk.fault(NO_CHANCE);
      await expectTruth(desk);
      const { reconnects, dropped, candlesFilled, rejected } = desk.feed.metrics();
      expect(Math.min(reconnects, dropped, candlesFilled)).toBeGreaterThan(5);
      expect(rejected).toBe(0);
    },
  );

  it('fills the book with the truth though half of all messages are lost, on connections that hold', async () => {
    const desk = await openDesk(market, { seed: 4 });
    desk.fault({ seed: 4, rates: { drop: 0.5 } });
    await desk.advance(11 * MINUTE_MS);
    desk.fault(NO_CHANCE);
    await expectTruth(desk);
    expect(desk.statuses).toEqual([{ status: 'connected' }]);
    expect(desk.feed.metrics().candlesFilled).toBeGreaterThan(5);
  });

  it('takes connections that bring nothing any more for dead', async () => {
    const desk = await openDesk(market);
    await desk.advance(2.5 * MINUTE_MS);
    desk.fault([{ kind: 'freeze_sockets', group: market }]);
    await desk.until(() => desk.statuses.at(-1)?.status === 'reconnecting', 30 * SECOND_MS);
    await desk.until(() => desk.statuses.at(-1)?.status === 'connected');
    await expectTruth(desk);
  });

  it('opens others beside its connections when the exchange announces that it shuts down', async () => {
    const desk = await openDesk(market);
    const { accepted, open: before } = await desk.connections();
    desk.fault([{ kind: 'server_shutdown', group: market }]);
    await desk.advance(500, 50);
    expect((await desk.connections()).accepted).toBe(accepted + before);
    expect(desk.statuses).toEqual([{ status: 'connected' }]);
    // The simulated exchange then closes the new ones as well.
    await desk.advance(20 * SECOND_MS);
    await expectTruth(desk);
    expect((await desk.connections()).open).toBe(before);
  });

  it('fills gaps when the exchange answers again after it had enough of our requests', async () => {
    const desk = await openDesk(market);
    await untilMinuteEnds(desk);
    desk.fault([
      { kind: 'cut_sockets', group: market },
      { kind: 'ban', market, seconds: 150 },
    ]);
    await desk.advance(140 * SECOND_MS);
    expect(desk.statuses.at(-1)?.status).toBe('reconnecting');
    await expectTruth(desk);
    expect(desk.feed.metrics().candlesFilled).toBeGreaterThan(0);
  });

  it('goes on behind a gap while the exchange answers no request, and fills it when it does', async () => {
    const desk = await openDesk(market, { symbols: 1 });
    await untilMinuteEnds(desk);
    desk.fault([
      { kind: 'cut_sockets', group: market },
      { kind: 'ban', market, seconds: 1_600 },
    ]);
    await desk.advance(25 * MINUTE_MS);
    const [minutes] = desk.symbols.map((symbol) => desk.book.get(symbol)?.candles.minutes);
    expect(desk.statuses.at(-1)?.status).toBe('reconnecting');
    expect(minutes?.unconfirmed).toBe(1);
    expect(minutes?.lastTime).toBe(candleOpenTime(desk.server.driver.now, '1m') - MINUTE_MS);
    await expectTruth(desk);
    expect(minutes?.unconfirmed).toBe(0);
  });

  it('gives up loudly after the set number of tries, and is silent then', async () => {
    const desk = await openDesk(market, { maxAttempts: 2 });
    await desk.server.close();
    while (desk.statuses.at(-1)?.status !== 'offline') {
      await desk.clock.advance(SECOND_MS);
      for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    }
    const lost = desk.statuses.filter((status) => status.status === 'reconnecting');
    expect(Math.max(...lost.map(({ attempt }) => attempt))).toBe(2);
    expect(desk.statuses.at(-1)).toMatchObject({ cause: expect.stringContaining('ECONNREFUSED') as string });
    await desk.clock.advance(10 * MINUTE_MS);
    expect(desk.statuses.filter(({ status }) => status === 'offline')).toHaveLength(1);
    expect(desk.feed.metrics().connections).toBe(0);
  });

  it('leaves nothing behind after a storm of fifty reconnects: no socket, no timer', async () => {
    const desk = await openDesk(market);
    const resources = (): number => process.getActiveResourcesInfo().filter((name) => /TCP|Timeout/.test(name)).length;
    await desk.advance(2 * MINUTE_MS);
    const before = { timers: desk.clock.pendingTimers(), ...desk.feed.metrics() };
    const resourcesBefore = resources();
    while (desk.feed.metrics().reconnects < 50) {
      desk.fault([{ kind: 'cut_sockets', group: market }]);
      await desk.until(() => desk.statuses.at(-1)?.status === 'reconnecting');
      await desk.until(() => desk.statuses.at(-1)?.status === 'connected');
    }
    await desk.advance(2 * MINUTE_MS);
    const { connections, streams } = desk.feed.metrics();
    expect({ connections, streams }).toEqual({ connections: before.connections, streams: before.streams });
    expect((await desk.connections()).open).toBe(before.connections);
    expect(desk.clock.pendingTimers()).toBe(before.timers);
    // Some connections for requests stay open for a while; a socket left behind by each reconnect would make fifty.
    expect(resources()).toBeLessThan(resourcesBefore + 25);
    await expectTruth(desk);
    await desk.feed.close();
    await desk.advance(5 * SECOND_MS);
    expect(desk.clock.pendingTimers()).toBe(0);
  });
});
