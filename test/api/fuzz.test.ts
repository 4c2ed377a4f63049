import { once } from 'node:events';
import { connect } from 'node:net';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { errorForm } from '../../src/frontends/shared/wire/forms.ts';
import { CHANNELS } from '../../src/frontends/shared/wire/live.ts';
import { HEALTH, ROUTES } from '../../src/frontends/shared/wire/routes.ts';
import type { RouteSpec } from '../../src/frontends/shared/wire/routes.ts';
import { arbitraryPosition } from '../../src/testkit/builders/arbitrary-holdings.ts';
import { example, idAt } from '../../src/testkit/builders/example.ts';
import type { Store } from '../../src/ports/store/store.ts';
import { SqliteFolder } from '../store/sqlite-folder.ts';
import { HOLDINGS, openApi, TOKEN } from './api-world.ts';
import type { ApiWorld } from './api-world.ts';

const database = new SqliteFolder();
let store: Store;
let world: ApiWorld;
beforeAll(async () => {
  store = await database.open();
  await store.commit(
    (HOLDINGS.filters ?? []).map((filter) => ({ kind: 'filter', filter })),
    'durable',
  );
  world = await openApi(store, {
    limits: { maxBodyBytes: 32 * 1024, requestMs: 1_000, refusedPerMinute: Infinity, messagesPerMinute: Infinity },
  });
});
afterAll(async () => {
  await world.end();
  await database.dispose();
});

const routes = Object.entries<RouteSpec>({ ...ROUTES, health: HEALTH });

/** Text of every kind that people and attackers send. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    '__proto__',
    'constructor',
    'toString',
    '../../etc/passwd',
    "' OR 1=1 --",
    '<script>',
    '%00',
    '\u202e',
    '💥',
    'NaN',
    '1e999',
    '-0',
    '0004',
    '0002',
    'BTC',
    'Dips',
    'x'.repeat(5_000),
  ),
);

const value: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 3 }),
);

/** A body with the names that the route knows, and others, filled with anything. */
function bodyFor(spec: RouteSpec): fc.Arbitrary<unknown> {
  const names = ['id', 'trader', '__proto__', ...Object.keys(spec.body?.shape ?? {})];
  const known = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 });
  return fc.oneof({ weight: 4, arbitrary: known }, { weight: 1, arbitrary: value });
}

function queryFor(spec: RouteSpec): fc.Arbitrary<string> {
  const names = ['api_key', 'limit', 'before', ...Object.keys(spec.query.shape)];
  return fc
    .array(fc.tuple(fc.constantFrom(...names), text), { maxLength: 4 })
    .map((pairs) => pairs.map(([name, given]) => `${name}=${encodeURIComponent(given.toWellFormed())}`).join('&'));
}

/** What may never be read in an answer: where the program lies, what its code looks like, what is secret. */
const NEVER = [TOKEN, 'node_modules', '/src/', '.ts:', 'at async', 'ZodError', 'SQLITE', 'FST_ERR'];

async function isDecent(answer: Response): Promise<void> {
  const body = await answer.text();
  expect(answer.status, body).toBeLessThan(500);
  for (const secret of NEVER) expect(body).not.toContain(secret);
  if (answer.status >= 400 && answer.status !== 405)
    expect(errorForm.safeParse(JSON.parse(body)).success, body).toBe(true);
}

