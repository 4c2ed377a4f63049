/** What a busy market costs the process that follows it: delay of its event loop, and how late messages reach the book. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';

import { createSystemClock } from '../src/adapters/clock/system/clock.ts';
import { Intake } from '../src/adapters/feed/binance/intake/intake.ts';
import { WebSocketClient } from '../src/adapters/feed/binance/socket/web-socket.ts';
import { asId } from '../src/domain/ids.ts';
import type { VenueSymbol } from '../src/domain/ids.ts';
import { MarketBook } from '../src/engine/market/market-book.ts';
import { LOAD } from './feed-load-figures.ts';
import type { BenchRow } from './harness.ts';
import { median, percentile } from './harness.ts';

const ROUNDS = 5;
const WARM_UP_MS = 1_000;
const SAMPLE_MS = 3_000;

/** Notes how many milliseconds ago, in whole ones, a message was made. */
type Note = (madeAt: number) => void;

/** The feed's own way to the book, which notes the trades. @returns how to stop */
function feedClient(url: string, note: Note): () => void {
  const book = new MarketBook(
    { timeframes: ['1m', '5m', '15m', '1h', '4h'], lookback: 250 },
    { candlesClosed: () => undefined, priceMoved: () => undefined },
  );
  const sink = {
    trade: (tick: Parameters<MarketBook['trade']>[0]) => {
      book.trade(tick);
      note(tick.time);
    },
    quote: (tick: Parameters<MarketBook['quote']>[0]) => book.quote(tick),
    candle: (candle: Parameters<MarketBook['candle']>[0]) => book.candle(candle),
    ticker: () => undefined,
    mark: () => undefined,
  };
  const intake = new Intake(sink, () => undefined);
  for (let index = 0; index < LOAD.symbols; index += 1) {
    const symbol = asId<VenueSymbol>(`S${index}USDT`);
    book.follow(symbol);
    intake.follow(symbol);
  }
  const client = new WebSocketClient(
    new URL(url),
    {
      opened: () => undefined,
      received: (bytes) => intake.received(bytes, Date.now()),
      take: (bytes, start, end) => intake.take(bytes, start, end),
      text: (message) => intake.text(message),
      pinged: () => undefined,
      closed: (cause) => {
        throw new Error(`bench feed-load: ${cause}`);
      },
    },
    createSystemClock(),
  );
  return () => client.destroy();
}

function wsClient(url: string, note: Note): () => void {
  const client = new WebSocket(url, { perMessageDeflate: false });
  client.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { readonly e: string; readonly T: number };
    if (message.e === 'aggTrade') note(message.T);
  });
  return () => client.terminate();
}

interface Sample {
  readonly delayMs: number;
  readonly latencyMs: number;
  /** Of one core, 0 .. 100 and a little more for the helpers of Node. */
  readonly corePct: number;
}

async function sampleOf(open: (note: Note) => () => void): Promise<Sample> {
  let ages: number[] = [];
  const stop = open((madeAt) => ages.push(performance.timeOrigin + performance.now() - madeAt));
  await pause(WARM_UP_MS);
  ages = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await pause(SAMPLE_MS);
  const { user, system } = process.cpuUsage(cpuBefore);
  const corePct = (user + system) / 10 / (performance.now() - startedAt);
  delay.disable();
  stop();
  return { corePct, delayMs: delay.percentile(99) / 1e6, latencyMs: percentile(ages, 0.95) };
}

async function portOf(sender: ChildProcess): Promise<number> {
  if (sender.stdout === null) throw new Error('bench feed-load: the sender has no stdout');
  const [line] = (await once(sender.stdout, 'data')) as [Buffer];
  return Number(line.toString());
}

/** Both clients in turn over the same market; low figures are good, so ratios below 1 are. */
export async function benchFeedLoad(): Promise<BenchRow[]> {
  const sender = spawn(process.execPath, [new URL('feed-load-sender.ts', import.meta.url).pathname], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  try {
    const url = `ws://127.0.0.1:${await portOf(sender)}/`;
    const ours: Sample[] = [];
    const theirs: Sample[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await sampleOf((note) => feedClient(url, note)));
      theirs.push(await sampleOf((note) => wsClient(url, note)));
    }
    const row = (what: string, unit: string, figure: (sample: Sample) => number): BenchRow => {
      const [value, referenceValue] = [median(ours.map(figure)), median(theirs.map(figure))];
      const name = `feed: ${LOAD.symbols} symbols, ${LOAD.messagesPerSecond} messages/s, ${what}`;
      const reference = 'ws with JSON.parse, without a book';
      return { name, value, unit, reference, referenceValue, ratio: value / referenceValue };
    };
    // On a machine that others use the first two tell of the others; the third does not.
    return [
      row('event loop delay p99', 'ms', ({ delayMs }) => delayMs),
      row('age of trades in the book p95', 'ms', ({ latencyMs }) => latencyMs),
      row('processor time', '% of a core', ({ corePct }) => corePct),
    ];
  } finally {
    sender.kill();
  }
}
