import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';

import type { Candle } from '../../src/domain/candle.ts';
import { asId } from '../../src/domain/ids.ts';
import type { Market } from '../../src/domain/instrument.ts';
import { candleOpenTime, MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts';
import type { FeedStatus } from '../../src/ports/market-feed.ts';
import { openVenue } from './simulated-venue.ts';
import type { SimulatedVenue } from './simulated-venue.ts';

const open: SimulatedVenue[] = [];
afterEach(async () => {
  for (const venue of open.splice(0)) await venue.close();
});

interface Desk extends SimulatedVenue {
  readonly statuses: FeedStatus[];
  readonly closed: Candle[];
  readonly until: (condition: () => boolean) => Promise<void>;
  readonly cut: () => void;
}

async function openDesk(market: Market, terms: Parameters<typeof openVenue>[1] = {}): Promise<Desk> {
  const venue = await openVenue(market, terms);
  open.push(venue);
  const statuses: FeedStatus[] = [];
  const closed: Candle[] = [];
  venue.feed.onStatus((status) => statuses.push(status));
  venue.feed.subscribe({ symbols: venue.symbols, timeframes: ['1m', '1d'], markSymbols: [] });
  await venue.feed.connect({
    candle: (candle) => void (candle.closed && closed.push(candle)),
    ...{ trade: () => undefined, quote: () => undefined, ticker: () => undefined, mark: () => undefined },
  });
  const until = async (condition: () => boolean): Promise<void> => {
    for (let passed = 0; !condition(); passed += SECOND_MS) {
      if (passed > 10 * MINUTE_MS) throw new Error('it did not happen in ten minutes of market time');
      await venue.advance(SECOND_MS);
    }
  };
  const desk = { ...venue, statuses, closed, until, cut: () => venue.cutStreams?.() };
  await until(() => statuses.at(-1)?.status === 'connected');
  return desk;
}

const isConnected = ({ statuses }: Desk) => statuses.at(-1)?.status === 'connected';

async function expectTruth({ symbols, closed, truth, now }: Desk, fromMs: number): Promise<void> {
  for (const symbol of symbols) {
    const minutes = closed.filter((candle) => candle.symbol === symbol && candle.timeframe === '1m');
    const toMs = candleOpenTime(now(), '1m') - 1;
    expect(minutes).toEqual(await truth(symbol, '1m', { fromMs, toMs }));
  }
}

describe.each(['spot', 'futures'] as const)('the ccxt feed of %s', (market) => {
  it('tells every closed candle as the venue has it though streams are cut again and again and answers fail', async () => {
    const desk = await openDesk(market);
    for (const seconds of [3, 45, 70, 20, 61, 33]) {
      desk.cut();
      if (seconds > 40) desk.fault([{ kind: 'error_before', endpoint: '/klines', count: 3 }]);
      await desk.advance(seconds * SECOND_MS);
    }
    await desk.until(() => isConnected(desk));
    await desk.advance(MINUTE_MS);
    // The day ends in between: it has no stream, and is asked for.
    await desk.until(() => desk.closed.filter(({ timeframe }) => timeframe === '1d').length === desk.symbols.length);
    await desk.advance(10 * SECOND_MS);
    await expectTruth(desk, Date.UTC(2026, 0, 4, 23, 50));
    expect(desk.feed.metrics().candlesFilled).toBeGreaterThan(3);
  });

  it('goes on with the other symbols when one that is wanted is not there', async () => {
    const desk = await openDesk(market);
    const [first] = desk.symbols;
    desk.feed.subscribe({ symbols: [first, asId('NOSUCHCOIN')], timeframes: ['1m'], markSymbols: [asId('GONEUSDT')] });
    desk.closed.length = 0;
    await desk.advance(2 * MINUTE_MS);
    expect(new Set(desk.closed.map(({ symbol }) => symbol))).toEqual(new Set([first]));
    expect(isConnected(desk)).toBe(true);
  });

  it('takes connections that bring nothing any more for dead', async () => {
    const desk = await openDesk(market);
    desk.fault([{ kind: 'freeze_sockets', group: market }]);
    await desk.until(() => desk.statuses.at(-1)?.status === 'reconnecting');
    await desk.until(() => isConnected(desk));
    await desk.advance(MINUTE_MS + 10 * SECOND_MS);
    await expectTruth(desk, Date.UTC(2026, 0, 4, 23, 50));
  });

  it('gives up loudly after the set number of tries, and is silent then', async () => {
    const desk = await openDesk(market, { maxAttempts: 2 });
    await desk.server.close();
    for (let passed = 0; desk.statuses.at(-1)?.status !== 'offline'; passed += SECOND_MS) {
      if (passed > 5 * MINUTE_MS) expect.fail('it never gave up');
      await desk.clock.advance(SECOND_MS);
      for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    }
    const lost = desk.statuses.filter((status) => status.status === 'reconnecting');
    expect(Math.max(...lost.map(({ attempt }) => attempt))).toBe(2);
    await desk.clock.advance(5 * MINUTE_MS);
    await desk.feed.close();
    expect(desk.statuses.filter(({ status }) => status === 'offline')).toHaveLength(1);
    expect(desk.clock.pendingTimers()).toBe(0);
  });

  it('leaves no connection and no timer behind after a storm of reconnects', async () => {
    const desk = await openDesk(market);
    await desk.advance(10 * SECOND_MS);
    const before = { timers: desk.clock.pendingTimers(), connections: desk.feed.metrics().connections };
    while (desk.feed.metrics().reconnects < 12) {
      desk.cut();
      await desk.until(() => desk.statuses.at(-1)?.status === 'reconnecting');
      await desk.until(() => isConnected(desk));
    }
    await desk.advance(10 * SECOND_MS);
    expect({ timers: desk.clock.pendingTimers(), connections: desk.feed.metrics().connections }).toEqual(before);
    await desk.feed.close();
    await desk.advance(5 * SECOND_MS);
    expect(desk.clock.pendingTimers()).toBe(0);
  });
});
