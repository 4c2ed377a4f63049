import type { Candle, Ticker } from '../../../../domain/candle.ts';
import type { FilterMeta } from '../../../../domain/filter.ts';
import type { TraderId, VenueSymbol } from '../../../../domain/ids.ts';
import { candleOpenTime, DAY_MS, timeframeMs } from '../../../../domain/time.ts';
import type { Timeframe } from '../../../../domain/time.ts';
import type {
  CandleColumns,
  CheckOutcome,
  FilterPosition,
  FilterSandbox,
  MarketView,
} from '../../../../ports/filter-sandbox.ts';
import { aggregateColumns, formingCandle } from './aggregate-columns.ts';

/** The sandbox keeps the longest columns and 88 candles more: so far may candles be ahead of a check. */
const AHEAD = 80;
/** Checks that wait in the sandbox while one runs. */
const IN_FLIGHT = 8;

/** Hands whole histories over, symbol by symbol: the sandbox is slow to take in one large piece. */
export function handOver(sandbox: FilterSandbox, histories: readonly SymbolHistory[]): void {
  for (const { byTimeframe } of histories) sandbox.extend(byTimeframe);
}

/** What one moment of history gave. */
export interface ReplayedCheck {
  /** When the check would have run, milliseconds UTC: the close of a candle. */
  readonly now: number;
  readonly outcome: CheckOutcome;
}

export interface ReplaySpec {
  /** A trader whose filter is loaded. */
  readonly traderId: TraderId;
  readonly meta: FilterMeta;
  readonly histories: readonly SymbolHistory[];
}

/** The candles of a symbol. */
export interface SymbolHistory {
  readonly symbol: VenueSymbol;
  /** The finest there are: moments, tickers and unfinished candles come of them. */
  readonly base: CandleColumns;
  /** Those that the filter reads, in the order of its timeframes. */
  readonly byTimeframe: readonly CandleColumns[];
}

/**
 * A symbol's candles in the timeframes of a filter.
 * @param base of a timeframe of which those of the filter are multiples
 */
export function historyOf(base: CandleColumns, { timeframes }: FilterMeta): SymbolHistory {
  const byTimeframe = timeframes.map((each) => (each === base.timeframe ? base : aggregateColumns(base, each)));
  return { symbol: base.symbol, base, byTimeframe };
}

/** The number of rows that are closed at a moment. */
export function rowsClosedAt({ columns, timeframe }: CandleColumns, now: number): number {
  const times = columns[0]!;
  const latest = now - timeframeMs(timeframe);
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= latest) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function sliceRows({ symbol, timeframe, columns }: CandleColumns, from: number, to: number): CandleColumns {
  return { symbol, timeframe, columns: columns.map((column) => column.subarray(from, to)) };
}

/** The moments at which the filter is checked, oldest first: closes of its clock, or multiples of its duration. */
function momentsOf({ meta, histories }: ReplaySpec): number[] {
  const [clock] = meta.timeframes;
  const { schedule } = meta;
  const isDue = (now: number): boolean =>
    schedule.kind === 'close' ? candleOpenTime(now, clock) === now : now % schedule.everyMs === 0;
  const closes = histories.flatMap(({ base }) =>
    Array.from(base.columns[0]!, (time) => time + timeframeMs(base.timeframe)).filter(isDue),
  );
  return [...new Set(closes)].sort((a, b) => a - b);
}

/** The ticker that candles give: no spread, and the figures of the last 24 h. */
function tickerAt(base: CandleColumns, now: number): Ticker {
  const [, open, high, low, close, volume, quoteVolume] = base.columns;
  const to = rowsClosedAt(base, now);
  const from = rowsClosedAt(base, now - DAY_MS);
  const last = close![to - 1] ?? NaN;
  const day = { high: -Infinity, low: Infinity, volume: 0, quoteVolume: 0 };
  for (let row = from; row < to; row += 1) {
    day.high = Math.max(day.high, high![row]!);
    day.low = Math.min(day.low, low![row]!);
    day.volume += volume![row]!;
    day.quoteVolume += quoteVolume![row]!;
  }
  const first = open![from] ?? NaN;
  const changePct = 100 * (last / first - 1);
  return { symbol: base.symbol, time: now, last, bid: last, ask: last, mark: NaN, open: first, ...day, changePct };
}

