import { createHmac, createPrivateKey, sign } from 'node:crypto';
import type { binance } from 'ccxt';

import type { Market } from '../../../../domain/instrument.ts';
import { HOUR_MS, SECOND_MS } from '../../../../domain/time.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { RequestPriority, WeightBudget } from '../../../../lib/weight-budget.ts';
import type { CcxtBrokerOptions } from '../options.ts';
import { ConnectionFault, NotSent, UnreadableAnswer, VenueRefusal } from './failures.ts';
import { fieldsOf, integerOf, isFields, optionalText } from './fields.ts';
import { isRateLimited, limitWaitMs } from './outcome.ts';
import type { HttpRequest, Transport } from './transport.ts';

/** Requests carry this; the venue takes them no longer after their timestamp. */
export const RECV_WINDOW_MS = 5 * SECOND_MS;
const TIMEOUT_MS = 10 * SECOND_MS;
/** Clocks drift: their offset is measured anew after so long. */
const MEASURED_FOR_MS = HOUR_MS;
const BAD_TIMESTAMP = -1021;

/** Failures of a connection that never came about: the venue has seen nothing. */
const NEVER_CONNECTED: ReadonlySet<unknown> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
]);

type Params = Readonly<Record<string, string | number | boolean>>;
type Answer = { readonly text: () => Promise<string> } & Readonly<Record<string, unknown>>;

/** What a client of the venue is made of. */
export type ClientOptions = Pick<
  CcxtBrokerOptions,
  'account' | 'venueClass' | 'apiKey' | 'secret' | 'hosts' | 'clock' | 'transport'
> & { readonly budget: WeightBudget };

/** Where the library lets its user take part in a request. */
interface RequestHooks {
  nonce: () => number;
  sign: (...request: unknown[]) => unknown;
  undiciRequest: (url: string, params: { readonly method?: string }) => Promise<Answer>;
  handleErrors: (...answer: unknown[]) => undefined;
  /** URL, method, headers, body. */
  fetch: (...request: unknown[]) => Promise<unknown>;
  /** The answer, and what it answers to. */
  handleRestResponse: (...exchange: unknown[]) => Promise<unknown>;
}

/** What a request costs, and how urgent it is. */
export interface RequestCost {
  readonly weight: number;
  readonly priority: RequestPriority;
}

/**
 * Requests to the venue, made and signed by ccxt under the venue's own names (its implicit API), in the venue's own words:
 * symbols, texts and codes pass unchanged. Every failure is one of failures.ts; none holds a key or a signature.
 */
export class VenueClient {
  readonly #exchange: binance;
  readonly #clock: Clock;
  readonly #budget: WeightBudget;
  readonly #market: Market;
  readonly #apiKey: string;
  readonly #secret: string;
  /** What the venue's clock is ahead of ours. */
  #offsetMs = 0;
  /** The venue has refused a timestamp. */
  #isOffsetWrong = false;
  #measuring: Promise<void> | null = null;
  #measuredAtMs = -Infinity;

  constructor(exchange: binance, options: ClientOptions) {
    this.#exchange = exchange;
    this.#clock = options.clock;
    this.#budget = options.budget;
    this.#market = options.account.market;
    this.#apiKey = options.apiKey.reveal();
    this.#secret = options.secret.reveal();
    this.#hook(exchange as unknown as RequestHooks);
    if (options.transport !== undefined) sendOver(options.transport, exchange as unknown as RequestHooks);
  }

  /** The venue's time, as far as our clock can tell. */
  get venueNow(): number {
    return this.#clock.now() + this.#offsetMs;
  }

  /**
   * The parsed answer.
   * @param method a method of ccxt's implicit API: `privatePostOrder`
   * @throws VenueRefusal, ConnectionFault, UnreadableAnswer or NotSent
   */
  async call(method: keyof binance & string, params: Params, { weight, priority }: RequestCost): Promise<unknown> {
    const ageMs = this.#clock.monotonicMs() - this.#measuredAtMs;
    if (ageMs === Infinity) await this.measureClock();
    else if (ageMs > MEASURED_FOR_MS) void this.measureClock();
    // An order that waits here unseen would come at a price that nobody wanted.
    const waitMs = this.#budget.tryTake(weight, priority);
    if (waitMs > 0)
      throw new NotSent(
        'the exchange is to be left alone: by its own word, or as the weight of this minute is used up',
        waitMs,
      );
    return this.#send(method, params);
  }

