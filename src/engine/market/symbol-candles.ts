import { figuresAt } from '../../domain/candle.ts';
import type { Candle, CandleFigures } from '../../domain/candle.ts';
import { candleOpenTime, MINUTE_MS, timeframeMs } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import { aggregate } from './aggregate.ts';
import { CandleSeries } from './candle-series.ts';

/** Series that come from the venue itself: days and weeks are not made of minutes. */
const VENUE_SERIES: ReadonlySet<Timeframe> = new Set<Timeframe>(['1m', '1d', '1w']);

const MIN_CAPACITY = 500;

export interface CandleNeeds {
  readonly timeframes: readonly Timeframe[];
  /** The largest number of candles that anybody asks for. */
  readonly lookback: number;
}

/** Twice the lookback, as columns that start at an anchor are up to twice as long as it. */
function capacityOf(timeframe: Timeframe, needs: CandleNeeds): number {
  const asked = Math.max(2 * needs.lookback, MIN_CAPACITY);
  if (timeframe !== '1m') return asked;
  // The minutes of the longest bucket stay at hand until it is closed and corrected.
  const built = needs.timeframes.filter((other) => !VENUE_SERIES.has(other));
  const longest = Math.max(0, ...built.map((other) => timeframeMs(other) / MINUTE_MS));
  return Math.max(asked, 2 * longest);
}

/**
 * The closed candles of one symbol in all timeframes that are asked for. 3m to 12h are built from the venue's minutes; a
 * bucket is built when its last minute is closed, and again when one of its minutes is corrected.
 */
export class SymbolCandles {
  readonly #series = new Map<Timeframe, CandleSeries>();
  readonly #needs: CandleNeeds;

  constructor(needs: CandleNeeds) {
    this.#needs = needs;
    for (const timeframe of new Set<Timeframe>(['1m', ...needs.timeframes])) {
      this.#series.set(timeframe, new CandleSeries(timeframe, capacityOf(timeframe, needs)));
    }
  }

  /** The series of a timeframe, undefined when it was not asked for. */
  get(timeframe: Timeframe): CandleSeries | undefined {
    return this.#series.get(timeframe);
  }

  get minutes(): CandleSeries {
    const series = this.#series.get('1m');
    if (series === undefined) throw new Error('the one-minute series is made in the constructor');
    return series;
  }

  /**
   * Takes in a closed candle of the venue.
   * @returns the timeframes whose closed history changed, with the open times of the candles concerned
   */
  put(timeframe: Timeframe, candle: CandleFigures): ClosedCandle[] {
    const series = this.#series.get(timeframe);
    if (series === undefined) return [];
    const newestBefore = series.lastTime;
    const { changed, gap } = series.put(candle);
    if (!changed) return [];
    const closed: ClosedCandle[] = [{ timeframe, openTime: candle.openTime }];
    if (timeframe === '1m') {
      const since = gap > 0 ? newestBefore + MINUTE_MS : candle.openTime;
      closed.push(...this.#buildSince(since, candle.openTime));
    }
    return closed;
  }

  /**
   * Closes the minutes up to, not including, `boundary` flat; the venue's word, if it comes after all, overwrites them.
   * @returns what was closed by it
   */
  fillFlat(boundary: number): ClosedCandle[] {
    const { minutes } = this;
    const since = minutes.lastTime + MINUTE_MS;
    if (minutes.length === 0 || minutes.fillFlat(boundary) === 0) return [];
    const last = boundary - MINUTE_MS;
    return [{ timeframe: '1m', openTime: last }, ...this.#buildSince(since, last)];
  }

  /**
   * Takes in history, oldest first, in front of and over what is held. For 3m to 12h it lays the ground on which the buckets
   * of live minutes go on.
   */
  load(timeframe: Timeframe, history: readonly Candle[]): void {
    const held = this.#series.get(timeframe);
    if (held === undefined) return;
    const merged = new CandleSeries(timeframe, capacityOf(timeframe, this.#needs));
    for (const candle of history) if (candle.closed) merged.put(candle);
    for (let index = 0; index < held.length; index += 1) {
      const isNewer = !(held.at('time', index) <= merged.lastTime);
      if (isNewer && held.isConfirmed(index)) merged.put(figuresAt(held, index));
    }
    this.#series.set(timeframe, merged);
    if (timeframe === '1m' && merged.length > 0) this.#buildSince(merged.firstTime, merged.lastTime);
  }

  /** Builds every complete bucket that holds one of the minutes `fromTime` .. `toTime`. */
  #buildSince(fromTime: number, toTime: number): ClosedCandle[] {
    const built: ClosedCandle[] = [];
    for (const [timeframe, series] of this.#series) {
      if (VENUE_SERIES.has(timeframe)) continue;
      const lengthMs = timeframeMs(timeframe);
      for (let open = candleOpenTime(fromTime, timeframe); open <= toTime; open += lengthMs) {
        const candle = this.#bucket(open, lengthMs);
        if (candle !== null && series.put(candle).changed) built.push({ timeframe, openTime: open });
      }
    }
    return built;
  }

  /** The candle over all minutes of a bucket, null while one of them is missing at either end. */
  #bucket(openTime: number, lengthMs: number): CandleFigures | null {
    const { minutes } = this;
    const from = minutes.indexOf(openTime);
    const last = minutes.indexOf(openTime + lengthMs - MINUTE_MS);
    return from === -1 || last === -1 ? null : aggregate(minutes, { from, to: last + 1 }, openTime);
  }
}

/** A candle that was closed or corrected. */
export interface ClosedCandle {
  readonly timeframe: Timeframe;
  readonly openTime: number;
}
