import { SECOND_MS } from '../../domain/time.ts';
import type { Clock, Timer } from '../../ports/clock.ts';

const MEASURE_MS = 5 * SECOND_MS;
const ANSWER_MS = 5 * SECOND_MS;

/** How good the way to the daemon is. */
export interface LinkMeasure {
  /** There and back. */
  readonly latencyMs: number;
  /** What the daemon's clock is ahead of the one here. */
  readonly skewMs: number;
}

/** Measures the way to a daemon again and again, by asking how it is: that needs no token and counts against no limit. */
export class LinkMeter {
  readonly #url: string;
  readonly #clock: Clock;
  #timer: Timer | null = null;
  #isClosed = false;
  #measure: LinkMeasure | null = null;

  constructor(url: string, clock: Clock) {
    this.#url = new URL('/health', url).href;
    this.#clock = clock;
  }

  /** Null before the first answer, and when the last question had none. */
  get measure(): LinkMeasure | null {
    return this.#measure;
  }

  /** Settles with the first measurement. */
  async start(): Promise<void> {
    this.#measure = await this.#ask();
    if (this.#isClosed) return;
    this.#timer = this.#clock.setTimer(MEASURE_MS, () => void this.start());
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  async #ask(): Promise<LinkMeasure | null> {
    const sentAtMs = this.#clock.monotonicMs();
    try {
      const response = await fetch(this.#url, { signal: AbortSignal.timeout(ANSWER_MS), redirect: 'error' });
      const { time } = (await response.json()) as { readonly time?: unknown };
      const latencyMs = this.#clock.monotonicMs() - sentAtMs;
      // On its way back for half of the time.
      const skewMs = typeof time === 'number' ? time + latencyMs / 2 - this.#clock.now() : 0;
      return { latencyMs, skewMs };
    } catch {
      return null;
    }
  }
}
