import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import type { MarketEventSink } from '../market/source.ts';
import { CandleFile } from './candle-file.ts';
import { CaptureLines } from './capture-lines.ts';
import { openTapeMarket } from './tape-market.ts';
import { TapeProblems } from './tape-problems.ts';

const DATA = resolve('../shared/data');
const HAS_DATA = existsSync(DATA);
const files = (folder: string): string[] => (HAS_DATA ? readdirSync(join(DATA, folder)) : []);
const NOT_MALFORMED = new TapeProblems((problem) => {
  throw new Error(`${problem.path} ${problem.line}: ${problem.problem}`);
});

/** The lines of a file as Node's own readline gives them. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  yield* createInterface({ input: path.endsWith('.gz') ? file.pipe(createGunzip()) : file, crlfDelay: Infinity });
}

const BINANCE = [
  ['binance-usdm-btcusdt-20240808.gz', 'futures'],
  ['binance-spot-btcusdt-20240808.gz', 'spot'],
  ['binance-spot-ethusdt-20240808.gz', 'spot'],
  ['cryptofeed-BINANCE_FUTURES.ws.1.0', 'futures'],
] as const;

describe.skipIf(!HAS_DATA)('the recorded data (skipped where ../shared/data is absent)', () => {
  it.each(files('captures'))('%s: every line that the venue sent is found, in order of time', async (name) => {
    const path = join(DATA, 'captures', name);
    let expected = 0;
    for await (const line of linesOf(path)) if (/^\d|^https?:\S+ -> /.test(line)) expected += 1;
    const lines = new CaptureLines(path, NOT_MALFORMED);
    const times: number[] = [];
    while (!lines.hasEnded) {
      await lines.fill();
      while (lines.next()) times.push(lines.line.timeMs);
    }
    lines.close();
    expect(times.length).toBe(expected);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it.each(BINANCE)('%s: arrives complete, in order and unchanged, on %s', async (name, market) => {
    const path = join(DATA, 'captures', name);
    const source = await openTapeMarket({ paths: [path], seed: 1, onProblem: (problem) => NOT_MALFORMED.add(problem) });
    const played: string[] = [];
    const receivedMs: number[] = [];
    const counts = { trade: 0, quote: 0, mark: 0 };
    const [venueMs, decimals] = [new Set<number>(), source.symbols.map(({ priceDecimals }) => priceDecimals)];
    const sink: MarketEventSink = {
      raw({ bytes, dataStart, dataEnd, stream, timeMs, market: of }) {
        expect(of).toBe(market);
        played.push(`{"stream":"${stream}","data":${bytes.toString('utf8', dataStart, dataEnd)}}`);
        receivedMs.push(timeMs);
      },
      trade: ({ price, symbolIndex }) => {
        counts.trade += 1;
        if (Number(price.toFixed(decimals[symbolIndex])) !== price) throw new Error(`${price} is off the grid`);
      },
      quote: ({ bid, ask }) => {
        counts.quote += 1;
        if (!(bid < ask)) throw new Error(`bid ${bid}, ask ${ask}`);
      },
      mark: ({ timeMs }) => {
        counts.mark += 1;
        venueMs.add(timeMs);
      },
    };
    while (!source.advanceTo(Infinity, sink)) await source.fill();
    await source.close();
    const recorded: string[] = [];
    const types = { trade: 0, aggTrade: 0, bookTicker: 0 };
    for await (const line of linesOf(path)) {
      const [, body = ''] = /^[\d.]+:? (\{"stream".*)$/.exec(line) ?? [];
      if (body === '') continue;
      recorded.push(body);
      const [, type = ''] = /@(\w+)/.exec(body) ?? [];
      if (type in types) types[type as keyof typeof types] += 1;
    }
    expect(played.length).toBe(recorded.length);
    expect(played.findIndex((message, i) => message !== recorded[i])).toBe(-1);
    expect(receivedMs).toEqual(receivedMs.toSorted((a, b) => a - b));
    expect(counts.trade).toBe(types.trade + types.aggTrade);
    expect(counts.quote).toBe(types.bookTicker);
    expect(market === 'futures').toBe(counts.mark > 0);
  });

  it('cryptofeed-BINANCE.0: its exchangeInfo makes the instruments of a capture played beside it', async () => {
    const paths = ['cryptofeed-BINANCE.0', 'binance-spot-ethusdt-20240808.gz'].map((name) =>
      join(DATA, 'captures', name),
    );
    const source = await openTapeMarket({ paths, seed: 1, onProblem: (problem) => NOT_MALFORMED.add(problem) });
    const rules = source.symbols[0]?.instruments.spot?.rules;
    expect([rules?.tick.toFixed(), rules?.step.toFixed(), rules?.notional.min?.toFixed()]).toEqual([
      '0.01',
      '0.0001',
      '10',
    ]);
    await source.close();
  });

  it.each(['cryptofeed-BYBIT.ws.26.0', 'cryptofeed-OKX.ws.1.0', 'cryptofeed-DERIBIT.0'])(
    '%s: is refused as no tape of Binance',
    async (name) => {
      const opened = openTapeMarket({ paths: [join(DATA, 'captures', name)], seed: 1, onProblem: () => undefined });
      await expect(opened).rejects.toMatchObject({ code: 'TAPE_UNREADABLE' });
    },
  );

  it.each(files('bars'))('%s: every candle is read, and played as it was', async (name) => {
    const path = join(DATA, 'bars', name);
    let expected = 0;
    for await (const line of linesOf(path)) expected += name.endsWith('.csv') ? 1 : line.split('],').length;
    if (name.endsWith('.csv')) expected -= 1;
    const file = new CandleFile(path, NOT_MALFORMED);
    const candles = new Map<number, number[]>();
    while (!file.hasEnded) {
      await file.fill();
      for (let candle = file.next(); candle !== null; candle = file.next()) {
        const { openTime, open, high, low, close, volume } = candle;
        candles.set(openTime, volume === 0 ? [] : [open, high, low, close, volume]);
      }
    }
    expect(candles.size).toBe(expected);
    const source = await openTapeMarket({ paths: [path], seed: 1, markets: ['spot'], onProblem: () => undefined });
    const lengthMs = name.endsWith('.csv') ? 60_000 : 300_000;
    const made = new Map<number, [number, number, number, number, number]>();
    const ignore = (): void => undefined;
    const sink: MarketEventSink = {
      trade({ timeMs, price, quantity }) {
        const openTime = Math.floor(timeMs / lengthMs) * lengthMs;
        const [open, high, low, , volume] = made.get(openTime) ?? [price, price, price, price, 0];
        made.set(openTime, [open, Math.max(high, price), Math.min(low, price), price, volume + quantity]);
      },
      ...{ quote: ignore, mark: ignore, raw: ignore },
    };
    while (!source.advanceTo(Infinity, sink)) await source.fill();
    await source.close();
    for (const [openTime, [open, high, low, close, volume]] of made) {
      const [o, h, l, c, v = 0] = candles.get(openTime) ?? [];
      expect([open, high, low, close]).toEqual([o, h, l, c]);
      expect(Math.abs(volume - v)).toBeLessThan(1e-6 * v);
    }
    expect(made.size).toBe([...candles.values()].filter(({ length }) => length > 0).length);
  });
});
