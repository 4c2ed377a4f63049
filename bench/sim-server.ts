import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

import { createSystemClock } from '../src/adapters/clock/system/clock.ts';
import { plainStart } from '../src/sim/accounts/start-state.ts';
import type { MarketSource } from '../src/sim/market/source.ts';
import { createSyntheticMarket } from '../src/sim/market/synthetic-market.ts';
import { SimServer } from '../src/sim/server.ts';
import { openTapeMarket } from '../src/sim/tape/tape-market.ts';
import { silentLogger } from '../src/testkit/silent-logger.ts';
import type { BenchRow } from './harness.ts';
import { median } from './harness.ts';

const CLIENT = fileURLToPath(new URL('sim-client.ts', import.meta.url));
const CAPTURE = '../shared/data/captures/binance-usdm-btcusdt-20240808.gz';
/** The capture is played this many times at once, so that a run lasts longer than its beginning. */
const CAPTURE_COPIES = 12;
const SYNTHETIC_MS = 2_000;
const SYNTHETIC_SYMBOLS = 20;
const PAIRS = 5;
const BEHIND_BYTES = 1_000_000;

/** What the client got, and the processor time that the thread which sent it took meanwhile. */
interface Received {
  readonly frames: number;
  readonly ms: number;
  readonly cpuMs: number;
}

/** Milliseconds of processor time of this thread so far: unlike time on the wall it does not hang on other programs. */
function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** Starts a client process and calls `whenOpen` when it is connected; its count when all has gone quiet. */
async function receive(port: number, path: string, whenOpen: () => void): Promise<Received> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CLIENT, String(port), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  let cpuAtStart = 0;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    if (text === '') {
      setTimeout(() => {
        cpuAtStart = threadCpuMs();
        whenOpen();
      }, 50);
    }
    text += chunk;
  });
  await once(child, 'close');
  const counted = JSON.parse(text.split('\n')[1] ?? '{}') as Omit<Received, 'cpuMs'>;
  return { ...counted, cpuMs: threadCpuMs() - cpuAtStart };
}

async function serve(source: MarketSource, streams: readonly string[]): Promise<Received> {
  const clock = createSystemClock();
  const accounts = [
    { accountId: 'bench', credentials: null, start: () => plainStart({ USDT: '10000' }, new Set(['USDT'])) },
  ];
  const onFailure = (failure: unknown): never => {
    throw failure;
  };
  const market = { source, clock, speed: 'max', seed: 1 } as const;
  const server = new SimServer({ ...market, logger: silentLogger, accounts, faults: null, onFailure });
  const { spotRest } = await server.listen(0);
  const path = streams.every((name) => source.rawStreams.has(name)) ? '/fstream/public/stream' : '/stream/stream';
  const received = await receive(Number(new URL(spotRest).port), `${path}?streams=${streams.join('/')}`, () => {
    server.driver.resume();
    if (source.rawStreams.size === 0) setTimeout(() => server.driver.pause(), SYNTHETIC_MS);
  });
  await server.close();
  return received;
}

/** The same kind of messages sent by `ws` alone, one by one. */
async function serveByWs(messages: readonly string[], count: number): Promise<Received> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  const client = once(server, 'connection') as Promise<[WebSocket]>;
  const { port } = server.address() as AddressInfo;
  const received = await receive(port, '/', () => {
    void client.then(([socket]) => {
      let sent = 0;
      const turn = (): void => {
        while (sent < count && socket.bufferedAmount < BEHIND_BYTES) {
          socket.send(messages[sent % messages.length] ?? '');
          sent += 1;
        }
        if (sent < count) setImmediate(turn);
      };
      turn();
    });
  });
  for (const socket of server.clients) socket.terminate();
  server.close();
  return received;
}

type Speed = (received: Received) => number;

/** Two rows of the same runs: messages by the clock on the wall, and by the processor time of the sending thread. */
async function rows(
  name: string,
  messages: readonly string[],
  ours: () => Promise<Received>,
): Promise<readonly BenchRow[]> {
  const pairs: { ours: Received; theirs: Received }[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    pairs.push({ ours: await ours(), theirs: await serveByWs(messages, 300_000) });
  }
  const row = (title: string, unit: string, speed: Speed): BenchRow => ({
    ...{ name: title, unit, reference: 'ws, message by message' },
    value: median(pairs.map((pair) => speed(pair.ours))),
    referenceValue: median(pairs.map((pair) => speed(pair.theirs))),
    ratio: median(pairs.map((pair) => speed(pair.ours) / speed(pair.theirs))),
  });
  return [
    row(name, 'k messages/s', ({ frames, ms }) => frames / ms),
    row(`${name}, per core`, 'k messages/s of CPU', ({ frames, cpuMs }) => frames / cpuMs),
  ];
}

async function benchTape(): Promise<BenchRow[]> {
  if (!existsSync(CAPTURE)) {
    process.stderr.write(`   tape: skipped, ${CAPTURE} is not there\n`);
    return [];
  }
  const lines = gunzipSync(readFileSync(CAPTURE)).toString('latin1').split('\n');
  const messages = lines
    .map((line) => line.slice(line.indexOf(' ') + 1))
    .filter((text) => text.startsWith('{"stream"'));
  const paths = Array.from({ length: CAPTURE_COPIES }, () => CAPTURE);
  const expected = CAPTURE_COPIES * messages.length;
  const ours = async (): Promise<Received> => {
    const source = await openTapeMarket({ paths, seed: 1, onProblem: () => undefined });
    const received = await serve(source, [...source.rawStreams]);
    if (received.frames !== expected) throw new Error(`the client got ${received.frames} of ${expected} messages`);
    return received;
  };
  return [...(await rows('recorded tape to one client', messages, ours))];
}

async function benchSynthetic(): Promise<readonly BenchRow[]> {
  const startMs = Date.UTC(2026, 0, 7);
  const message = `{"stream":"btcusdt@bookTicker","data":{"u":50093239219,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000","a":"61837.64000000","A":"1.60520000"}}`;
  return rows('synthetic market to one client', [message], () => {
    const source = createSyntheticMarket({ seed: 1, symbols: SYNTHETIC_SYMBOLS, startMs });
    const streams = source.symbols.flatMap(({ symbol }) =>
      ['trade', 'bookTicker', 'kline_1m'].map((kind) => `${symbol.toLowerCase()}@${kind}`),
    );
    return serve(source, streams);
  });
}

/** How many stream messages a second the simulated exchange sends to one client in another process. */
export async function benchSimServer(): Promise<BenchRow[]> {
  return [...(await benchTape()), ...(await benchSynthetic())];
}