describe.each(routes)('%s', (_, spec) => {
  it('answers whatever is sent with what was asked for or with what is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(text, queryFor(spec), bodyFor(spec), fc.boolean(), async (part, query, body, isJson) => {
        const path = spec.path.replace(/\{\w+\}/g, encodeURIComponent(part.toWellFormed()).slice(0, 2_000) || '%20');
        const sent = isJson ? JSON.stringify(body) : String(JSON.stringify(body)).slice(0, 7);
        const hasBody = spec.method !== 'GET';
        const answer = await world.ask(`${path}?${query}`, {
          method: spec.method,
          ...(hasBody && { body: sent, headers: { 'content-type': 'application/json' } }),
        });
        await isDecent(answer);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the WebSocket', () => {
  it('answers whatever is said with an error or a snapshot, and stays open', async () => {
    const socket = new WebSocket(`${world.server.address.replace('http', 'ws')}/ws`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const heard: string[] = [];
    socket.on('message', (data: Buffer) => heard.push(data.toString()));
    await once(socket, 'open');
    const channels = fc.array(fc.oneof(text, fc.constantFrom(...CHANNELS, 'candles:BTCUSDT:1m', 'candles:BTCUSDT:')), {
      maxLength: 5,
    });
    const type = fc.constantFrom('subscribe', 'unsubscribe', 'auth', 'snapshot', '__proto__');
    const message = fc.oneof(
      fc.record({ type, data: fc.record({ channels }) }).map((each) => JSON.stringify(each)),
      fc.record({ type, data: value, token: value }).map((each) => JSON.stringify(each)),
      text,
    );
    for (const said of fc.sample(message, 300)) socket.send(said);
    socket.send('{"type":"subscribe","data":{"channels":["trades"]}}');
    while (!heard.some((each) => each.startsWith('{"type":"snapshot","channel":"trades"')))
      await once(socket, 'message');
    expect(socket.readyState).toBe(WebSocket.OPEN);
    for (const each of heard) {
      expect(() => JSON.parse(each) as unknown).not.toThrow();
      for (const secret of NEVER) expect(each).not.toContain(secret);
    }
    socket.close();
  });
});

describe('the API', () => {
  it('takes no body that is too large, whatever is said of its length', async () => {
    for (const length of [33 * 1024, 10 * 1024 * 1024]) {
      const body = JSON.stringify({ reason: 'x'.repeat(length) });
      const answer = await world
        .ask('/api/risk/kill', { method: 'POST', body, headers: { 'content-type': 'application/json' } })
        .catch(() => null);
      // Cut off while it was still being sent, or told so.
      if (answer !== null) expect(answer.status).toBe(413);
    }
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(32)) });
    const init = {
      method: 'POST',
      body: endless,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    } as RequestInit;
    const answer = await world.ask('/api/risk/kill', init).catch(() => null);
    if (answer !== null) expect(answer.status).toBe(413);
    expect(world.engine.commands.filter(({ type }) => type === 'kill')).toHaveLength(
      world.engine.commands.filter((command) => command.type === 'kill' && command.reason !== '').length,
    );
  });

  it('shows and touches nothing of another user', async () => {
    const other = example(arbitraryPosition, {
      id: idAt(99),
      userId: 'somebody-else' as never,
      state: { status: 'open' },
    });
    await store.commit([{ kind: 'position', position: other }], 'durable');
    const all = (await (await world.ask('/api/positions?all=true&limit=1000')).json()) as { id: string }[];
    expect(all.map(({ id }) => id)).not.toContain(idAt(99));
    const headers = { 'content-type': 'application/json' };
    const close = await world.ask(`/api/positions/${idAt(99)}/close`, { method: 'POST', body: '{}', headers });
    expect(close.status).toBe(404);
  });

  it('answers what is no HTTP, and lets go of who does not come to an end', async () => {
    const { port } = new URL(world.server.address);
    const say = (lines: string): Promise<string> =>
      new Promise((resolve) => {
        let heard = '';
        const socket = connect(Number(port), '127.0.0.1', () => socket.write(lines));
        socket.on('data', (data) => (heard += data.toString()));
        socket.on('error', () => undefined);
        socket.on('close', () => resolve(heard));
      });
    expect(await say('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await say(`GET /health HTTP/1.1\r\nhost: x\r\nlong: ${'x'.repeat(100_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
    const open = await world.ask('/health');
    expect(open.status).toBe(200);
    // Half a request, and then silence.
    const slow = await say('POST /api/risk/kill HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{"rea');
    expect(slow === '' || /^HTTP\/1\.1 4\d\d /.test(slow)).toBe(true);
  });

  it('does not echo in errors what could be a token in an address', async () => {
    const answer = await world.ask(`/api/nothing?api_key=${TOKEN}`);
    expect(await answer.text()).not.toContain(TOKEN);
  });
});
