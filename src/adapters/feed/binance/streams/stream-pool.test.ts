import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

import { asId } from '../../../../domain/ids.ts';
import type { VenueSymbol } from '../../../../domain/ids.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../domain/time.ts';
import type { FakeClock } from '../../../../testkit/fake-clock.ts';
import { createFakeClock } from '../../../../testkit/fake-clock.ts';
import { Intake } from '../intake/intake.ts';
import { VENUE_MARKETS } from '../venue.ts';
import { StreamPool } from './stream-pool.ts';
import type { StreamsByRoute } from './stream-names.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) cleanUp();
});

/** Lets sockets work until something is so; the test's own time limit ends a vain wait. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate();
}

interface Connection {
  readonly peer: WebSocket;
  readonly path: string;
  readonly streams: Set<string>;
  readonly requests: { method: string; params: string[]; id: number }[];
  isOpen: boolean;
}

/** A venue on the loopback that confirms subscriptions and otherwise does what a test tells it. */
class ScriptedVenue {
  readonly connections: Connection[] = [];
  isAnswering = true;
  isRefusing = false;
  /** Bring a message behind the answer to a subscription. */
  isTalking = true;
  readonly #http = createServer();
  readonly #sockets = new Set<Socket>();
  #nextTradeId = 1;

  async listen(): Promise<string> {
    const server = new WebSocketServer({ noServer: true });
    this.#http.on('connection', (socket: Socket) => {
      socket.on('error', () => socket.destroy());
      this.#sockets.add(socket);
    });
    this.#http.on('upgrade', (request: IncomingMessage, socket: Socket, head) => {
      if (this.isRefusing) socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n');
      else server.handleUpgrade(request, socket, head, (peer) => this.#accept(peer, request.url ?? ''));
    });
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => {
      for (const socket of this.#sockets) socket.destroy();
      this.#http.close();
    });
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  get open(): Connection[] {
    return this.connections.filter(({ isOpen }) => isOpen);
  }

  /** Sends the same trades to all connections: `count` new ones. */
  trade(count = 1): void {
    for (let turn = 0; turn < count; turn += 1) {
      const event = {
        e: 'aggTrade',
        E: 1.7e12,
        s: 'S0USDT',
        a: this.#nextTradeId,
        p: '1',
        q: '1',
        f: 1,
        l: 1,
        T: 1.7e12,
        m: true,
      };
      this.#nextTradeId += 1;
      for (const { peer } of this.open) peer.send(JSON.stringify(event));
    }
  }

  #accept(peer: WebSocket, path: string): void {
    const connection: Connection = { peer, path, streams: new Set(), requests: [], isOpen: true };
    this.connections.push(connection);
    peer.on('close', () => (connection.isOpen = false));
    peer.on('message', (data: Buffer) => {
      const request = JSON.parse(data.toString()) as Connection['requests'][number];
      connection.requests.push(request);
      for (const stream of request.params) {
        if (request.method === 'SUBSCRIBE') connection.streams.add(stream);
        else connection.streams.delete(stream);
      }
      if (!this.isAnswering) return;
      peer.send(JSON.stringify({ result: null, id: request.id }));
      if (this.isTalking) this.trade();
    });
  }
}

interface Bench {
  readonly venue: ScriptedVenue;
  readonly clock: FakeClock;
  readonly pool: StreamPool;
  readonly log: string[];
  readonly trades: number[];
  /** Waits for the pool to flow. */
  readonly flowing: () => Promise<void>;
  /** Moves the clock in small steps and lets sockets work in between. */
  readonly pass: (ms: number) => Promise<void>;
}