  /**
   * Measures the offset of the clocks: it lies between two bounds, as far apart as the answer took. Without an answer it stays
   * as it is.
   */
  async measureClock(): Promise<void> {
    this.#measuring ??= this.#measure().finally(() => (this.#measuring = null));
    return this.#measuring;
  }

  /** Parameters of a WebSocket API request with their signature: https://developers.binance.com/docs/binance-spot-api-docs/websocket-api/request-security */
  signedParams(): Readonly<Record<string, string | number>> {
    const params = { apiKey: this.#apiKey, recvWindow: RECV_WINDOW_MS, timestamp: this.venueNow };
    const payload = `apiKey=${params.apiKey}&recvWindow=${params.recvWindow}&timestamp=${params.timestamp}`;
    return { ...params, signature: this.#signatureOf(payload) };
  }

  #signatureOf(payload: string): string {
    if (!this.#secret.includes('PRIVATE KEY')) {
      return createHmac('sha256', this.#secret).update(payload).digest('hex');
    }
    const key = createPrivateKey(this.#secret);
    const algorithm = key.asymmetricKeyType === 'rsa' ? 'sha256' : null;
    return sign(algorithm, Buffer.from(payload), key).toString('base64');
  }

  async #send(method: keyof binance & string, params: Params): Promise<unknown> {
    const request = this.#exchange[method] as (params: Params) => Promise<unknown>;
    try {
      const answer = await request.call(this.#exchange, { ...params });
      if (typeof answer !== 'object' || answer === null) {
        throw new UnreadableAnswer(`${method}: an answer that is no JSON`);
      }
      return answer;
    } catch (failure) {
      throw this.#noted(method, failure);
    }
  }

  /** Draws the consequences of a refusal, and lets nothing through that could hold a signature. */
  #noted(method: string, failure: unknown): Error {
    if (failure instanceof VenueRefusal) {
      if (isRateLimited(failure)) this.#budget.block(limitWaitMs(failure));
      // The next request waits for the measurement.
      if (failure.code === BAD_TIMESTAMP) {
        this.#measuredAtMs = -Infinity;
        this.#isOffsetWrong = true;
      }
      return failure;
    }
    const isOurs = [ConnectionFault, UnreadableAnswer, NotSent].some((kind) => failure instanceof kind);
    return isOurs ? (failure as Error) : new ConnectionFault(`${method}: no answer (${nameOf(failure)})`, true);
  }

  async #measure(): Promise<void> {
    // Asking on and on while the exchange wants to be left alone is what it bans an address for.
    if (this.#budget.tryTake(1, 'question') > 0) return;
    const method = this.#market === 'spot' ? 'publicGetTime' : 'fapiPublicGetTime';
    const askedAt = this.#clock.now();
    try {
      const serverTime = integerOf(fieldsOf(await this.#send(method, {})), 'serverTime');
      this.#takeOffset(serverTime - this.#clock.now(), serverTime - askedAt);
      this.#measuredAtMs = this.#clock.monotonicMs();
    } catch {
      // The request that follows tells what is wrong; with a clock that is far off it is refused with -1021.
    }
  }

  /** An offset that is possible by what was measured stays: an answer that took seconds says little about milliseconds. */
  #takeOffset(leastMs: number, mostMs: number): void {
    const isPossible = leastMs <= this.#offsetMs && this.#offsetMs <= mostMs;
    if (!isPossible || this.#isOffsetWrong) this.#offsetMs = Math.round((leastMs + mostMs) / 2);
    this.#isOffsetWrong = false;
  }

  #hook(exchange: RequestHooks): void {
    exchange.nonce = () => this.venueNow;
    const signRequest = exchange.sign.bind(exchange);
    exchange.sign = (...request) => {
      try {
        return signRequest(...request);
      } catch (failure) {
        throw new NotSent(`the request cannot be signed (${nameOf(failure)}); check the API key and secret`, null);
      }
    };
    const request = exchange.undiciRequest.bind(exchange);
    exchange.undiciRequest = async (url, params) => {
      const name = `${params.method ?? 'GET'} ${new URL(url).pathname}`;
      const answer = await request(url, params).catch((failure: unknown) => {
        throw connectionFault(name, failure);
      });
      const text = async (): Promise<string> =>
        this.#withinTime(answer.text()).catch((failure: unknown) => {
          throw connectionFault(name, failure);
        });
      return { ...answer, text };
    };
    exchange.handleErrors = (...answer) => this.#judge(answer);
  }

  /** The library's own limit ends with the headers of an answer. */
  async #withinTime<Value>(wanted: Promise<Value>): Promise<Value> {
    const { promise: tooLate, reject } = Promise.withResolvers<never>();
    const timer = this.#clock.setTimer(TIMEOUT_MS, () => reject(new DOMException('no answer', 'AbortError')));
    return Promise.race([wanted, tooLate]).finally(() => timer.cancel());
  }

