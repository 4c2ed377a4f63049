import { refuse } from '../venue-error.ts';

/** A counter of a fixed window, such as 100 orders per 10 seconds. Windows are aligned to the epoch, as at the venue. */
export interface RateLimit {
  readonly kind: 'REQUEST_WEIGHT' | 'ORDERS' | 'RAW_REQUESTS';
  readonly interval: 'SECOND' | 'MINUTE' | 'DAY';
  readonly intervalNum: number;
  readonly limit: number;
}

const INTERVAL_MS = { SECOND: 1_000, MINUTE: 60_000, DAY: 86_400_000 } as const;
const LETTER = { SECOND: 'S', MINUTE: 'M', DAY: 'D' } as const;
/** After so many refused requests in one window the venue bans the address. */
const REFUSALS_BEFORE_BAN = 20;
/** The venue's first ban lasts two minutes. */
const FIRST_BAN_MS = 120_000;

/** How long the window of a limit is. */
function windowMs(limit: RateLimit): number {
  return INTERVAL_MS[limit.interval] * limit.intervalNum;
}

interface Counter {
  readonly limit: RateLimit;
  window: number;
  count: number;
}

/**
 * Weight and order counters of one client address at one market, on the host's clock. Over a limit the request is
 * refused with -1003 or -1015 and Retry-After; who goes on is banned (418).
 */
export class RateLimiter {
  readonly #counters: readonly Counter[];
  #refusedInWindow = 0;
  #bannedUntil = 0;

  constructor(limits: readonly RateLimit[]) {
    this.#counters = limits.map((limit) => ({ limit, window: -1, count: 0 }));
  }

  /** The moment until which the address is banned; in the past when it is not. */
  get bannedUntil(): number {
    return this.#bannedUntil;
  }

  /** Bans the address until a moment, for a fault. */
  ban(until: number): void {
    this.#bannedUntil = until;
  }

  /** Fills the weight counter, so that the next request is refused with 429. */
  exhaust(now: number): void {
    for (const counter of this.#counters) {
      if (counter.limit.kind === 'REQUEST_WEIGHT') this.#roll(counter, now).count = counter.limit.limit;
    }
  }

  /** @throws VenueError -1003 with 429, or with 418 while banned */
  takeWeight(weight: number, now: number): void {
    if (now < this.#bannedUntil) {
      const headers = { 'Retry-After': String(Math.ceil((this.#bannedUntil - now) / 1_000)) };
      throw refuse('BANNED', { until: this.#bannedUntil }, { headers });
    }
    for (const counter of this.#counters.filter(({ limit }) => limit.kind === 'REQUEST_WEIGHT')) {
      const rolled = this.#roll(counter, now);
      rolled.count += weight;
      if (rolled.count > rolled.limit.limit) throw this.#overWeight(rolled.limit, now);
    }
  }

  #overWeight(limit: RateLimit, now: number): Error {
    this.#refusedInWindow += 1;
    if (this.#refusedInWindow > REFUSALS_BEFORE_BAN) {
      this.#bannedUntil = now + FIRST_BAN_MS;
      this.#refusedInWindow = 0;
    }
    return refuse('TOO_MANY_REQUESTS', { limit: limit.limit }, { headers: retryAfter(limit, now) });
  }

  /** @throws VenueError -1015 with 429 */
  takeOrder(now: number): void {
    const orders = this.#counters.filter(({ limit }) => limit.kind === 'ORDERS');
    for (const counter of orders) {
      const { limit, count } = this.#roll(counter, now);
      if (count < limit.limit) continue;
      const interval = `${limit.intervalNum} ${limit.interval}`;
      throw refuse('TOO_MANY_ORDERS', { limit: limit.limit, interval }, { headers: retryAfter(limit, now) });
    }
    for (const counter of orders) counter.count += 1;
  }

  /** The headers that tell a client how much it has used. */
  headers(now: number, withOrders: boolean): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const counter of this.#counters) {
      const { limit, count } = this.#roll(counter, now);
      const suffix = `${limit.intervalNum}${LETTER[limit.interval]}`;
      if (limit.kind === 'REQUEST_WEIGHT') headers[`X-MBX-USED-WEIGHT-${suffix}`] = String(count);
      if (limit.kind === 'ORDERS' && withOrders) headers[`X-MBX-ORDER-COUNT-${suffix}`] = String(count);
    }
    return headers;
  }

  /** The counters as the WebSocket API gives them in `rateLimits`. */
  describe(now: number, withOrders: boolean): object[] {
    return this.#counters
      .filter(({ limit }) => limit.kind === 'REQUEST_WEIGHT' || (withOrders && limit.kind === 'ORDERS'))
      .map((counter) => {
        const { limit, count } = this.#roll(counter, now);
        return { ...describeLimit(limit), count };
      });
  }

  #roll(counter: Counter, now: number): Counter {
    const window = Math.floor(now / windowMs(counter.limit));
    if (window !== counter.window) {
      counter.window = window;
      counter.count = 0;
      if (counter.limit.kind === 'REQUEST_WEIGHT') this.#refusedInWindow = 0;
    }
    return counter;
  }
}

function retryAfter(limit: RateLimit, now: number): Record<string, string> {
  const span = windowMs(limit);
  return { 'Retry-After': String(Math.max(1, Math.ceil((span - (now % span)) / 1_000))) };
}

/** A limit as `exchangeInfo` gives it. */
export function describeLimit(limit: RateLimit): {
  rateLimitType: string;
  interval: string;
  intervalNum: number;
  limit: number;
} {
  return { rateLimitType: limit.kind, interval: limit.interval, intervalNum: limit.intervalNum, limit: limit.limit };
}
