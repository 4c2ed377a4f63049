import { once } from 'node:events';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { ROUTES } from '../../src/frontends/shared/wire/routes.ts';
import { CHANNELS } from '../../src/frontends/shared/wire/live.ts';
import type { Channel, ChangeMessage, ServerMessage, SnapshotMessage } from '../../src/frontends/shared/wire/live.ts';
import { asId } from '../../src/domain/ids.ts';
import type { Store } from '../../src/ports/store/store.ts';
import { fill } from '../../src/testkit/builders/fills.ts';
import { openedPosition } from '../../src/testkit/builders/positions.ts';
import { idAt } from '../../src/testkit/builders/example.ts';
import { marketRow } from '../../src/testkit/scripted-engine.ts';
import { SqliteFolder } from '../store/sqlite-folder.ts';
import { openApi, TOKEN } from './api-world.ts';
import type { ApiWorld } from './api-world.ts';

const database = new SqliteFolder();
let store: Store;
let world: ApiWorld | null = null;
const peers = new Set<Peer>();

beforeAll(async () => {
  store = await database.open();
});
afterAll(() => database.dispose());
afterEach(async () => {
  for (const peer of peers) peer.socket.terminate();
  peers.clear();
  await world?.end();
  world = null;
});

async function open(options: Parameters<typeof openApi>[1] = {}): Promise<ApiWorld> {
  world = await openApi(store, options);
  return world;
}

/** A client by the protocol alone. */
class Peer {
  readonly socket: WebSocket;
  readonly heard: ServerMessage[] = [];
  #waiting: (() => void)[] = [];

