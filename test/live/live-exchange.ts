/** The simulated exchange on real time, in this process, with prices that a test sets and a wire that it can cut. */
import { Agent, createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Market } from '../../src/domain/instrument.ts';
import { MINUTE_MS } from '../../src/domain/time.ts';
import { plainStart } from '../../src/sim/accounts/start-state.ts';
import type { Amounts } from '../../src/sim/accounts/start-state.ts';
import { SimServer } from '../../src/sim/server.ts';
import type { SimAddresses } from '../../src/sim/server.ts';
import { BASE_PRICE, ManualMarket, sourceSymbol } from '../broker/manual-market.ts';
import { ErrorLog, HOST_CLOCK } from '../sim/exchange.ts';

const QUOTE_EVERY_MS = 200;
const HALF_SPREAD = 0.01;
const BASES = ['AAA', 'BBB', 'CCC', 'DDD', 'EEE', 'FFF', 'GGG', 'HHH'];

export const SYMBOLS = BASES.map((base) => `${base}USDT`);

class LiveMarket extends ManualMarket {
  override readonly symbols = BASES.map((base) => sourceSymbol(`${base}USDT`, base));
}

/** A request of the program to the exchange. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly params: URLSearchParams;
}

/**
 * What becomes of a request: `pass`, or the wire is cut before the exchange sees it, once it has carried it out, or after its
 * answer was handed on.
 */
export type Fate = 'pass' | 'cut_before' | 'cut_after' | 'cut_answered';

export class LiveExchange {
  readonly server: SimServer;
  readonly addresses: SimAddresses;
  /** Decides over each request; by default all pass. */
  judge: (request: WireRequest) => Fate = () => 'pass';
  /** Called when the wire is cut. */
  onCut: () => void = () => undefined;
  readonly #market: LiveMarket;
  readonly #log: ErrorLog;
  readonly #wire: ReturnType<typeof createServer>;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #prices = new Map(SYMBOLS.map((symbol) => [symbol, BASE_PRICE]));
  #quoting: ReturnType<typeof setInterval> | null = null;
  #wireUrl = '';

  private constructor(
    market: LiveMarket,
    { server, addresses, log }: Pick<LiveExchange, 'server' | 'addresses'> & { readonly log: ErrorLog },
  ) {
    this.#market = market;
    this.server = server;
    this.addresses = addresses;
    this.#log = log;
    this.#wire = createServer((question, answer) => void this.#carry(question, answer));
    // On a busy machine a connection would be closed just as the program sends over it.
    this.#wire.keepAliveTimeout = MINUTE_MS;
  }

  static async open(balances: Amounts = { USDT: '100000' }): Promise<LiveExchange> {
    const startMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
    const market = new LiveMarket(startMs);
    const log = new ErrorLog();
    const server = new SimServer({
      ...{ source: market, clock: HOST_CLOCK, logger: log, speed: 1, seed: 1, faults: null },
      accounts: [{ accountId: 'main', credentials: null, start: () => plainStart(balances, new Set(['USDT'])) }],
      onFailure: (failure) => log.errors.push(failure),
    });
    const exchange = new LiveExchange(market, { server, addresses: await server.listen(0), log });
    await exchange.#start(startMs);
    return exchange;
  }

  /** What the exchange complains of. */
  get errors(): readonly unknown[] {
    return this.#log.errors;
  }

