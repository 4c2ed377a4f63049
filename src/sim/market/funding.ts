import { DAY_MS, MINUTE_MS } from '../../domain/time.ts';
import { normalAt, seriesKey, SmoothNormal } from './chance.ts';
import type { SeriesKey } from './chance.ts';

/** The rate to which funding returns when futures trade at the index: 0.01 % (Binance's interest rate component). */
const USUAL_RATE = 0.0001;
const LARGEST_RATE = 0.003;
const LARGEST_PREMIUM = 0.0002;

/** Mark price and funding rates of a symbol: functions of seed, symbol and time. */
export class Funding {
  readonly intervalMs: number;
  readonly #drift: SmoothNormal;
  readonly #noise: SeriesKey;
  readonly #premium: SmoothNormal;

  constructor(seed: number, name: string, intervalMs: number) {
    this.intervalMs = intervalMs;
    this.#drift = new SmoothNormal(seriesKey(seed, `${name}/funding/drift`));
    this.#noise = seriesKey(seed, `${name}/funding/noise`);
    this.#premium = new SmoothNormal(seriesKey(seed, `${name}/funding/premium`));
  }

  /** The first funding time after `timeMs`. */
  nextAfter(timeMs: number): number {
    return (Math.floor(timeMs / this.intervalMs) + 1) * this.intervalMs;
  }

  /** The rate applied at a funding time, with 8 decimals. */
  rateAt(fundingMs: number): number {
    const drift = this.#drift.at(fundingMs / (3 * DAY_MS));
    const noise = normalAt(this.#noise, Math.round(fundingMs / this.intervalMs));
    const rate = USUAL_RATE * (1 + 0.9 * drift + 0.3 * noise);
    return Math.round(Math.min(LARGEST_RATE, Math.max(-LARGEST_RATE, rate)) * 1e8) / 1e8;
  }

  /** How much higher than the index the mark price is, as a share. */
  premiumAt(timeMs: number): number {
    const premium = (this.#premium.at(timeMs / (20 * MINUTE_MS)) * LARGEST_PREMIUM) / 2;
    return Math.min(LARGEST_PREMIUM, Math.max(-LARGEST_PREMIUM, premium));
  }
}
