import { candleOpenTime, timeframeMs } from '../../../../domain/time.ts';
import type { Timeframe } from '../../../../domain/time.ts';
import type { MarketSource } from '../../../../sim/market/source.ts';
import { createSyntheticMarket } from '../../../../sim/market/synthetic-market.ts';

/** How many different histories there are. */
export const HISTORIES = 4;
const SEED = 3;
/** A Monday: every timeframe begins there. Nothing depends on which one, and every check of a filter sees the same. */
export const END_MS = Date.UTC(2026, 0, 5);
/** Candles made on either side of those that are asked for: the next question is mostly about them. */
const MARGIN = 100;

interface Made {
  readonly fromMs: number;
  readonly toMs: number;
  readonly columns: readonly Float64Array[];
}

/** Synthetic candles until `END_MS`, the same each time: no network, no clock. */
export class TestMarket {
  readonly #market: MarketSource = createSyntheticMarket({ seed: SEED, symbols: HISTORIES, startMs: END_MS });
  readonly #made = new Map<string, Made>();

  /** The candles of a history that open in [fromMs, toMs), in the columns of the sandbox. */
  columns(index: number, timeframe: Timeframe, { fromMs, toMs }: { fromMs: number; toMs: number }): Float64Array[] {
    const key = `${index} ${timeframe}`;
    let made = this.#made.get(key);
    if (made === undefined || fromMs < made.fromMs || toMs > made.toMs) {
      const marginMs = MARGIN * timeframeMs(timeframe);
      const range = { fromMs: fromMs - marginMs, toMs: Math.min(END_MS, toMs + marginMs) };
      made = { ...range, columns: this.#make(index, timeframe, range) };
      this.#made.set(key, made);
    }
    const times = made.columns[0]!;
    const from = times.findIndex((time) => time >= fromMs);
    const after = times.findIndex((time) => time >= toMs);
    return made.columns.map((column) => column.subarray(from < 0 ? times.length : from, after < 0 ? undefined : after));
  }

  #make(index: number, timeframe: Timeframe, { fromMs, toMs }: { fromMs: number; toMs: number }): Float64Array[] {
    // The market is too young for long weekly columns: days stand in for weeks.
    const source = timeframe === '1w' ? '1d' : timeframe;
    const stretch = timeframeMs(timeframe) / timeframeMs(source);
    const toSource = (time: number): number => END_MS - (END_MS - candleOpenTime(time, timeframe)) / stretch;
    const range = { fromMs: toSource(fromMs), toMs: toSource(toMs) - timeframeMs(source) };
    const made = this.#market.history(index, source, range);
    const { open, high, low, close, volume, quoteVolume, trades, buyVolume } = made;
    const time = made.openTime.map((each) => END_MS - (END_MS - each) * stretch);
    const sellVolume = volume.map((each, row) => each - buyVolume[row]!);
    return [time, open, high, low, close, volume, quoteVolume, trades, buyVolume, sellVolume];
  }
}
