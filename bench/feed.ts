import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { RawData } from 'ws';

import { createSystemClock } from '../src/adapters/clock/system/clock.ts';
import { Intake } from '../src/adapters/feed/binance/intake/intake.ts';
import { FrameReader } from '../src/adapters/feed/binance/socket/frame-reader.ts';
import type { FrameSink } from '../src/adapters/feed/binance/socket/frame-reader.ts';
import { WebSocketClient } from '../src/adapters/feed/binance/socket/web-socket.ts';
import { asId } from '../src/domain/ids.ts';
import type { VenueSymbol } from '../src/domain/ids.ts';
import { MarketBook } from '../src/engine/market/market-book.ts';
import { capturedMessages, captureMissing, frameBatches } from './feed-capture.ts';
import { ccxtPro } from './feed-peers.ts';
import type { BenchRow } from './harness.ts';
import { contest } from './harness.ts';

const SYMBOL = asId<VenueSymbol>('BTCUSDT');
const ROUNDS = 9;
const WARM_UP_MS = 400;
const SAMPLE_MS = 500;

/** The feed's way from bytes to the book, as it is used. */
function bookOverIntake(): { readonly book: MarketBook; readonly intake: Intake } {
  const book = new MarketBook(
    { timeframes: ['1m', '5m'], lookback: 250 },
    { candlesClosed: () => undefined, priceMoved: () => undefined },
  );
  book.follow(SYMBOL);
  const intake = new Intake(book, () => undefined);
  intake.follow(SYMBOL);
  return { book, intake };
}

function frameSink(intake: Intake): FrameSink {
  return {
    take: (bytes, start, end) => intake.take(bytes, start, end),
    text: (message) => intake.text(message),
    binary: () => undefined,
    ping: () => undefined,
    pong: () => undefined,
    close: () => undefined,
    fail: (_, problem) => {
      throw new Error(`bench feed: ${problem}`);
    },
  };
}

/** Bytes of frames to updated book and candles, on one core without a socket. */
async function parsingRows(messages: readonly string[]): Promise<BenchRow[]> {
  const batches = frameBatches(messages);
  const { book, intake } = bookOverIntake();
  const reader = new FrameReader(frameSink(intake), 1_000_000);
  const ours = (): void => {
    // The capture is sent again and again, so its ids begin anew.
    intake.interrupted(SYMBOL);
    for (const batch of batches) {
      intake.received(batch.length, 0);
      reader.push(batch);
    }
  };
  ours();
  const { fallbackParses, rejected, dropped } = intake.counts;
  const { last, bid, ask } = book.get(SYMBOL) ?? { last: NaN, bid: NaN, ask: NaN };
  if (fallbackParses + rejected + dropped > 0 || !(last > 0 && bid < ask)) {
    throw new Error(`bench feed: the capture was not read (last ${last}, bid ${bid}, ask ${ask})`);
  }
  const exchange = await ccxtPro();
  const client = exchange.client('wss://fstream.binance.com/market/stream');
  const theirs = (): void => {
    for (const message of messages) exchange.handleMessage(client, JSON.parse(message));
  };
  const work = { name: 'feed: frames to book and candles', things: 'messages', count: messages.length, ours };
  const parse = (): void => {
    for (const message of messages) JSON.parse(message);
  };
  return [
    contest({ ...work, references: { 'JSON.parse alone': parse } }),
    contest({ ...work, references: { 'ccxt.pro handler': theirs } }),
  ];
}

/** A client of the sender: how many messages it has had, and how to stop it. */
interface Receiver {
  readonly count: () => number;
  readonly stop: () => void;
}

