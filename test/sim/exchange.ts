/** A simulated exchange over a scripted market, and unmodified ccxt clients of it. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import type { Exchange } from 'ccxt';

import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { StartState } from '../../src/sim/accounts/start-state.ts';
import { plainStart } from '../../src/sim/accounts/start-state.ts';
import type { MarketData } from '../../src/sim/data/market-data.ts';
import type { SimAddresses } from '../../src/sim/server.ts';
import { SimServer } from '../../src/sim/server.ts';
import { ScriptedMarket } from './scripted-market.ts';

export const HOST_CLOCK: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Collects what the exchange complains of: nothing, in a test that succeeds. */
export class ErrorLog implements Logger {
  readonly errors: unknown[] = [];
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(message: string, fields?: unknown): void {
    this.errors.push([message, fields]);
  }
  fatal(message: string): void {
    this.errors.push(message);
  }
  child(): Logger {
    return this;
  }
}

export interface OpenExchange {
  readonly server: SimServer;
  readonly market: ScriptedMarket;
  readonly addresses: SimAddresses;
  readonly log: ErrorLog;
  /** Moves market time on. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

export interface ExchangeTerms {
  readonly start?: (data: MarketData) => StartState;
  readonly faults?: unknown;
  readonly startMs?: number;
}

const BALANCES = { USDT: '100000', BTC: '2', BNB: '10' };

/** Market time stands still unless a test advances it. */
export async function openExchange(terms: ExchangeTerms = {}): Promise<OpenExchange> {
  const startMs = terms.startMs ?? Math.floor(Date.now() / 60_000) * 60_000;
  const market = new ScriptedMarket(startMs);
  const log = new ErrorLog();
  const start = terms.start ?? (() => plainStart(BALANCES, new Set(['USDT'])));
  const server = new SimServer({
    onFailure: (failure) => log.errors.push(failure),
    ...{ source: market, clock: HOST_CLOCK, logger: log, speed: 1, seed: 1 },
    accounts: [{ accountId: 'main', credentials: null, start }],
    faults: terms.faults ?? null,
  });
  const addresses = await server.listen(0);
  await server.driver.advance(5_000);
  return {
    ...{ server, market, addresses, log },
    advance: (ms) => server.driver.advance(ms),
    close: () => server.close(),
  };
}

/** ccxt closes its deep imports; a class is loaded by the path of its file, as the program does. */
const CCXT_SOURCES = join(dirname(createRequire(import.meta.url).resolve('ccxt')), '..', 'js', 'src');

export type CcxtExchange = Exchange & {
  loadHttpProxyAgent(): Promise<void>;
  last_http_response?: string;
};

async function loadClass(path: string): Promise<new (config: object) => CcxtExchange> {
  const module = (await import(join(CCXT_SOURCES, path))) as { default: new (config: object) => CcxtExchange };
  return module.default;
}

/** Points a ccxt client at the exchange: addresses of REST and WebSocket, nothing else. */
export async function ccxtClient(
  kind: 'binance' | 'binanceusdm' | 'pro/binance' | 'pro/binanceusdm',
  addresses: SimAddresses,
  options: { readonly withKeys?: boolean; readonly config?: object } = {},
): Promise<CcxtExchange> {
  const Client = await loadClass(`${kind}.js`);
  const keys = options.withKeys === false ? {} : { apiKey: addresses.apiKey, secret: addresses.apiSecret };
  const client = new Client({ ...keys, enableRateLimit: false, ...options.config });
  const { spotRest, futuresRest } = addresses;
  const api = client.urls['api'] as Record<string, unknown>;
  for (const version of ['v1', 'public', 'private']) api[version] = `${spotRest}/api/v3`;
  for (const [name, version] of [
    ['sapi', 'v1'],
    ['sapiV2', 'v2'],
    ['sapiV3', 'v3'],
    ['sapiV4', 'v4'],
  ] as const) {
    api[name] = `${spotRest}/sapi/${version}`;
  }
  for (const [suffix, version] of [
    ['', 'v1'],
    ['V2', 'v2'],
    ['V3', 'v3'],
  ] as const) {
    for (const access of ['Public', 'Private']) {
      api[`fapi${access}${suffix}`] = `${futuresRest}/fapi/${version}`;
      api[`dapi${access}${suffix}`] = `${futuresRest}/dapi/${version}`;
    }
  }
  api['fapiData'] = `${futuresRest}/futures/data`;
  api['ws'] = {
    spot: addresses.spotWs,
    margin: addresses.spotWs,
    future: addresses.futuresWs,
    'ws-api': { spot: addresses.spotWsApi, future: addresses.futuresWsApi },
  };
  await client.loadHttpProxyAgent();
  return client;
}

/** The id of an order that ccxt gives; its types allow for none. */
export function idOf({ id }: { readonly id: string | undefined }): string {
  if (id === undefined) throw new Error('the order has no id');
  return id;
}
