import type { Price, Quantity } from '../../domain/decimal.ts';
import type { PositionId } from '../../domain/ids.ts';
import type { CloseReason } from '../../domain/position/position.ts';

/** What the position monitor wants done. */
export type MonitorDecision =
  /** Sell (or buy back) so much at the market now. */
  | {
      readonly kind: 'close';
      readonly positionId: PositionId;
      /** On the step, and never more than what is open and not on its way out already. */
      readonly quantity: Quantity;
      readonly reason: CloseReason;
      /** The target that was reached, by its place in the plan; null for other reasons. */
      readonly target: number | null;
    }
  /** An exit is due, but what is left is too small for the exchange: book it as dust. */
  | { readonly kind: 'dust'; readonly positionId: PositionId; readonly reason: CloseReason }
  /** The stop stands here from now on; what rests at the exchange follows it. */
  | {
      readonly kind: 'stop_moved';
      readonly positionId: PositionId;
      readonly stopPrice: Price;
      readonly reason: 'trailing' | 'break_even' | 'fallback';
    }
  /** The price stands beyond the stop that rests at the exchange: its fill must come now, ask for it. */
  | { readonly kind: 'venue_stop_due'; readonly positionId: PositionId; readonly stopPrice: Price }
  /** The mark price has gone a good part of the way from entry to liquidation. */
  | {
      readonly kind: 'liquidation_near';
      readonly positionId: PositionId;
      readonly severity: 'warning' | 'critical';
      readonly mark: Price;
      readonly liquidationPrice: Price;
    };
