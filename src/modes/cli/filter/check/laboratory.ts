import type { FilterMeta } from '../../../../domain/filter.ts';
import { asId } from '../../../../domain/ids.ts';
import type { VenueSymbol } from '../../../../domain/ids.ts';
import { anchorTime, candleOpenTime, DAY_MS, MINUTE_MS, timeframeMs } from '../../../../domain/time.ts';
import type { Timeframe } from '../../../../domain/time.ts';
import type { CandleColumns } from '../../../../ports/filter-sandbox.ts';
import type { SymbolHistory } from '../history/replay.ts';
import { END_MS, HISTORIES, TestMarket } from './test-market.ts';

/** How many moments are compared. */
const MOMENTS = 3;
/** Checks that can be asked for beyond the latest moment. */
const CHECKS_AFTER = 40;
export const LONGEST_LOOKBACK = 500;
/** The longest columns that a filter can have. */
const LONGEST = 2 * LONGEST_LOOKBACK;

/** A synthetic market in which one filter is tried out; symbols beyond the market's own repeat them under other names. */
export class Laboratory {
  readonly meta: FilterMeta;
  readonly symbols: readonly VenueSymbol[];
  readonly clock: Timeframe;
  readonly #market: TestMarket;

  /** @param symbols how many the filter is checked over; its references come beside them */
  constructor(meta: FilterMeta, symbols: number, market = new TestMarket()) {
    this.meta = meta;
    this.clock = meta.timeframes[0];
    this.#market = market;
    this.symbols = Array.from({ length: symbols }, (_, at) => asId<VenueSymbol>(`TEST${at + 1}USDT`));
  }

  /** The same over another number of symbols. */
  over(symbols: number): Laboratory {
    return new Laboratory(this.meta, symbols, this.#market);
  }

  /** The time from check to check. */
  get stepMs(): number {
    const { schedule } = this.meta;
    return schedule.kind === 'close' ? timeframeMs(this.clock) : schedule.everyMs;
  }

  get finestMs(): number {
    return Math.min(...this.meta.timeframes.map(timeframeMs));
  }

  /** The latest moment of a check after which there are candles for more. */
  get latest(): number {
    const now = candleOpenTime(END_MS - CHECKS_AFTER * this.stepMs, this.clock);
    return this.meta.schedule.kind === 'close' ? now : Math.floor(now / this.stepMs) * this.stepMs;
  }

  /**
   * Every symbol, references included, with its candles before `now`, and those until `until`.
   * @param rows of each timeframe before `now`
   * @param checks how many checks before `now` there must be moments for
   */
  histories(
    now: number,
    { until = now, rows = LONGEST + 50, checks = 1 }: { until?: number; rows?: number; checks?: number } = {},
  ): SymbolHistory[] {
    const all = [...new Set([...this.symbols, ...this.meta.references])];
    const made = Array.from({ length: HISTORIES }, (_, index) => {
      const byTimeframe = this.meta.timeframes.map((timeframe) =>
        this.#columns(index, timeframe, { now, until, rows }),
      );
      return { byTimeframe, base: this.#base(index, { now, until, rows, checks }) ?? byTimeframe[0]! };
    });
    return all.map((symbol, at) => {
      const { byTimeframe, base } = made[at % HISTORIES]!;
      return { symbol, byTimeframe: byTimeframe.map((each) => ({ ...each, symbol })), base: { ...base, symbol } };
    });
  }

  /** What moments, tickers and unfinished candles are made of, a day at least; null where the clock's own candles will do. */
  #base(
    index: number,
    { now, until, rows, checks }: { now: number; until: number; rows: number; checks: number },
  ): CandleColumns | null {
    if (this.meta.schedule.kind === 'close') {
      const needed = Math.ceil(DAY_MS / this.stepMs) + CHECKS_AFTER;
      return rows >= needed ? null : this.#columns(index, this.clock, { now, until, rows: needed });
    }
    const longestMs = Math.max(...this.meta.timeframes.map(timeframeMs), DAY_MS);
    const minutes = Math.ceil((longestMs + checks * this.stepMs) / MINUTE_MS);
    return this.#columns(index, '1m', { now, until, rows: minutes });
  }

  /** The latest moments at which the columns of a timeframe are as short as they get with a lookback. */
  shortest(timeframe: Timeframe, lookback: number): number[] {
    const stepMs = timeframeMs(timeframe);
    const moments: number[] = [];
    let now = this.latest;
    while (moments.length < MOMENTS) {
      now = anchorTime(now, timeframe, lookback) + lookback * stepMs;
      moments.push(now);
      now -= stepMs;
    }
    return moments;
  }

  /** The lookback with which the columns of a timeframe are longest at a moment. */
  longest(timeframe: Timeframe, now: number): number {
    let best = LONGEST_LOOKBACK;
    for (let lookback = LONGEST_LOOKBACK; lookback > LONGEST_LOOKBACK / 2; lookback -= 1) {
      if (anchorTime(now, timeframe, lookback) < anchorTime(now, timeframe, best)) best = lookback;
    }
    return best;
  }

  #columns(
    index: number,
    timeframe: Timeframe,
    { now, until, rows }: { now: number; until: number; rows: number },
  ): CandleColumns {
    const fromMs = candleOpenTime(now, timeframe) - rows * timeframeMs(timeframe);
    const columns = this.#market.columns(index, timeframe, { fromMs, toMs: candleOpenTime(until, timeframe) });
    return { symbol: this.symbols[0]!, timeframe, columns };
  }
}
