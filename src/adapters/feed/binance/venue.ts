import type { Market } from '../../../domain/instrument.ts';
import { MINUTE_MS } from '../../../domain/time.ts';

/** Where a stream is served. Since April 2026 futures streams are split by route; a misrouted one stays silent. */
export type StreamRoute = 'spot' | 'public' | 'market';

/** What differs between the two markets. */
export interface VenueMarket {
  readonly market: Market;
  /** Path below the stream host, by route. Raw streams: the messages come without `{"stream":...,"data":...}` around. */
  readonly streamPaths: Readonly<Partial<Record<StreamRoute, string>>>;
  readonly streamsPerConnection: number;
  /** Messages that a connection may send within a second, pings and pongs among them; one is left to spare. */
  readonly requestsPerSecond: number;
  readonly rest: {
    readonly exchangeInfo: string;
    readonly tickers: string;
    readonly klines: string;
    readonly time: string;
    /** Intervals of funding that differ from eight hours; null where nothing is funded. */
    readonly fundingInfo: string | null;
  };
  readonly weights: { readonly exchangeInfo: number; readonly tickers: number; readonly time: number };
  /** Candles a call, and what it weighs. */
  readonly klinesPerCall: number;
  readonly klinesWeight: (limit: number) => number;
  /** Request weight a minute, until the venue's own figure is known. */
  readonly weightPerMinute: number;
}

/**
 * Streams: https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams (5 messages a second, 1,024 streams).
 * REST: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints
 */
const SPOT: VenueMarket = {
  market: 'spot',
  streamPaths: { spot: '/ws' },
  streamsPerConnection: 1_024,
  requestsPerSecond: 4,
  rest: {
    exchangeInfo: '/api/v3/exchangeInfo',
    tickers: '/api/v3/ticker/24hr',
    klines: '/api/v3/klines',
    time: '/api/v3/time',
    fundingInfo: null,
  },
  weights: { exchangeInfo: 20, tickers: 80, time: 1 },
  klinesPerCall: 1_000,
  klinesWeight: () => 2,
  weightPerMinute: 6_000,
};

/**
 * Streams: https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams (10 messages a
 * second; 1,024 streams are documented, 200 hold at any load).
 * REST: https://developers.binance.com/docs/derivatives/usds-margined-futures/market-data/rest-api; of the klines up to 499
 * a call are the cheapest.
 */
const FUTURES: VenueMarket = {
  market: 'futures',
  streamPaths: { public: '/public/ws', market: '/market/ws' },
  streamsPerConnection: 200,
  requestsPerSecond: 9,
  rest: {
    exchangeInfo: '/fapi/v1/exchangeInfo',
    tickers: '/fapi/v1/ticker/24hr',
    klines: '/fapi/v1/klines',
    time: '/fapi/v1/time',
    fundingInfo: '/fapi/v1/fundingInfo',
  },
  weights: { exchangeInfo: 1, tickers: 40, time: 1 },
  klinesPerCall: 499,
  klinesWeight: (limit) => (limit < 100 ? 1 : 2),
  weightPerMinute: 2_400,
};

export const VENUE_MARKETS: Readonly<Record<Market, VenueMarket>> = { spot: SPOT, futures: FUTURES };

/** New connections from one address: 300 are allowed in five minutes; some are left to other programs. */
export const CONNECTION_LIMIT = { connections: 250, withinMs: 5 * MINUTE_MS } as const;

/** Where the paths of a market are appended to, without a slash at the end. */
export interface FeedHosts {
  readonly rest: string;
  readonly stream: string;
}

export type BinanceEnvironment = 'live' | 'demo' | 'testnet';

/**
 * The venue's hosts by environment: https://developers.binance.com/docs/binance-spot-api-docs/demo-mode/general-info,
 * https://developers.binance.com/docs/binance-spot-api-docs/testnet and
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/general-info
 */
const VENUE_HOSTS: Readonly<Record<BinanceEnvironment, Readonly<Record<Market, FeedHosts>>>> = {
  live: {
    spot: { rest: 'https://api.binance.com', stream: 'wss://stream.binance.com:9443' },
    futures: { rest: 'https://fapi.binance.com', stream: 'wss://fstream.binance.com' },
  },
  demo: {
    spot: { rest: 'https://demo-api.binance.com', stream: 'wss://demo-stream.binance.com:9443' },
    futures: { rest: 'https://demo-fapi.binance.com', stream: 'wss://demo-fstream.binance.com' },
  },
  testnet: {
    spot: { rest: 'https://testnet.binance.vision', stream: 'wss://stream.testnet.binance.vision' },
    futures: { rest: 'https://demo-fapi.binance.com', stream: 'wss://demo-fstream.binance.com' },
  },
};

/** The simulated exchange serves both markets under one host: below these paths. */
const SIMULATED_PREFIX: Readonly<Record<Market, string>> = { spot: '/stream', futures: '/fstream' };
const VENUE_DOMAIN = /(^|\.)(binance\.com|binance\.vision|binancefuture\.com)$/;

/**
 * The hosts of a market: those of the environment, or in their place the base hosts that are configured. Streams of a host
 * that is none of the venue's are looked for where the simulated exchange has them (`/stream/ws`, `/fstream/public/ws`),
 * unless the base has a path of its own.
 * @param configured `BINANCE_REST_URL` and `BINANCE_WS_URL`, null where they are not set
 */
export function feedHosts(
  market: Market,
  environment: BinanceEnvironment,
  configured: { readonly restUrl: string | null; readonly webSocketUrl: string | null },
): FeedHosts {
  const usual = VENUE_HOSTS[environment][market];
  return {
    rest: configured.restUrl === null ? usual.rest : withoutSlash(configured.restUrl),
    stream: configured.webSocketUrl === null ? usual.stream : streamBase(market, configured.webSocketUrl),
  };
}

function streamBase(market: Market, configured: string): string {
  const { hostname, pathname } = new URL(configured);
  const isBare = pathname === '/' && !VENUE_DOMAIN.test(hostname);
  // The simulated exchange prints its addresses with the last part of the path.
  return `${withoutSlash(configured).replace(/\/ws$/, '')}${isBare ? SIMULATED_PREFIX[market] : ''}`;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
