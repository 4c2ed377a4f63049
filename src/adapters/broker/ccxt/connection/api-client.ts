import type { Exchange } from 'ccxt';

import { HOUR_MS, SECOND_MS } from '../../../../domain/time.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { RequestPriority, WeightBudget } from '../../../../lib/weight-budget.ts';
import { ConnectionFault, JudgedRefusal, NotSent, UnreadableAnswer, VenueRefusal } from './failures.ts';
import type { Fields } from './fields.ts';
import { isFields } from './fields.ts';
import type { HttpRequest, Transport } from './transport.ts';

export const TIMEOUT_MS = 10 * SECOND_MS;
/** Clocks drift: their offset is measured anew after so long. */
const MEASURED_FOR_MS = HOUR_MS;

/** Failures of a connection that never came about: the venue has seen nothing. */
const NEVER_CONNECTED: ReadonlySet<unknown> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
]);

/** What a request says. */
export type Params = Readonly<Record<string, unknown>>;
type Answer = { readonly text: () => Promise<string> } & Readonly<Record<string, unknown>>;
type Signed = { headers?: Record<string, string> };

/** An answer over HTTP, before anybody has said whether it is a good one. */
export interface RawAnswer {
  /** `POST /v5/order/create` */
  readonly request: string;
  readonly status: number;
  readonly headers: Fields;
  /** Null when it is no JSON. */
  readonly parsed: unknown;
  readonly body: string;
}

/** What must be known of a venue to speak to it at all. */
export interface VenueProtocol {
  /** The question for the venue's clock, and how its answer is read. */
  readonly clock: {
    readonly method: string;
    readonly params: Params;
    readonly read: (answer: unknown) => number;
  };
  /** What is wrong with an answer; null for a good one. */
  judge(answer: RawAnswer): VenueRefusal | JudgedRefusal | null;
  /** How long the venue wants to be left alone after this refusal; null when it does not. */
  limitMs(failure: VenueRefusal | JudgedRefusal): number | null;
  /** Whether the venue has refused our timestamp. */
  isBadTimestamp(failure: VenueRefusal | JudgedRefusal): boolean;
  /** The weight that was used in this minute, by the venue's own count; null when it does not tell. */
  usedWeight(headers: Fields): number | null;
  /** Headers beside those that the library signs. */
  headers?(venueNow: number, request: string): Readonly<Record<string, string>>;
}

/** What a client of a venue is made of. */
export interface ApiClientParts<Venue extends Exchange> {
  readonly exchange: Venue;
  readonly protocol: VenueProtocol;
  readonly clock: Clock;
  readonly budget: WeightBudget;
  readonly transport: Transport | undefined;
}

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
 * Requests to a venue, made and signed by ccxt under the venue's own names (its implicit API), in the venue's own words:
 * symbols, texts and codes pass unchanged. Every failure is one of failures.ts; none holds a key or a signature.
 */
export class ApiClient<Venue extends Exchange> {
  readonly #exchange: Venue;
  readonly #protocol: VenueProtocol;
  readonly #clock: Clock;
  readonly #budget: WeightBudget;
  /** What the venue's clock is ahead of ours. */
  #offsetMs = 0;
  /** The venue has refused a timestamp. */
  #isOffsetWrong = false;
  #measuring: Promise<void> | null = null;
  #measuredAtMs = -Infinity;
  #hasMeasured = false;

  constructor(parts: ApiClientParts<Venue>) {
    this.#exchange = parts.exchange;
    this.#protocol = parts.protocol;
    this.#clock = parts.clock;
    this.#budget = parts.budget;
    const hooks = parts.exchange as unknown as RequestHooks;
    this.#hook(hooks);
    if (parts.transport !== undefined) sendOver(parts.transport, hooks);
  }

  /** The venue's time, as far as our clock can tell. */
  get venueNow(): number {
    return this.#clock.now() + this.#offsetMs;
  }

  /** Whether the venue has told its time at least once. */
  get hasMeasuredClock(): boolean {
    return this.#hasMeasured;
  }

  /**
   * The parsed answer.
   * @param method a method of ccxt's implicit API: `privatePostOrder`
   * @param params a list where the venue takes several requests in one
   * @throws VenueRefusal, JudgedRefusal, ConnectionFault, UnreadableAnswer or NotSent
   */
  async call(
    method: keyof Venue & string,
    params: Params | readonly Params[],
    { weight, priority }: RequestCost,
  ): Promise<unknown> {
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

  async #send(method: string, params: Params | readonly Params[]): Promise<unknown> {
    const methods = this.#exchange as unknown as Readonly<Record<string, (params: unknown) => Promise<unknown>>>;
    try {
      const answer = await methods[method]?.call(this.#exchange, structuredClone(params));
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
    if (failure instanceof VenueRefusal || failure instanceof JudgedRefusal) {
      const limitMs = this.#protocol.limitMs(failure);
      if (limitMs !== null) this.#budget.block(limitMs);
      // The next request waits for the measurement.
      if (this.#protocol.isBadTimestamp(failure)) {
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
    const { method, params, read } = this.#protocol.clock;
    const askedAt = this.#clock.now();
    try {
      const serverTime = read(await this.#send(method, params));
      this.#takeOffset(serverTime - this.#clock.now(), serverTime - askedAt);
      this.#measuredAtMs = this.#clock.monotonicMs();
      this.#hasMeasured = true;
    } catch {
      // The request that follows tells what is wrong; with a clock that is far off it is refused.
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
        return this.#withHeaders(signRequest(...request) as Signed, String(request[0]));
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

  #withHeaders(signed: Signed, request: string): Signed {
    const more = this.#protocol.headers?.(this.venueNow, request);
    return more === undefined ? signed : { ...signed, headers: { ...signed.headers, ...more } };
  }

  /** The library's own limit ends with the headers of an answer. */
  async #withinTime<Value>(wanted: Promise<Value>): Promise<Value> {
    const { promise: tooLate, reject } = Promise.withResolvers<never>();
    const timer = this.#clock.setTimer(TIMEOUT_MS, () => reject(new DOMException('no answer', 'AbortError')));
    return Promise.race([wanted, tooLate]).finally(() => timer.cancel());
  }

  /** In the place of the library's own judgement. */
  #judge(answer: readonly unknown[]): undefined {
    const [status, , url, method, given, body, parsed] = answer;
    const headers = isFields(given) ? given : {};
    const used = this.#protocol.usedWeight(headers);
    if (used !== null) this.#budget.observe(used);
    const request = `${String(method)} ${new URL(String(url)).pathname}`;
    const failure = this.#protocol.judge({ request, status: Number(status), headers, parsed, body: String(body) });
    if (failure !== null) throw failure;
    return undefined;
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
