import { AitraderError } from '../../../domain/errors.ts';
import { MINUTE_MS, SECOND_MS } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';

/** So many in each minute; the minute begins with its first one. */
export class Budget {
  readonly #clock: Clock;
  readonly #perMinute: number;
  #startedAt = -Infinity;
  #used = 0;

  /** @param perMinute Infinity: no limit */
  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock;
    this.#perMinute = perMinute;
  }

  /**
   * Takes one.
   * @param what is limited, in the plural, for the message
   * @throws AitraderError `RATE_LIMITED`, with the seconds until the next minute in its context
   */
  take(what: string): void {
    const waitMs = this.#spentFor();
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / SECOND_MS);
      throw new AitraderError('RATE_LIMITED', { allowed: this.#perMinute, what, seconds });
    }
    this.#used += 1;
  }

  /** Milliseconds until there is something again; 0 when there is. */
  #spentFor(): number {
    const elapsedMs = this.#clock.monotonicMs() - this.#startedAt;
    if (elapsedMs >= MINUTE_MS) {
      this.#startedAt = this.#clock.monotonicMs();
      this.#used = 0;
    }
    return this.#used < this.#perMinute ? 0 : Math.max(1, MINUTE_MS - elapsedMs);
  }
}

/** More addresses are not told apart: then the one that was quiet for longest is forgotten. */
const MOST_ADDRESSES = 10_000;

/** A budget for each address. */
export class AddressBudgets {
  readonly #budgets = new Map<string, Budget>();
  readonly #make: () => Budget;

  constructor(make: () => Budget) {
    this.#make = make;
  }

  of(address: string): Budget {
    const budget = this.#budgets.get(address) ?? this.#make();
    this.#budgets.delete(address);
    this.#budgets.set(address, budget);
    if (this.#budgets.size > MOST_ADDRESSES) {
      const [oldest] = this.#budgets.keys();
      if (oldest !== undefined) this.#budgets.delete(oldest);
    }
    return budget;
  }
}
