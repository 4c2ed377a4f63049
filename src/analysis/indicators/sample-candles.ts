/** A made-up market for tests: the same candles for the same seed. */

/** The columns of a candle series as Float64Array; see `CandleColumns`. */
export interface SampleCandles {
  readonly time: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

const START = Date.UTC(2024, 0, 1);
const FIVE_MINUTES = 300_000;

/** Numbers from 0 to 1, the same for the same seed (Lehmer 1951). */
function chance(seed: number): () => number {
  let state = (seed * 2_654_435_761 + 1) % 2_147_483_647;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Prices are multiples of this, as on a venue; powers of two make sums and differences of them exact. */
const TICK = 1 / 1024;
const toTick = (price: number) => Math.round(price / TICK) * TICK;

/** Five-minute candles from a UTC midnight on: a random walk around 100 that rests now and then, as thin markets do. */
export function sampleCandles(length: number, seed = 1): SampleCandles {
  const next = chance(seed);
  const made = () => new Float64Array(length);
  const candles = { time: made(), open: made(), high: made(), low: made(), close: made(), volume: made() };
  let price = 100;
  for (let at = 0; at < length; at += 1) {
    const open = price;
    if (next() > 0.1) price = toTick(price * (1 + (next() - 0.5) * 0.02));
    const reach = next() > 0.1 ? price * 0.005 : 0;
    candles.time[at] = START + at * FIVE_MINUTES;
    candles.open[at] = open;
    candles.high[at] = toTick(Math.max(open, price) + reach * next());
    candles.low[at] = toTick(Math.min(open, price) - reach * next());
    candles.close[at] = price;
    candles.volume[at] = Math.ceil(next() * 1_000) / 10;
  }
  return candles;
}
