import type { FilterId, UserId, VenueSymbol } from './ids.ts';
import type { Exits } from './exits.ts';
import type { PositionSide } from './position/position.ts';
import type { Timeframe } from './time.ts';

export type ParamValue = number | string | boolean;

/** A parameter that a filter declares. Numbers may name their range, which optimisation and forms use. */
export interface ParamSpec {
  readonly default: ParamValue;
  readonly min: number | null;
  readonly max: number | null;
  readonly step: number | null;
  readonly about: string;
}

/** When a filter is checked: at each close of its clock timeframe, or at multiples of a duration since the epoch. */
export type Schedule = { readonly kind: 'close' } | { readonly kind: 'every'; readonly everyMs: number };

/** What a filter says of itself (`export const meta`), read once, checked and with its defaults filled in. */
export interface FilterMeta {
  readonly name: string;
  readonly description: string;
  /** The first one is the filter's clock. 1 to 6. */
  readonly timeframes: readonly [Timeframe, ...Timeframe[]];
  readonly schedule: Schedule;
  /** Closed candles per timeframe that a check needs, 2 .. 500. */
  readonly lookback: number;
  /** Symbols besides the checked one, at most 5. */
  readonly references: readonly VenueSymbol[];
  readonly sides: readonly PositionSide[];
  /** Keep the best so many matches of a check; null keeps all. */
  readonly top: number | null;
  readonly params: Readonly<Record<string, ParamSpec>>;
  readonly exits: Exits;
}

/** A trader's code as the program holds it. */
export interface Filter {
  readonly id: FilterId;
  readonly userId: UserId;
  readonly name: string;
  readonly meta: FilterMeta;
  /** The ES module's text, at most 10,240 bytes. */
  readonly source: string;
  /** SHA-256 of the source in hex: two versions are the same exactly when this is. */
  readonly sourceHash: string;
  /** `shipped`: part of the program; `file`: in the user's filters folder; `database`: stored over the API. */
  readonly origin: 'shipped' | 'file' | 'database';
  readonly createdAt: number;
  readonly updatedAt: number;
}