  /** In the place of the library's own judgement: whatever is not answered well is a refusal with status and code. */
  #judge(answer: readonly unknown[]): undefined {
    const [status, , url, method, headers, body, parsed] = answer;
    const [httpStatus, fields] = [Number(status), isFields(parsed) ? parsed : {}];
    const used = Number(headerOf(headers, 'X-Mbx-Used-Weight-1m'));
    if (used > 0) this.#budget.observe(used);
    const code = Number(optionalText(fields, 'code') ?? Number.NaN);
    if (httpStatus >= 200 && httpStatus < 300 && !(code < 0)) return undefined;
    const seconds = Number(headerOf(headers, 'Retry-After'));
    throw new VenueRefusal(`${String(method)} ${new URL(String(url)).pathname}`, {
      status: httpStatus,
      code: Number.isSafeInteger(code) ? code : null,
      reason: optionalText(fields, 'msg') ?? String(body).slice(0, 80),
      retryAfterMs: seconds > 0 ? seconds * SECOND_MS : null,
      answer: parsed,
    });
  }
}

/** Replaces the library's own way of sending; what it makes of requests and answers stays. */
function sendOver(transport: Transport, exchange: RequestHooks): void {
  exchange.fetch = async (...request) => {
    const [url, method, headers = {}, body] = request as [string, string, HttpRequest['headers']?, string?];
    const answer = await transport({ url, method, headers, body }).catch((failure: unknown) => {
      throw connectionFault(`${method} ${new URL(url).pathname}`, failure);
    });
    const text = async (): Promise<string> => answer.body;
    return exchange.handleRestResponse({ ...answer, statusText: '', text }, ...request);
  };
}

function headerOf(headers: unknown, name: string): unknown {
  return isFields(headers) ? headers[name] : undefined;
}

/** Only what a failure is called: its text may hold the whole request. */
function nameOf(failure: unknown): string {
  if (!(failure instanceof Error)) return 'unknown';
  const { code } = failure as { code?: unknown };
  return typeof code === 'string' ? code : failure.name;
}

function connectionFault(request: string, failure: unknown): ConnectionFault {
  const name = nameOf(failure);
  const problem = ['AbortError', 'UND_ERR_ABORTED'].includes(name)
    ? `no answer within ${TIMEOUT_MS / SECOND_MS} s`
    : `the connection failed (${name})`;
  return new ConnectionFault(`${request}: ${problem}`, !NEVER_CONNECTED.has(name));
}

type VenueClass = new (config: Readonly<Record<string, unknown>>) => binance;

/**
 * A client with the account's keys, pointed at its hosts.
 * @throws Error when `venueClass` is no class of ccxt
 */
export function openVenueClient(options: ClientOptions): VenueClient {
  const exchange = new (options.venueClass as VenueClass)({
    apiKey: options.apiKey.reveal(),
    secret: options.secret.reveal(),
    enableRateLimit: false,
    timeout: TIMEOUT_MS,
    options: { recvWindow: RECV_WINDOW_MS },
  });
  const { rest } = options.hosts;
  exchange.urls['api'] = {
    public: `${rest}/api/v3`,
    private: `${rest}/api/v3`,
    sapi: `${rest}/sapi/v1`,
    fapiPublic: `${rest}/fapi/v1`,
    fapiPrivate: `${rest}/fapi/v1`,
    fapiPrivateV3: `${rest}/fapi/v3`,
  };
  return new VenueClient(exchange, options);
}