  constructor(
    address: string,
    { headers = {}, query = '' }: { headers?: Record<string, string>; query?: string } = {},
  ) {
    this.socket = new WebSocket(`${address.replace('http', 'ws')}/ws${query}`, { headers });
    this.socket.on('message', (data: Buffer) => {
      this.heard.push(JSON.parse(data.toString()) as ServerMessage);
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.socket.on('error', () => undefined);
    peers.add(this);
  }

  say(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(...channels: string[]): void {
    this.say({ type: 'subscribe', data: { channels } });
  }

  /** The first message that fits, also when it was heard before. */
  async until<Message extends ServerMessage>(fits: (message: ServerMessage) => boolean): Promise<Message> {
    for (;;) {
      const found = this.heard.find(fits);
      if (found !== undefined) return found as Message;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  snapshot(channel: string): Promise<SnapshotMessage> {
    return this.until((message) => message.type === 'snapshot' && (message as SnapshotMessage).channel === channel);
  }
}

async function connected(address: string, terms: ConstructorParameters<typeof Peer>[1] = {}): Promise<Peer> {
  const peer = new Peer(address, terms);
  await once(peer.socket, 'open');
  return peer;
}

const BEARER = { headers: { authorization: `Bearer ${TOKEN}` } };

describe('who listens', () => {
  it.each([
    ['a bearer header', BEARER, null],
    ['the first message', {}, { type: 'auth', token: TOKEN }],
    ['?api_key=', { query: `?api_key=${TOKEN}` }, null],
  ])('shows the token by %s', async (_, terms, first) => {
    const { server } = await open();
    const peer = await connected(server.address, terms);
    if (first !== null) peer.say(first);
    peer.subscribe('tickers');
    expect((await peer.snapshot('tickers')).data).toHaveLength(2);
  });

  it.each([
    ['a wrong header', { headers: { authorization: 'Bearer wrong-wrong-wrong' } }],
    ['a wrong ?api_key=', { query: '?api_key=wrong-wrong-wrong' }],
  ])('is refused before anything is opened with %s', async (_, terms) => {
    const { server } = await open();
    const { socket } = new Peer(server.address, terms);
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(answer.statusCode).toBe(401);
  });

  it('is let go without a token: when it asks for something, shows another one, or says nothing', async () => {
    const { server } = await open({ limits: { authMs: 100 } });
    for (const first of [
      { type: 'subscribe', data: { channels: ['tickers'] } },
      { type: 'auth', token: 'wrong-wrong-wrong' },
      null,
    ]) {
      const peer = await connected(server.address);
      if (first !== null) peer.say(first);
      const [code] = (await once(peer.socket, 'close')) as [number];
      expect(code).toBe(4401);
      expect(peer.heard.filter(({ type }) => type !== 'error')).toEqual([]);
    }
  });

  it('needs none where the daemon has none; a page in a browser is refused all the same', async () => {
    const { server, client } = await open({ token: null });
    const live = client.live();
    await new Promise<void>((resolve) => {
      live.subscribe('tickers', { snapshot: () => resolve(), changed: () => undefined, removed: () => undefined });
    });
    live.close();
    const { socket } = new Peer(server.address, { headers: { origin: 'https://evil.example' } });
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(answer.statusCode).toBe(401);
  });

  it('without having shown a token is one of few, and takes no place from those who did', async () => {
    const { server } = await open({ limits: { maxStrangers: 1 } });
    const stranger = await connected(server.address);
    const { socket } = new Peer(server.address);
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(answer.statusCode).toBe(429);
    const known = await connected(server.address, BEARER);
    known.subscribe('tickers');
    await known.snapshot('tickers');
    stranger.say({ type: 'auth', token: TOKEN });
    stranger.subscribe('tickers');
    await stranger.snapshot('tickers');
    await connected(server.address);
  });

  it('is one of a bounded number', async () => {
    const { server } = await open({ limits: { maxWebSockets: 2 } });
    await connected(server.address, BEARER);
    await connected(server.address, BEARER);
    const { socket } = new Peer(server.address, BEARER);
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(answer.statusCode).toBe(429);
  });
});

describe('a subscription', () => {
  /** The operation whose answer holds the same entries. */
  const SAME: Partial<Record<Channel, (typeof ROUTES)[keyof typeof ROUTES]['answer']>> = {
    tickers: ROUTES.markets.answer,
    candles: ROUTES.candles.answer,
    signals: ROUTES.signals.answer,
    positions: ROUTES.positions.answer,
    orders: ROUTES.orders.answer,
    trades: ROUTES.trades.answer,
    traders: ROUTES.traders.answer,
    balances: ROUTES.balances.answer,
    logs: ROUTES.logs.answer,
  };

  it.each(CHANNELS)('to %s answers with a snapshot in the form of the API', async (channel) => {
    const { server } = await open();
    const peer = await connected(server.address, BEARER);
    peer.subscribe(channel);
    const { data } = await peer.snapshot(channel);
    const form = SAME[channel];
    if (form !== undefined) expect(form.safeParse(data).error?.issues ?? []).toEqual([]);
    else expect(ROUTES[channel as 'status' | 'risk'].answer.safeParse(data[0]).success).toBe(true);
    if (channel !== 'trades') expect(data.length).toBeGreaterThan(0);
    expect(await peer.until((message) => message.type === 'heartbeat')).toMatchObject({ data: { version: '1.2.3' } });
  });

  it('then tells changes under consecutive numbers, of each channel by itself', async () => {
    const { server, engine, log } = await open();
    const peer = await connected(server.address, BEARER);
    peer.subscribe('tickers', 'logs', 'positions');
    const { seq } = await peer.snapshot('tickers');
    await peer.snapshot('logs');
    await peer.snapshot('positions');
    for (const price of [101, 102, 103]) {
      engine.moveTo([marketRow('BTCUSDT', price), marketRow('ETHUSDT', 20)]);
      log(`the price is ${price}`);
      await peer.until((message) => JSON.stringify(message).includes(`"last":${price}`));
    }
    engine.holdPositions([]);
    await peer.until(({ type }) => type === 'position_removed');
    engine.moveTo([marketRow('BTCUSDT', 103)]);
    await peer.until(({ type }) => type === 'ticker_removed');
    const changes = peer.heard.filter(
      (message): message is ChangeMessage => 'seq' in message && message.type !== 'snapshot',
    );
    for (const channel of ['tickers', 'logs', 'positions']) {
      const numbers = changes.filter((change) => change.channel === channel).map((change) => change.seq);
      expect(numbers.length).toBeGreaterThan(0);
      const first = (
        peer.heard.find((m) => m.type === 'snapshot' && (m as SnapshotMessage).channel === channel) as SnapshotMessage
      ).seq;
      expect(numbers).toEqual(numbers.map((_, index) => first + index + 1));
    }
    expect(
      changes
        .filter(({ channel }) => channel === 'tickers')
        .map(({ type, data }) => [type, (data as { last?: number }).last]),
    ).toEqual([
      ['ticker_update', 101],
      ['ticker_update', 102],
      ['ticker_update', 103],
      ['ticker_removed', undefined],
    ]);
    expect(seq).toBe(2);
  });

  it('to one series of candles brings that series; to something that is not there says so and brings the rest', async () => {
    const { server } = await open();
    const peer = await connected(server.address, BEARER);
    peer.subscribe('candles:BTCUSDT:1m', 'candles:DOGEUSDT:1m', 'candles:BTCUSDT:7m', 'nonsense', 'status');
    expect((await peer.snapshot('candles:BTCUSDT:1m')).data).toHaveLength(5);
    await peer.snapshot('status');
    const errors = peer.heard.filter(({ type }) => type === 'error');
    expect(errors.map(({ data }) => (data as { code: string }).code)).toEqual(Array(3).fill('CHANNEL_UNKNOWN'));
  });

  it('ends with unsubscribe; a channel nobody listens to is not looked at', async () => {
    const { server, engine, log } = await open();
    const peer = await connected(server.address, BEARER);
    peer.subscribe('tickers');
    await peer.snapshot('tickers');
    peer.say({ type: 'unsubscribe', data: { channels: ['tickers'] } });
    peer.subscribe('logs');
    await peer.snapshot('logs');
    let looks = 0;
    engine.markets = () => {
      looks += 1;
      return [];
    };
    for (const line of ['one', 'two', 'three']) {
      log(line);
      await peer.until((message) => JSON.stringify(message).includes(`"${line}"`));
    }
    expect(looks).toBe(0);
  });

  it('hears of orders and positions at once when the engine records them, without waiting for the next look', async () => {
    const { server, engine } = await open({ limits: { lookMs: 60_000 } });
    const peer = await connected(server.address, BEARER);
    peer.subscribe('positions');
    await peer.snapshot('positions');
    const bought = openedPosition(fill({ symbol: asId('ETHUSDT') }), { id: idAt(8) });
    engine.holdPositions([bought]);
    engine.record('position', 'opened', {});
    const change = await peer.until<ChangeMessage>(({ type }) => type === 'position_update');
    expect(change.data).toMatchObject({ id: idAt(8) });
  });
});

describe('what a client says', () => {
  it('is refused where it is nothing that is known, and the connection goes on', async () => {
    const { server } = await open();
    const peer = await connected(server.address, BEARER);
    for (const nonsense of [
      '',
      '{',
      '[]',
      'null',
      '{"type":"subscribe"}',
      { type: 'kill' },
      { type: 'subscribe', data: { channels: [] } },
      { type: 'subscribe', data: { channels: [5] } },
      { type: 'auth', token: 5 },
    ]) {
      peer.say(nonsense);
    }
    peer.subscribe('tickers');
    await peer.snapshot('tickers');
    expect(peer.heard.filter(({ type }) => type === 'error')).toHaveLength(9);
  });

  it('is bounded in length and number', async () => {
    const { server } = await open({ limits: { maxMessageBytes: 1_000, messagesPerMinute: 20 } });
    const long = await connected(server.address, BEARER);
    long.say('x'.repeat(1_001));
    expect(((await once(long.socket, 'close')) as [number])[0]).toBe(1009);
    const many = await connected(server.address, BEARER);
    for (let i = 0; i < 21; i += 1) many.say({ type: 'unsubscribe', data: { channels: ['tickers'] } });
    expect(((await once(many.socket, 'close')) as [number])[0]).toBe(1008);
  });
});

/** What a client that keeps the rules of the protocol holds to be true of the tickers. */
class Believer {
  readonly known = new Map<string, number>();
  #last = -1;
  messages = 0;

  take(message: ServerMessage): void {
    if (!('channel' in message)) return;
    this.messages += 1;
    if (message.type === 'snapshot') {
      this.known.clear();
      for (const row of message.data as { symbol: string; last: number }[]) this.known.set(row.symbol, row.last);
    } else {
      const { after = message.seq - 1, data, type } = message as ChangeMessage;
      if (after !== this.#last)
        throw new Error(`change ${message.seq} follows ${after}, and ${this.#last} was the last`);
      if (type.endsWith('_removed')) this.known.delete((data as { key: string }).key);
      else this.known.set((data as { symbol: string }).symbol, (data as { last: number }).last);
    }
    this.#last = message.seq;
  }
}

/** Moves the market on, and waits until the API has looked at it. */
function mover({ engine }: ApiWorld): (rows: ReturnType<ApiWorld['engine']['markets']>) => Promise<void> {
  const markets = engine.markets.bind(engine);
  let wake = (): void => undefined;
  engine.markets = () => {
    wake();
    return markets();
  };
  return (rows) => {
    engine.moveTo(rows);
    return new Promise((resolve) => (wake = resolve));
  };
}

describe('a client that reads slowly', () => {
  const symbols = Array.from({ length: 1_000 }, (_, index) => `S${index}USDT`);
  /** All but every fiftieth, another one each turn. */
  const rowsAt = (turn: number) =>
    symbols.filter((_, index) => (index + turn) % 50 !== 0).map((symbol) => marketRow(symbol, turn));

  it('is brought to the truth when it reads again, by fewer messages, without a lie in the numbers', async () => {
    const opened = await open({ limits: { lookMs: 5, maxUnreadBytes: 20_000, slowMs: 60_000 } });
    const slow = await connected(opened.server.address, BEARER);
    const believer = new Believer();
    slow.subscribe('tickers');
    await slow.snapshot('tickers');
    for (const message of slow.heard) believer.take(message);
    slow.socket.removeAllListeners('message');
    slow.socket.pause();
    const moveTo = mover(opened);
    // Far more than kernel and program hold for one client.
    const turns = 120;
    for (let turn = 1; turn <= turns; turn += 1) await moveTo(rowsAt(turn));
    const truth = new Map(rowsAt(turns).map(({ symbol, last }) => [symbol, last]));
    const isTold = new Promise<void>((resolve, reject) => {
      slow.socket.on('message', (data: Buffer) => {
        try {
          believer.take(JSON.parse(data.toString()) as ServerMessage);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
        const isThere =
          believer.known.size === truth.size &&
          [...believer.known].every(([key, last]) => truth.get(key as never) === last);
        if (isThere) resolve();
      });
    });
    slow.socket.resume();
    await isTold;
    expect(believer.messages).toBeLessThan(turns * 900);
    expect((await opened.metrics.read()).text).toMatch(/api_websocket_coalesced_total [1-9]/);
  });

  it('and never reads again is cut off, and nothing is kept for it', async () => {
    const opened = await open({ limits: { lookMs: 5, maxUnreadBytes: 20_000, slowMs: 100 } });
    const { server, metrics } = opened;
    const slow = await connected(server.address, BEARER);
    slow.subscribe('tickers');
    await slow.snapshot('tickers');
    slow.socket.pause();
    const moveTo = mover(opened);
    const says = async (line: string) => (await metrics.read()).text.split('\n').includes(line);
    for (let turn = 1; !(await says('api_websocket_dropped_total{cause="slow"} 1')); turn += 1) {
      await Promise.race([moveTo(rowsAt(turn)), new Promise((resolve) => setTimeout(resolve, 50))]);
    }
    while (!(await says('api_websocket_clients 0'))) await new Promise((resolve) => setImmediate(resolve));
  });
});
