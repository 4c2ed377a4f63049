import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { openApiDocument } from '../../src/frontends/api/openapi/document.ts';
import { errorForm, healthForm } from '../../src/frontends/shared/wire/forms.ts';
import { ROUTES } from '../../src/frontends/shared/wire/routes.ts';
import type { OperationName, RouteSpec } from '../../src/frontends/shared/wire/routes.ts';
import type { Store } from '../../src/ports/store/store.ts';
import { SqliteFolder } from '../store/sqlite-folder.ts';
import { HOLDINGS, openApi, TOKEN } from './api-world.ts';
import type { ApiWorld } from './api-world.ts';

const database = new SqliteFolder();
let store: Store;
let world: ApiWorld | null = null;

beforeAll(async () => {
  store = await database.open();
  await store.commit(
    (HOLDINGS.filters ?? []).map((filter) => ({ kind: 'filter', filter })),
    'durable',
  );
});
afterAll(() => database.dispose());
afterEach(async () => {
  await world?.end();
  world = null;
});

async function open(
  ...args: Parameters<typeof openApi> extends [Store, ...infer Rest] ? Rest : never
): Promise<ApiWorld> {
  world = await openApi(store, ...args);
  return world;
}

const operations = Object.entries(ROUTES) as [OperationName, RouteSpec][];

/** A request of each operation that finds what it asks about. */
const EXAMPLES: Readonly<
  Record<OperationName, { readonly path?: string; readonly query?: string; readonly body?: object }>
> = {
  ...(Object.fromEntries(operations.map(([name]) => [name, {}])) as Record<OperationName, object>),
  candles: { query: '?symbol=BTC&timeframe=1m&limit=3' },
  filter: { path: '/api/filters/dip-buyer' },
  trader: { path: '/api/traders/Dips' },
  addTrader: {
    body: { filter: { name: 'mine', source: 'export const meta = {}', origin: 'file' }, size: { quote: '50' } },
  },
  changeTrader: { path: '/api/traders/Dips', body: { name: 'Dips and more' } },
  removeTrader: { path: '/api/traders/Dips' },
  pauseTrader: { path: '/api/traders/Dips/pause', body: { reason: 'lunch' } },
  resumeTrader: { path: '/api/traders/Dips/resume' },
  approveSignal: { path: '/api/signals/0002/approve' },
  rejectSignal: { path: '/api/signals/0002/reject', body: { reason: 'no' } },
  protectPosition: { path: '/api/positions/BTC', body: { stopLoss: 95, takeProfit: ['3r', { at: '120', part: 0.5 }] } },
  closePosition: { path: '/api/positions/BTC/close', body: { fraction: '50%' } },
  cancelOrder: { path: '/api/orders/0003' },
  positions: { query: '?all=true&limit=5' },
  stats: { query: '?by=day' },
};

function requestOf(name: OperationName): { readonly path: string; readonly init: RequestInit } {
  const spec: RouteSpec = ROUTES[name];
  const { path = spec.path, query = '', body } = EXAMPLES[name];
  const sent =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  return { path: `${path}${query}`, init: { method: spec.method, ...sent } };
}

