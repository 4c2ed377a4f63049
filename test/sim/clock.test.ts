import { afterEach, describe, expect, it } from 'vitest';

import { plainStart } from '../../src/sim/accounts/start-state.ts';
import type { Speed } from '../../src/sim/data/driver.ts';
import { createSyntheticMarket } from '../../src/sim/market/synthetic-market.ts';
import type { SimAddresses } from '../../src/sim/server.ts';
import { SimServer } from '../../src/sim/server.ts';
import type { FakeClock } from '../../src/testkit/fake-clock.ts';
import { createFakeClock } from '../../src/testkit/fake-clock.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';
import { HOST_CLOCK } from './exchange.ts';
import { StreamClient } from './stream-client.ts';

const START = Date.UTC(2026, 0, 7);

interface Opened {
  readonly server: SimServer;
  readonly addresses: SimAddresses;
  readonly clock: FakeClock;
}

let opened: Opened;
afterEach(() => opened.server.close());

async function open(speed: Speed, clock: FakeClock = createFakeClock(START)): Promise<Opened> {
  const server = new SimServer({
    ...{
      source: createSyntheticMarket({ seed: 4, symbols: 3, startMs: START }),
      clock,
      logger: silentLogger,
      speed,
      seed: 4,
    },
    accounts: [{ accountId: 'main', credentials: null, start: () => plainStart({ USDT: '1000' }, new Set(['USDT'])) }],
    faults: null,
    onFailure: (failure) => {
      throw failure;
    },
  });
  opened = { server, addresses: await server.listen(0), clock };
  return opened;
}

async function setClock(body: unknown): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${opened.addresses.spotRest}/sim/clock`, { method: 'POST', body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}

async function venueTime(): Promise<number> {
  const answer = await fetch(`${opened.addresses.spotRest}/api/v3/time`);
  return ((await answer.json()) as { serverTime: number }).serverTime;
}

async function get(path: string): Promise<unknown> {
  return (await fetch(`${opened.addresses.spotRest}${path}`)).json();
}

describe('market time', () => {
  it.each([1, 60])('runs at %i times the clock', async (speed) => {
    const { server, clock } = await open(speed);
    await clock.advance(1_000);
    expect(await venueTime()).toBe(START);
    server.driver.resume();
    await clock.advance(10_000);
    expect(await venueTime()).toBe(START + 10_000 * speed);
    server.driver.pause();
    await clock.advance(10_000);
    expect(await venueTime()).toBe(START + 10_000 * speed);
    server.driver.resume();
    await clock.advance(1_000);
    expect(await venueTime()).toBe(START + 11_000 * speed);
  });

  it('is paused, resumed and moved on by request', async () => {
    await open(1);
    expect(await setClock({ action: 'resume' })).toEqual({ status: 200, body: { now: START, paused: false } });
    await opened.clock.advance(5_000);
    expect(await setClock({ action: 'pause' })).toEqual({ status: 200, body: { now: START + 5_000, paused: true } });
    expect(await setClock({ action: 'advance', ms: 90_000 })).toEqual({
      status: 200,
      body: { now: START + 95_000, paused: true },
    });
    for (const wrong of [{}, { action: 'stop' }, { action: 'advance', ms: -1 }, { action: 'advance' }]) {
      expect((await setClock(wrong)).status).toBe(400);
    }
  });

  it('at full speed waits for a client that reads slowly, and for no client at all', async () => {
    const { server, addresses } = await open('max', { ...createFakeClock(START), ...HOST_CLOCK });
    const client = await StreamClient.open(`${addresses.spotWs}/btcusdt@bookTicker/btcusdt@trade`);
    client.pause();
    server.driver.resume();
    let reached = START;
    const stands = async (): Promise<boolean> => {
      const before = reached;
      reached = await venueTime();
      return reached > START && reached === before;
    };
    await expect.poll(stands, { timeout: 10_000, interval: 100 }).toBe(true);
    expect(client.closed).toBeNull();
    client.close();
    await expect.poll(venueTime).toBeGreaterThan(reached);
  });
});

describe('the same seed', () => {
  it('gives the same market, whatever the pace and the steps', async () => {
    const rounds: unknown[] = [];
    for (const steps of [[120_000], [1, 999, 59_000, 60_000], Array.from({ length: 120 }, () => 1_000)]) {
      const { server, addresses } = await open(1);
      const client = await StreamClient.open(`${addresses.spotWs}/btcusdt@trade/btcusdt@bookTicker`);
      for (const ms of steps) await server.driver.advance(ms);
      const last = await get('/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=5');
      const depth = (await get('/api/v3/depth?symbol=BTCUSDT&limit=20')) as { bids: unknown };
      await new Promise((resolve) => setTimeout(resolve, 100));
      rounds.push([client.texts.length, client.texts, last, depth.bids]);
      client.close();
      if (rounds.length < 3) await server.close();
    }
    expect(rounds[1]).toEqual(rounds[0]);
    expect(rounds[2]).toEqual(rounds[0]);
  });

  it('gives candles that are the sum of the trades', async () => {
    const { server, addresses } = await open(1);
    const client = await StreamClient.open(`${addresses.spotWs}/btcusdt@trade`);
    await server.driver.advance(180_000);
    const rows = (await get('/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=4')) as (string | number)[][];
    await new Promise((resolve) => setTimeout(resolve, 100));
    const trades = client.messages as { T: number; p: string; q: string }[];
    for (const [openTime, open_, high, low, close, volume, , , count] of rows.slice(0, 3)) {
      const own = trades.filter(({ T }) => Math.floor(T / 60_000) * 60_000 === openTime);
      const prices = own.map(({ p }) => Number(p));
      expect(count).toBe(own.length);
      expect(own.length).toBeGreaterThan(0);
      expect([Number(high), Number(low), Number(close)]).toEqual([
        Math.max(...prices),
        Math.min(...prices),
        prices.at(-1),
      ]);
      expect(Number(open_)).toBe(prices[0]);
      expect(Number(volume)).toBeCloseTo(
        own.reduce((sum, { q }) => sum + Number(q), 0),
        6,
      );
    }
    client.close();
  });
});
