/**
 * Venues as they speak by their documentation, scripted on the loopback:
 * https://bybit-exchange.github.io/docs/v5/ws/connect, https://www.okx.com/docs-v5/en/#overview-websocket,
 * https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/websocket, https://docs.kraken.com/api/docs/websocket-v2
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Exchange } from 'ccxt';
import { afterEach, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';

import { createCcxtFeed } from '../../src/adapters/feed/ccxt/feed.ts';
import { openVenue } from '../../src/adapters/feed/ccxt/venue.ts';
import { asId } from '../../src/domain/ids.ts';
import type { VenueSymbol } from '../../src/domain/ids.ts';
import type { Market } from '../../src/domain/instrument.ts';
import { candleOpenTime } from '../../src/domain/time.ts';
import { seededRandom } from '../../src/lib/random.ts';
import { loadCcxtVenue } from '../../src/modes/assets.ts';
import type { MarketFeed } from '../../src/ports/market-feed.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';
import { HOST_CLOCK } from '../sim/exchange.ts';

interface Script {
  readonly id: string;
  readonly market: Market;
  /** The symbol outside, and fields of ccxt's market that the venue's own answer leads to. */
  readonly symbol: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Frames of what was subscribed to, by a word in the subscription. */
  readonly frames: (now: number) => Readonly<Record<string, readonly object[]>>;
  /** The trade as the sink should hear it. */
  readonly trade: Readonly<Record<string, unknown>>;
  readonly quote: Readonly<Record<string, unknown>>;
  readonly ticker: Readonly<Record<string, unknown>>;
}

const PERPETUAL = { type: 'swap', swap: true, contract: true, linear: true, inverse: false, contractSize: 1 };
const FIGURES = { open: 100, high: 104, low: 99, close: 101, volume: 7 };

const BYBIT: Script = {
  ...{ id: 'bybit', market: 'futures', symbol: 'BTCUSDT' },
  fields: { ...PERPETUAL, id: 'BTCUSDT', symbol: 'BTC/USDT:USDT', base: 'BTC', quote: 'USDT', settle: 'USDT' },
  frames: (now) => ({
    publicTrade: [
      {
        ...{ topic: 'publicTrade.BTCUSDT', type: 'snapshot', ts: now },
        data: [{ T: now, s: 'BTCUSDT', S: 'Sell', v: '0.5', p: '101.5', L: 'PlusTick', i: '20f43950-d8dd', BT: false }],
      },
    ],
    'orderbook.1': [
      {
        ...{ topic: 'orderbook.1.BTCUSDT', type: 'snapshot', ts: now },
        data: { s: 'BTCUSDT', b: [['101', '3']], a: [['102', '4']], u: 18521288, seq: 7961638724 },
      },
    ],
    tickers: [
      {
        ...{ topic: 'tickers.BTCUSDT', type: 'snapshot', cs: 24987956059, ts: now },
        data: {
          ...{ symbol: 'BTCUSDT', price24hPcnt: '0.01', lastPrice: '101', prevPrice24h: '100', highPrice24h: '110' },
          ...{ lowPrice24h: '90', markPrice: '101.2', indexPrice: '101.1', turnover24h: '5050', volume24h: '50' },
          ...{ bid1Price: '101', bid1Size: '3', ask1Price: '102', ask1Size: '4' },
        },
      },
    ],
    'kline.1': [
      {
        ...{ topic: 'kline.1.BTCUSDT', ts: now, type: 'snapshot' },
        data: [
          {
            ...{ start: candleOpenTime(now, '1m'), end: candleOpenTime(now, '1m') + 59_999, interval: '1' },
            ...{ open: '100', close: '101', high: '104', low: '99', volume: '7', turnover: '700', confirm: false },
            timestamp: now,
          },
        ],
      },
    ],
  }),
  trade: { price: 101.5, quantity: 0.5, buyerIsTaker: false },
  quote: { bid: 101, bidQuantity: 3, ask: 102, askQuantity: 4 },
  ticker: { last: 101, high: 110, low: 90, mark: 101.2, volume: 50, quoteVolume: 5_050 },
};

