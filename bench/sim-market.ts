import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { MINUTE_MS } from '../src/domain/time.ts';
import { EventLog } from '../src/sim/market/event-log.ts';
import type { MarketEventSink } from '../src/sim/market/source.ts';
import { createSyntheticMarket } from '../src/sim/market/synthetic-market.ts';
import { openTapeMarket } from '../src/sim/tape/tape-market.ts';
import type { BenchRow } from './harness.ts';
import { contest, median } from './harness.ts';

const START = Date.UTC(2026, 0, 7);
const CAPTURE = '../shared/data/captures/binance-usdm-btcusdt-20240808.gz';
const CAPTURE_RUNS = 12;

/** Counts what it hears. */
class CountingSink implements MarketEventSink {
  events = 0;
  messages = 0;

  trade(): void {
    this.events += 1;
  }

  quote(): void {
    this.events += 1;
  }

  mark(): void {
    this.events += 1;
  }

  raw(): void {
    this.messages += 1;
  }
}

/** One market minute of a running market, against reading the same events as JSON: what a client does with them. */
function benchStream(symbols: number): BenchRow {
  const log = new EventLog();
  createSyntheticMarket({ seed: 1, symbols, startMs: START }).advanceTo(START + MINUTE_MS, log);
  const texts = log.events.map((event) => JSON.stringify(event));
  const source = createSyntheticMarket({ seed: 1, symbols, startMs: START });
  const sink = new CountingSink();
  let nowMs = START;
  const minute = (): number => {
    nowMs += MINUTE_MS;
    source.advanceTo(nowMs, sink);
    return sink.events;
  };
  for (let i = 0; i < 20; i += 1) minute();
  const perMinute = sink.events / 20;
  const row = contest({
    ...{ name: `synthetic market, ${symbols} symbols`, things: 'events', count: perMinute, ours: minute },
    references: { 'JSON.parse of as many': () => texts.map((text) => JSON.parse(text) as unknown) },
  });
  return scaled(row, perMinute / texts.length);
}

/** The reference works through another number of events than ours: puts its figures right. */
function scaled(row: BenchRow, share: number): BenchRow {
  return { ...row, referenceValue: row.referenceValue / share, ratio: row.ratio * share };
}

function benchHistory(timeframe: '1m' | '1h' | '1d'): BenchRow {
  const source = createSyntheticMarket({ seed: 1, symbols: 50, startMs: START });
  const lengthMs = { '1m': MINUTE_MS, '1h': 60 * MINUTE_MS, '1d': 1_440 * MINUTE_MS }[timeframe];
  const range = { fromMs: START - 1_000 * lengthMs, toMs: START };
  const columns = source.history(0, timeframe, range);
  const rows = Array.from(columns.openTime, (_, i) =>
    Object.values(columns).map((column: Float64Array) => String(column[i])),
  );
  const text = JSON.stringify(rows);
  let symbol = 0;
  return contest({
    ...{ name: `synthetic history, 1,000 x ${timeframe}`, things: 'candles', count: rows.length },
    ours: () => source.history((symbol += 1) % 50, timeframe, range),
    references: { 'JSON.parse of the klines': () => JSON.parse(text) as unknown },
  });
}

/** A recorded tape from the file to its events, against JSON.parse of its messages alone. */
async function benchTape(): Promise<BenchRow[]> {
  if (!existsSync(CAPTURE)) {
    process.stderr.write(`   tape: skipped, ${CAPTURE} is not there\n`);
    return [];
  }
  const lines = gunzipSync(readFileSync(CAPTURE))
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '');
  const messages = lines.map((line) => line.slice(line.indexOf(' ') + 1));
  const pairs: { ours: number; theirs: number }[] = [];
  for (let run = 0; run < CAPTURE_RUNS; run += 1) {
    const source = await openTapeMarket({ paths: [CAPTURE], seed: 1, onProblem: () => undefined });
    const sink = new CountingSink();
    const startedAt = performance.now();
    while (!source.advanceTo(Infinity, sink)) await source.fill();
    const ours = sink.messages / (performance.now() - startedAt) / 1_000;
    await source.close();
    const parsingAt = performance.now();
    for (const message of messages) JSON.parse(message);
    pairs.push({ ours, theirs: messages.length / (performance.now() - parsingAt) / 1_000 });
  }
  const warm = pairs.slice(2);
  return [
    {
      ...{ name: 'recorded tape, gzip to events', unit: 'M messages/s', reference: 'JSON.parse' },
      value: median(warm.map(({ ours }) => ours)),
      referenceValue: median(warm.map(({ theirs }) => theirs)),
      ratio: median(warm.map(({ ours, theirs }) => ours / theirs)),
    },
  ];
}

/** What the market sources of the simulated exchange yield. */
export async function benchSimMarket(): Promise<BenchRow[]> {
  const synthetic = [benchStream(20), benchStream(500), ...(['1m', '1h', '1d'] as const).map(benchHistory)];
  return [...synthetic, ...(await benchTape())];
}
