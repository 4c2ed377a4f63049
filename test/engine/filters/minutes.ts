import type { Candle } from '../../../src/domain/candle.ts';
import type { VenueSymbol } from '../../../src/domain/ids.ts';
import { MINUTE_MS, timeframeMs } from '../../../src/domain/time.ts';
import type { Timeframe } from '../../../src/domain/time.ts';

/** Figures of minutes that follow one another. */
export interface MinuteColumns {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** The minutes of one symbol from `start` on. */
export class Minutes {
  readonly symbol: VenueSymbol;
  readonly start: number;
  readonly #columns: MinuteColumns;

  constructor(symbol: VenueSymbol, start: number, columns: MinuteColumns) {
    this.symbol = symbol;
    this.start = start;
    this.#columns = columns;
  }

  /** A closed candle, made of the minutes that it covers. */
  candle(timeframe: Timeframe, openTime: number): Candle {
    const { open, high, low, close, volume } = this.#columns;
    const from = (openTime - this.start) / MINUTE_MS;
    const to = from + timeframeMs(timeframe) / MINUTE_MS;
    const sums = { volume: 0, quoteVolume: 0, trades: 0, buyVolume: 0, sellVolume: 0 };
    let [highest, lowest] = [-Infinity, Infinity];
    for (let row = from; row < to; row += 1) {
      const [traded, price] = [volume[row] ?? NaN, close[row] ?? NaN];
      highest = Math.max(highest, high[row] ?? NaN);
      lowest = Math.min(lowest, low[row] ?? NaN);
      sums.volume += traded;
      sums.quoteVolume += traded * price;
      sums.trades += 1;
      sums.buyVolume += price > (open[row] ?? NaN) ? 0.75 * traded : 0.25 * traded;
      sums.sellVolume += price > (open[row] ?? NaN) ? 0.25 * traded : 0.75 * traded;
    }
    const prices = { open: open[from] ?? NaN, high: highest, low: lowest, close: close[to - 1] ?? NaN };
    return { symbol: this.symbol, timeframe, openTime, ...prices, ...sums, closed: true };
  }

  /** The `count` newest candles that are closed at `until`, fewer since the start. */
  history(timeframe: Timeframe, until: number, count: number): Candle[] {
    const stepMs = timeframeMs(timeframe);
    const end = Math.floor(until / stepMs) * stepMs;
    const first = Math.max(Math.ceil(this.start / stepMs) * stepMs, end - count * stepMs);
    return Array.from({ length: Math.max(0, (end - first) / stepMs) }, (_, at) =>
      this.candle(timeframe, first + at * stepMs),
    );
  }
}

/** Made-up minutes: a walk whose trend turns every few hours, so that filters find something. */
export function madeUpMinutes(length: number, seed: number): MinuteColumns {
  const chance = chanceOf(seed);
  const made = (): Float64Array => new Float64Array(length);
  const columns = { open: made(), high: made(), low: made(), close: made(), volume: made() };
  let price = 1_000;
  for (let row = 0; row < length; row += 1) {
    const drift = Math.sin((row / 400) * (1 + (seed % 3))) * 0.0008;
    columns.open[row] = price;
    price = Math.max(1, price * (1 + drift + (chance() - 0.5) * 0.004));
    columns.close[row] = price;
    columns.high[row] = Math.max(price, columns.open[row] ?? NaN) + chance() / 2;
    columns.low[row] = Math.min(price, columns.open[row] ?? NaN) - chance() / 2;
    columns.volume[row] = chance() * 100 * (chance() > 0.97 ? 20 : 1);
  }
  return columns;
}

/** Numbers from 0 to 1, the same for the same seed (Lehmer 1951). */
function chanceOf(seed: number): () => number {
  let state = ((seed + 1) * 48_271) % 2_147_483_647;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