describe('every operation', () => {
  it.each(operations)('%s answers as its schema says', async (name, spec) => {
    const { ask } = await open();
    const { path, init } = requestOf(name);
    const answer = await ask(path, init);
    const json = await answer.json();
    expect([answer.status, json]).toEqual([spec.status ?? 200, expect.anything() as unknown]);
    expect(spec.answer.safeParse(json).error?.issues ?? []).toEqual([]);
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each(operations)('%s is refused without the token, and with another one', async (name) => {
    const { server, engine } = await open();
    const { path, init } = requestOf(name);
    for (const authorization of [null, 'Bearer another-password-0123', 'Basic YTpi', 'Bearer', 'Bearer a b']) {
      const headers = { ...init.headers, ...(authorization !== null && { authorization }) } as Record<string, string>;
      const answer = await fetch(`${server.address}${path}`, { ...init, headers });
      expect(answer.status).toBe(401);
      expect(errorForm.parse(await answer.json()).error.code).toBe('UNAUTHORIZED');
    }
    expect(engine.commands).toEqual([]);
  });

  it('is in the OpenAPI document, which is valid and refers to nothing that is not there', async () => {
    const { ask } = await open();
    const document = (await (await ask('/openapi.json')).json()) as ReturnType<typeof openApiDocument>;
    expect(document).toEqual(JSON.parse(JSON.stringify(openApiDocument('1.2.3'))));
    expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true });
    const { paths, components } = document as {
      readonly paths: Record<string, Record<string, { readonly operationId: string }>>;
      readonly components: { readonly schemas: Record<string, unknown> };
    };
    const ids = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
    expect(ids.sort()).toEqual([...Object.keys(ROUTES), 'health', 'metrics', 'openapi'].sort());
    const text = JSON.stringify(document);
    for (const [, name = ''] of text.matchAll(/#\/components\/schemas\/(\w+)/g)) {
      expect(Object.keys(components.schemas)).toContain(name);
    }
    expect(text).not.toContain('#/$defs');
  });
});

describe('what the operations do', () => {
  const post = (path: string, body: unknown = undefined): [string, RequestInit] => [
    path,
    {
      method: 'POST',
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    },
  ];

  it('commands reach the engine as the verbs of the command line would send them', async () => {
    const { ask, engine } = await open();
    await ask(...post('/api/trading/pause', { reason: 'lunch' }));
    await ask(...post('/api/trading/resume'));
    await ask(...post('/api/positions/BTC/close', { fraction: 0.25 }));
    await ask('/api/positions/BTC', { ...post('', { stopLoss: '2%', trailing: null })[1], method: 'PATCH' });
    await ask('/api/orders/0003', { method: 'DELETE' });
    await ask(...post('/api/signals/0002/reject'));
    await ask(...post('/api/risk/kill', { keepPositions: true }));
    await ask(...post('/api/risk/resume'));
    expect(engine.commands.map((command) => JSON.parse(JSON.stringify(command)) as unknown)).toEqual([
      { type: 'pause_opening', reason: 'lunch' },
      { type: 'resume_opening' },
      { type: 'close_position', positionId: '000000000000000000000004', fraction: '0.25' },
      {
        type: 'change_protection',
        positionId: '000000000000000000000004',
        change: { stopLoss: { kind: 'percent', percent: '2' }, trailing: null },
      },
      { type: 'cancel_order', orderId: '000000000000000000000003' },
      { type: 'reject_signal', signalId: '000000000000000000000002', reason: 'asked for by the user' },
      { type: 'kill', keepPositions: true, reason: 'asked for by the user' },
      { type: 'resume_opening' },
    ]);
  });

  it('whoever asks after a command sees what it changed', async () => {
    const { ask, client } = await open();
    for (let turn = 0; turn < 5; turn += 1) {
      expect((await client.status()).opening.allowed).toBe(true);
      await ask(...post('/api/trading/pause'));
      expect((await client.status()).opening.allowed).toBe(false);
      await ask(...post('/api/trading/resume'));
    }
  });

  it('a command with the same Idempotency-Key is carried out once, and answers the same', async () => {
    const { ask, engine } = await open();
    const [path, init] = post('/api/positions/BTC/close', { fraction: 0.5 });
    const keyed = { ...init, headers: { ...init.headers, 'idempotency-key': 'k1' } };
    const answers = await Promise.all([ask(path, keyed), ask(path, keyed), ask(path, keyed)]);
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(new Set(texts).size).toBe(1);
    expect(await (await ask(path, keyed)).text()).toBe(texts[0]);
    expect(engine.commands).toHaveLength(1);

    const other = await ask(path, { ...keyed, body: JSON.stringify({ fraction: 1 }) });
    expect([other.status, errorForm.parse(await other.json()).error.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    await ask(path, { ...keyed, headers: { ...keyed.headers, 'idempotency-key': 'k2' } });
    expect(engine.commands).toHaveLength(2);
  });

  it('a refusal is repeated as well', async () => {
    const { ask, engine } = await open();
    const keyed = { method: 'POST', headers: { 'idempotency-key': 'k3' } };
    const first = await ask('/api/signals/nothing/approve', keyed);
    const second = await ask('/api/signals/nothing/approve', keyed);
    expect([first.status, second.status]).toEqual([404, 404]);
    expect(await first.text()).toBe(await second.text());
    expect(engine.commands).toEqual([]);
  });

  it('lists give the page that is asked for', async () => {
    const { ask, log } = await open();
    for (const text of ['a', 'b', 'c', 'd']) log(text);
    const texts = async (query: string) => {
      const lines = (await (await ask(`/api/logs${query}`)).json()) as { id: string; text: string }[];
      return { texts: lines.map(({ text }) => text), last: lines.at(-1)?.id };
    };
    const { texts: newest, last } = await texts('?limit=2');
    expect(newest).toEqual(['d', 'c']);
    expect((await texts(`?limit=2&before=${last}`)).texts).toEqual(['b', 'a']);
    expect(((await (await ask('/api/orders?limit=1&before=0')).json()) as unknown[]).length).toBe(0);
  });

  it('what cannot be used is named with what is allowed', async () => {
    const { ask } = await open();
    const refusal = async (path: string, init: RequestInit = {}) => {
      const answer = await ask(path, init);
      const { error } = errorForm.parse(await answer.json());
      return `${answer.status} ${error.code}: ${error.message}. ${error.hint}`;
    };
    expect(await refusal('/api/trades?limit=0')).toBe(
      '400 ARGUMENT_INVALID: limit is "0": it cannot be used. Allowed: a whole number from 1 to 1000.',
    );
    expect(await refusal('/api/trades?limt=5')).toBe(
      '400 ARGUMENT_INVALID: limt is given: there is no such argument. Allowed: limit.',
    );
    expect(await refusal('/api/candles?symbol=DOGE')).toMatch(/^404 SYMBOL_NOT_WATCHED/);
    expect(await refusal(...post('/api/positions/BTC/close', { fraction: 2 }))).toContain(
      'a share above 0 and at most 1',
    );
    expect(await refusal(...post('/api/positions/BTC/close', { id: 'ETH' }))).toContain('there is no such argument');
    expect(await refusal('/api/positions/BTC', { method: 'PATCH' })).toContain('nothing is to be changed');
    expect(await refusal(...post('/api/risk/kill', [1]))).toContain('400 ARGUMENT_INVALID');
    expect(await refusal('/api/nothing')).toContain('404 ROUTE_UNKNOWN: the API has no GET /api/nothing');
    expect(
      await refusal('/api/risk/kill', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }),
    ).toContain('its body is no JSON');
    expect(
      await refusal('/api/risk/kill', { method: 'POST', body: 'x=1', headers: { 'content-type': 'text/plain' } }),
    ).toContain('415');
    expect(await refusal(...post('/api/risk/kill', { reason: 'x'.repeat(200_000) }))).toContain('413');
  });

  it('health needs no token and tells nothing but that it answers', async () => {
    const { server } = await open();
    const answer = await fetch(`${server.address}/health`);
    expect(healthForm.parse(await answer.json()).time).toBeGreaterThan(0);
  });
});

describe('the limits of requests', () => {
  it('are 100 a minute for data and 10 for commands, then 429 with Retry-After; what reduces risk has none', async () => {
    const { ask, engine } = await open({ limits: { dataPerMinute: 100, ordersPerMinute: 10 } });
    const data = await Promise.all(
      Array.from({ length: 105 }, (_, i) => ask(i % 2 === 0 ? '/api/markets' : '/status')),
    );
    expect(data.filter(({ status }) => status === 200)).toHaveLength(100);
    const refused = data.find(({ status }) => status === 429);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused?.headers.get('retry-after'))).toBeLessThanOrEqual(60);

    const statuses: number[] = [];
    for (let i = 0; i < 12; i += 1) statuses.push((await ask('/api/trading/resume', { method: 'POST' })).status);
    expect(statuses).toEqual([...Array<number>(10).fill(200), 429, 429]);

    for (let i = 0; i < 20; i += 1) {
      expect((await ask('/api/trading/pause', { method: 'POST' })).status).toBe(200);
      expect(
        (
          await ask('/api/positions/BTC/close', {
            method: 'POST',
            body: '{"fraction":0.001}',
            headers: { 'content-type': 'application/json' },
          })
        ).status,
      ).toBe(200);
    }
    expect((await ask('/api/orders/0003', { method: 'DELETE' })).status).toBe(200);
    expect((await ask('/api/risk/kill', { method: 'POST' })).status).toBe(200);
    expect(engine.commands.filter(({ type }) => type === 'pause_opening')).toHaveLength(20);
  });

  it('who guesses tokens is slowed down, who knows it is not', async () => {
    const { server } = await open({ limits: { refusedPerMinute: 5 } });
    const guess = () => fetch(`${server.address}/status`, { headers: { authorization: 'Bearer wrong-wrong-wrong' } });
    for (let i = 0; i < 5; i += 1) expect((await guess()).status).toBe(401);
    expect((await guess()).status).toBe(429);
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect((await fetch(`${server.address}/status`, { headers })).status).toBe(200);
  });
});