async function setUp(
  options: { readonly maxAttempts?: number; readonly market?: 'spot' | 'futures' } = {},
): Promise<Bench> {
  const venue = new ScriptedVenue();
  const streamHost = await venue.listen();
  const clock = createFakeClock();
  const log: string[] = [];
  const trades: number[] = [];
  const nothing = (): void => undefined;
  const intake = new Intake(
    {
      trade: (tick) => trades.push(tick.venueTradeId),
      quote: nothing,
      candle: nothing,
      ticker: nothing,
      mark: nothing,
    },
    nothing,
  );
  intake.follow(asId<VenueSymbol>('S0USDT'));
  const pool = new StreamPool({
    ...{ streamHost, intake, clock, chance: { next: () => 0 }, streamsPerConnection: 200 },
    venue: VENUE_MARKETS[options.market ?? 'futures'],
    maxAttempts: options.maxAttempts ?? Infinity,
    events: {
      flowing: (streams) => log.push(`${streams.size} flow`),
      lost: (streams, { cause, attempt, nextTryAt }) =>
        log.push(`${streams.size} lost: ${cause}; try ${attempt} in ${nextTryAt - clock.now()} ms`),
      gaveUp: (cause) => log.push(`gave up: ${cause}`),
      refused: (problem) => log.push(`refused: ${problem}`),
    },
  });
  cleanUps.push(() => pool.close());
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      await clock.advance(Math.min(1_000, ms - passed));
      for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    }
  };
  return { venue, clock, pool, log, trades, pass, flowing: () => until(() => pool.isFlowing) };
}

function streams(count: number, route: 'market' | 'public' | 'spot' = 'market', first = 0): StreamsByRoute {
  return new Map([[route, new Set(Array.from({ length: count }, (_, index) => `s${first + index}usdt@aggTrade`))]]);
}

