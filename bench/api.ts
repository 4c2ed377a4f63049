/** What the daemon's API costs: lists while the engine is busy, the fan-out over WebSockets, memory while clients come and go. */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import fastify from 'fastify';
import { WebSocketServer } from 'ws';

import { createSystemClock } from '../src/adapters/clock/system/clock.ts';
import { asId } from '../src/domain/ids.ts';
import { money } from '../src/domain/decimal.ts';
import { createDeskMetrics } from '../src/frontends/api/metrics/desk-metrics.ts';
import { startApiServer } from '../src/frontends/api/server.ts';
import type { ApiServer } from '../src/frontends/api/options.ts';
import type { Desk } from '../src/frontends/shared/desk.ts';
import { Secret } from '../src/lib/secret.ts';
import { ok } from '../src/lib/result.ts';
import type { EngineHandle } from '../src/ports/engine-handle.ts';
import type { Store } from '../src/ports/store/store.ts';
import { arbitraryPosition, arbitraryTrade } from '../src/testkit/builders/arbitrary-holdings.ts';
import { arbitrarySignal } from '../src/testkit/builders/arbitrary-signals.ts';
import { example, idAt } from '../src/testkit/builders/example.ts';
import { pendingOrder } from '../src/testkit/builders/orders.ts';
import { marketRow, ScriptedEngine } from '../src/testkit/scripted-engine.ts';
import { silentLogger } from '../src/testkit/silent-logger.ts';
import { ScriptedWorld } from '../test/engine/scripted-world.ts';
import { SqliteFolder } from '../test/store/sqlite-folder.ts';
import type { BenchRow } from './harness.ts';
import { median, percentile } from './harness.ts';

const TOKEN = 'a-token-of-the-benchmark';
const USER = asId<Desk['userId']>('user');
const SYMBOLS = 100;
const CLIENTS = 1_000;
const STORED = 500;
const ENGINE_MESSAGES_PER_SECOND = 10_000;
/** What the hub waits between two looks: every symbol moves in between. */
const LOOK_MS = 250;
const clock = createSystemClock();
const LOAD = new URL('api-load.ts', import.meta.url).pathname;

type Load = ChildProcessByStdio<Writable, Readable, null>;

/** Clients in a process of their own, and the lines that they print. */
function startLoad(...args: string[]): { readonly child: Load; readonly next: () => Promise<Record<string, unknown>> } {
  const child = spawn(process.execPath, [LOAD, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Record<string, unknown>> => {
    const { value } = (await lines.next()) as { value?: string };
    if (value === undefined) throw new Error('bench api: the clients ended early');
    return JSON.parse(value) as Record<string, unknown>;
  };
  return { child, next };
}

function startServer(engine: EngineHandle, store: Store): Promise<ApiServer> {
  const desk: Desk = {
    ...{ userId: USER, accountId: asId('account'), money: 'paper', dataDir: '/data', now: () => clock.now() },
    traderDefaults: { quoteAsset: 'USDT', size: money('100'), symbols: { kind: 'top', count: SYMBOLS } },
    ...{ ids: { next: () => idAt(1) }, store, inspectFilter: () => Promise.reject(new Error('no filters here')) },
    running: { engine, mode: 'daemon', pid: 1, putFilter: () => Promise.resolve(ok(null)), stop: () => undefined },
  };
  return startApiServer({
    ...{ desk, host: '127.0.0.1', port: 0, token: new Secret(TOKEN), exchangeKeys: [], version: '1', webSocket: true },
    limits: { dataPerMinute: Infinity, ordersPerMinute: Infinity, lookMs: LOOK_MS },
    ...{ clock, logger: silentLogger, logs: { earlier: [], listen: () => () => undefined } },
    metrics: createDeskMetrics({ engine, counts: () => ({ messages: 0, checks: 0, signals: 0, errors: 0 }) }),
  });
}

const portOf = ({ address }: ApiServer): string => new URL(address).port;

/** An engine with 50 open positions in 100 symbols, over a store with a history. */
async function busyDesk(store: Store): Promise<ScriptedWorld> {
  const symbols = Array.from({ length: SYMBOLS }, (_, index) => `S${index}USDT`);
  const world = await ScriptedWorld.open({
    symbols,
    cash: '10000000',
    limits: { maxOpenPositions: SYMBOLS, maxConsecutiveLosses: Infinity },
    trader: { size: { kind: 'quote', amount: money('100') }, symbols: { kind: 'top', count: SYMBOLS } },
    capabilities: { residentStops: false },
  });
  for (const symbol of symbols.slice(0, 50)) world.match(symbol, 'long', { stop: '50%' });
  await world.nextMinute();
  const signal = example(arbitrarySignal, { userId: USER });
  const position = example(arbitraryPosition, { userId: USER, state: { status: 'liquidated', closedAt: 1 } });
  const trade = example(arbitraryTrade, { userId: USER });
  for (let number = 0; number < STORED; number += 1) {
    await store.commit(
      [
        { kind: 'signal', signal: { ...signal, id: idAt(number) } },
        { kind: 'position', position: { ...position, id: idAt(number) } },
        { kind: 'trade', trade: { ...trade, id: idAt(number), positionId: idAt(number) } },
        { kind: 'order', order: pendingOrder({ id: idAt(number) }) },
      ],
      'ordinary',
    );
  }
  return world;
}

/** Ticks of the market through sink and book, ten thousand a second. @returns how to stop */
function keepBusy(world: ScriptedWorld): () => void {
  const { sink } = world.feed;
  const time = world.clock.now();
  const startedAt = performance.now();
  let sent = 0;
  const pace = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * ENGINE_MESSAGES_PER_SECOND);
    for (; sent < due; sent += 1) {
      const symbol = world.symbols[sent % SYMBOLS];
      if (symbol === undefined) continue;
      const price = 100 + ((sent * 7) % 31) / 100;
      sink?.trade({ symbol, price, quantity: 1, trades: 1, buyerIsTaker: true, venueTradeId: 1, time });
    }
    // Simulated time stands; what the ticks brought about is handled.
    void world.clock.advance(0);
  }, 1);
  return () => clearInterval(pace);
}