function feedReceiver(url: string): Receiver {
  const { intake } = bookOverIntake();
  const client = new WebSocketClient(
    new URL(url),
    {
      opened: () => undefined,
      received: (bytes) => {
        intake.interrupted(SYMBOL);
        intake.received(bytes, 0);
      },
      take: (bytes, start, end) => intake.take(bytes, start, end),
      text: (message) => intake.text(message),
      pinged: () => undefined,
      closed: (cause) => {
        throw new Error(`bench feed: ${cause}`);
      },
    },
    createSystemClock(),
  );
  return { count: () => intake.counts.messages, stop: () => client.destroy() };
}

function wsReceiver(url: string, onMessage: (data: RawData) => unknown): Receiver {
  let count = 0;
  const client = new WebSocket(url, { perMessageDeflate: false });
  client.on('message', (data) => {
    count += 1;
    onMessage(data);
  });
  return { count: () => count, stop: () => client.terminate() };
}

async function ccxtReceiver(url: string): Promise<Receiver> {
  const exchange = await ccxtPro();
  const handle = exchange.handleMessage.bind(exchange);
  let count = 0;
  exchange.handleMessage = (client, message) => {
    count += 1;
    handle(client, message);
  };
  const client = exchange.client(url);
  client.connect();
  return { count: () => count, stop: () => client.connection.terminate() };
}

interface Sample {
  /** Million messages a second of wall time. */
  readonly rate: number;
  /** Share of the time in which this process had a core, 0 .. 1 and a little more for the helpers of Node. */
  readonly core: number;
}

async function sampleOf(receiver: Receiver): Promise<Sample> {
  await pause(WARM_UP_MS);
  const countBefore = receiver.count();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await pause(SAMPLE_MS);
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  const rate = (receiver.count() - countBefore) / ms / 1_000;
  receiver.stop();
  return { rate, core: (user + system) / 1_000 / ms };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** Through a loopback socket, the sender in a process of its own. */
async function socketRows(url: string): Promise<BenchRow[]> {
  const receivers = {
    feed: () => feedReceiver(url),
    'ws that only counts': () => wsReceiver(url, () => undefined),
    'ws with JSON.parse': () => wsReceiver(url, (data) => JSON.parse((data as Buffer).toString()) as unknown),
    'ccxt.pro with ws': () => ccxtReceiver(url),
  };
  const samples = new Map(Object.keys(receivers).map((name) => [name, [] as Sample[]]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, open] of Object.entries(receivers)) samples.get(name)?.push(await sampleOf(await open()));
  }
  // A machine that others use gives this process less than a core: rates are per core, which a free machine gives whole.
  const perCore = (name: string): number[] => (samples.get(name) ?? []).map(({ rate, core }) => rate / core);
  const ours = perCore('feed');
  const core = median((samples.get('feed') ?? []).map((sample) => sample.core));
  return Object.keys(receivers)
    .filter((name) => name !== 'feed')
    .map((reference) => {
      const theirs = perCore(reference);
      return {
        name: `feed: socket to book (core ${Math.round(core * 100)} % in use)`,
        value: median(ours),
        unit: 'M messages/s per core',
        reference,
        referenceValue: median(theirs),
        ratio: median(ours.map((rate, round) => rate / (theirs[round] ?? NaN))),
      };
    });
}

async function portOf(sender: ChildProcess): Promise<number> {
  if (sender.stdout === null) throw new Error('bench feed: the sender has no stdout');
  const [line] = (await once(sender.stdout, 'data')) as [Buffer];
  return Number(line.toString());
}

/** The market feed over recorded messages: parsing alone, and through a socket. Nothing where the capture is absent. */
export async function benchFeed(): Promise<BenchRow[]> {
  const missing = captureMissing();
  if (missing !== null) {
    process.stderr.write(`   skipped: ${missing}\n`);
    return [];
  }
  const rows = await parsingRows(capturedMessages());
  const sender = spawn(process.execPath, [new URL('feed-sender.ts', import.meta.url).pathname], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  try {
    return [...rows, ...(await socketRows(`ws://127.0.0.1:${await portOf(sender)}/`))];
  } finally {
    sender.kill();
  }
}
