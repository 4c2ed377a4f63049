import type { Candle } from '../../../domain/candle.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import { candleOpenTime, timeframeMs } from '../../../domain/time.ts';
import type { Timeframe } from '../../../domain/time.ts';
import type { CandleGap } from '../shared/backfill.ts';
import type { SeriesName } from './readings.ts';

/** How long after its end a candle may take to show itself closed; then it is asked for. */
const CLOSE_PATIENCE_MS = 2_000;

interface Series extends SeriesName {
  readonly stepMs: number;
  /** Open time of the last closed candle: later ones are news. */
  closedUntil: number;
  /** The last state of the newest candle that the stream told. */
  forming: Candle | null;
  /** Nothing of the forming candle was missed: its stream was not interrupted since its last state. */
  isWhole: boolean;
  /** What is being asked for, and up to where candles are known to have closed. */
  gap: CandleGap | null;
  dueUntil: number;
}

/**
 * Makes closed candles of streams that tell the forming one alone: the last state of a candle is final when the next one
 * begins, provided that nothing was missed in between. All else (interruptions, candles that nothing ends because nobody
 * trades, timeframes without a stream) is asked for when it is due. Each closed candle is told once, in order.
 */
export class CandleBook {
  readonly #series = new Map<string, Series>();
  readonly #deliver: (candle: Candle) => void;
  readonly #onGap: (gap: CandleGap) => void;
  #dropped = 0;

  /** @param onGap told once for every gap; `fill` must follow */
  constructor(deliver: (candle: Candle) => void, onGap: (gap: CandleGap) => void) {
    this.#deliver = deliver;
    this.#onGap = onGap;
  }

  /** Candles that were late. */
  get dropped(): number {
    return this.#dropped;
  }

  /** No gap is being asked for. */
  get isWhole(): boolean {
    return [...this.#series.values()].every(({ gap }) => gap === null);
  }

  /** Follows exactly these series. One that is new begins with the candle that forms now. @param nowMs the venue's time */
  follow(wanted: readonly SeriesName[], nowMs: number): void {
    const keys = new Set(wanted.map(keyOf));
    for (const key of this.#series.keys()) if (!keys.has(key)) this.#series.delete(key);
    for (const { symbol, timeframe } of wanted) {
      const key = keyOf({ symbol, timeframe });
      if (this.#series.has(key)) continue;
      const stepMs = timeframeMs(timeframe);
      const closedUntil = candleOpenTime(nowMs, timeframe) - stepMs;
      const start = { closedUntil, forming: null, isWhole: true, gap: null, dueUntil: closedUntil };
      this.#series.set(key, { symbol, timeframe, stepMs, ...start });
    }
  }

  /** Takes in a state of a candle as the stream told it. */
  take(candle: Candle): void {
    const series = this.#series.get(keyOf(candle));
    const formingTime = series?.forming?.openTime ?? -Infinity;
    if (series === undefined || candle.openTime <= series.closedUntil || candle.openTime < formingTime) {
      this.#dropped += 1;
      return;
    }
    if (series.forming !== null && candle.openTime > formingTime) this.#closeForming(series, series.forming);
    series.forming = candle;
    series.isWhole = true;
    this.#open(series, candle.openTime - series.stepMs);
    this.#deliver(candle);
  }

  /** The streams of a symbol were interrupted. */
  interrupted(symbol: VenueSymbol): void {
    for (const series of this.#series.values()) if (series.symbol === symbol) series.isWhole = false;
  }

  /** Looks for candles that should have closed by now. @param nowMs the venue's time */
  findDue(nowMs: number): void {
    for (const series of this.#series.values()) {
      this.#open(series, candleOpenTime(nowMs - CLOSE_PATIENCE_MS, series.timeframe) - series.stepMs);
    }
  }

  /** Whether the candle is there that the stream told of, if it told of one in the gap. */
  hasKnown(gap: CandleGap, found: readonly Candle[]): boolean {
    const knownTime = this.#series.get(keyOf(gap))?.forming?.openTime ?? NaN;
    const isTold = knownTime >= gap.fromMs && knownTime <= gap.toMs;
    return !isTold || found.some(({ openTime }) => openTime === knownTime);
  }

  isOpen(gap: CandleGap): boolean {
    return this.#series.get(keyOf(gap))?.gap === gap;
  }

  /** Ends a gap with what was found: as many closed candles as there are, oldest first. */
  fill(gap: CandleGap, candles: readonly Candle[]): void {
    const series = this.#series.get(keyOf(gap));
    if (series?.gap !== gap) return;
    series.gap = null;
    for (const candle of candles) {
      if (candle.openTime <= series.closedUntil || candle.openTime > gap.toMs) continue;
      series.closedUntil = candle.openTime;
      this.#deliver(candle);
    }
    series.closedUntil = gap.toMs;
    if (series.forming !== null && series.forming.openTime <= gap.toMs) series.forming = null;
    this.#open(series, series.dueUntil);
  }

  #closeForming(series: Series, forming: Candle): void {
    const isNext = forming.openTime === series.closedUntil + series.stepMs;
    if (series.gap !== null || !series.isWhole || !isNext) return;
    series.closedUntil = forming.openTime;
    this.#deliver({ ...forming, closed: true });
  }

  /** Opens a gap from the first candle that is missing up to the one that opened at `toMs`, unless nothing is. */
  #open(series: Series, toMs: number): void {
    series.dueUntil = Math.max(series.dueUntil, toMs);
    if (series.gap !== null || toMs <= series.closedUntil) return;
    const { symbol, timeframe, closedUntil, stepMs } = series;
    series.gap = { symbol, timeframe, fromMs: closedUntil + stepMs, toMs };
    this.#onGap(series.gap);
  }
}

function keyOf({ symbol, timeframe }: { readonly symbol: VenueSymbol; readonly timeframe: Timeframe }): string {
  return `${symbol} ${timeframe}`;
}