/** Processor time of this process so far, in milliseconds. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** What the engine alone takes, milliseconds a second. */
async function engineLoad(): Promise<number> {
  const before = processorMs();
  await pause(2_000);
  return (processorMs() - before) / 2;
}

interface ListTimes {
  readonly p95Ms: number;
  /** Of the server, without the engine's part. */
  readonly processorMs: number;
}

async function timesOf(port: string, engineMsPerSecond: number): Promise<ListTimes> {
  const before = processorMs();
  const startedAt = performance.now();
  const { child, next } = startLoad('http', port, TOKEN);
  const { times } = (await next()) as { times: number[] };
  const engineMs = (engineMsPerSecond * (performance.now() - startedAt)) / 1_000;
  child.kill();
  return { p95Ms: percentile(times, 0.95), processorMs: (processorMs() - before - engineMs) / times.length };
}

/** The same texts under the same load from bare fastify, made beforehand. */
async function bareFastify(
  server: ApiServer,
): Promise<{ readonly port: string; readonly close: () => Promise<unknown> }> {
  const app = fastify();
  for (const path of ['/api/positions', '/api/orders', '/api/signals', '/api/trades', '/api/markets']) {
    const query = path === '/api/orders' ? '?all=true&limit=50' : '';
    const answer = await fetch(`${server.address}${path}${query}`, { headers: { authorization: `Bearer ${TOKEN}` } });
    const text = await answer.text();
    app.get(path, (_, reply) => reply.type('application/json; charset=utf-8').send(text));
  }
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { port: String((app.server.address() as AddressInfo).port), close: () => app.close() };
}

async function listRows(): Promise<BenchRow[]> {
  const folder = new SqliteFolder();
  const store = await folder.open();
  const world = await busyDesk(store);
  const server = await startServer(world.engine.handle, store);
  const bare = await bareFastify(server);
  const stop = keepBusy(world);
  const engineMsPerSecond = await engineLoad();
  const pairs: { ours: ListTimes; theirs: ListTimes }[] = [];
  for (let round = 0; round < 3; round += 1) {
    const ours = await timesOf(portOf(server), engineMsPerSecond);
    const theirs = await timesOf(bare.port, engineMsPerSecond);
    pairs.push({ ours, theirs });
  }
  stop();
  await bare.close();
  await server.close(100);
  await folder.dispose();
  const row = (what: string, figure: (times: ListTimes) => number): BenchRow => {
    const value = median(pairs.map(({ ours }) => figure(ours)));
    const referenceValue = median(pairs.map(({ theirs }) => figure(theirs)));
    const name = `api: lists, 100 clients with 1,000 requests/s, engine at 10,000 messages/s, ${what}`;
    const reference = 'bare fastify, texts made before';
    return { name, value, unit: 'ms', reference, referenceValue, ratio: value / referenceValue };
  };
  // On a machine that others use the first tells of the others; the second does not.
  return [row('p95', ({ p95Ms }) => p95Ms), row('processor time for each', (times) => times.processorMs)];
}

/** An engine in whose market every symbol moves between two looks. */
class MovingEngine extends ScriptedEngine {
  #turn = 0;

