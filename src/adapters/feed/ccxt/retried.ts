import { SECOND_MS } from '../../../domain/time.ts';
import { backoffMs } from '../../../lib/backoff.ts';
import type { BackoffRule } from '../../../lib/backoff.ts';
import type { Clock } from '../../../ports/clock.ts';
import { isPassing } from './faults.ts';

/** By default. */
const TRIES = 4;
const RETRY: BackoffRule = { firstMs: SECOND_MS, maxMs: 8 * SECOND_MS, jitter: 0 };

/** What a question to the venue brings; one that may be answered later is asked again, `tries` times in all. */
export async function retried<Answer>(clock: Clock, ask: () => Promise<Answer>, tries = TRIES): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (attempt >= tries || !isPassing(error)) throw error;
      await new Promise<void>((resolve) => void clock.setTimer(backoffMs(attempt, RETRY, 0), resolve));
    }
  }
}
