import type { Decimal, Money, Price, Quantity } from '../../domain/decimal.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { Instrument, Market } from '../../domain/instrument.ts';
import type { CloseReason, PositionSide } from '../../domain/position/position.ts';

/** The bars of one symbol, oldest first: equally long columns, open times in milliseconds UTC, strictly rising. */
export interface BarColumns {
  readonly time: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** A symbol to trade over its bars. */
export interface BarSeries {
  readonly instrument: Instrument;
  readonly columns: BarColumns;
}

export interface BarTerms {
  readonly market: Market;
  /** Cash at the start, in the quote asset, which all symbols share. */
  readonly balance: Money;
  /** Whole, from 1. */
  readonly leverage: number;
  /** Of the notional; at most four decimals. */
  readonly feeBps: Decimal;
  readonly slippageBps: Decimal;
  /** How many positions may be open at once; null: any number. */
  readonly maxPositions: number | null;
  readonly onEvent: (event: BarEvent) => void;
}

/** What an entry can be paid with, at the open where it fills. */
export interface EntryFunds {
  /** Cash + market value of the open positions at their last closes. */
  readonly equity: Money;
  /** What no position binds. */
  readonly freeCash: Money;
}

/** A distance that the stop follows the best price at, taken at each close. */
export type TrailingRule =
  | { readonly kind: 'percent'; readonly percent: Decimal }
  /** In quote units per unit (multiples of the ATR, for example), for the bar that just closed; NaN leaves the stop. */
  | { readonly kind: 'distance'; readonly distanceAt: (barIndex: number) => number };

/** How a position ends, in prices; the matcher rounds them to the tick. */
export interface ExitPlan {
  readonly stop: Price | null;
  /** In the order in which they are reached. `part` of the entry; null: an equal share of what the others leave. */
  readonly targets: readonly { readonly price: Price; readonly part: Decimal | null }[];
  readonly trailing: TrailingRule | null;
  /** The price from which on the stop stands at the entry price. */
  readonly breakEvenAt: Price | null;
  readonly maxHoldMs: number | null;
}

/** An entry, to be filled at the open of the symbol's next bar. */
export interface BarEntry {
  readonly symbol: string;
  readonly side: PositionSide;
  /** Filled before the plain entries, on the equity that its close has left. */
  readonly isReversal: boolean;
  /** How much is wanted; asked at the fill, floored to the step and cut to what free cash pays. */
  readonly quantity: (funds: EntryFunds) => Quantity;
  /** Asked once, at the fill. */
  readonly exits: (fill: { readonly price: Price; readonly quantity: Quantity }) => ExitPlan;
  /** Comes back with every event of the position. */
  readonly tag: string;
}

/** A close, to be filled at the open of the symbol's next bar. */
export interface BarClose {
  readonly symbol: string;
  /** Share of what is open then, above 0 and at most 1; below one the quantity is floored to the step. */
  readonly fraction: Decimal;
  readonly reason: CloseReason;
}

/** Money and quantity that changed hands. `time` is the open time of the bar in which it happened. */
interface BarFill {
  readonly time: number;
  readonly symbol: string;
  readonly side: PositionSide;
  readonly tag: string;
  readonly price: Price;
  readonly quantity: Quantity;
  /** Price x quantity, cut to 1e-8. */
  readonly notional: Money;
  readonly fee: Money;
}

export type BarEvent =
  | (BarFill & { readonly type: 'entry'; readonly stop: Price | null })
  | (BarFill & {
      readonly type: 'exit';
      readonly reason: CloseReason;
      /** Profit of this part before fees. */
      readonly grossPnl: Money;
      /** What is left open. */
      readonly remaining: Quantity;
    })
  | {
      readonly type: 'stop_moved';
      readonly time: number;
      readonly symbol: string;
      readonly tag: string;
      readonly stop: Price;
    }
  | {
      readonly type: 'refused';
      readonly time: number;
      readonly symbol: string;
      readonly tag: string;
      readonly reason: BarRefusalReason;
    };

/** Why an entry was not filled. */
export type BarRefusalReason =
  | 'symbol_taken'
  | 'no_slot'
  | 'short_on_spot'
  | Extract<ErrorCode, 'CAPITAL_INSUFFICIENT' | 'NOTIONAL_OUT_OF_RANGE' | 'QUANTITY_OUT_OF_RANGE'>;

/** An open position as it stands at the last close. */
export interface BarPositionReport {
  readonly symbol: string;
  readonly side: PositionSide;
  readonly tag: string;
  readonly quantity: Quantity;
  readonly entryPrice: Price;
  readonly entryTime: number;
  readonly stop: Price | null;
}
