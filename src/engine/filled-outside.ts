import type { Quantity } from '../domain/decimal.ts';
import type { Fill } from '../domain/fill.ts';
import { applyFill } from '../domain/position/ledger.ts';
import type { CloseReason, Position } from '../domain/position/position.ts';
import type { EngineContext } from './context.ts';
import type { PositionDesk } from './position-desk.ts';

interface OutsideFill {
  readonly fill: Fill;
  /** What of it is for the position: the rest is for units of others. */
  readonly quantity: Quantity;
  readonly reason: CloseReason;
}

/** Books a fill that changes a position, or by a part of it does, and belongs to no order in the books. */
export function filledOutside(
  { context, positions }: { readonly context: EngineContext; readonly positions: PositionDesk },
  position: Position,
  { fill, quantity, reason }: OutsideFill,
): void {
  context.books.addFill({ ...fill, orderId: null });
  positions.unitsMoved(applyFill(position, { ...fill, quantity }, reason).position, 'filled outside');
}