  /** What the program is told of the exchange. */
  environment(market: Market): Record<string, string> {
    const { spotWs, apiKey, apiSecret } = this.addresses;
    return {
      ...{ PAPER_TRADING: 'false', LIVE_CONFIRM: 'main', MARKET_TYPE: market, SYMBOLS: SYMBOLS.join(',') },
      ...{ BINANCE_REST_URL: this.#wireUrl, BINANCE_WS_URL: new URL(spotWs).origin.replace('http', 'ws') },
      ...{ BINANCE_API_KEY: apiKey, BINANCE_SECRET_KEY: apiSecret, LEVERAGE: '3', MAX_CONSECUTIVE_LOSSES: '100' },
      ENABLE_AUTO_TRADING: 'true',
    };
  }

  /** From now on the symbol is quoted and traded at this price. */
  setPrice(symbol: string, price: number): void {
    this.#prices.set(symbol, price);
    this.#quote();
  }

  /** All that the exchange knows. */
  state(): Promise<SimStateJson> {
    return fetch(`${this.addresses.spotRest}/sim/state`).then((answer) => answer.json() as Promise<SimStateJson>);
  }

  async arm(faults: unknown): Promise<void> {
    const { spotRest } = this.addresses;
    const answer = await fetch(`${spotRest}/sim/faults`, { method: 'POST', body: JSON.stringify(faults) });
    if (answer.status !== 200) throw new Error(await answer.text());
  }

  async close(): Promise<void> {
    if (this.#quoting !== null) clearInterval(this.#quoting);
    this.#wire.closeAllConnections();
    this.#wire.close();
    this.#agent.destroy();
    await this.server.close();
  }

  async #start(startMs: number): Promise<void> {
    await new Promise<void>((resolve) => this.#wire.listen(0, '127.0.0.1', resolve));
    this.#wireUrl = `http://127.0.0.1:${(this.#wire.address() as AddressInfo).port}`;
    // A minute without a trade would be one without a candle.
    this.#quote();
    await this.server.driver.advance(Date.now() - startMs);
    this.#quote();
    this.server.driver.resume();
    this.#quoting = setInterval(() => this.#quote(), QUOTE_EVERY_MS);
  }

  #quote(): void {
    const now = this.server.driver.now + 1;
    for (const [index, symbol] of SYMBOLS.entries()) {
      const price = this.#prices.get(symbol) ?? BASE_PRICE;
      const sides = { bid: price - HALF_SPREAD, ask: price + HALF_SPREAD, bidQuantity: 1_000, askQuantity: 1_000 };
      this.#market.quote(now, sides, index);
      this.#market.mark(now, price, index);
      this.#market.trade(now, { price, quantity: 0.5, buyerIsTaker: true }, index);
    }
  }

  async #carry(question: IncomingMessage, answer: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of question as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { pathname, searchParams } = new URL(question.url ?? '', this.#wireUrl);
    const params = new URLSearchParams([...searchParams, ...new URLSearchParams(body.toString())]);
    const fate = this.judge({ method: question.method ?? '', path: pathname, params });
    if (fate === 'cut_before') {
      this.onCut();
      return;
    }
    const { port } = new URL(this.addresses.spotRest);
    const { method, url, headers } = question;
    const forwarded = httpRequest(
      { agent: this.#agent, host: '127.0.0.1', port, method, path: url, headers },
      (reply) => {
        if (fate === 'cut_after') {
          reply.resume();
          this.onCut();
          return;
        }
        answer.writeHead(reply.statusCode ?? 500, reply.headers);
        reply.pipe(answer);
        if (fate === 'cut_answered') answer.once('finish', () => this.onCut());
      },
    );
    forwarded.on('error', () => answer.destroy());
    forwarded.end(body);
  }
}

/** The part of `/sim/state` that tests look at. */
export interface SimStateJson {
  readonly accounts: Readonly<Record<string, SimAccountJson>>;
}

export interface SimAccountJson {
  readonly spot: SimMarketJson & {
    readonly balances: readonly { readonly asset: string; readonly free: string; readonly locked: string }[];
  };
  readonly futures: SimMarketJson & {
    readonly positions: readonly { readonly symbol: string; readonly positionAmt: string }[];
    readonly algoOrders: readonly {
      readonly symbol: string;
      readonly clientAlgoId: string;
      readonly algoStatus: string;
      readonly quantity: string;
    }[];
  };
}

interface SimMarketJson {
  readonly openOrders: readonly SimOrderJson[];
  readonly orders: readonly SimOrderJson[];
  readonly fills: readonly { readonly symbol: string; readonly id: number; readonly qty: string }[];
}

interface SimOrderJson {
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly origQty: string;
  readonly executedQty: string;
  readonly status: string;
}
