import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WebSocket, WebSocketServer } from 'ws';

import { createSystemClock } from '../src/adapters/clock/system/clock.ts';
import { plainStart } from '../src/sim/accounts/start-state.ts';
import type { MarketSource } from '../src/sim/market/source.ts';
import { createSyntheticMarket } from '../src/sim/market/synthetic-market.ts';
import { SimServer } from '../src/sim/server.ts';
import { silentLogger } from '../src/testkit/silent-logger.ts';
import type { BenchRow } from './harness.ts';
import { median } from './harness.ts';

const START_MS = Date.UTC(2026, 0, 7);
const HOUR_MS = 3_600_000;
const MEGABYTE = 1_000_000;
const REAL_TIME_SYMBOLS = 200;
const SECONDS = 15;
/** The venue allows 1,024 streams on a connection. */
const STREAMS_EACH = 300;
const KINDS = ['trade', 'bookTicker', 'kline_1m', 'ticker'];

function serverOf(source: MarketSource): SimServer {
  const accounts = [{ accountId: 'bench', credentials: null, start: () => plainStart({}, new Set(['USDT'])) }];
  const onFailure = (failure: unknown): never => {
    throw failure;
  };
  const terms = { clock: createSystemClock(), logger: silentLogger, speed: 1, seed: 1, accounts, faults: null };
  return new SimServer({ ...terms, source, onFailure });
}

async function clientsOf(address: string, streams: readonly string[], onMessage: () => void): Promise<WebSocket[]> {
  const clients: WebSocket[] = [];
  for (let at = 0; at < streams.length; at += STREAMS_EACH) {
    const client = new WebSocket(`${address}?streams=${streams.slice(at, at + STREAMS_EACH).join('/')}`);
    client.on('message', onMessage);
    await once(client, 'open');
    clients.push(client);
  }
  return clients;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Shares of a core, second by second. */
async function sharesOfCore(): Promise<number[]> {
  const shares: number[] = [];
  for (let second = 0; second < SECONDS; second += 1) {
    const [cpuBefore, before] = [cpuMs(), performance.now()];
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    shares.push((100 * (cpuMs() - cpuBefore)) / (performance.now() - before));
  }
  return shares;
}

/** `ws` alone: as many messages a second sent to as many clients, received in this process as well. */
async function shareOfWs(perSecond: number): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  client.on('message', () => undefined);
  await once(client, 'open');
  const message = 'x'.repeat(200);
  const timer = setInterval(() => {
    for (const socket of server.clients) for (let i = 0; i < perSecond / 200; i += 1) socket.send(message);
  }, 5);
  const shares = await sharesOfCore();
  clearInterval(timer);
  client.terminate();
  server.close();
  return median(shares);
}

/** A market of 200 symbols in real time with all of it listened to, the listening clients included. */
async function benchRealTime(): Promise<BenchRow> {
  const source = createSyntheticMarket({ seed: 1, symbols: REAL_TIME_SYMBOLS, startMs: START_MS });
  const server = serverOf(source);
  const { spotWs } = await server.listen(0);
  const streams = source.symbols.flatMap(({ symbol }) => KINDS.map((kind) => `${symbol.toLowerCase()}@${kind}`));
  let messages = 0;
  const clients = await clientsOf(spotWs.replace(/ws$/, 'stream'), streams, () => (messages += 1));
  server.driver.resume();
  await sharesOfCore();
  messages = 0;
  const share = median(await sharesOfCore());
  const perSecond = messages / SECONDS;
  for (const client of clients) client.terminate();
  await server.close();
  const reference = await shareOfWs(perSecond);
  return {
    ...{ name: `${REAL_TIME_SYMBOLS} symbols in real time`, unit: '% of a core', value: share },
    ...{ reference: `ws, ${Math.round(perSecond)} messages/s`, referenceValue: reference, ratio: share / reference },
  };
}

/** Living objects and buffers, megabytes, after a day of market time against after its second hour. */
async function benchMemory(): Promise<BenchRow> {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const source = createSyntheticMarket({ seed: 1, symbols: 10, startMs: START_MS });
  const server = serverOf(source);
  const { spotWs } = await server.listen(0);
  const streams = source.symbols.flatMap(({ symbol }) => KINDS.map((kind) => `${symbol.toLowerCase()}@${kind}`));
  const clients = await clientsOf(spotWs.replace(/ws$/, 'stream'), streams, () => undefined);
  const living = async (): Promise<number> => {
    for (const client of clients) {
      client.ping();
      await once(client, 'pong');
    }
    // Buffers are given back in the background, after the first collection has found them.
    for (let turn = 0; turn < 3; turn += 1) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return (heapUsed + arrayBuffers) / MEGABYTE;
  };
  await server.driver.advance(2 * HOUR_MS);
  const early = await living();
  await server.driver.advance(22 * HOUR_MS);
  const late = await living();
  for (const client of clients) client.terminate();
  await server.close();
  return {
    ...{ name: 'memory after 24 h of market time', unit: 'MB', value: late },
    ...{ reference: 'after 2 h', referenceValue: early, ratio: late / early },
  };
}

/** What a simulated exchange takes while it just runs. */
export async function benchSimSteady(): Promise<BenchRow[]> {
  return [await benchRealTime(), await benchMemory()];
}