describe('the stream pool', () => {
  it('spreads streams over connections of the right route, in requests of at most 100 names', async () => {
    const { venue, pool, log } = await setUp();
    pool.setStreams(new Map([...streams(450), ...streams(1, 'public')]));
    await until(() => pool.isFlowing);
    expect(venue.connections.map(({ path, streams: had }) => `${path} ${had.size}`).toSorted()).toEqual([
      '/market/ws 200',
      '/market/ws 200',
      '/market/ws 50',
      '/public/ws 1',
    ]);
    const requests = venue.connections.flatMap((connection) => connection.requests);
    expect(Math.max(...requests.map(({ params }) => params.length))).toBe(100);
    expect(Math.max(...requests.map((request) => JSON.stringify(request).length))).toBeLessThan(4_096);
    expect(log.toSorted()).toEqual(['1 flow', '200 flow', '200 flow', '50 flow']);
  });

  it('changes subscriptions without a reconnect, and ends connections that nobody needs', async () => {
    const { venue, pool, flowing } = await setUp();
    pool.setStreams(streams(250));
    await flowing();
    pool.setStreams(streams(250, 'market', 120));
    const had = (): string[] => venue.open.flatMap((connection) => [...connection.streams]);
    await until(() => new Set(had()).size === 250 && had().length === 250 && had().includes('s369usdt@aggTrade'));
    expect(venue.connections).toHaveLength(2);
    expect(had().toSorted()).toEqual([...(streams(250, 'market', 120).get('market') ?? [])].toSorted());
    pool.setStreams(streams(3, 'market', 120));
    await until(() => venue.open.length === 1 && had().length === 3);
    pool.setStreams(new Map());
    await until(() => venue.open.length === 0);
    expect(venue.connections).toHaveLength(2);
  });

  it('sends no more requests a second than the venue takes, pongs included', async () => {
    const { venue, clock, pool } = await setUp({ market: 'spot' });
    pool.setStreams(streams(200, 'spot'));
    await until(() => venue.open[0]?.requests.length === 2);
    const [connection] = venue.open;
    const pongs: string[] = [];
    connection?.peer.on('pong', (data: Buffer) => pongs.push(data.toString()));
    connection?.peer.ping('a');
    connection?.peer.ping('b');
    await until(() => pongs.length === 2);
    // Two requests and two pongs are all that a second takes: the change waits for the next one.
    pool.setStreams(streams(199, 'spot'));
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    expect(connection?.requests).toHaveLength(2);
    await clock.advance(1_000);
    await until(() => connection?.requests.length === 3);
  });

  it('reconnects after a loss with growing waits, subscribes anew, and begins with short waits after a stable time', async () => {
    const { venue, clock, pool, log, flowing, pass } = await setUp();
    pool.setStreams(streams(150));
    await flowing();
    venue.isRefusing = true;
    venue.open[0]?.peer.terminate();
    await until(() => log.length === 2);
    for (const [attempt, waitMs] of [5_000, 10_000, 20_000, 40_000, 60_000, 60_000].entries()) {
      expect(log.at(-1)).toMatch(new RegExp(`^150 lost: .*; try ${attempt + 1} in ${waitMs} ms$`));
      if (attempt === 5) venue.isRefusing = false;
      await clock.advance(waitMs);
      await until(() => log.length === attempt + 3);
    }
    expect(log.at(-1)).toBe('150 flow');
    expect(log[1]).toContain('the connection was cut');
    expect(log[2]).toContain('HTTP 503');
    expect(venue.open.map((connection) => connection.streams.size)).toEqual([150]);
    expect(pool.reconnects).toBe(1);
    venue.open[0]?.peer.close(1001, 'soon');
    await until(() => log.at(-1)?.includes('try 7') ?? false);
    await clock.advance(60_000);
    await flowing();
    for (let minute = 0; minute < 2; minute += 1) {
      venue.trade();
      await pass(MINUTE_MS / 2);
      venue.trade();
      await pass(MINUTE_MS / 4);
    }
    venue.open[0]?.peer.terminate();
    await until(() => log.at(-1)?.includes('try 1 in 5000 ms') ?? false);
  });

  it('takes a server for dead that gives no sign of life, after asking it for one', async () => {
    const { venue, pool, log, flowing, pass } = await setUp();
    pool.setStreams(streams(1));
    await flowing();
    const [connection] = venue.open;
    let pings = 0;
    connection?.peer.on('ping', () => (pings += 1));
    // Nothing is read any more, so nothing is answered: as on a network that swallows packets.
    connection?.peer.pause();
    await pass(25_000);
    expect(log).toEqual(['1 flow']);
    await pass(6_000);
    expect(log[1]).toMatch(/no sign of life for \d+ s; try 1 in 5000 ms/);
    expect(pings).toBe(0);
    await pass(5_000);
    await until(() => log.length === 3);
    expect(log[2]).toBe('1 flow');
  });

  it('keeps a quiet connection whose server answers, but not one that has forgotten its subscriptions', async () => {
    const { venue, pool, log, flowing, pass } = await setUp();
    pool.setStreams(streams(1));
    await flowing();
    let pings = 0;
    venue.open[0]?.peer.on('ping', () => (pings += 1));
    await pass(85_000);
    expect(log).toEqual(['1 flow']);
    expect(pings).toBeGreaterThan(2);
    await pass(15_000);
    expect(log[1]).toMatch(/no message on any stream/);
  });

  it('misses the messages of a connection soon that brought them all the time', async () => {
    const { venue, pool, log, flowing, pass } = await setUp();
    pool.setStreams(streams(1));
    await flowing();
    for (let second = 0; second < 130; second += 1) {
      venue.trade();
      await pass(1_000);
    }
    await pass(12_000);
    expect(log).toEqual(['1 flow']);
    await pass(10_000);
    expect(log[1]).toMatch(/no message on any stream/);
  });

  it('gives up a connection whose subscription is not answered', async () => {
    const { venue, pool, log, pass } = await setUp();
    venue.isAnswering = false;
    pool.setStreams(streams(1));
    await until(() => venue.connections[0]?.requests.length === 1);
    await pass(16_000);
    expect(log).toEqual(['1 lost: a subscription was not answered; try 1 in 5000 ms']);
  });

  it('tells what the venue refuses', async () => {
    const { venue, pool, log } = await setUp();
    venue.isAnswering = false;
    pool.setStreams(streams(1));
    await until(() => venue.connections[0]?.requests.length === 1);
    venue.open[0]?.peer.send('{"error":{"code":2,"msg":"Invalid request: no such stream"},"id":1}');
    await until(() => log.length === 1);
    expect(log).toEqual(['refused: Invalid request: no such stream']);
  });

  it('counts streams without trades as flowing once they are confirmed', async () => {
    const { venue, pool, log, pass } = await setUp();
    venue.isTalking = false;
    pool.setStreams(streams(1));
    await until(() => venue.connections[0]?.requests.length === 1);
    await pass(1_000);
    expect(log).toEqual([]);
    await pass(10_000);
    expect(log).toEqual(['1 flow']);
  });

  it('lets a new connection take over when the server announces its end, without losing or doubling a trade', async () => {
    const { venue, pool, log, trades, flowing } = await setUp();
    pool.setStreams(streams(120));
    await flowing();
    const [old] = venue.open;
    venue.isAnswering = false;
    old?.peer.send('{"e":"serverShutdown","E":1770123456789}');
    old?.peer.send('{"e":"serverShutdown","E":1770123456790}');
    await until(() => venue.connections[1]?.requests.length === 2);
    venue.trade(50);
    await until(() => trades.length > 50);
    expect(old?.isOpen).toBe(true);
    for (const { id } of venue.connections[1]?.requests ?? []) {
      venue.connections[1]?.peer.send(JSON.stringify({ result: null, id }));
    }
    venue.trade(50);
    await until(() => old?.isOpen === false);
    venue.trade(50);
    await until(() => trades.length >= 150);
    expect(log).toEqual(['120 flow']);
    expect(trades).toEqual(Array.from({ length: trades.length }, (_, index) => index + 1));
    expect(venue.connections).toHaveLength(2);
    expect(pool.reconnects).toBe(0);
  });

  it('replaces a connection before the venue cuts it after 24 hours, and keeps it while the new one does not come', async () => {
    const { venue, clock, pool, log, flowing } = await setUp();
    pool.setStreams(streams(1));
    await flowing();
    const age = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 20_000) {
        await clock.advance(Math.min(20_000, ms - passed));
        const seen = pool.lines.length;
        venue.trade();
        for (let turn = 0; turn < 3 * seen; turn += 1) await setImmediate();
      }
    };
    await age(23 * HOUR_MS - MINUTE_MS);
    expect(venue.connections).toHaveLength(1);
    venue.isRefusing = true;
    await age(3 * MINUTE_MS);
    expect(venue.open).toHaveLength(1);
    venue.isRefusing = false;
    await age(2 * MINUTE_MS);
    await until(() => venue.open.length === 1 && venue.connections.length === 2);
    expect(log).toEqual(['1 flow']);
  });

  it('goes over to the successor when the old connection ends too early', async () => {
    const { venue, pool, log, flowing } = await setUp();
    pool.setStreams(streams(1));
    await flowing();
    venue.isAnswering = false;
    venue.open[0]?.peer.send('{"e":"serverShutdown","E":1770123456789}');
    await until(() => venue.connections[1]?.requests.length === 1);
    venue.connections[0]?.peer.terminate();
    await until(() => log.length === 2);
    expect(log[1]).toBe('1 lost: the connection was cut; try 1 in 0 ms');
    venue.connections[1]?.peer.send('{"result":null,"id":1}');
    venue.trade();
    await until(() => log.length === 3);
    expect(log[2]).toBe('1 flow');
    expect(venue.connections).toHaveLength(2);
  });

  it('gives up loudly after the set number of tries', async () => {
    const { venue, clock, pool, log } = await setUp({ maxAttempts: 2 });
    venue.isRefusing = true;
    pool.setStreams(streams(1));
    await until(() => log.length === 1);
    await clock.advance(5_000);
    await until(() => log.length === 2);
    await clock.advance(10_000);
    await until(() => log.length === 3);
    expect(log[2]).toMatch(/^gave up: .*HTTP 503/);
    await clock.advance(HOUR_MS);
    expect(log).toHaveLength(3);
  });

  it('survives a storm of fifty losses without leaving a socket or a timer behind', async () => {
    const { venue, clock, pool, log, flowing, pass } = await setUp();
    pool.setStreams(streams(20));
    await flowing();
    await pass(2_000);
    const timers = clock.pendingTimers();
    for (let loss = 1; loss <= 50; loss += 1) {
      venue.open[0]?.peer.terminate();
      await until(() => log.length === 2 * loss);
      await clock.advance(Number(/in (\d+) ms$/.exec(log.at(-1) ?? '')?.[1]));
      await flowing();
    }
    await pass(3_000);
    expect(venue.open).toHaveLength(1);
    expect(pool.reconnects).toBe(50);
    expect(log).toHaveLength(101);
    expect(clock.pendingTimers()).toBe(timers);
    pool.close();
    await until(() => venue.open.length === 0);
    await pass(3_000);
    expect(clock.pendingTimers()).toBe(0);
  });
});
