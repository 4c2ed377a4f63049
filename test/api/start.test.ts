import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Secret } from '../../src/lib/secret.ts';
import type { Store } from '../../src/ports/store/store.ts';
import { SqliteFolder } from '../store/sqlite-folder.ts';
import { openApi } from './api-world.ts';
import type { ApiWorld } from './api-world.ts';

const database = new SqliteFolder();
let store: Store;
beforeAll(async () => {
  store = await database.open();
});
afterAll(() => database.dispose());

async function within<Answer>(world: Promise<ApiWorld>, act: (world: ApiWorld) => Promise<Answer>): Promise<Answer> {
  const opened = await world;
  try {
    return await act(opened);
  } finally {
    await opened.end();
  }
}

describe('the API starts', () => {
  it('without a token on loopback alone', async () => {
    for (const host of ['127.0.0.1', 'localhost', '::1']) {
      await within(openApi(store, { token: null, host }), async ({ client }) => {
        expect((await client.status()).mode).toBe('local');
      });
    }
    for (const host of ['0.0.0.0', '::', '192.168.1.7', 'desk.example.com', '127.0.0.1.example.com']) {
      await expect(openApi(store, { token: null, host })).rejects.toMatchObject({ code: 'API_TOKEN_MISSING' });
    }
  });

  it('never with a token that is short, or is or looks like an exchange key', async () => {
    for (const [token, problem] of [
      ['fifteen-letters', 'it has 15 characters'],
      ['X'.repeat(64), 'it has the form of an exchange key'],
      ['a-key-of-the-exchange', 'it is a key of the exchange account'],
      ['two words of a token', 'it holds a blank'],
    ] as const) {
      const exchangeKeys = [new Secret('a-key-of-the-exchange')];
      const start = openApi(store, { token: new Secret(token), exchangeKeys });
      await expect(start).rejects.toMatchObject({ code: 'API_TOKEN_REFUSED' });
      const { message } = (await start.catch((error: unknown) => error)) as Error;
      expect(message).toContain(problem);
      expect(message).not.toContain(token);
    }
    await within(openApi(store, { token: new Secret('0123456789abcdef'.repeat(4)) }), async ({ client }) => {
      expect((await client.status()).version).toBe('1.2.3');
    });
  });

  it('on a free port; of a taken one it says whose it may be and how to take another', async () => {
    await within(openApi(store), async ({ server }) => {
      const port = Number(new URL(server.address).port);
      await expect(openApi(store, { port })).rejects.toMatchObject({
        code: 'API_ADDRESS_TAKEN',
        message: `the API cannot listen on 127.0.0.1:${port}: another program does, an aitrader daemon by its answer`,
        hint: expect.stringContaining('PORT=') as unknown,
      });
    });
    const other = createServer((_, response) => response.end('hello'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(openApi(store, { port })).rejects.toThrow('does not answer as an aitrader would');
    other.close();
    await expect(openApi(store, { host: '203.0.113.7' })).rejects.toMatchObject({ code: 'API_ADDRESS_UNUSABLE' });
  });
});

describe('without a token', () => {
  it('pages in a browser are not let in, under whatever name they reach the daemon', async () => {
    await within(openApi(store, { token: null }), async ({ server, engine }) => {
      const kill = (headers: Record<string, string>) =>
        fetch(`${server.address}/api/risk/kill`, { method: 'POST', headers }).then(({ status }) => status);
      expect(await kill({ origin: 'https://evil.example' })).toBe(401);
      expect(await kill({ origin: 'null' })).toBe(401);
      expect(await kill({ 'sec-fetch-site': 'cross-site' })).toBe(401);
      expect(await hostAnswer(server.address, 'evil.example')).toContain(' 401 ');
      expect(engine.commands).toEqual([]);
      expect(await kill({})).toBe(200);
      expect(await hostAnswer(server.address, 'localhost')).toContain(' 200 ');
    });
  });
});

/** The first line of the answer to a request that calls the host so. */
async function hostAnswer(address: string, host: string): Promise<string> {
  const { connect } = await import('node:net');
  const { port, hostname } = new URL(address);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket.on('error', reject);
    socket.once('data', (data) => {
      resolve(data.toString().split('\r\n', 1)[0] ?? '');
      socket.destroy();
    });
    socket.write(`GET /status HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
  });
}

describe('the API ends', () => {
  it('with the answers under way, and never waits longer than it was given', async () => {
    const world = await openApi(store);
    const { server, client } = world;
    const live = client.live();
    const closed = new Promise((resolve) => live.onState((state) => state.status === 'waiting' && resolve(state)));
    await new Promise<void>((resolve) => {
      live.subscribe('status', { snapshot: () => resolve(), changed: () => undefined, removed: () => undefined });
    });
    // A peer that never finishes its request.
    const { connect } = await import('node:net');
    const slow = connect(Number(new URL(server.address).port), '127.0.0.1');
    slow.on('error', () => undefined);
    await new Promise<void>((resolve) =>
      slow.write('POST /api/risk/kill HTTP/1.1\r\ncontent-length: 10\r\n', () => resolve()),
    );
    const cut = new Promise((resolve) => slow.on('close', resolve));
    await server.close(100);
    expect(await closed).toMatchObject({ cause: 'the daemon ends' });
    live.close();
    await cut;
    await expect(fetch(`${server.address}/health`)).rejects.toThrow();
    world.metrics.close();
  });
});