const okxFrame = (channel: string, data: readonly unknown[]) => ({ arg: { channel, instId: 'BTC-USDT-SWAP' }, data });
const OKX: Script = {
  ...{ id: 'okx', market: 'futures', symbol: 'BTC-USDT-SWAP' },
  fields: {
    ...{ ...PERPETUAL, id: 'BTC-USDT-SWAP', symbol: 'BTC/USDT:USDT', base: 'BTC', quote: 'USDT', settle: 'USDT' },
    contractSize: 0.01,
  },
  frames: (now) => ({
    '"trades"': [
      okxFrame('trades', [
        {
          instId: 'BTC-USDT-SWAP',
          tradeId: '130639474',
          px: '101.5',
          sz: '50',
          side: 'buy',
          ts: String(now),
          count: '1',
        },
      ]),
    ],
    'bbo-tbt': [
      okxFrame('bbo-tbt', [
        { asks: [['102', '400', '0', '2']], bids: [['101', '300', '0', '1']], ts: String(now), seqId: 363996337 },
      ]),
    ],
    '"tickers"': [
      okxFrame('tickers', [
        {
          ...{ instType: 'SWAP', instId: 'BTC-USDT-SWAP', last: '101', lastSz: '1', askPx: '102', askSz: '400' },
          ...{ bidPx: '101', bidSz: '300', open24h: '100', high24h: '110', low24h: '90', volCcy24h: '50' },
          ...{ vol24h: '5000', sodUtc0: '100', sodUtc8: '100', ts: String(now) },
        },
      ]),
    ],
    candle1m: [
      okxFrame('candle1m', [[String(candleOpenTime(now, '1m')), '100', '104', '99', '101', '700', '7', '700', '0']]),
    ],
  }),
  trade: { price: 101.5, quantity: 0.5, buyerIsTaker: true },
  quote: { bid: 101, bidQuantity: 3, ask: 102, askQuantity: 4 },
  ticker: { last: 101, high: 110, low: 90, mark: NaN, volume: 50 },
};

const HYPERLIQUID: Script = {
  ...{ id: 'hyperliquid', market: 'futures', symbol: 'BTCUSDC' },
  fields: {
    ...{ ...PERPETUAL, id: '0', symbol: 'BTC/USDC:USDC', base: 'BTC', quote: 'USDC', settle: 'USDC' },
    ...{ baseName: 'BTC', info: { name: 'BTC' } },
  },
  frames: (now) => ({
    '"trades"': [
      {
        channel: 'trades',
        data: [{ coin: 'BTC', side: 'B', px: '101.5', sz: '0.5', hash: '0x1', time: now, tid: 887662001 }],
      },
    ],
    l2Book: [
      {
        channel: 'l2Book',
        data: {
          ...{ coin: 'BTC', time: now },
          levels: [[{ px: '101', sz: '3', n: 2 }], [{ px: '102', sz: '4', n: 1 }]],
        },
      },
    ],
    activeAssetCtx: [
      {
        channel: 'activeAssetCtx',
        data: {
          coin: 'BTC',
          ctx: {
            ...{ dayNtlVlm: '5050', prevDayPx: '100', markPx: '101.2', midPx: '101', funding: '0.00001' },
            ...{ openInterest: '10', oraclePx: '101.1', premium: '0', impactPxs: ['101', '102'], dayBaseVlm: '50' },
          },
        },
      },
    ],
    '"candle"': [
      {
        channel: 'candle',
        data: {
          ...{ t: candleOpenTime(now, '1m'), T: candleOpenTime(now, '1m') + 59_999, s: 'BTC', i: '1m' },
          ...{ o: '100', c: '101', h: '104', l: '99', v: '7', n: 12 },
        },
      },
    ],
  }),
  trade: { price: 101.5, quantity: 0.5, buyerIsTaker: true },
  quote: { bid: 101, bidQuantity: 3, ask: 102, askQuantity: 4 },
  ticker: { quoteVolume: 5_050 },
};

