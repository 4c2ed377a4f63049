import { MINUTE_MS } from '../../../../domain/time.ts';
import type { Clock } from '../../../../ports/clock.ts';
import { NotSent } from './failures.ts';

/** What a request is for, most urgent first (architecture decision 12). */
export type RequestPriority = 'exit' | 'cancel' | 'question' | 'entry' | 'backfill';

/** The request weight of one address, shared by all who ask the venue from it. */
export interface RequestBudget {
  /** Settles when a request of this weight may be sent; rejects when it is not to be sent. */
  take(weight: number, priority: RequestPriority): Promise<void>;
  /** What the venue counts in the present minute (`X-MBX-USED-WEIGHT-1M`). */
  observe(used: number): void;
  /** The venue refused for so long: until then only exits go on. */
  block(retryAfterMs: number): void;
}

/** What all but exits may use of the weight that the venue allows a minute. */
const SHARE_WITHOUT_EXITS = 0.75;

/**
 * The budget of a broker that is alone on its address: by the venue's own count, and without a queue. What may not be
 * sent now is refused with the time to wait, as an order that waits unseen would come at a price that nobody wanted.
 */
export function createOwnBudget(clock: Clock, perMinute: number): RequestBudget {
  let blockedUntil = -Infinity;
  let minute = -Infinity;
  let used = 0;

  function roll(): void {
    const present = Math.floor(clock.now() / MINUTE_MS);
    if (present !== minute) used = 0;
    minute = present;
  }

  return {
    async take(weight, priority) {
      roll();
      const now = clock.now();
      if (priority !== 'exit' && now < blockedUntil) {
        throw new NotSent('the exchange has asked to be left alone for now', blockedUntil - now);
      }
      if (priority !== 'exit' && used > 0 && used + weight > perMinute * SHARE_WITHOUT_EXITS) {
        throw new NotSent('the request weight of this minute is used up', MINUTE_MS - (now % MINUTE_MS));
      }
      used += weight;
    },
    observe(counted) {
      roll();
      used = Math.max(used, counted);
    },
    block(retryAfterMs) {
      blockedUntil = Math.max(blockedUntil, clock.now() + retryAfterMs);
    },
  };
}
