const MINUTE_MS = 60_000;

/** What requests are for, most urgent first. */
const PRIORITIES = ['exit', 'cancel', 'question', 'entry', 'backfill'] as const;
export type RequestPriority = (typeof PRIORITIES)[number];

/**
 * What may be used up of the weight of a minute by requests of a kind: a quarter is kept for exits, and a second one for
 * whatever concerns orders, as a refused cancel or question costs more than a candle that comes later. An exit passes always:
 * the count here may be wrong, and only the venue itself may hold up what closes a position.
 */
const SHARES: Readonly<Record<RequestPriority, number>> = {
  exit: Infinity,
  cancel: 0.75,
  question: 0.75,
  entry: 0.75,
  backfill: 0.5,
};

/** What waits beyond it is refused: somebody asks without end. */
const MAX_WAITING = 10_000;

/** The clock that the budget goes by. */
interface BudgetClock {
  now(): number;
  setTimer(delayMs: number, callback: () => void): { cancel(): void };
}

interface Waiting {
  readonly weight: number;
  readonly priority: RequestPriority;
  readonly grant: () => void;
  readonly refuse: (reason: Error) => void;
}

/**
 * The request weight that the venue allows one address a minute, shared by all who ask it: market data wait for their turn,
 * the most urgent first; orders do not wait unseen. What the venue itself counts corrects our own count.
 *
 * https://developers.binance.com/docs/binance-spot-api-docs/rest-api/limits
 */
export class WeightBudget {
  readonly #clock: BudgetClock;
  #perMinute: number;
  #minute = -Infinity;
  #used = 0;
  #blockedUntil = -Infinity;
  #waiting: Waiting[] = [];
  #timer: { cancel(): void } | null = null;

  constructor(clock: BudgetClock, perMinute: number) {
    this.#clock = clock;
    this.#perMinute = perMinute;
  }

  /** Weight used in the present minute. */
  get used(): number {
    this.#roll();
    return this.#used;
  }

  /** How many requests wait for their turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** The venue's own limit, once it is known. */
  setLimit(perMinute: number): void {
    this.#perMinute = perMinute;
    this.#serve();
  }

  /**
   * Settles when a request of this weight may be sent.
   * @throws Error when the budget is closed before, or 10,000 requests wait already
   */
  async take(weight: number, priority: RequestPriority): Promise<void> {
    if (this.#waiting.length === MAX_WAITING) {
      throw new Error(`${MAX_WAITING} requests to the exchange wait already; ask for less, or later`);
    }
    return new Promise((grant, refuse) => {
      const rank = PRIORITIES.indexOf(priority);
      // Behind all that are as urgent: requests of one priority stay in the order in which they came.
      const place = this.#waiting.findLastIndex((other) => PRIORITIES.indexOf(other.priority) <= rank) + 1;
      this.#waiting.splice(place, 0, { weight, priority, grant, refuse });
      this.#serve();
    });
  }

  /**
   * Takes the weight when the request may be sent at once, before all that wait.
   * @returns 0, or how many milliseconds the request has to wait: nothing is taken then
   */
  tryTake(weight: number, priority: RequestPriority): number {
    this.#roll();
    if (!this.#allows({ weight, priority })) return this.#delayMs();
    this.#used += weight;
    return 0;
  }

  /** What the venue says is used in the present minute: header `X-MBX-USED-WEIGHT-1M`. */
  observe(used: number): void {
    this.#roll();
    this.#used = Math.max(this.#used, used);
  }

  /** The venue refused for `retryAfterMs`: until then only exits go on. */
  block(retryAfterMs: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, this.#clock.now() + retryAfterMs);
  }

  /** Refuses everything that waits. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const refused = this.#waiting;
    this.#waiting = [];
    for (const { refuse } of refused) refuse(new Error('the request was given up: the program closes the connection'));
  }

  #roll(): void {
    const minute = Math.floor(this.#clock.now() / MINUTE_MS);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#used = 0;
  }

  #serve(): void {
    this.#roll();
    for (let next = this.#waiting[0]; next !== undefined && this.#allows(next); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#used += next.weight;
      next.grant();
    }
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#waiting.length > 0) this.#timer = this.#clock.setTimer(this.#delayMs(), () => this.#serve());
  }

  #allows({ weight, priority }: Pick<Waiting, 'weight' | 'priority'>): boolean {
    if (priority === 'exit') return true;
    if (this.#clock.now() < this.#blockedUntil) return false;
    return this.#used === 0 || this.#used + weight <= this.#perMinute * SHARES[priority];
  }

  /** Until the next minute begins, or the venue takes requests again. */
  #delayMs(): number {
    const now = this.#clock.now();
    if (now < this.#blockedUntil) return this.#blockedUntil - now;
    return MINUTE_MS - (now % MINUTE_MS);
  }
}
