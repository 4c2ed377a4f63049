import { candleOpenTime, MINUTE_MS, TIMEFRAMES, timeframeMs } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import type { CandleRow } from './candle-row.ts';
import { flatRow, mergeRow } from './candle-row.ts';
import { RowRing } from './row-ring.ts';
import type { PublicTrade } from './trade-ring.ts';

/** Closed candles kept per timeframe; one answer of the venue holds 1,500 at most. */
const KEPT_ROWS = 2_048;

interface Series {
  readonly timeframe: Timeframe;
  readonly lengthMs: number;
  readonly closed: RowRing;
  /** What the closed minutes of the forming candle amount to; null when its first minute is still forming. */
  forming: CandleRow | null;
}

/**
 * The candles of one symbol since the stream began, all timeframes. Trades move the forming minute only; the longer
 * candles grow when a minute closes.
 */
export class LiveCandles {
  readonly #series: ReadonlyMap<Timeframe, Series>;
  #minute: CandleRow;

  /**
   * @param startMs where the stream begins, a whole minute
   * @param formingAt what came before `startMs` of the candle that is forming there, null when one begins there
   * @param lastPrice the last price before `startMs`
   */
  constructor(startMs: number, formingAt: (timeframe: Timeframe) => CandleRow | null, lastPrice: number) {
    this.#minute = flatRow(startMs, lastPrice);
    const series = TIMEFRAMES.map((timeframe): [Timeframe, Series] => [
      timeframe,
      { timeframe, lengthMs: timeframeMs(timeframe), closed: new RowRing(KEPT_ROWS), forming: formingAt(timeframe) },
    ]);
    this.#series = new Map(series);
  }

  /** The forming minute. */
  get minute(): Readonly<CandleRow> {
    return this.#minute;
  }

  trade({ price, quantity, buyerIsMaker }: Pick<PublicTrade, 'price' | 'quantity' | 'buyerIsMaker'>): void {
    const minute = this.#minute;
    if (minute.trades === 0) {
      minute.open = price;
      minute.high = price;
      minute.low = price;
    }
    if (price > minute.high) minute.high = price;
    if (price < minute.low) minute.low = price;
    minute.close = price;
    minute.trades += 1;
    minute.volume += quantity;
    minute.quoteVolume += price * quantity;
    if (buyerIsMaker) return;
    minute.buyVolume += quantity;
    minute.buyQuoteVolume += price * quantity;
  }

  /**
   * Ends the forming minute.
   * @returns the timeframes whose candle ended with it
   */
  closeMinute(): Timeframe[] {
    const minute = this.#minute;
    const endMs = minute.openTime + MINUTE_MS;
    const ended: Timeframe[] = [];
    for (const series of this.#series.values()) {
      if (series.forming === null) {
        series.forming = { ...minute, openTime: candleOpenTime(minute.openTime, series.timeframe) };
      } else {
        mergeRow(series.forming, minute);
      }
      if (candleOpenTime(endMs, series.timeframe) !== endMs) continue;
      series.closed.push(series.forming);
      series.forming = null;
      ended.push(series.timeframe);
    }
    this.#minute = flatRow(endMs, minute.close);
    return ended;
  }

  /** Closed candles since the stream began that open in a range, both ends included, oldest first; the last 2,048 exist. */
  closed(timeframe: Timeframe, fromMs: number, toMs: number): CandleRow[] {
    return this.#series.get(timeframe)?.closed.between(fromMs, toMs) ?? [];
  }

  /** The candle that closed last; null before the first. */
  lastClosed(timeframe: Timeframe): CandleRow | null {
    return this.#series.get(timeframe)?.closed.last() ?? null;
  }

  /** The candle that is forming now. */
  forming(timeframe: Timeframe): CandleRow {
    const begun = this.#series.get(timeframe)?.forming ?? null;
    if (begun === null) return { ...this.#minute, openTime: candleOpenTime(this.#minute.openTime, timeframe) };
    const row = { ...begun };
    mergeRow(row, this.#minute);
    return row;
  }
}