function formingAt(now: number, histories: readonly SymbolHistory[]): Candle[] {
  return histories.flatMap(({ base, byTimeframe }) =>
    byTimeframe.flatMap(({ timeframe }) => {
      const from = rowsClosedAt(base, candleOpenTime(now, timeframe));
      return formingCandle(base, { from, to: rowsClosedAt(base, now) }, timeframe) ?? [];
    }),
  );
}

/** What a check at a moment sees beside closed candles: at a close no unfinished ones. */
export function viewAt(now: number, histories: readonly SymbolHistory[], { schedule }: FilterMeta): MarketView {
  const forming = schedule.kind === 'close' ? [] : formingAt(now, histories);
  return { tickers: histories.map(({ base }) => tickerAt(base, now)), forming };
}

/** One pass of a filter over history, in the sandbox in which traders' checks run. */
export class Replay {
  readonly #sandbox: FilterSandbox;
  readonly #spec: ReplaySpec;
  readonly #moments: readonly number[];
  /** How many rows of each symbol and timeframe the sandbox has. */
  readonly #handed: readonly number[][];

  constructor(sandbox: FilterSandbox, spec: ReplaySpec) {
    this.#sandbox = sandbox;
    this.#spec = spec;
    this.#moments = momentsOf(spec);
    this.#handed = spec.histories.map(({ byTimeframe }) => byTimeframe.map(() => 0));
  }

  /** Every moment of history in its order. */
  async *checks(): AsyncGenerator<ReplayedCheck> {
    const together = this.#momentsAhead();
    for (let at = 0; at < this.#moments.length; at += together) {
      const stretch = this.#moments.slice(at, at + together);
      this.#handOver(stretch.at(-1)!);
      for (let first = 0; first < stretch.length; first += IN_FLIGHT) {
        const moments = stretch.slice(first, first + IN_FLIGHT);
        const outcomes = await Promise.all(moments.map((now) => this.#check(now)));
        for (const [index, outcome] of outcomes.entries()) yield { now: moments[index]!, outcome };
      }
    }
  }

  #check(now: number): Promise<CheckOutcome> {
    const { traderId, histories } = this.#spec;
    const symbols = histories.map(({ symbol }) => symbol);
    const positions: ReadonlyMap<VenueSymbol, FilterPosition> = new Map();
    const view = viewAt(now, histories, this.#spec.meta);
    return this.#sandbox.check({ traderId, kind: 'check', now, symbols, positions, view });
  }

  /** How many moments go by while the finest timeframe gets `AHEAD` candles. */
  #momentsAhead(): number {
    const { meta } = this.#spec;
    const finestMs = Math.min(...meta.timeframes.map(timeframeMs));
    const stepMs = meta.schedule.kind === 'close' ? timeframeMs(meta.timeframes[0]) : meta.schedule.everyMs;
    return Math.max(1, Math.floor((AHEAD * finestMs) / Math.max(stepMs, finestMs)));
  }

  #handOver(until: number): void {
    for (const [symbol, { byTimeframe }] of this.#spec.histories.entries()) {
      const handed = this.#handed[symbol]!;
      byTimeframe.forEach((series, at) => {
        const to = rowsClosedAt(series, until);
        if (to > handed[at]!) this.#sandbox.extend([sliceRows(series, handed[at]!, to)]);
        handed[at] = to;
      });
    }
  }
}

/**
 * Timeframes of a filter that candles of another cannot make.
 * @param timeframe that of the files
 */
export function unreachable(meta: FilterMeta, timeframe: Timeframe): Timeframe[] {
  return meta.timeframes.filter((each) => timeframeMs(each) % timeframeMs(timeframe) !== 0);
}
