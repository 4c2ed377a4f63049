import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { MINUTE_MS } from '../../domain/time.ts';
import type { LoggedEvent } from '../market/event-log.ts';
import { EventLog } from '../market/event-log.ts';
import type { DepthSide, MarketSource } from '../market/source.ts';
import { DEPTH_LEVELS } from '../market/source.ts';
import { headerLine, messageLine } from './header.ts';
import type { TapeSource } from './tape-market.ts';
import { openTapeMarket } from './tape-market.ts';
import type { TapeProblem } from './tape-problems.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aitrader-market-'));
});
afterAll(async () => rm(folder, { recursive: true }));

const T0 = 1_700_000_000_123;

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function open(paths: readonly string[], problems: TapeProblem[] = []): Promise<TapeSource> {
  return openTapeMarket({ paths, seed: 1, onProblem: (problem) => problems.push(problem) });
}

async function play(source: MarketSource, stepsMs: readonly number[] = [Infinity]): Promise<LoggedEvent[]> {
  const log = new EventLog();
  let timeMs = source.startMs;
  for (let i = 0; source.nextEventMs() !== Infinity; i += 1) {
    timeMs += stepsMs[i % stepsMs.length] ?? 1;
    while (!source.advanceTo(timeMs, log)) await source.fill();
  }
  await source.close();
  return log.events;
}

/** Lines of a spot recording: one message each 100 ms from T0 on, received 50 ms late. */
function capture(messages: readonly string[], firstMs = T0): string {
  return messages
    .map((message, i) => messageLine(BigInt(firstMs + i * 100 + 50) * 1_000_000n, message).trim())
    .join('\n');
}

const trade = (id: number, price: string, quantity = '0.50000000'): string =>
  `{"stream":"solusdt@trade","data":{"e":"trade","E":${T0 + 100 * id},"s":"SOLUSDT","t":${id},"p":"${price}","q":"${quantity}","T":${T0},"m":${id % 2 === 1},"M":true}}`;
const ticker = (bid: string, ask: string): string =>
  `{"stream":"solusdt@bookTicker","data":{"u":1,"s":"SOLUSDT","b":"${bid}","B":"3.00","a":"${ask}","A":"4.00"}}`;
const depth = (bids: string, asks: string): string =>
  `{"stream":"solusdt@depth@100ms","data":{"e":"depthUpdate","E":${T0},"s":"SOLUSDT","U":1,"u":2,"b":${bids},"a":${asks}}}`;
const kline = '{"stream":"solusdt@kline_1m","data":{"e":"kline","E":1,"s":"SOLUSDT","k":{"t":1,"o":"1"}}}';

const MESSAGES = [
  ticker('20.10', '20.12'),
  trade(1, '20.12000000'),
  depth('[["20.09","5"],["20.10","3"]]', '[["20.13","7"]]'),
  kline,
  trade(2, '20.10'),
  depth('[["20.09","0"],["20.05","1.5"]]', '[]'),
];

