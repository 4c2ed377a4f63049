import { AitraderError } from './errors.ts';

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

/** The candle lengths that filters and stores know, finest first. */
export const TIMEFRAMES = ['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h', '1d', '1w'] as const;
export type Timeframe = (typeof TIMEFRAMES)[number];

const UNIT_MS = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS, w: WEEK_MS } as const;
/** At most seven digits: the longest duration is still a safe integer of milliseconds. */
const DURATION = /^(\d{1,7})(s|m|h|d|w)$/;

/** NaN for what is no duration. */
function durationMs(text: string): number {
  const [, count, unit] = DURATION.exec(text) ?? [];
  return unit === undefined ? NaN : Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

/**
 * Reads `30s`, `5m`, `4h`, `1d`, `2w`.
 * @returns milliseconds
 * @throws AitraderError `DURATION_INVALID`
 */
export function parseDuration(text: string): number {
  const ms = durationMs(text);
  if (Number.isNaN(ms)) throw new AitraderError('DURATION_INVALID', { given: text });
  return ms;
}

const TIMEFRAME_MS = Object.fromEntries(TIMEFRAMES.map((timeframe) => [timeframe, durationMs(timeframe)])) as Record<
  Timeframe,
  number
>;

/** The length of one candle in milliseconds. */
export function timeframeMs(timeframe: Timeframe): number {
  return TIMEFRAME_MS[timeframe];
}

/** The first Monday 00:00 UTC after the epoch: 1970-01-05. Weekly candles count from it. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/**
 * The start of the candle that covers `timeMs`: multiples of the timeframe since the epoch, weeks from Monday 00:00 UTC.
 * @param timeMs milliseconds UTC
 */
export function candleOpenTime(timeMs: number, timeframe: Timeframe): number {
  const lengthMs = timeframeMs(timeframe);
  const offsetMs = timeframe === '1w' ? FIRST_MONDAY_MS : 0;
  return Math.floor((timeMs - offsetMs) / lengthMs) * lengthMs + offsetMs;
}

/** The next 00:00 UTC after `timeMs`. */
export function nextUtcMidnight(timeMs: number): number {
  return (Math.floor(timeMs / DAY_MS) + 1) * DAY_MS;
}

/**
 * Where the columns that a filter sees begin: the latest multiple of `lookback` candles since the epoch (weeks from Monday
 * 00:00 UTC) that leaves at least `lookback` closed candles. It depends on the time alone, so that a fresh start, a week-old
 * process and a backtest see identical columns of lookback .. 2 x lookback - 1 candles.
 * @param nowMs milliseconds UTC; candles that end at or before it are closed
 * @returns the open time of the first candle
 */
export function anchorTime(nowMs: number, timeframe: Timeframe, lookback: number): number {
  const lengthMs = timeframeMs(timeframe);
  const formingOpenTime = candleOpenTime(nowMs, timeframe);
  const offsetMs = timeframe === '1w' ? FIRST_MONDAY_MS : 0;
  const spanMs = lookback * lengthMs;
  return Math.floor((formingOpenTime - spanMs - offsetMs) / spanMs) * spanMs + offsetMs;
}
