import type { Market } from '../../domain/instrument.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, WEEK_MS } from '../../domain/time.ts';

/** Length of each candle interval of the venue. A month has no fixed length and counts as 30 days. */
export const INTERVALS_MS: Readonly<Record<string, number>> = {
  '1s': SECOND_MS,
  '1m': MINUTE_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': HOUR_MS,
  '2h': 2 * HOUR_MS,
  '4h': 4 * HOUR_MS,
  '6h': 6 * HOUR_MS,
  '8h': 8 * HOUR_MS,
  '12h': 12 * HOUR_MS,
  '1d': DAY_MS,
  '3d': 3 * DAY_MS,
  '1w': WEEK_MS,
  '1M': 30 * DAY_MS,
};

/** Where a futures stream is routed since April 2026; spot streams have one route. */
export type Route = 'spot' | 'public' | 'market' | 'private' | 'unrouted';

/** What a stream name asks for. `symbol` is upper case; null means every symbol (`!ticker@arr`). */
export interface Topic {
  readonly name: string;
  readonly symbol: string | null;
  readonly kind:
    | 'trade'
    | 'aggTrade'
    | 'bookTicker'
    | 'depth'
    | 'partialDepth'
    | 'kline'
    | 'ticker'
    | 'miniTicker'
    | 'windowTicker'
    | 'avgPrice'
    | 'markPrice'
    | 'forceOrder'
    | 'contractInfo';
  /** Milliseconds between two messages; 0 for every event. */
  readonly everyMs: number;
  /** Partial depth: levels a side. */
  readonly levels: number;
  /** Candles: the venue's interval. Rolling tickers: the window. */
  readonly interval: string;
}

type Parsed = Omit<Topic, 'name' | 'symbol'>;

const PLAIN: Omit<Parsed, 'kind'> = { everyMs: 0, levels: 0, interval: '' };

/** Update speeds: https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams and its futures twin. */
const SPEEDS = {
  spot: { depth: 1_000, partialDepth: 1_000, kline: 2_000, secondKline: 1_000, ticker: 1_000, array: 1_000, agg: 0 },
  futures: { depth: 250, partialDepth: 250, kline: 250, secondKline: 250, ticker: 2_000, array: 1_000, agg: 100 },
} as const;

const FUTURES_ROUTES: Partial<Record<Topic['kind'], Route>> = {
  trade: 'public',
  bookTicker: 'public',
  depth: 'public',
  partialDepth: 'public',
};

const DEPTH = /^depth(5|10|20)?(?:@(0|100|250|500|1000)ms)?$/;
const KLINE = /^kline_(\w+?)(?:@\+08:00)?$/;
const MARK_PRICE = /^markPrice(?:@(1)s)?$/;
const WINDOW_TICKER = /^ticker_(1h|4h|1d)$/;

function parseFeed(market: Market, feed: string): Parsed | null {
  const speeds = SPEEDS[market];
  const depth = DEPTH.exec(feed);
  if (depth !== null) {
    const levels = Number(depth[1] ?? 0);
    const kind = levels === 0 ? 'depth' : 'partialDepth';
    return { ...PLAIN, kind, levels, everyMs: depth[2] === undefined ? speeds[kind] : Number(depth[2]) };
  }
  const interval = KLINE.exec(feed)?.[1];
  if (interval !== undefined) {
    if (INTERVALS_MS[interval] === undefined || (market === 'futures' && interval === '1s')) return null;
    return { ...PLAIN, kind: 'kline', interval, everyMs: interval === '1s' ? speeds.secondKline : speeds.kline };
  }
  return market === 'spot' ? parseSpotFeed(feed) : parseFuturesFeed(feed);
}

function parseCommonFeed(market: Market, feed: string): Parsed | null {
  const speeds = SPEEDS[market];
  switch (feed) {
    case 'trade':
    case 'bookTicker':
      return { ...PLAIN, kind: feed };
    case 'aggTrade':
      return { ...PLAIN, kind: feed, everyMs: speeds.agg };
    case 'ticker':
    case 'miniTicker':
      return { ...PLAIN, kind: feed, everyMs: speeds.ticker };
    default:
      return null;
  }
}

function parseSpotFeed(feed: string): Parsed | null {
  if (feed === 'avgPrice') return { ...PLAIN, kind: 'avgPrice', everyMs: SECOND_MS };
  const window = WINDOW_TICKER.exec(feed)?.[1];
  if (window !== undefined) return { ...PLAIN, kind: 'windowTicker', interval: window, everyMs: SECOND_MS };
  return parseCommonFeed('spot', feed);
}

function parseFuturesFeed(feed: string): Parsed | null {
  const mark = MARK_PRICE.exec(feed);
  if (mark !== null) return { ...PLAIN, kind: 'markPrice', everyMs: mark[1] === undefined ? 3 * SECOND_MS : SECOND_MS };
  if (feed === 'forceOrder') return { ...PLAIN, kind: 'forceOrder' };
  return parseCommonFeed('futures', feed);
}

const ARRAYS: Readonly<Record<Market, Readonly<Record<string, Topic['kind']>>>> = {
  spot: { '!miniTicker@arr': 'miniTicker', '!ticker@arr': 'ticker' },
  futures: {
    '!miniTicker@arr': 'miniTicker',
    '!ticker@arr': 'ticker',
    '!markPrice@arr': 'markPrice',
    '!markPrice@arr@1s': 'markPrice',
    '!bookTicker': 'bookTicker',
    '!forceOrder@arr': 'forceOrder',
    '!contractInfo': 'contractInfo',
  },
};

function parseArray(market: Market, name: string): Topic | null {
  const kind = ARRAYS[market][name];
  if (kind === undefined) return null;
  const isEvent = kind === 'bookTicker' || kind === 'forceOrder' || kind === 'contractInfo';
  const slowMark = name === '!markPrice@arr';
  const everyMs = isEvent ? 0 : slowMark ? 3 * SECOND_MS : SPEEDS[market].array;
  return { ...PLAIN, name, symbol: null, kind, everyMs };
}

/** What a stream name of the market asks for, or null when the venue has no such stream. */
export function parseTopic(market: Market, name: string): Topic | null {
  const split = name.indexOf('@');
  if (name.startsWith('!')) return parseArray(market, name);
  if (split <= 0) return null;
  const symbol = name.slice(0, split);
  if (symbol !== symbol.toLowerCase()) return null;
  const feed = parseFeed(market, name.slice(split + 1));
  return feed === null ? null : { name, symbol: symbol.toUpperCase(), ...feed };
}

/** True when a connection of the route gets the topic's messages. At the venue a misrouted stream stays silent. */
export function isServedOn(route: Route, topic: Topic): boolean {
  return route === 'spot' || route === (FUTURES_ROUTES[topic.kind] ?? 'market');
}
