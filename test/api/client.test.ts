import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';

import { createApiClient } from '../../src/frontends/client/api-client.ts';
import { ApiError } from '../../src/frontends/client/api-error.ts';
import type { ApiClient, ChannelListener, LiveConnection, LiveState } from '../../src/frontends/client/client.ts';
import { keyOf } from '../../src/frontends/client/live-connection.ts';
import type { PositionForm, TickerForm } from '../../src/frontends/shared/wire/forms.ts';
import type { Store } from '../../src/ports/store/store.ts';
import { marketRow } from '../../src/testkit/scripted-engine.ts';
import { SqliteFolder } from '../store/sqlite-folder.ts';
import { openApi, TOKEN } from './api-world.ts';
import type { ApiWorld } from './api-world.ts';
import { CuttableLine } from './cuttable-line.ts';

const database = new SqliteFolder();
let store: Store;
let world: ApiWorld;
let line: CuttableLine;
let client: ApiClient;
let live: LiveConnection | null = null;

beforeAll(async () => {
  store = await database.open();
});
afterAll(() => database.dispose());
afterEach(async () => {
  live?.close();
  live = null;
  await line.close();
  await world.end();
});

/** A daemon, and a client that reaches it over a line that can be cut. */
async function open(options: Parameters<typeof openApi>[1] = {}): Promise<void> {
  world = await openApi(store, options);
  line = await CuttableLine.to(world.server.address);
  client = createApiClient({ url: line.address, token: TOKEN, timeoutMs: 2_000 });
}

/** The entries of a channel as a listener holds them. */
class Mirror implements ChannelListener<TickerForm> {
  readonly rows = new Map<string, TickerForm>();
  snapshots = 0;
  #wake: (() => void)[] = [];

  snapshot(entries: readonly TickerForm[]): void {
    this.snapshots += 1;
    this.rows.clear();
    for (const entry of entries) this.rows.set(keyOf('tickers', entry), entry);
    this.#told();
  }

  changed(entry: TickerForm): void {
    this.rows.set(keyOf('tickers', entry), entry);
    this.#told();
  }

  removed(key: string): void {
    this.rows.delete(key);
    this.#told();
  }

