import type { Candle } from '../../../../domain/candle.ts';
import type { VenueSymbol } from '../../../../domain/ids.ts';
import { timeframeMs } from '../../../../domain/time.ts';
import type { Timeframe } from '../../../../domain/time.ts';
import type { CandleGap } from '../../shared/backfill.ts';

/**
 * Newer candles that wait behind a gap. When more come they go on without it: a hole is better than blindness. What is
 * fetched for it later is told as a correction.
 */
const MAX_HELD = 16;

/** How long after its end a candle may take to be said closed. */
const CLOSE_PATIENCE_MS = 3_000;

/** A candle message: the ids of the candle's first and last trade are NaN when it has none, or they are unknown. */
export interface CandleNews {
  readonly candle: Candle;
  readonly eventTime: number;
  readonly firstTradeId: number;
  readonly lastTradeId: number;
}

interface Series {
  readonly symbol: VenueSymbol;
  readonly timeframe: Timeframe;
  readonly stepMs: number;
  /** Open time of the last closed candle: later ones are news. */
  closedUntil: number;
  /** Id of the last trade in it, NaN when unknown. */
  lastTradeId: number;
  /** Gaps up to here were filled as far as that was possible, and are not asked for again. */
  askedUntil: number;
  /** Up to here closed candles are known to exist. */
  dueUntil: number;
  /** Open and event time of the newest forming candle. */
  formingOpenTime: number;
  formingEventTime: number;
  /** What is missing now, and the closed candles that wait behind it, oldest first. */
  gap: CandleGap | null;
  held: CandleNews[];
}

/**
 * Keeps the closed candles of every series in order, each told once, and finds what is missing between them. Minutes
 * without a trade are no gap: the venue sends no candle for them, and the ids of the trades around them follow each other.
 *
 * The first message of a series is where it begins; what was closed before is for whoever subscribes to ask for.
 */
export class CandleGuard {
  readonly #series = new Map<string, Series>();
  /** Gaps that were not waited for, with the open times of the candles that were not told. */
  readonly #givenUp = new Map<CandleGap, ReadonlySet<number>>();
  readonly #deliver: (candle: Candle) => void;
  readonly #onGap: (gap: CandleGap) => void;
  /** Null for all. */
  #timeframes: ReadonlySet<Timeframe> | null = null;
  #dropped = 0;
  #newestEventTime = -Infinity;

  /**
   * @param deliver takes the candles that are news
   * @param onGap told once for every gap; `fill` must follow
   */
  constructor(deliver: (candle: Candle) => void, onGap: (gap: CandleGap) => void) {
    this.#deliver = deliver;
    this.#onGap = onGap;
  }

  /** How many candles were late, doubled, or of timeframes that nobody follows. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes candles of these timeframes alone from now on, and forgets the others. */
  follow(timeframes: ReadonlySet<Timeframe>): void {
    this.#timeframes = timeframes;
    this.#forgetWhere(({ timeframe }) => !timeframes.has(timeframe));
  }

