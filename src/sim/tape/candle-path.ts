import { SECOND_MS } from '../../domain/time.ts';
import type { CandleRecord } from './candle-file.ts';

/** A price comes this often, whatever the timeframe: entries want one that is younger than ten seconds. */
const STEP_MS = 5 * SECOND_MS;
/** A leg has no more steps than this: a candle of a day has a price every eight seconds, one of a week every 56. */
const MOST_STEPS = 3_600;
/** From the open to one extreme, to the other, to the close: a third of the time each. */
const LEGS = 3;

export interface PathGrid {
  /** Prices lie on its multiples. */
  readonly tick: number;
  /** The volume is shared out in units of 1 / quantityScale. */
  readonly quantityScale: number;
}

/**
 * The way through a candle's four prices: open, the extreme that is nearer to it, the other extreme, close, and in even
 * steps from one to the next. A falling candle that is as far from both goes up first, a rising one down first. The volume
 * is shared out evenly in whole units; when there are too few, the four prices come first, and the steps between go without.
 */
export class CandlePath {
  /** How many points the way through every candle of this length has. */
  readonly length: number;
  readonly #lengthMs: number;
  readonly #grid: PathGrid;
  readonly #steps: number;
  readonly #prices: [number, number, number, number] = [NaN, NaN, NaN, NaN];
  /** Units at each of the four prices, and of the rest that all points share. */
  #ownUnits = 0;
  #sharedUnits = 0;

  constructor(lengthMs: number, grid: PathGrid) {
    this.#lengthMs = lengthMs;
    this.#grid = grid;
    this.#steps = Math.max(1, Math.min(MOST_STEPS, Math.ceil(lengthMs / LEGS / STEP_MS)));
    this.length = LEGS * this.#steps + 1;
  }

  /** Goes over to the way through another candle. */
  enter({ open, high, low, close, volume }: CandleRecord): void {
    const [toHigh, toLow] = [high - open, open - low];
    const isHighFirst = toHigh === toLow ? close < open : toHigh < toLow;
    this.#prices[0] = open;
    this.#prices[1] = isHighFirst ? high : low;
    this.#prices[2] = isHighFirst ? low : high;
    this.#prices[3] = close;
    const units = Math.round(volume * this.#grid.quantityScale);
    this.#ownUnits = units >= this.length ? 0 : Math.min(units, LEGS + 1);
    this.#sharedUnits = units - this.#ownUnits;
  }

  /** Milliseconds after the candle's open. */
  offsetMs(at: number): number {
    const isLast = at === this.length - 1;
    return isLast ? this.#lengthMs - 1 : Math.floor((at * this.#lengthMs) / (this.length - 1));
  }

  /** The four prices are as they were, those in between on the tick. */
  price(at: number): number {
    const leg = Math.floor(at / this.#steps);
    const from = this.#prices[leg] ?? NaN;
    const step = at % this.#steps;
    if (step === 0) return from;
    const to = this.#prices[leg + 1] ?? NaN;
    const { tick } = this.#grid;
    const onTick = Math.round((from + ((to - from) * step) / this.#steps) / tick) * tick;
    return Math.max(Math.min(from, to), Math.min(Math.max(from, to), onTick));
  }

  /** Base units; zero where there is nothing to share out. */
  quantity(at: number): number {
    const each = Math.floor(this.#sharedUnits / this.length);
    const rest = this.#sharedUnits % this.length;
    const sharedOut = (points: number): number => Math.floor((points * rest) / this.length);
    return (each + sharedOut(at + 1) - sharedOut(at) + this.#ownUnitsAt(at)) / this.#grid.quantityScale;
  }

  /** With fewer units than four, the close has the first, then the open. */
  #ownUnitsAt(at: number): number {
    if (at % this.#steps !== 0) return 0;
    const rank = [1, 2, 3, 0][at / this.#steps] ?? 0;
    return rank < this.#ownUnits ? 1 : 0;
  }
}