describe('a capture played as a market', () => {
  it('passes on every message as it was, in order, at its time in the clock of the venue', async () => {
    const source = await open([await file('a.txt', capture(MESSAGES))]);
    const raw = (await play(source)).filter((event) => event.type === 'raw');
    expect(raw.map(({ stream, text }) => `{"stream":"${stream}","data":${text}}`)).toEqual(MESSAGES);
    // The first message that tells its time was made at T0 + 100 and received at T0 + 150.
    expect(raw.map(({ timeMs }) => timeMs)).toEqual(MESSAGES.map((_, i) => T0 + i * 100));
    expect([...source.rawStreams].toSorted()).toEqual(
      ['solusdt@bookTicker', 'solusdt@depth@100ms', 'solusdt@kline_1m', 'solusdt@trade'].toSorted(),
    );
  });

  it('has trades and quotes follow their messages', async () => {
    const events = await play(await open([await file('a.txt', capture(MESSAGES))]));
    expect(events.map(({ type }) => type)).toEqual([
      ...['raw', 'quote', 'raw', 'trade', 'raw', 'raw', 'raw', 'trade', 'raw'],
    ]);
    expect(events[1]).toMatchObject({ bid: 20.1, bidQuantity: 3, ask: 20.12, askQuantity: 4 });
    expect(events[3]).toMatchObject({ price: 20.12, quantity: 0.5, buyerIsMaker: true, tradeId: 1 });
    expect(events[7]).toMatchObject({ price: 20.1, buyerIsMaker: false, tradeId: 2 });
  });

  it('shows the recorded levels behind the last quote', async () => {
    const source = await open([await file('a.txt', capture(MESSAGES))]);
    await play(source);
    const side = (): DepthSide => ({
      count: 0,
      prices: new Float64Array(DEPTH_LEVELS),
      quantities: new Float64Array(DEPTH_LEVELS),
    });
    const view = { bids: side(), asks: side() };
    source.depth(0, view);
    const levels = ({ count, prices, quantities }: DepthSide) =>
      Array.from({ length: count }, (_, i) => [prices[i], quantities[i]]);
    expect(levels(view.bids)).toEqual([
      [20.1, 3],
      [20.05, 1.5],
    ]);
    expect(levels(view.asks)).toEqual([
      [20.12, 4],
      [20.13, 7],
    ]);
  });

  it('sends the same events whatever steps it is driven in', async () => {
    const path = await file(
      'steps.gz',
      gzipSync(capture(Array.from({ length: 40 }, (_, i) => trade(i + 1, `20.${10 + (i % 7)}`)))),
    );
    const whole = await play(await open([path]));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 5 }), async (steps) => {
        expect(await play(await open([path]), steps)).toEqual(whole);
      }),
      { numRuns: 15 },
    );
  });

  it('makes quotes of the depth where nothing else is recorded, and of trades where not even that', async () => {
    const levels = capture([
      depth('[["20.10","3"]]', '[["20.13","7"]]'),
      depth('[["20.11","2"]]', '[]'),
      depth('[["20.05","2"]]', '[]'),
    ]);
    const quotes = (await play(await open([await file('b.txt', levels)]))).filter((event) => event.type === 'quote');
    expect(quotes.map(({ bid, ask }) => [bid, ask])).toEqual([
      [20.1, 20.13],
      [20.11, 20.13],
    ]);
    const events = await play(await open([await file('c.txt', capture([trade(1, '20.12'), trade(2, '20.10')]))]));
    const sides = events.flatMap((event) => (event.type === 'quote' ? [[event.bid, event.ask]] : []));
    expect(sides).toEqual([
      [20.12, 20.13],
      [20.09, 20.1],
    ]);
  });

  it('counts every trade once where aggTrade is recorded beside trade', async () => {
    const agg =
      '{"stream":"solusdt@aggTrade","data":{"e":"aggTrade","s":"SOLUSDT","a":9,"p":"20.12","q":"1","m":false,"M":true}}';
    const both = await play(await open([await file('d.txt', capture([trade(1, '20.12'), agg]))]));
    expect(both.filter(({ type }) => type === 'trade').length).toBe(1);
    const alone = await play(await open([await file('e.txt', capture([agg]))]));
    expect(alone.filter((event) => event.type === 'trade')).toMatchObject([{ price: 20.12, tradeId: 9 }]);
  });

  it('reports malformed lines with file and line, skips them, and is refused after 100', async () => {
    const lines = capture([
      trade(1, '20.12'),
      '{"stream":"solusdt@trade","da',
      trade(3, 'abc'),
      ticker('20.2', '20.1'),
      trade(5, '20.12'),
    ]);
    const path = await file('f.txt', `${lines}\nnonsense\n${capture([trade(6, '20.13')], T0 + 1_000)}\n`);
    const problems: TapeProblem[] = [];
    const events = await play(await open([path], problems));
    expect(problems.map(({ path: at, line }) => [at, line])).toEqual([2, 3, 4, 6].map((line) => [path, line]));
    expect(events.flatMap((event) => (event.type === 'trade' ? [event.tradeId] : []))).toEqual([1, 5, 6]);
    expect(events.filter(({ type }) => type === 'raw').length).toBe(3);
    const many = Array.from({ length: 101 }, () => trade(3, 'abc'));
    const refused = await open([await file('g.txt', capture([trade(1, '20.12'), ...many]))]);
    await expect(play(refused)).rejects.toMatchObject({ code: 'TAPE_REFUSED', context: { line: 102, allowed: 100 } });
  });

  it('is played up to the last whole line of a file that breaks off, without complaint', async () => {
    const whole = capture([trade(1, '20.12'), trade(2, '20.13')]);
    const problems: TapeProblem[] = [];
    const events = await play(
      await open([await file('h.txt', `${whole}\n${capture([trade(3, '20.14')]).slice(0, 60)}`)], problems),
    );
    expect(events.filter(({ type }) => type === 'trade').length).toBe(2);
    expect(problems).toEqual([]);
  });

  it('never turns time back, even where the recorder did', async () => {
    const text = `${capture([trade(1, '20.12'), trade(2, '20.13')], T0 + 5_000)}\n${capture([trade(3, '20.14')])}\n`;
    const times = (await play(await open([await file('i.txt', text)]))).map(({ timeMs }) => timeMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('has history that ends at its first price', async () => {
    const source = await open([await file('a.txt', capture(MESSAGES))]);
    expect(source.startMs).toBe(Math.floor(T0 / MINUTE_MS) * MINUTE_MS);
    const { close, openTime } = source.history(0, '1m', { fromMs: T0 - 60 * MINUTE_MS, toMs: Infinity });
    expect(openTime.at(-1)).toBe(source.startMs - MINUTE_MS);
    expect(close.at(-1)).toBeCloseTo(20.12, 6);
    await source.close();
  });
});

describe('a tape of aitrader', () => {
  it('is played on the market and with the instruments of its header', async () => {
    const instrument = {
      ...{ symbol: 'SOLUSDT', status: 'TRADING', baseAsset: 'SOL', quoteAsset: 'USDT', contractType: 'PERPETUAL' },
      filters: [
        { filterType: 'PRICE_FILTER', tickSize: '0.0100', minPrice: '0.4', maxPrice: '6857' },
        { filterType: 'LOT_SIZE', stepSize: '0.01', minQty: '0.01', maxQty: '1000000' },
        { filterType: 'MIN_NOTIONAL', notional: '5' },
      ],
    };
    const header = headerLine({ market: 'futures', startedAt: T0, symbols: ['SOLUSDT'], instruments: [instrument] });
    const source = await open([await file('j.gz', gzipSync(header + capture([trade(1, '20.12')])))]);
    expect(source.symbols.length).toBe(1);
    expect(source.symbols[0]?.instruments.spot).toBeNull();
    const rules = source.symbols[0]?.instruments.futures?.rules;
    expect([rules?.tick.toFixed(), rules?.step.toFixed(), rules?.price.max?.toFixed()]).toEqual([
      '0.01',
      '0.01',
      '6857',
    ]);
    const marks = (await play(source)).filter((event) => event.type === 'mark');
    expect(marks.every(({ timeMs }) => timeMs % 1_000 === 0)).toBe(true);
  });

  it('of a newer version is refused', async () => {
    const path = await file('k.gz', gzipSync('{"aitraderTape":2,"market":"spot"}\n'));
    await expect(open([path])).rejects.toMatchObject({ code: 'TAPE_UNREADABLE' });
  });
});

describe('candle files played as a market', () => {
  const row = (i: number, [open, high, low, close, volume]: readonly number[]): string =>
    `${T0 - (T0 % MINUTE_MS) + i * MINUTE_MS},${open},${high},${low},${close},${volume}`;
  const csv = (rows: readonly (readonly number[])[]): string =>
    `time,open,high,low,close,volume\n${rows.map((figures, i) => row(i, figures)).join('\n')}\n`;

  it('give candles back as they were', async () => {
    const rows = [
      [10, 12.5, 9.25, 11, 100.3],
      [11, 11, 11, 11, 0.1],
      [11, 11.5, 8, 8, 7],
      [8, 8.5, 7.75, 8.25, 1_000],
    ];
    const source = await open([await file('BTCUSDT-1m.csv', csv(rows))]);
    const quotes = new Map<number, Extract<LoggedEvent, { type: 'quote' }>>();
    const made: number[][] = [];
    for (const event of await play(source)) {
      if (event.type === 'quote') quotes.set(event.symbolIndex, event);
      if (event.type !== 'trade') continue;
      const { bid = NaN, ask = NaN } = quotes.get(event.symbolIndex) ?? {};
      expect(bid).toBeLessThan(ask);
      expect(event.price).toBe(event.buyerIsMaker ? bid : ask);
      const at = Math.floor((event.timeMs - source.startMs) / MINUTE_MS);
      const [open, high, low, , volume] = (made[at] ??= [event.price, event.price, event.price, 0, 0]);
      const [top, bottom] = [Math.max(high ?? 0, event.price), Math.min(low ?? 0, event.price)];
      made[at] = [open ?? 0, top, bottom, event.price, (volume ?? 0) + event.quantity];
    }
    expect(made.map((figures) => figures.map((figure) => Number(figure.toFixed(6))))).toEqual(rows);
  });

  it('have no trades in candles without volume', async () => {
    const source = await open([
      await file(
        'BTCUSDT-1m.csv',
        csv([
          [10, 12, 9, 11, 1],
          [11, 12, 10, 11, 0],
          [11, 12, 9, 10, 2],
        ]),
      ),
    ]);
    const trades = (await play(source)).filter((event) => event.type === 'trade');
    const minutes = trades.map(({ timeMs }) => Math.floor((timeMs - source.startMs) / MINUTE_MS));
    expect(new Set(minutes)).toEqual(new Set([0, 2]));
    expect(trades.map(({ tradeId }) => tradeId)).toEqual(trades.map((_, i) => i + 1));
  });

  it('are quoted every few seconds, also through candles without volume', async () => {
    const path = await file(
      'BTCUSDT-5m.csv',
      csv([
        [10, 12, 9, 11, 1],
        [11, 11, 11, 11, 0],
        [11, 12, 9, 10, 2],
      ]).replaceAll(/^\d+/gm, (time) => String(T0 - (T0 % MINUTE_MS) + 5 * (Number(time) - T0 + (T0 % MINUTE_MS)))),
    );
    const source = await open([path]);
    const quotes = (await play(source)).filter((event) => event.type === 'quote');
    const gaps = quotes.map(({ timeMs }, at) => timeMs - (quotes[at - 1]?.timeMs ?? source.startMs));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(5_000);
    expect(quotes.at(-1)?.timeMs).toBe(source.startMs + 15 * MINUTE_MS - 1);
  });

  it('of several symbols are played together, on both markets', async () => {
    const paths = [
      await file(
        'SOL_USDT-1m.csv',
        csv([
          [10, 12, 9, 11, 1],
          [11, 12, 10, 11, 5],
        ]),
      ),
      await file(
        'ETHUSDT.csv',
        csv([
          [3, 4, 2, 3, 1],
          [3, 4, 2, 3, 1],
        ]),
      ),
    ];
    const source = await open(paths);
    expect(source.symbols.map(({ symbol }) => symbol)).toEqual(['SOLUSDT', 'ETHUSDT']);
    expect(source.symbols.every(({ instruments }) => instruments.spot !== null && instruments.futures !== null)).toBe(
      true,
    );
    const times = (await play(source)).map(({ timeMs }) => timeMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('that go on where another ends are one series', async () => {
    const first = csv([
      [10, 12, 9, 11, 1],
      [11, 12, 10, 11, 5],
    ]);
    const second = first.replaceAll(/^\d+/gm, (time) => String(Number(time) + 2 * MINUTE_MS));
    const source = await open([await file('SOLUSDT-2.csv', second), await file('SOLUSDT-1.csv', first)]);
    const trades = (await play(source)).filter((event) => event.type === 'trade');
    expect(trades.map(({ tradeId }) => tradeId)).toEqual(trades.map((_, i) => i + 1));
    expect(source.spans).toEqual([
      { symbol: 'SOLUSDT', fromMs: source.startMs, toMs: source.startMs + 4 * MINUTE_MS, isWhole: true },
    ]);
    expect(trades.at(-1)?.timeMs).toBe(source.startMs + 4 * MINUTE_MS - 1);
  });

  it('and captures of the same symbol cannot be played together', async () => {
    const paths = [
      await file('a.txt', capture(MESSAGES)),
      await file(
        'SOLUSDT-1m.csv',
        csv([
          [10, 12, 9, 11, 1],
          [11, 12, 10, 11, 5],
        ]),
      ),
    ];
    await expect(open(paths)).rejects.toMatchObject({
      code: 'TAPE_UNREADABLE',
      message: expect.stringContaining('SOLUSDT') as string,
    });
  });

  it.each([
    ['btc-perp-1m-20220101.csv', 'BTCUSDT', 'USDT', '5'],
    ['ETH_BTC-5m-201801.csv', 'ETHBTC', 'BTC', '0.0001'],
    ['sol-1h.csv', 'SOLUSDT', 'USDT', '5'],
  ])('%s are those of %s, quoted in %s', async (name, symbol, quote, smallestOrder) => {
    const rows = [
      [10, 12, 9, 11, 1],
      [11, 12, 10, 11, 5],
    ];
    const source = await open([await file(name, csv(rows))]);
    const [played] = source.symbols;
    expect(played?.symbol).toBe(symbol);
    expect(played?.instruments.spot?.quote).toBe(quote);
    expect(played?.instruments.spot?.rules.notional.min?.toFixed()).toBe(smallestOrder);
    await source.close();
  });

  it('without candles, and captures of another venue, are refused by name with what they hold', async () => {
    await expect(open([await file('x.json', '[]')])).rejects.toMatchObject({ code: 'TAPE_UNREADABLE' });
    const refused = async (name: string, content: string, says: string): Promise<void> => {
      const path = await file(name, content);
      const good = await file(
        'SOLUSDT-1m.csv',
        csv([
          [10, 12, 9, 11, 1],
          [11, 12, 10, 11, 5],
        ]),
      );
      for (const paths of [[path], [good, path]]) {
        await expect(open(paths)).rejects.toMatchObject({
          code: 'TAPE_UNREADABLE',
          message: expect.stringMatching(new RegExp(`${name}.*${says}`)) as string,
        });
      }
    };
    const message = '1652459225.5: {"event":"subscribe","arg":{"channel":"tickers"}}\n';
    await refused('okx.txt', `configuration: {}\n${message}`, 'line 2 .*"event":"subscribe"');
    await refused('okx2.txt', `wss://ws.okx.com:8443/ws/v5/public <-> 1652459224.5\n${message}`, 'ws.okx.com:8443');
    await refused('nothing.txt', '\n', 'is empty');
  });
});
