import type { Decimal } from '../../../domain/decimal.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, WEEK_MS } from '../../../domain/time.ts';
import type { Schedule } from '../../../domain/filter.ts';
import type { TraderId } from '../../../domain/ids.ts';
import type { Plot } from '../../../domain/signal.ts';

/** The names of traders by id: what the API calls them beside their ids. */
export type TraderNames = ReadonlyMap<TraderId, string>;

/** The name of a trader; null without one, or when it was removed. */
export function nameOf(id: TraderId | null, names: TraderNames): string | null {
  return id === null ? null : (names.get(id) ?? null);
}

/** No venue has finer amounts; what lies behind is left over from a division. */
const FINEST_PLACES = 18;

/** An amount or a price in JSON: decimal text. */
export function amountText(value: Decimal): string {
  return value.toDecimalPlaces(FINEST_PLACES).toFixed();
}

export function amountOrNull(value: Decimal | null): string | null {
  return value === null ? null : amountText(value);
}

const PERCENT_PLACES = 6;

/** A percentage or another ratio in JSON: a number. */
export function ratioNumber(value: Decimal): number {
  return value.toDecimalPlaces(PERCENT_PLACES).toNumber();
}

/** Market data in JSON, which knows neither NaN nor infinities: those are null. */
export function figure(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** What a filter plotted, as the API gives it. */
export function plotJson({ name, value, level }: Plot) {
  return { name, value: figure(value), level: level === null ? null : figure(level) };
}

const UNITS = [
  ['w', WEEK_MS],
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['m', MINUTE_MS],
] as const;

/** A duration as `parseDuration` reads it, in the largest unit of which it is a whole multiple. */
export function durationText(ms: number): string {
  const [unit, lengthMs] = UNITS.find(([, each]) => ms > 0 && ms % each === 0) ?? ['s', SECOND_MS];
  return `${Math.round(ms / lengthMs)}${unit}`;
}

/** When a filter is checked, as filters write it. */
export function scheduleText(schedule: Schedule): string {
  return schedule.kind === 'close' ? 'close' : durationText(schedule.everyMs);
}
