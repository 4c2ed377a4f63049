import { DAY_MS, MINUTE_MS, SECOND_MS, TIMEFRAMES, timeframeMs } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import { INTERVALS_MS } from '../streams/topics.ts';
import { refuse } from '../venue-error.ts';
import type { CandleRow } from './candle-row.ts';
import { flatRow, mergeRow } from './candle-row.ts';
import type { SymbolData } from './symbol-data.ts';

/** What a request for candles asks for. Times are milliseconds UTC; null where the request left them out. */
export interface KlineQuery {
  readonly interval: string;
  readonly startMs: number | null;
  readonly endMs: number | null;
  readonly limit: number;
}

/** Intervals that are put together from days. */
const FROM_DAYS: Readonly<Record<string, (dayMs: number) => number>> = {
  '3d': (dayMs) => Math.floor(dayMs / (3 * DAY_MS)) * 3 * DAY_MS,
  '1M': (dayMs) => {
    const date = new Date(dayMs);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  },
};

/**
 * Candles as the venue selects them: the first `limit` from a start time, else the last `limit` up to the end time.
 * @throws VenueError -1120 for an interval that the venue does not have
 */
export function queryKlines(data: SymbolData, query: KlineQuery, nowMs: number): CandleRow[] {
  const intervalMs = INTERVALS_MS[query.interval];
  if (intervalMs === undefined) throw refuse('BAD_INTERVAL');
  const endMs = Math.min(query.endMs ?? nowMs, nowMs);
  const spanMs = query.limit * intervalMs;
  const fromMs = query.startMs ?? endMs - spanMs + 1;
  const toMs = query.startMs === null ? endMs : Math.min(endMs, fromMs + spanMs);
  const rows = rowsBetween(data, query.interval, { fromMs, toMs });
  return query.startMs === null ? rows.slice(-query.limit) : rows.slice(0, query.limit);
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

function rowsBetween(data: SymbolData, interval: string, { fromMs, toMs }: Span): CandleRow[] {
  const timeframe = TIMEFRAMES.find((known): known is Timeframe => known === interval);
  if (timeframe !== undefined) return data.klines(timeframe, fromMs, toMs);
  if (interval === '1s') return secondsOf(data, { fromMs, toMs });
  const startOf = FROM_DAYS[interval];
  if (startOf === undefined) throw refuse('BAD_INTERVAL');
  const days = data.klines('1d', startOf(fromMs), toMs + timeframeMs('1d'));
  return grouped(days, startOf).filter(({ openTime }) => openTime >= fromMs && openTime <= toMs);
}

function grouped(rows: readonly CandleRow[], startOf: (openTime: number) => number): CandleRow[] {
  const groups = new Map<number, CandleRow>();
  for (const row of rows) {
    const openTime = startOf(row.openTime);
    const group = groups.get(openTime);
    if (group === undefined) groups.set(openTime, { ...row, openTime });
    else mergeRow(group, row);
  }
  return [...groups.values()];
}

/** Seconds exist for the last trades only. */
function secondsOf(data: SymbolData, { fromMs, toMs }: Span): CandleRow[] {
  const rows = data.trades.all().map((trade): CandleRow => {
    const row = flatRow(trade.timeMs - (trade.timeMs % SECOND_MS), trade.price);
    const quote = trade.price * trade.quantity;
    const bought = trade.buyerIsMaker ? {} : { buyVolume: trade.quantity, buyQuoteVolume: quote };
    return { ...row, trades: 1, volume: trade.quantity, quoteVolume: quote, ...bought };
  });
  return grouped(rows, (openTime) => openTime).filter(({ openTime }) => openTime >= fromMs && openTime <= toMs);
}

/** How long a candle of the interval lasts from its open time. */
export function closeTimeOf(interval: string, openTime: number): number {
  if (interval !== '1M') return openTime + (INTERVALS_MS[interval] ?? MINUTE_MS) - 1;
  const date = new Date(openTime);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) - 1;
}
