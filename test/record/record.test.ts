import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createBinanceFeed } from '../../src/adapters/feed/binance/feed.ts';
import type { Candle } from '../../src/domain/candle.ts';
import { asId } from '../../src/domain/ids.ts';
import type { VenueSymbol } from '../../src/domain/ids.ts';
import type { Market } from '../../src/domain/instrument.ts';
import { candleOpenTime, MINUTE_MS } from '../../src/domain/time.ts';
import { seededRandom } from '../../src/lib/random.ts';
import { TapeRecorder } from '../../src/modes/record/tape-recorder.ts';
import { TapeWriter } from '../../src/modes/record/tape-writer.ts';
import type { MarketFeed, MarketSink } from '../../src/ports/market-feed.ts';
import { plainStart } from '../../src/sim/accounts/start-state.ts';
import { readFaultScript } from '../../src/sim/faults/read-fault-script.ts';
import type { MarketSource } from '../../src/sim/market/source.ts';
import { createSyntheticMarket } from '../../src/sim/market/synthetic-market.ts';
import { SimServer } from '../../src/sim/server.ts';
import { headerLine } from '../../src/sim/tape/header.ts';
import { openTapeMarket } from '../../src/sim/tape/tape-market.ts';
import type { FakeClock } from '../../src/testkit/fake-clock.ts';
import { createFakeClock } from '../../src/testkit/fake-clock.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';
import { HOST_CLOCK } from '../sim/exchange.ts';

const START_MS = Date.UTC(2026, 0, 4, 23, 50);
const STEP_MS = 50;
const QUIET_TURNS = 5;
const MAIN = join(import.meta.dirname, '../../src/modes/main.ts');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aitrader-record-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a feed tells of trades and closed candles. */
class Heard implements MarketSink {
  readonly trades: string[] = [];
  readonly candles: Candle[] = [];
  trade(tick: Parameters<MarketSink['trade']>[0]): void {
    const { symbol, venueTradeId, price, quantity, buyerIsTaker, time } = tick;
    this.trades.push([symbol, venueTradeId, price, quantity, buyerIsTaker, time].join(' '));
  }
  candle(candle: Candle): void {
    if (candle.closed) this.candles.push(candle);
  }
  quote(): void {}
  ticker(): void {}
  mark(): void {}
}

interface Played {
  readonly server: SimServer;
  readonly restUrl: string;
  readonly feed: MarketFeed;
  readonly clock: FakeClock;
  readonly heard: Heard;
  readonly symbols: readonly VenueSymbol[];
  readonly history: () => Promise<readonly Candle[]>;
  /** Lets time pass in small steps, so that what is received has its time. */
  readonly advance: (ms: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A simulated exchange over a market, and the feed connected to it, both by one clock. */
async function playMarket(
  source: MarketSource,
  { market, recorder }: { readonly market: Market; readonly recorder?: (clock: FakeClock) => TapeRecorder },
): Promise<Played> {
  const clock = createFakeClock(START_MS);
  const server = new SimServer({
    ...{ source, clock, logger: silentLogger, speed: 1, seed: 1, faults: null },
    onFailure: (failure) => void Promise.reject(new Error('the exchange failed', { cause: failure })),
    accounts: [{ accountId: 'main', credentials: null, start: () => plainStart({ USDT: '1000' }, new Set(['USDT'])) }],
  });
  const { spotRest } = await server.listen(0);
  const tap = recorder?.(clock);
  const feed = createBinanceFeed({
    ...{ market, environment: 'live', restUrl: spotRest, webSocketUrl: spotRest.replace('http', 'ws') },
    ...{ clock, logger: silentLogger, chance: seededRandom(1) },
    ...(tap === undefined
      ? {}
      : { onRaw: (bytes: Uint8Array, start: number, end: number) => tap.received(bytes, start, end) }),
  });
  const symbols = server.venue.data.of(market).map(({ symbol }) => asId<VenueSymbol>(symbol));
  const heard = new Heard();
  feed.subscribe({ symbols, timeframes: ['1m'], markSymbols: market === 'futures' ? symbols : [] });
  await feed.connect(heard);
  const advance = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      await server.driver.advance(STEP_MS);
      await clock.advance(STEP_MS);
      for (let quiet = 0, last = -1; quiet < QUIET_TURNS; quiet += 1) {
        await setImmediate();
        if (feed.metrics().bytes !== last) quiet = 0;
        last = feed.metrics().bytes;
      }
    }
  };
  const history = async (): Promise<readonly Candle[]> => {
    const fromMs = START_MS + 2 * MINUTE_MS;
    const range = { timeframe: '1m', fromMs, toMs: fromMs + MINUTE_MS } as const;
    return (await Promise.all(symbols.map((symbol) => feed.history({ symbol, ...range })))).flat();
  };
  const close = async (): Promise<void> => {
    await feed.close();
    await server.close();
  };
  return { server, restUrl: spotRest, feed, clock, heard, symbols, history, advance, close };
}

