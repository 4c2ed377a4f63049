import type { Decimal, Money, Price, Quantity } from '../decimal.ts';
import type { Fill } from '../fill.ts';
import type { AccountId, OrderId, PortfolioId, PositionId, SignalId, TraderId, UserId } from '../ids.ts';
import type { InstrumentRef } from '../instrument.ts';
import type { Level } from '../levels.ts';

export type PositionSide = 'long' | 'short';
export type MarginMode = 'cross' | 'isolated';

/** Why a position, or a part of it, was closed. */
export type CloseReason =
  | 'stop'
  | 'target'
  | 'trailing'
  | 'break_even'
  | 'time_limit'
  | 'signal'
  | 'reversal'
  | 'manual'
  | 'kill'
  | 'liquidation'
  | 'external'
  | 'end';

/** Units bought (or sold short) by one of our own fills and what is left of them. The sum of the lots is the position. */
export interface Lot {
  readonly fillKey: string;
  readonly price: Price;
  /** What the fill brought, fees in base already taken off. */
  readonly openedQuantity: Quantity;
  readonly remainingQuantity: Quantity;
  readonly openedAt: number;
}

/** One reduction of a position. */
export interface PositionExit {
  readonly fillKey: string;
  readonly orderId: OrderId | null;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly time: number;
  readonly reason: CloseReason;
  /** Profit of this part before fees and funding, against the average entry. */
  readonly grossPnl: Money;
}

/** Who watches the stop. A position without a guard is an alarm, never a normal state. */
export type Protection =
  /** Nobody; `stopPrice` is where the stop belongs and is placed again, null when none was ever set. */
  | { readonly guard: 'none'; readonly since: number; readonly cause: string; readonly stopPrice: Price | null }
  /** The stop rests at the exchange and survives this program. */
  | { readonly guard: 'venue'; readonly stopPrice: Price; readonly stopOrderId: OrderId }
  /** The position monitor watches; only while this program runs. */
  | { readonly guard: 'local'; readonly stopPrice: Price; readonly cause: string };

/** A price at which a part of the position is closed with profit. */
export interface PositionTarget {
  readonly price: Price;
  /** Share of everything that was entered, above 0 and at most 1. */
  readonly part: Decimal;
  /** The order that rests at the venue for it, null when the position monitor watches. */
  readonly orderId: OrderId | null;
  /** Milliseconds UTC, null while it lies ahead. */
  readonly reachedAt: number | null;
}

/** How a position is to end besides its stop. */
export interface ExitPlan {
  readonly targets: readonly PositionTarget[];
  /** The distance at which the stop follows the best price. */
  readonly trailing: Level | null;
  /** The price from which on the stop stands at the entry; null when unused or done. */
  readonly breakEvenAt: Price | null;
  /** The time limit, milliseconds UTC. */
  readonly closeAt: number | null;
  /** Neither filter nor trader named a stop: it is the configured default. */
  readonly stopIsDefault: boolean;
}

/** Leverage and margin of a futures position. */
export interface FuturesMargin {
  readonly leverage: number;
  readonly marginMode: MarginMode;
  /** As the venue reports it, null while unknown or out of reach. */
  readonly liquidationPrice: Price | null;
}

/** Sums over the life of the position. They only ever grow, but for `funding` and `grossPnl`, which may fall. */
export interface PositionTotals {
  /** Everything that entries brought, fees in base taken off. */
  readonly entryQuantity: Quantity;
  readonly entryNotional: Money;
  readonly exitQuantity: Quantity;
  readonly exitNotional: Money;
  /** Profit of the closed parts before fees and funding. */
  readonly grossPnl: Money;
  /** Worth of all fees in quote units, by the rate at each fill's time. */
  readonly fees: Money;
  /** Funding received (positive) and paid (negative). */
  readonly funding: Money;
}

/** What the fee and the step left over: too small to sell, no longer part of the position. Booked at its cost. */
export interface Dust {
  readonly quantity: Quantity;
  readonly cost: Money;
}

export type PositionState =
  | { readonly status: 'open' }
  | { readonly status: 'closed'; readonly closedAt: number; readonly reason: CloseReason; readonly dust: Dust | null }
  | { readonly status: 'liquidated'; readonly closedAt: number };

/**
 * A holding from flat to flat, made of our own fills alone. Cost is kept by the average-cost method: a reduction takes its
 * share of `openCost`, so the average entry price does not change by it.
 */
export interface Position extends InstrumentRef {
  readonly id: PositionId;
  readonly userId: UserId;
  readonly accountId: AccountId;
  readonly portfolioId: PortfolioId | null;
  readonly traderId: TraderId | null;
  readonly signalId: SignalId | null;
  readonly side: PositionSide;
  readonly base: string;
  readonly quote: string;
  readonly state: PositionState;
  readonly quantity: Quantity;
  /** What the open quantity was entered for, in quote units, fees not counted. */
  readonly openCost: Money;
  readonly lots: readonly Lot[];
  readonly exits: readonly PositionExit[];
  readonly totals: PositionTotals;
  readonly futures: FuturesMargin | null;
  readonly protection: Protection;
  readonly plan: ExitPlan;
  /** The most favourable and the most adverse price since the first fill. */
  readonly bestPrice: Price;
  readonly worstPrice: Price;
  /** The distance from entry to the first stop, quote units per unit: the R of targets and statistics. Null: no stop yet. */
  readonly initialRisk: Decimal | null;
  readonly openReason: string;
  readonly openedAt: number;
  readonly updatedAt: number;
}

/** What a position is opened with; the first fill gives quantity, price and time. */
export type PositionOpening = Pick<
  Position,
  | 'id'
  | 'userId'
  | 'accountId'
  | 'portfolioId'
  | 'traderId'
  | 'signalId'
  | 'base'
  | 'quote'
  | 'futures'
  | 'plan'
  | 'initialRisk'
  | 'openReason'
> & {
  readonly fill: Fill;
  /** Where the stop belongs, on the tick; null while that is unknown. */
  readonly stopPrice: Price | null;
};
