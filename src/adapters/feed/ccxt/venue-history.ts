import type { Exchange } from 'ccxt';

import type { Candle } from '../../../domain/candle.ts';
import { SECOND_MS, MINUTE_MS, timeframeMs } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { HistoryRequest } from '../../../ports/market-feed.ts';
import { readCandle } from './readings.ts';

/** Candles asked for at once: venues that give fewer are asked again from where they ended. */
const CANDLES_PER_CALL = 500;
/** What every venue looks at for one call: it may stop after so many, and have found none there. */
const FEWEST_PER_CALL = 100;
/** The venue's clock is looked at again after this. */
const CLOCK_MAX_AGE_MS = 10 * MINUTE_MS;
/** What our clock may be ahead of a venue that does not tell its time. */
const UNKNOWN_CLOCK_MS = SECOND_MS;

/** Closed candles and the time of a venue, over REST. All methods throw ccxt's errors. */
export class VenueHistory {
  readonly #exchange: Exchange;
  readonly #clock: Clock;
  #offsetMs: number;
  #measuredAtMs = -Infinity;

  constructor(exchange: Exchange, clock: Clock) {
    this.#exchange = exchange;
    this.#clock = clock;
    this.#offsetMs = this.tellsTime ? 0 : -UNKNOWN_CLOCK_MS;
  }

  get tellsTime(): boolean {
    return this.#exchange.has['fetchTime'] === true;
  }

  /** What the venue's clock is ahead of ours; rather too little than too much. */
  get clockOffsetMs(): number {
    return this.#offsetMs;
  }

  /** A time that the venue has reached: a candle that ended by then is closed. */
  get venueNow(): number {
    return this.#clock.now() + this.#offsetMs;
  }

  /** Measures the clocks, unless that was done lately. */
  async measureClock(): Promise<void> {
    if (!this.tellsTime || this.#clock.monotonicMs() - this.#measuredAtMs < CLOCK_MAX_AGE_MS) return;
    const time = await this.#exchange.fetchTime();
    if (typeof time !== 'number') throw new TypeError('the exchange tells no time');
    // As if the answer had taken no time: the venue is there already, or further.
    this.#offsetMs = time - this.#clock.now();
    this.#measuredAtMs = this.#clock.monotonicMs();
  }

  /**
   * Closed candles of a stretch, oldest first, as far as the venue has them.
   * @param unified ccxt's name of the symbol
   */
  async candles(request: HistoryRequest, unified: string): Promise<Candle[]> {
    await this.measureClock();
    const { timeframe } = request;
    const stepMs = timeframeMs(timeframe);
    const toMs = Math.min(request.toMs, this.venueNow - stepMs);
    const candles = new Map<number, Candle>();
    for (let fromMs = request.fromMs; fromMs <= toMs;) {
      const limit = Math.min(CANDLES_PER_CALL, Math.floor((toMs - fromMs) / stepMs) + 1);
      const rows = await this.#exchange.fetchOHLCV(unified, timeframe, fromMs, limit);
      let newest = -Infinity;
      for (const row of rows) {
        const candle = readCandle(row, request);
        if (candle === null || candle.openTime < fromMs || candle.openTime > toMs) continue;
        candles.set(candle.openTime, { ...candle, closed: true });
        newest = Math.max(newest, candle.openTime);
      }
      // A stretch without any candle may be followed by others: it began to trade later, or rested.
      fromMs = newest > -Infinity ? newest + stepMs : fromMs + FEWEST_PER_CALL * stepMs;
    }
    return [...candles.values()].toSorted((a, b) => a.openTime - b.openTime);
  }
}
