import type { Market } from '../../domain/instrument.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FaultPlan, RequestFaults } from '../faults/request-faults.ts';
import { refuse } from '../venue-error.ts';
import type { Endpoint } from './endpoint.ts';
import { weightOf } from './endpoint.ts';
import type { Params } from './params.ts';
import type { RateLimit } from './rate-limits.ts';
import { RateLimiter } from './rate-limits.ts';
import type { ApiCredentials } from './signature.ts';
import { isSigned } from './signature.ts';

const KEY_FORMAT = /^[A-Za-z0-9]{64}$/;
const DEFAULT_RECV_WINDOW_MS = 5_000;
const MAX_RECV_WINDOW_MS = 60_000;
/** How far a request may be ahead of the venue. */
const AHEAD_MS = 1_000;

/** A request as it arrived, over whichever door. */
export interface Arrival {
  readonly params: Params;
  readonly apiKey: string;
  /** What was signed, and the signature given. */
  readonly payload: string;
  readonly signature: string | null;
  readonly address: string;
}

/** An account and the key that opens it. */
export interface KeyHolder extends ApiCredentials {
  readonly accountId: string;
}

export interface GateOptions {
  readonly clock: Clock;
  /** The venue's time, caught up with. */
  readonly venueNow: () => number;
  readonly holders: readonly KeyHolder[];
  readonly limits: Readonly<Record<Market, readonly RateLimit[]>>;
  readonly faults: RequestFaults;
}

/** What came of a request: an answer, and what is to happen to it on its way back. */
export interface Outcome {
  readonly answer: unknown;
  readonly plan: FaultPlan;
}

/** Every request passes here: rate limits, key, timestamp, signature, injected faults; then it is carried out. */
export class Gate {
  readonly #options: GateOptions;
  readonly #limiters = new Map<string, RateLimiter>();
  /** How far the venue's clock is off, for the fault of a skewed clock. */
  clockSkewMs = 0;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** The venue's time as it tells it. */
  serverTime(): number {
    return this.#options.venueNow() + this.clockSkewMs;
  }

  /** The counters of an address at a market. */
  limiter(market: Market, address: string): RateLimiter {
    const key = `${market} ${address}`;
    const known = this.#limiters.get(key);
    if (known !== undefined) return known;
    const limiter = new RateLimiter(this.#options.limits[market]);
    this.#limiters.set(key, limiter);
    return limiter;
  }

  /** The counters of all addresses that have called at a market. */
  limiters(market: Market): RateLimiter[] {
    return [...this.#limiters].filter(([key]) => key.startsWith(`${market} `)).map(([, limiter]) => limiter);
  }

  /** @throws VenueError a refusal */
  carryOut(endpoint: Endpoint, arrival: Arrival): Outcome {
    const { clock, faults } = this.#options;
    const hostNow = clock.now();
    const limiter = this.limiter(endpoint.market, arrival.address);
    limiter.takeWeight(weightOf(endpoint, arrival.params), hostNow);
    const nowMs = this.serverTime();
    const accountId = this.#authorize(endpoint, arrival, nowMs);
    const plan = faults.plan(endpoint, nowMs);
    if (plan.before !== null) throw plan.before;
    if ((endpoint.orders ?? 0) > 0) limiter.takeOrder(hostNow);
    const answer = endpoint.handle({ params: arrival.params, accountId, nowMs });
    return { answer, plan };
  }

  /** The account of a key, null when nobody has it. */
  holderOf(apiKey: string): KeyHolder | null {
    return this.#options.holders.find((holder) => holder.apiKey === apiKey) ?? null;
  }

  #authorize(endpoint: Endpoint, arrival: Arrival, nowMs: number): string {
    if (endpoint.security === 'none') return '';
    const holder = this.holderOf(arrival.apiKey);
    if (holder === null) throw refuse(KEY_FORMAT.test(arrival.apiKey) ? 'REJECTED_KEY' : 'BAD_KEY_FORMAT');
    if (endpoint.security === 'signed') this.#checkSignature(arrival, holder, nowMs);
    return holder.accountId;
  }

  #checkSignature(arrival: Arrival, holder: KeyHolder, nowMs: number): void {
    const timestamp = arrival.params.integer('timestamp');
    const recvWindow = arrival.params.optionalInteger('recvWindow') ?? DEFAULT_RECV_WINDOW_MS;
    if (recvWindow > MAX_RECV_WINDOW_MS) throw refuse('BAD_PARAMETER', { parameter: 'recvWindow' });
    this.#checkTimestamp(timestamp, recvWindow, nowMs);
    if (arrival.signature === null) throw refuse('PARAMETER_MISSING', { parameter: 'signature' });
    if (!isSigned(arrival.payload, arrival.signature, holder)) throw refuse('INVALID_SIGNATURE');
  }

  /**
   * A request is in time by the venue's clock or, because market time may run at any speed while clients keep their own,
   * by the clock of the machine. The skew of a fault holds for both.
   */
  #checkTimestamp(timestamp: number, recvWindowMs: number, nowMs: number): void {
    const clocks = [nowMs, this.#options.clock.now() + this.clockSkewMs];
    if (clocks.some((now) => timestamp < now + AHEAD_MS && now - timestamp <= recvWindowMs)) return;
    throw refuse(clocks.every((now) => timestamp >= now + AHEAD_MS) ? 'TIMESTAMP_AHEAD' : 'INVALID_TIMESTAMP');
  }
}