  /** Takes in a candle of the stream. */
  take(news: CandleNews): void {
    const { candle, eventTime } = news;
    if (this.#timeframes?.has(candle.timeframe) === false) {
      this.#dropped += 1;
      return;
    }
    if (eventTime > this.#newestEventTime) this.#newestEventTime = eventTime;
    const series = this.#seriesOf(candle);
    if (isKnown(series, news)) {
      this.#dropped += 1;
      return;
    }
    this.#findGapBefore(series, news);
    if (!candle.closed) {
      series.formingOpenTime = candle.openTime;
      series.formingEventTime = eventTime;
      this.#deliver(candle);
    } else if (series.gap === null || candle.openTime === series.closedUntil + series.stepMs) {
      series.closedUntil = candle.openTime;
      series.lastTradeId = news.lastTradeId;
      this.#deliver(candle);
      if (series.gap !== null && series.gap.toMs <= series.closedUntil) this.#goOn(series, []);
    } else {
      series.held.push(news);
      if (series.held.length > MAX_HELD) this.#giveUp(series, series.gap);
    }
  }

  /** Whether anybody still waits for the candles of a gap. */
  isOpen(gap: CandleGap): boolean {
    return this.#givenUp.has(gap) || this.#series.get(keyOf(gap))?.gap === gap;
  }

  /**
   * Looks for closed candles of a symbol that should have come by now, as after its connection was lost.
   * @param nowMs the venue's time, as far as it is known; the newest message may know better
   */
  findOverdue(symbol: VenueSymbol, nowMs: number): void {
    const latest = Math.max(nowMs, this.#newestEventTime);
    for (const series of this.#series.values()) {
      if (series.symbol !== symbol) continue;
      const due = Math.floor((latest - series.closedUntil) / series.stepMs) - 1;
      this.#open(series, series.closedUntil + due * series.stepMs);
    }
  }

  /**
   * Looks for candles that were forming and whose end has passed without a word: the message was lost, and no trade came
   * since that would show it.
   * @param nowMs the venue's time, as far as it is known
   */
  findUnclosed(nowMs: number): void {
    const latest = Math.max(nowMs, this.#newestEventTime);
    for (const series of this.#series.values()) {
      const { formingOpenTime, stepMs } = series;
      if (formingOpenTime + stepMs + CLOSE_PATIENCE_MS <= latest) this.#open(series, formingOpenTime);
    }
  }

  /**
   * Ends a gap: what was fetched goes on, in order, with what waited behind it.
   * @param candles closed candles of the gap; as many as there are
   */
  fill(gap: CandleGap, candles: readonly Candle[]): void {
    const series = this.#series.get(keyOf(gap));
    if (series?.gap === gap) {
      this.#goOn(series, candles);
      return;
    }
    const missed = this.#givenUp.get(gap);
    this.#givenUp.delete(gap);
    for (const candle of candles) if (missed?.has(candle.openTime)) this.#deliver(candle);
  }

  /** Forgets a symbol that is no longer followed. */
  forget(symbol: VenueSymbol): void {
    this.#forgetWhere((series) => series.symbol === symbol);
  }

  #forgetWhere(isForgotten: (series: Pick<CandleGap, 'symbol' | 'timeframe'>) => boolean): void {
    for (const [key, series] of this.#series) if (isForgotten(series)) this.#series.delete(key);
    for (const gap of this.#givenUp.keys()) if (isForgotten(gap)) this.#givenUp.delete(gap);
  }

  /** Closes the gap of a series with what was fetched, and takes in what waited. */
  #goOn(series: Series, candles: readonly Candle[]): void {
    const fetched = candles.map((candle) => ({ candle, eventTime: NaN, firstTradeId: NaN, lastTradeId: NaN }));
    const waiting = [...series.held, ...fetched].toSorted((a, b) => a.candle.openTime - b.candle.openTime);
    series.askedUntil = series.gap?.toMs ?? series.askedUntil;
    series.gap = null;
    series.held = [];
    for (const news of waiting) this.take(news);
    // What was found missing meanwhile had to wait, as there is one gap at a time.
    this.#open(series, series.dueUntil);
  }

  #giveUp(series: Series, gap: CandleGap): void {
    const missed = new Set<number>();
    for (let at = series.closedUntil + series.stepMs; at <= gap.toMs; at += series.stepMs) missed.add(at);
    for (const { candle } of series.held) missed.delete(candle.openTime);
    this.#givenUp.set(gap, missed);
    this.#goOn(series, []);
  }

  #findGapBefore(series: Series, { candle, firstTradeId }: CandleNews): void {
    if (firstTradeId !== series.lastTradeId + 1) this.#open(series, candle.openTime - series.stepMs);
  }

  /** Opens a gap from the first candle that is missing up to the one that opened at `toMs`, unless nothing is. */
  #open(series: Series, toMs: number): void {
    series.dueUntil = Math.max(series.dueUntil, toMs);
    const fromMs = Math.max(series.closedUntil, series.askedUntil) + series.stepMs;
    if (series.gap !== null || fromMs > toMs) return;
    const { symbol, timeframe } = series;
    series.gap = { symbol, timeframe, fromMs, toMs };
    this.#onGap(series.gap);
  }

  #seriesOf({ symbol, timeframe, openTime }: Candle): Series {
    const key = keyOf({ symbol, timeframe });
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const stepMs = timeframeMs(timeframe);
    const series: Series = {
      ...{ symbol, timeframe, stepMs },
      closedUntil: openTime - stepMs,
      lastTradeId: NaN,
      askedUntil: -Infinity,
      dueUntil: -Infinity,
      formingOpenTime: Infinity,
      formingEventTime: -Infinity,
      gap: null,
      held: [],
    };
    this.#series.set(key, series);
    return series;
  }
}

function keyOf({ symbol, timeframe }: { readonly symbol: VenueSymbol; readonly timeframe: Timeframe }): string {
  return `${symbol} ${timeframe}`;
}

/** Late, or heard before. */
function isKnown({ closedUntil, formingEventTime, held }: Series, { candle, eventTime }: CandleNews): boolean {
  const { openTime, closed } = candle;
  if (openTime <= closedUntil) return true;
  if (closed) return held.some((waiting) => waiting.candle.openTime === openTime);
  return eventTime < formingEventTime || held.some((waiting) => waiting.candle.openTime >= openTime);
}
