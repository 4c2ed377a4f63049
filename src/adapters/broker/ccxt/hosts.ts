import type { Market } from '../../../domain/instrument.ts';
import type { BrokerHosts } from './options.ts';

type BinanceEnvironment = 'live' | 'demo' | 'testnet';

/**
 * The venue's hosts by environment: https://developers.binance.com/docs/binance-spot-api-docs/websocket-api/general-api-information,
 * https://developers.binance.com/docs/binance-spot-api-docs/demo-mode/general-info and
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/general-info
 */
const VENUE_HOSTS: Readonly<Record<BinanceEnvironment, Readonly<Record<Market, BrokerHosts>>>> = {
  live: {
    spot: { rest: 'https://api.binance.com', userStream: 'wss://ws-api.binance.com:443/ws-api/v3' },
    futures: { rest: 'https://fapi.binance.com', userStream: 'wss://fstream.binance.com' },
  },
  demo: {
    spot: { rest: 'https://demo-api.binance.com', userStream: 'wss://demo-ws-api.binance.com/ws-api/v3' },
    futures: { rest: 'https://demo-fapi.binance.com', userStream: 'wss://demo-fstream.binance.com' },
  },
  testnet: {
    spot: { rest: 'https://testnet.binance.vision', userStream: 'wss://ws-api.testnet.binance.vision/ws-api/v3' },
    futures: { rest: 'https://demo-fapi.binance.com', userStream: 'wss://demo-fstream.binance.com' },
  },
};

const VENUE_DOMAIN = /(^|\.)(binance\.com|binance\.vision|binancefuture\.com)$/;
/** Where the simulated exchange, which serves everything under one host, has the account's news. */
const SIMULATED_PATH: Readonly<Record<Market, string>> = { spot: '/ws-api/v3', futures: '/fstream' };

/**
 * The hosts of a market: those of the environment, or in their place the base hosts that are configured.
 * @param configured `BINANCE_REST_URL` and `BINANCE_WS_URL`, null where they are not set. Of a WebSocket host of the
 *   venue's own only one that serves account news counts: market streams live elsewhere
 */
export function brokerHosts(
  market: Market,
  environment: BinanceEnvironment,
  configured: { readonly restUrl: string | null; readonly webSocketUrl: string | null },
): BrokerHosts {
  const usual = VENUE_HOSTS[environment][market];
  const { restUrl, webSocketUrl } = configured;
  return {
    rest: restUrl === null ? usual.rest : restUrl.replace(/\/+$/, ''),
    userStream: webSocketUrl === null ? usual.userStream : userStreamAt(market, webSocketUrl, usual.userStream),
  };
}

function userStreamAt(market: Market, configured: string, usual: string): string {
  const { protocol, host, hostname, pathname } = new URL(configured);
  if (!VENUE_DOMAIN.test(hostname)) return `${protocol}//${host}${SIMULATED_PATH[market]}`;
  if (market === 'futures') return `${protocol}//${host}`;
  return pathname.startsWith('/ws-api') ? configured.replace(/\/+$/, '') : usual;
}
