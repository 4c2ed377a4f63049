import type { Candle } from '../../../domain/candle.ts';
import { MINUTE_MS, SECOND_MS, timeframeMs } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { CandleRequest, EngineHandle } from '../../../ports/engine-handle.ts';

/** Charts are looked at one by one. */
const MOST_SERIES = 16;
/** Real time between two questions for one series. */
const LEAST_BETWEEN_MS = SECOND_MS;
const AFTER_REFUSAL_MS = MINUTE_MS;

interface Series {
  candles: readonly Candle[];
  isAsked: boolean;
  /** Real time, milliseconds, from which on it may be asked for again. */
  askFrom: number;
}

interface CandleBookTerms {
  readonly engine: Pick<EngineHandle, 'candles'>;
  /** Real time. */
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

/** The candles of the charts that are looked at. What is not known yet, or not any more, is asked for in the background. */
export class CandleBook {
  readonly #terms: CandleBookTerms;
  readonly #series = new Map<string, Series>();

  constructor(terms: CandleBookTerms) {
    this.#terms = terms;
  }

  /**
   * The closed candles as far as they are known, oldest first; empty until the first answer, and when there is none.
   * @param now the desk's time, milliseconds UTC
   */
  of(request: CandleRequest, now: number): readonly Candle[] {
    const { symbol, timeframe } = request;
    const key = `${symbol} ${timeframe}`;
    const series = this.#series.get(key) ?? { candles: [], isAsked: false, askFrom: -Infinity };
    // The one looked at last is the last to be forgotten.
    this.#series.delete(key);
    this.#series.set(key, series);
    const [oldest] = this.#series.keys();
    if (this.#series.size > MOST_SERIES && oldest !== undefined) this.#series.delete(oldest);
    const last = series.candles.at(-1);
    const isBehind = last === undefined || now >= last.openTime + 2 * timeframeMs(timeframe);
    if (isBehind && !series.isAsked && this.#terms.clock.monotonicMs() >= series.askFrom) {
      void this.#ask(series, request);
    }
    return series.candles;
  }

  async #ask(series: Series, request: CandleRequest): Promise<void> {
    const { engine, clock } = this.#terms;
    series.isAsked = true;
    try {
      series.candles = await engine.candles(request);
      series.askFrom = clock.monotonicMs() + LEAST_BETWEEN_MS;
    } catch {
      // Without candles the chart is drawn from the prices seen.
      series.askFrom = clock.monotonicMs() + AFTER_REFUSAL_MS;
    }
    series.isAsked = false;
  }
}
