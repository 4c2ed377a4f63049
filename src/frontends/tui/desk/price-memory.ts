import type { VenueSymbol } from '../../../domain/ids.ts';
import { SECOND_MS } from '../../../domain/time.ts';
import type { MarketRow } from '../../../ports/engine-handle.ts';

/** One price is kept for each step of the desk's time. */
const STEP_MS = 10 * SECOND_MS;
const KEPT_STEPS = 180;

interface Track {
  step: number;
  readonly prices: number[];
}

/** The prices that the screen has seen, by symbol, for sparklines and charts: the last one of each step. Bounded. */
export class PriceMemory {
  readonly #tracks = new Map<VenueSymbol, Track>();

  /** @param now the desk's time, milliseconds UTC */
  see(markets: readonly MarketRow[], now: number): void {
    const step = Math.floor(now / STEP_MS);
    for (const { symbol, last } of markets) {
      if (!(last > 0)) continue;
      const track = this.#tracks.get(symbol);
      if (track === undefined) this.#tracks.set(symbol, { step, prices: [last] });
      else if (track.step === step) track.prices[track.prices.length - 1] = last;
      else {
        track.step = step;
        track.prices.push(last);
        if (track.prices.length > KEPT_STEPS) track.prices.shift();
      }
    }
  }

  /** Oldest first; empty for a symbol that was never seen. */
  pricesOf(symbol: VenueSymbol): readonly number[] {
    return this.#tracks.get(symbol)?.prices ?? [];
  }
}
