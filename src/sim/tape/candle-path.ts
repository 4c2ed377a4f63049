import type { CandleRecord } from './candle-file.ts';

/** A trade on the way through a candle. */
export interface PathPoint {
  /** Milliseconds after the candle's open. */
  readonly offsetMs: number;
  readonly price: number;
  /** Base units; zero when the volume is too small to be shared out. */
  readonly quantity: number;
}

/**
 * The way through a candle's four prices: open, the extreme that is nearer to it, the other extreme, close. A falling
 * candle that is as far from both goes up first, a rising one down first.
 * @param quantityScale the volume is shared out in units of 1 / quantityScale; what does not divide is in the last trade,
 *   so that the sum is exact
 */
export function candlePath(candle: CandleRecord, lengthMs: number, quantityScale: number): PathPoint[] {
  const { open, high, low, close } = candle;
  const [toHigh, toLow] = [high - open, open - low];
  const isHighFirst = toHigh === toLow ? close < open : toHigh < toLow;
  const prices = [open, ...(isHighFirst ? [high, low] : [low, high]), close];
  const offsets = [0, Math.floor(lengthMs / 3), Math.floor((2 * lengthMs) / 3), lengthMs - 1];
  const units = Math.round(candle.volume * quantityScale);
  const part = Math.floor(units / 4);
  return prices.map((price, i) => {
    const share = i === 3 ? units - 3 * part : part;
    return { offsetMs: offsets[i] ?? 0, price, quantity: share / quantityScale };
  });
}
