import type { Decimal, Money } from './decimal.ts';
import type { Exits } from './exits.ts';
import type { ParamValue, Schedule } from './filter.ts';
import type { FilterId, PortfolioId, TraderId, UserId, VenueSymbol } from './ids.ts';

/** `auto` trades, `semi_auto` asks a person first, `signals` never trades. */
export type TraderMode = 'auto' | 'semi_auto' | 'signals';

/** Which symbols a trader checks: named ones, or the most traded. */
export type SymbolChoice =
  | { readonly kind: 'list'; readonly symbols: readonly VenueSymbol[] }
  | { readonly kind: 'top'; readonly count: number };

/** How large an entry is. */
export type SizeRule =
  /** Quote units. */
  | { readonly kind: 'quote'; readonly amount: Money }
  /** Percentage of equity. */
  | { readonly kind: 'pct'; readonly percent: Decimal }
  /** Percentage of equity that is lost when the stop is hit. */
  | { readonly kind: 'risk_pct'; readonly percent: Decimal };

/** Paused by the user; disabled by the engine. Both say why. */
export type TraderState =
  | { readonly status: 'running' }
  | { readonly status: 'paused'; readonly reason: string }
  | { readonly status: 'disabled'; readonly reason: string };

/** A filter put to work. */
export interface Trader {
  readonly id: TraderId;
  readonly userId: UserId;
  readonly portfolioId: PortfolioId | null;
  readonly name: string;
  readonly filterId: FilterId;
  readonly symbols: SymbolChoice;
  /** Null: as the filter says. */
  readonly schedule: Schedule | null;
  /** Values that differ from the filter's defaults. */
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly mode: TraderMode;
  readonly size: SizeRule;
  /** Null: as the filter says. */
  readonly exits: Exits | null;
  readonly maxPositions: number | null;
  /** No new signal on a symbol for so long after one. Null: one candle of the clock timeframe. */
  readonly cooldownMs: number | null;
  /** Whether an opposite match turns the position instead of only closing it. */
  readonly reverse: boolean;
  readonly state: TraderState;
  readonly createdAt: number;
  readonly updatedAt: number;
}