  override markets() {
    this.#turn += 1;
    return Array.from({ length: SYMBOLS }, (_, index) =>
      marketRow(`S${index}USDT`, 100 + ((this.#turn + index) % 97) / 10),
    );
  }
}

/** Bare ws cannot keep the pace: it is measured at a tenth of it. */
const BARE_SLOWER = 10;

/** Bare ws that sends such texts to every client, one for each symbol. */
async function bareWs(text: string): Promise<{ readonly port: string; readonly close: () => void }> {
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  server.on('connection', (client) => client.on('message', () => client.send(text)));
  const pace = setInterval(() => {
    for (const client of server.clients) {
      for (let symbol = 0; symbol < SYMBOLS; symbol += 1) client.send(text);
    }
  }, LOOK_MS * BARE_SLOWER);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    clearInterval(pace);
    for (const client of server.clients) client.terminate();
    http.close();
  };
  return { port: String((http.address() as AddressInfo).port), close };
}

const FAN_OUT_MS = 5_000;

interface FanOut {
  /** Of one core. */
  readonly corePct: number;
  readonly bytesPerSecond: number;
}

async function fanOutOf(port: string): Promise<FanOut> {
  const { child, next } = startLoad('ws', port, TOKEN, String(CLIENTS));
  await next();
  await pause(1_000);
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await pause(FAN_OUT_MS);
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - startedAt) / 1_000;
  child.stdin.write('enough\n');
  const { bytes } = (await next()) as { bytes: number };
  return { corePct: (user + system) / 1e4 / seconds, bytesPerSecond: bytes / (seconds + 1) };
}

async function fanOutRows(): Promise<BenchRow[]> {
  const folder = new SqliteFolder();
  const server = await startServer(new MovingEngine(Date.now(), {}), await folder.open());
  const sample = `{"type":"ticker_update","channel":"tickers","seq":123456,"data":${JSON.stringify(marketRow('S50USDT', 104.5))}}`;
  const bare = await bareWs(sample);
  const ours = await fanOutOf(portOf(server));
  const theirs = await fanOutOf(bare.port);
  bare.close();
  await server.close(100);
  await folder.dispose();
  const told = (ours.bytesPerSecond / 1e6).toFixed(0);
  const perMb = ({ corePct, bytesPerSecond }: FanOut): number => (corePct * 10) / (bytesPerSecond / 1e6);
  const wouldTake = (theirs.corePct * ours.bytesPerSecond) / theirs.bytesPerSecond;
  const terms = `${SYMBOLS} symbols to ${CLIENTS} clients, ${1_000 / LOOK_MS} times a second (${told} MB/s)`;
  const reference = 'bare ws, one send for each client and symbol';
  return [
    {
      ...{ name: `api: WebSocket fan-out of ${terms}`, value: ours.corePct, unit: '% of a core' },
      ...{ reference: `${reference}, as much`, referenceValue: wouldTake, ratio: ours.corePct / wouldTake },
    },
    {
      ...{ name: `api: WebSocket fan-out, processor time for each MB told`, value: perMb(ours), unit: 'ms' },
      ...{ reference, referenceValue: perMb(theirs), ratio: perMb(ours) / perMb(theirs) },
    },
  ];
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What is really held, in MB. */
async function heldMb(): Promise<number> {
  await pause(300);
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

const ROUNDS = 8;

/** How much more is resident and held after `ROUNDS` times all clients came and went than after the first three. */
async function growthOf(port: string): Promise<{ readonly resident: number; readonly held: number }> {
  const { child, next } = startLoad('ws', port, TOKEN, String(CLIENTS), String(ROUNDS));
  const held: number[] = [];
  const resident: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await next();
    await pause(1_000);
    child.stdin.write('enough\n');
    await next();
    held.push(await heldMb());
    resident.push(process.memoryUsage.rss() / 2 ** 20);
  }
  const late = (values: readonly number[]): number => median(values.slice(-3)) - median(values.slice(1, 4));
  return { resident: late(resident), held: late(held) };
}

async function memoryRows(): Promise<BenchRow[]> {
  const folder = new SqliteFolder();
  const server = await startServer(new MovingEngine(Date.now(), {}), await folder.open());
  const ours = await growthOf(portOf(server));
  const empty = await heldMb();
  const bare = await bareWs('x'.repeat(250));
  const theirs = await growthOf(bare.port);
  bare.close();
  await server.close(100);
  await folder.dispose();
  const name = `api: memory held more after ${CLIENTS} WebSocket clients came and went ${ROUNDS} times`;
  const row = (what: string, value: number, referenceValue: number): BenchRow => ({
    ...{ name: `${name}, ${what}`, value, unit: 'MB', reference: 'bare ws', referenceValue },
    // Growth is around zero: the share of everything held says more than the ratio of two such figures.
    ratio: (empty + value) / (empty + referenceValue),
  });
  return [row('held', ours.held, theirs.held), row('resident', ours.resident, theirs.resident)];
}

export async function benchApi(): Promise<BenchRow[]> {
  return [...(await listRows()), ...(await fanOutRows()), ...(await memoryRows())];
}
