import type { Candle } from '../../../../domain/candle.ts';
import type { VenueSymbol } from '../../../../domain/ids.ts';
import { timeframeMs } from '../../../../domain/time.ts';
import type { Timeframe } from '../../../../domain/time.ts';

/** Newer candles that wait behind a gap. When more come, the gap is given up: a hole is better than blindness. */
const MAX_HELD = 16;

/** Closed candles that did not come: open times of the first and the last of them, milliseconds UTC. */
export interface CandleGap {
  readonly symbol: VenueSymbol;
  readonly timeframe: Timeframe;
  readonly fromMs: number;
  readonly toMs: number;
}

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
  /** Event time of the newest forming candle. */
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
  readonly #deliver: (candle: Candle) => void;
  readonly #onGap: (gap: CandleGap) => void;
  #dropped = 0;

  /**
   * @param deliver takes the candles that are news
   * @param onGap told once for every gap; `fill` must follow
   */
  constructor(deliver: (candle: Candle) => void, onGap: (gap: CandleGap) => void) {
    this.#deliver = deliver;
    this.#onGap = onGap;
  }

  /** How many candles were late or doubled. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes in a candle of the stream. */
  take(news: CandleNews): void {
    const { candle } = news;
    const series = this.#seriesOf(candle);
    if (isKnown(series, news)) {
      this.#dropped += 1;
      return;
    }
    this.#findGapBefore(series, news);
    if (!candle.closed) {
      series.formingEventTime = news.eventTime;
      this.#deliver(candle);
    } else if (series.gap === null) {
      series.closedUntil = candle.openTime;
      series.lastTradeId = news.lastTradeId;
      this.#deliver(candle);
    } else {
      series.held.push(news);
      if (series.held.length > MAX_HELD) this.fill(series.gap, []);
    }
  }

  /**
   * Looks for closed candles of a symbol that should have come by now, as after its connection was lost.
   * @param nowMs the venue's time
   */
  findOverdue(symbol: VenueSymbol, nowMs: number): void {
    for (const series of this.#series.values()) {
      if (series.symbol !== symbol) continue;
      const due = Math.floor((nowMs - series.closedUntil) / series.stepMs) - 1;
      this.#open(series, series.closedUntil + due * series.stepMs);
    }
  }

  /**
   * Ends a gap: what was fetched goes on, in order, with what waited behind it.
   * @param candles closed candles of the gap; as many as there are
   */
  fill(gap: CandleGap, candles: readonly Candle[]): void {
    const series = this.#series.get(keyOf(gap));
    if (series?.gap !== gap) return;
    const fetched = candles.map((candle) => ({ candle, eventTime: NaN, firstTradeId: NaN, lastTradeId: NaN }));
    const waiting = [...series.held, ...fetched].toSorted((a, b) => a.candle.openTime - b.candle.openTime);
    series.gap = null;
    series.held = [];
    series.askedUntil = gap.toMs;
    for (const news of waiting) this.take(news);
  }

  /** Forgets a symbol that is no longer followed. */
  forget(symbol: VenueSymbol): void {
    for (const [key, series] of this.#series) if (series.symbol === symbol) this.#series.delete(key);
  }

  #findGapBefore(series: Series, { candle, firstTradeId }: CandleNews): void {
    if (firstTradeId !== series.lastTradeId + 1) this.#open(series, candle.openTime - series.stepMs);
  }

  /** Opens a gap from the first candle that is missing up to the one that opened at `toMs`, unless nothing is. */
  #open(series: Series, toMs: number): void {
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