  async until(isSo: (mirror: Mirror) => boolean): Promise<void> {
    while (!isSo(this)) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  #told(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

const lastOf = (symbol: string, last: number) => (mirror: Mirror) => mirror.rows.get(symbol)?.last === last;

function until(connection: LiveConnection, status: LiveState['status']): Promise<LiveState> {
  if (connection.state.status === status) return Promise.resolve(connection.state);
  return new Promise((resolve) => {
    const stop = connection.onState((state) => {
      if (state.status !== status) return;
      stop();
      resolve(state);
    });
  });
}

describe('calls', () => {
  it('take the arguments of the schemas and give their answers', async () => {
    await open();
    expectTypeOf(client.positions).returns.resolves.toEqualTypeOf<readonly PositionForm[]>();
    expectTypeOf(client.closePosition).parameter(0).toExtend<{ readonly id: string }>();
    // @ts-expect-error a position has to be named
    await client.closePosition({ fraction: 1 }).catch(() => undefined);
    expect((await client.closePosition({ id: 'BTC', fraction: 0.5 }))?.symbol).toBe('BTCUSDT');
    expect(await client.candles({ symbol: 'btc', limit: 2 })).toHaveLength(2);
    expect(await client.logs({ limit: 1, before: '999999999999' })).toHaveLength(1);
    expect((await client.pauseTrading()).opening.allowed).toBe(false);
  });

  it('tell refusals by their codes, and when to try again', async () => {
    await open({ limits: { dataPerMinute: 1 } });
    const refusal = await client.filter({ name: 'with/strange?signs&%' }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ApiError);
    expect(refusal).toMatchObject({ code: 'NOT_FOUND', status: 404, message: 'no filter with/strange?signs&%' });
    const limited = (await client.status().catch((error: unknown) => error)) as ApiError;
    expect(limited).toMatchObject({ code: 'RATE_LIMITED', status: 429 });
    expect(limited.retryAfterMs).toBeGreaterThan(0);
  });

  it('arrive once, however often the answer is lost', async () => {
    await open();
    line.losesAnswers = true;
    const closing = client.closePosition({ id: 'BTC', fraction: 0.5 });
    while (world.engine.commands.length === 0) await new Promise((resolve) => setImmediate(resolve));
    line.losesAnswers = false;
    expect((await closing)?.quantity).toBe('1');
    expect(world.engine.commands).toHaveLength(1);
  });

  it('say that the daemon does not answer, and never follow it elsewhere', async () => {
    await open();
    const impatient = createApiClient({ url: line.address, token: TOKEN, timeoutMs: 200, retries: 1 });
    line.isSilent = true;
    await expect(impatient.status()).rejects.toMatchObject({ code: 'DAEMON_UNREACHABLE', status: 0 });
    line.isSilent = false;

    let asked = 0;
    const elsewhere = createServer((_, response) => {
      asked += 1;
      response.end('{}');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const target = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    const redirecting = createServer((_, response) => response.writeHead(302, { location: target }).end());
    await new Promise<void>((resolve) => redirecting.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}`;
    const led = createApiClient({ url, token: TOKEN, retries: 0 });
    await expect(led.status()).rejects.toMatchObject({ code: 'DAEMON_UNREACHABLE' });
    expect(asked).toBe(0);
    elsewhere.close();
    redirecting.close();
  });

  it('take no address that holds a password or is of another kind', async () => {
    await open();
    for (const url of ['http://user:secret@host', 'ftp://host', 'http://host/?api_key=x']) {
      expect(() => createApiClient({ url, token: TOKEN })).toThrow('not of the form http://host:port');
    }
  });
});

describe('a live connection', () => {
  it('comes back after a cut with a snapshot of what happened meanwhile', async () => {
    await open();
    live = client.live({ firstRetryMs: 20 });
    const mirror = new Mirror();
    live.subscribe('tickers', mirror);
    await mirror.until(lastOf('BTCUSDT', 100));
    expect(live.isCurrent('tickers')).toBe(true);
    world.engine.moveTo([marketRow('BTCUSDT', 101)]);
    await mirror.until((seen) => lastOf('BTCUSDT', 101)(seen) && !seen.rows.has('ETHUSDT'));

    line.cut();
    await until(live, 'waiting');
    expect(live.isCurrent('tickers')).toBe(false);
    world.engine.moveTo([marketRow('BTCUSDT', 102), marketRow('SOLUSDT', 7)]);
    await mirror.until((seen) => lastOf('BTCUSDT', 102)(seen) && lastOf('SOLUSDT', 7)(seen));
    expect(mirror.snapshots).toBe(2);
    expect(live.heartbeat?.version).toBe('1.2.3');
  });

  it('gives up a connection on which nothing is heard any more', async () => {
    await open({ limits: { heartbeatMs: 20 } });
    live = client.live({ firstRetryMs: 20, silentMs: 150 });
    const mirror = new Mirror();
    live.subscribe('tickers', mirror);
    await mirror.until(() => live?.isCurrent('tickers') === true);
    line.isSilent = true;
    expect(await until(live, 'waiting')).toMatchObject({
      cause: expect.stringContaining('nothing was heard') as unknown,
    });
    line.isSilent = false;
    world.engine.moveTo([marketRow('BTCUSDT', 103)]);
    await mirror.until(lastOf('BTCUSDT', 103));
  });

  it('asks for a snapshot where a number is missing, and tells nothing until it is there', async () => {
    await open();
    live = client.live({ firstRetryMs: 20 });
    const mirror = new Mirror();
    live.subscribe('tickers', mirror);
    await mirror.until(() => live?.isCurrent('tickers') === true);
    // A message of a line that loses some: what lies between is not there.
    const socket = sockets.at(-1);
    socket?.dispatchEvent(
      new MessageEvent('message', {
        data: JSON.stringify({
          type: 'ticker_update',
          channel: 'tickers',
          seq: 9_999,
          data: { symbol: 'LIEUSDT', last: 1 },
        }),
      }),
    );
    expect(live.isCurrent('tickers')).toBe(false);
    await mirror.until((seen) => seen.snapshots === 2);
    expect(mirror.rows.has('LIEUSDT')).toBe(false);
    expect(live.isCurrent('tickers')).toBe(true);
  });

  it('does not take what is no message of a daemon, and tries again', async () => {
    await open();
    live = client.live({ firstRetryMs: 20 });
    const mirror = new Mirror();
    live.subscribe('tickers', mirror);
    await mirror.until(() => live?.isCurrent('tickers') === true);
    sockets.at(-1)?.dispatchEvent(new MessageEvent('message', { data: '<html>' }));
    expect(live.state).toMatchObject({ status: 'waiting', cause: 'something else than a daemon answers' });
    await mirror.until((seen) => seen.snapshots === 2);
  });

  it('serves several listeners, each from a snapshot on, until the last one leaves', async () => {
    await open();
    live = client.live();
    const [first, second] = [new Mirror(), new Mirror()];
    const leave = live.subscribe('tickers', first);
    await first.until(lastOf('BTCUSDT', 100));
    live.subscribe('tickers', second);
    await second.until(lastOf('BTCUSDT', 100));
    leave();
    world.engine.moveTo([marketRow('BTCUSDT', 104)]);
    await second.until(lastOf('BTCUSDT', 104));
    expect(first.rows.get('BTCUSDT')?.last).toBe(100);
  });

  it('ends for good when the daemon refuses the token, and sends it in no address', async () => {
    await open();
    const refused = createApiClient({ url: line.address, token: 'another-token-0123' }).live({ firstRetryMs: 10 });
    refused.subscribe('tickers', new Mirror());
    expect(await until(refused, 'closed')).toEqual({ status: 'closed', cause: 'the daemon refuses the token' });
    for (const { url } of sockets) expect(url).not.toMatch(/token|api_key|[?]/);
  });
});

/** Every WebSocket that the client opens. */
const sockets: WebSocket[] = [];
const Native = globalThis.WebSocket;
globalThis.WebSocket = class extends Native {
  constructor(url: string | URL) {
    super(url);
    sockets.push(this);
  }
};