async function openTapes(paths: readonly string[]): Promise<MarketSource> {
  const onProblem = (problem: unknown): never => {
    throw new Error(`the tape has a problem: ${JSON.stringify(problem)}`);
  };
  return openTapeMarket({ paths, seed: 1, onProblem });
}

/** The entries of exchangeInfo, as `aitrader record` puts them into the header. */
async function entriesOf({ restUrl }: Played, market: Market): Promise<readonly unknown[]> {
  const path = market === 'spot' ? '/api/v3/exchangeInfo' : '/fapi/v1/exchangeInfo';
  const response = await fetch(`${restUrl}${path}`);
  return ((await response.json()) as { symbols: unknown[] }).symbols;
}

describe.each(['spot', 'futures'] as const)('a recording of %s', (market) => {
  it('plays as the market that was recorded: the same trades and the same candles, over several files', async () => {
    const source = createSyntheticMarket({ seed: 3, symbols: 2, markets: [market], startMs: START_MS });
    const symbols = source.symbols.map(({ symbol }) => symbol);
    let writer: TapeWriter | null = null;
    const live = await playMarket(source, {
      market,
      recorder: (clock) => new TapeRecorder(clock, (line) => writer?.add(line)),
    });
    writer = await TapeWriter.open({
      ...{ folder, fileName: (number) => `${number}.tape.gz`, rotateBytes: 20_000, clock: live.clock },
      header: headerLine({ market, startedAt: START_MS, symbols, instruments: await entriesOf(live, market) }),
      onFailed: (failure) => expect.fail(failure.message),
    });
    await live.advance(5 * MINUTE_MS);
    const truth = await live.history();
    await live.close();
    await writer.close();
    expect(writer.counts).toMatchObject({ dropped: 0 });
    expect(writer.counts.files.length).toBeGreaterThan(1);
    expect(live.heard.candles.length).toBeGreaterThanOrEqual(8);

    const replay = await playMarket(await openTapes(writer.counts.files), { market });
    await replay.advance(6 * MINUTE_MS);
    expect(replay.symbols.toSorted()).toEqual(live.symbols.toSorted());
    expect(replay.heard.candles).toEqual(live.heard.candles);
    // What came before the second feed was connected it has not heard.
    const first = live.heard.trades.indexOf(replay.heard.trades[0] ?? '');
    expect(first).toBeLessThan(live.heard.trades.length / 10);
    expect(replay.heard.trades).toEqual(live.heard.trades.slice(first));
    expect(await replay.history()).toEqual(truth);
    await replay.close();
  });

  it('holds a trade once though it came twice, as it does while one connection takes over from another', async () => {
    const source = createSyntheticMarket({ seed: 3, symbols: 2, markets: [market], startMs: START_MS });
    const lines: string[] = [];
    const recorders: TapeRecorder[] = [];
    const live = await playMarket(source, {
      market,
      recorder(clock) {
        recorders.push(new TapeRecorder(clock, (line) => lines.push(line)));
        return recorders[0] ?? expect.fail();
      },
    });
    live.server.venue.injector.add(readFaultScript({ seed: 1, rates: { double: 0.3 } }, 'the test'));
    await live.advance(MINUTE_MS);
    await live.close();
    const trades = lines.filter((line) => line.includes('@aggTrade')).map((line) => line.replace(/^\d+ /, ''));
    expect(trades.length).toBeGreaterThan(50);
    expect(new Set(trades).size).toBe(trades.length);
    expect(recorders[0]?.doubled).toBeGreaterThan(10);
  });
});

