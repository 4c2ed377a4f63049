import { DAY_MS, MINUTE_MS } from '../../domain/time.ts';
import type { CandleRow } from '../data/candle-row.ts';
import type { CandleColumns } from '../market/source.ts';

const DAY_MINUTES = DAY_MS / MINUTE_MS;

/** What the exchange tells of 24 hours. */
interface DaySums {
  open: number;
  high: number;
  low: number;
  volume: number;
  quoteVolume: number;
}

/** The figures of the last 24 hours of a symbol, by whole minutes: the forming one and the 1,439 before it. */
export class DayFigures {
  readonly #open = new Float64Array(DAY_MINUTES).fill(NaN);
  readonly #high = new Float64Array(DAY_MINUTES).fill(NaN);
  readonly #low = new Float64Array(DAY_MINUTES).fill(NaN);
  readonly #volume = new Float64Array(DAY_MINUTES);
  readonly #quoteVolume = new Float64Array(DAY_MINUTES);
  /** Of the closed minutes. */
  readonly #sums: DaySums = { open: NaN, high: -Infinity, low: Infinity, volume: 0, quoteVolume: 0 };

  /**
   * @param history the minutes before the first that will be forming
   * @param firstMs open time of that one
   */
  constructor(history: CandleColumns, firstMs: number) {
    const { openTime, open, high, low, volume, quoteVolume } = history;
    openTime.forEach((timeMs, row) => {
      if (timeMs < firstMs - DAY_MS) return;
      const at = slotOf(timeMs);
      this.#open[at] = open[row] ?? NaN;
      this.#high[at] = high[row] ?? NaN;
      this.#low[at] = low[row] ?? NaN;
      this.#volume[at] = volume[row] ?? 0;
      this.#quoteVolume[at] = quoteVolume[row] ?? 0;
    });
    this.#sum(firstMs);
  }

  /** Takes in the minute that has closed. Minutes come without gaps. */
  push(minute: Readonly<CandleRow>): void {
    const at = slotOf(minute.openTime);
    this.#open[at] = minute.open;
    this.#high[at] = minute.high;
    this.#low[at] = minute.low;
    this.#volume[at] = minute.volume;
    this.#quoteVolume[at] = minute.quoteVolume;
    this.#sum(minute.openTime + MINUTE_MS);
  }

  /** The figures with the forming minute. */
  with(forming: Readonly<CandleRow>): Readonly<DaySums> {
    const { open, high, low, volume, quoteVolume } = this.#sums;
    return {
      open: Number.isNaN(open) ? forming.open : open,
      high: Math.max(high, forming.high),
      low: Math.min(low, forming.low),
      volume: volume + forming.volume,
      quoteVolume: quoteVolume + forming.quoteVolume,
    };
  }

  /** Sums anew: taking off what falls out would leave the errors of a long run. */
  #sum(formingMs: number): void {
    const sums = this.#sums;
    const formingAt = slotOf(formingMs);
    sums.open = NaN;
    sums.high = -Infinity;
    sums.low = Infinity;
    sums.volume = sums.quoteVolume = 0;
    for (let i = 1; i < DAY_MINUTES; i += 1) {
      const at = (formingAt + i) % DAY_MINUTES;
      const [high, low] = [this.#high[at] ?? NaN, this.#low[at] ?? NaN];
      if (Number.isNaN(sums.open)) sums.open = this.#open[at] ?? NaN;
      if (high > sums.high) sums.high = high;
      if (low < sums.low) sums.low = low;
      sums.volume += this.#volume[at] ?? 0;
      sums.quoteVolume += this.#quoteVolume[at] ?? 0;
    }
  }
}

function slotOf(openTimeMs: number): number {
  return (openTimeMs / MINUTE_MS) % DAY_MINUTES;
}