const iso = (time: number): string => new Date(time).toISOString();
const KRAKEN: Script = {
  ...{ id: 'kraken', market: 'spot', symbol: 'XXBTZUSD' },
  fields: {
    ...{ id: 'XXBTZUSD', symbol: 'BTC/USD', base: 'BTC', quote: 'USD', type: 'spot', spot: true },
    info: { wsname: 'XBT/USD' },
  },
  frames: (now) => ({
    '"trade"': [
      {
        ...{ channel: 'trade', type: 'update' },
        data: [
          {
            ...{ symbol: 'BTC/USD', side: 'sell', price: 101.5, qty: 0.5, ord_type: 'limit', trade_id: 4665906 },
            timestamp: iso(now),
          },
        ],
      },
    ],
    '"ticker"': [
      {
        ...{ channel: 'ticker', type: 'snapshot' },
        data: [
          {
            ...{ symbol: 'BTC/USD', bid: 101, bid_qty: 3, ask: 102, ask_qty: 4, last: 101, volume: 50, vwap: 101 },
            ...{ low: 90, high: 110, change: 1, change_pct: 1 },
          },
        ],
      },
    ],
    '"ohlc"': [
      {
        ...{ channel: 'ohlc', type: 'update', timestamp: iso(now) },
        data: [
          {
            ...{ symbol: 'BTC/USD', open: 100, high: 104, low: 99, close: 101, trades: 3, volume: 7, vwap: 101 },
            ...{ interval_begin: iso(candleOpenTime(now, '1m')), interval: 1, timestamp: iso(now) },
          },
        ],
      },
    ],
  }),
  trade: { price: 101.5, quantity: 0.5, buyerIsTaker: false },
  quote: { bid: 101, bidQuantity: 3, ask: 102, askQuantity: 4 },
  ticker: { last: 101, high: 110, low: 90, volume: 50, quoteVolume: 5_050 },
};

/** The addresses of the venue's streams, on this machine. */
function rehosted(urls: unknown, port: number): unknown {
  if (typeof urls === 'string') return urls.replace(/^wss:\/\/[^/]+/, `ws://127.0.0.1:${port}`);
  if (typeof urls !== 'object' || urls === null) return urls;
  return Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, rehosted(url, port)]));
}

const closings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

async function openScripted({ id, market, fields, frames }: Script): Promise<MarketFeed> {
  const server = new WebSocketServer({ port: 0 });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    const subscribed = new Set<string>();
    socket.on('message', (data) => {
      const asked = (data as Buffer).toString();
      for (const word of Object.keys(frames(0))) if (asked.includes(word)) subscribed.add(word);
    });
    // News come again and again: streams that share a subscription all hear them.
    const timer = setInterval(() => {
      for (const [word, news] of Object.entries(frames(Date.now()))) {
        if (subscribed.has(word)) for (const frame of news) socket.send(JSON.stringify(frame));
      }
    }, 50);
    socket.on('close', () => clearInterval(timer));
  });
  const exchange = openVenue(await loadCcxtVenue(id)) as Exchange & { safeMarketStructure(fields: object): object };
  const api = exchange.urls['api'] as Record<string, unknown>;
  api['ws'] = rehosted(api['ws'], (server.address() as AddressInfo).port);
  const precision = { amount: 0.01, price: 0.1 };
  exchange.setMarkets([exchange.safeMarketStructure({ active: true, precision, limits: {}, info: {}, ...fields })]);
  // What is asked for over REST is the same for every venue, and tested with the simulated exchange.
  exchange.loadMarkets = async () => (exchange.markets ?? {}) as Awaited<ReturnType<Exchange['loadMarkets']>>;
  exchange.has['fetchTime'] = false;
  exchange.fetchOHLCV = async () => [];
  const feed = createCcxtFeed({ exchange, market, clock: HOST_CLOCK, chance: seededRandom(1), logger: silentLogger });
  closings.push(async () => {
    await feed.close();
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return feed;
}

it.each([BYBIT, OKX, HYPERLIQUID, KRAKEN])('the streams of $id are understood', async (script) => {
  const feed = await openScripted(script);
  const symbol = asId<VenueSymbol>(script.symbol);
  expect((await feed.instruments()).map((instrument) => instrument.symbol)).toEqual([symbol]);
  const told: Record<string, object> = {};
  let status = '';
  feed.onStatus((change) => (status = change.status));
  feed.subscribe({ symbols: [symbol], timeframes: ['1m'], markSymbols: [] });
  await feed.connect({
    trade: (tick) => (told['trade'] = { ...tick }),
    quote: (tick) => (told['quote'] = { ...tick }),
    candle: (candle) => (told['candle'] = candle),
    ticker: (ticker) => (told['ticker'] = ticker),
    mark: () => undefined,
  });
  await expect
    .poll(() => Object.keys(told).toSorted(), { timeout: 10_000 })
    .toEqual(['candle', 'quote', 'ticker', 'trade']);
  expect(told['trade']).toMatchObject({ symbol, trades: 1, venueTradeId: 1, ...script.trade });
  expect(told['quote']).toMatchObject({ symbol, ...script.quote });
  expect(told['candle']).toMatchObject({ symbol, timeframe: '1m', closed: false, ...FIGURES });
  expect(told['ticker']).toMatchObject({ symbol, ...script.ticker });
  await expect.poll(() => status, { timeout: 10_000 }).toBe('connected');
});