describe('aitrader record', () => {
  let server: SimServer;
  let config: string;
  beforeEach(async () => {
    const source = createSyntheticMarket({ seed: 1, symbols: 4, startMs: candleOpenTime(Date.now(), '1m') });
    server = new SimServer({
      ...{ source, clock: HOST_CLOCK, logger: silentLogger, speed: 30, seed: 1, faults: null },
      onFailure: () => undefined,
      accounts: [{ accountId: 'main', credentials: null, start: () => plainStart({ USDT: '1' }, new Set(['USDT'])) }],
    });
    const { spotRest } = await server.listen(0);
    server.driver.resume();
    config = join(folder, 'config.env');
    const hosts = `BINANCE_REST_URL=${spotRest}\nBINANCE_WS_URL=${spotRest.replace('http', 'ws')}\n`;
    writeFileSync(config, hosts, { mode: 0o600 });
  });
  afterEach(() => server.close());

  function start(...args: string[]) {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    return { child, ended, output };
  }
  const startRecorder = (...args: string[]) =>
    start('record', '--config', config, '--out', join(folder, 'tapes'), '--data-dir', folder, ...args);
  const tapes = (): string[] => globSync(join(folder, 'tapes/*')).toSorted();

  it('leaves a tape that plays when it is killed in the middle', async () => {
    const recorder = startRecorder('--market', 'futures', '--symbols', '3');
    await expect
      .poll(() => tapes().reduce((sum, file) => sum + statSync(file).size, 0), { timeout: 20_000 })
      .toBeGreaterThan(60_000);
    recorder.child.kill('SIGKILL');
    await recorder.ended;
    const source = await openTapes(tapes());
    expect(source.symbols).toHaveLength(3);
    expect(source.symbols.every(({ instruments }) => instruments.futures !== null && instruments.spot === null)).toBe(
      true,
    );
    let trades = 0;
    const sink = {
      trade: () => void (trades += 1),
      quote: () => undefined,
      mark: () => undefined,
      raw: () => undefined,
    };
    while (source.nextEventMs() !== Infinity) {
      while (!source.advanceTo(source.startMs + 24 * 60 * MINUTE_MS, sink)) await source.fill();
    }
    await source.close();
    expect(trades).toBeGreaterThan(100);
  });

  it('ends by itself, says on stdout what it wrote, and another program can play it', async () => {
    const recorder = startRecorder('--symbols', 'BTC,ETHUSDT', '--for', '4s', '--summary', 'json', '--rotate-mb', '1');
    expect(await recorder.ended, recorder.output.stderr).toBe(0);
    const summary = JSON.parse(recorder.output.stdout) as { files: string[]; messages: number; bytes: number };
    expect(summary).toMatchObject({ mode: 'record', files: tapes(), dropped: 0, doubled: 0 });
    const [file = ''] = summary.files;
    expect(file).toMatch(/\/spot-\d{8}T\d{6}Z-001\.tape\.gz$/);
    const lines = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ market: 'spot', symbols: ['BTCUSDT', 'ETHUSDT'] });
    expect(lines).toHaveLength(1 + summary.messages);
    const player = start('sim', '--tape', file, '--for', '3s');
    await expect.poll(() => player.output.stdout, { timeout: 20_000 }).toContain('listening');
    const { spotRest } = JSON.parse(player.output.stdout) as { spotRest: string };
    const answer = await fetch(`${spotRest}/api/v3/exchangeInfo`);
    const { symbols } = (await answer.json()) as { symbols: { symbol: string }[] };
    expect(symbols.map(({ symbol }) => symbol).toSorted()).toEqual(['BTCUSDT', 'ETHUSDT']);
    expect(await player.ended, player.output.stderr).toBe(0);
  });

  it.each([
    [['--rotate-mb', '0'], 2, /--rotate-mb 0/],
    [['--market', 'options'], 2, /spot, futures/],
    [['--symbols', 'NOSUCHCOIN', '--for', '1s'], 2, /no symbol is left/],
  ])('refuses %j', async (args, exitCode, problem) => {
    const recorder = startRecorder(...args);
    expect(await recorder.ended).toBe(exitCode);
    expect(recorder.output.stderr).toMatch(problem);
    expect(recorder.output.stdout).toBe('');
    expect(tapes()).toEqual([]);
  });
});