describe('metrics', () => {
  it('are the figures of the desk in the text form of Prometheus', async () => {
    const { ask, engine } = await open();
    const order = { intent: { symbol: 'BTCUSDT', side: 'buy' }, state: { status: 'filled' } };
    engine.record('order', 'filled', order);
    engine.record('order', 'filled', order);
    engine.record('trade', 'closed', { userId: 'user', symbol: 'BTCUSDT', pnl: '-3.5' });
    const answer = await ask('/metrics');
    expect(answer.headers.get('content-type')).toContain('text/plain');
    const lines = (await answer.text()).split('\n');
    for (const line of [
      'trading_orders_total{exchange="binance",symbol="BTCUSDT",side="buy",status="filled"} 1',
      'trading_pnl_total{user_id="user",symbol="BTCUSDT"} -3.5',
      'orders_executed_total 1',
      'orders_failed_total 0',
      'signals_created_total 3',
      'active_traders 1',
      'open_positions 1',
      'websocket_latency_seconds 0.042',
      'websocket_reconnects_total 0',
    ]) {
      expect(lines).toContain(line);
    }
    for (const name of ['filter_execution_seconds', 'order_execution_seconds', 'storage_query_seconds']) {
      expect(lines).toContain(`# TYPE ${name} histogram`);
    }
    for (const name of [
      'exchange_api_latency_seconds',
      'worker_execution_duration_seconds',
      'agent_execution_duration_seconds',
      'agent_tool_calls_total',
    ]) {
      expect(lines.some((line) => line.startsWith(`# HELP ${name} `))).toBe(true);
    }
  });
});
