import type { Position } from '../domain/position/position.ts';
import type { OrderDesk } from './execution/order-desk.ts';
import type { RiskDesk } from './risk-desk.ts';

/** What the position desk works with, and whom it has to tell. */
export interface PositionDeskParts {
  readonly orders: OrderDesk;
  readonly risk: RiskDesk;
  /** Runs the work as an event of its own. */
  readonly later: (work: () => void) => void;
  /** The venue holds something else than the books: it has to be asked. */
  readonly mismatch: () => void;
  readonly opened: () => void;
  /** A position has closed, from flat to flat. */
  readonly closed: (position: Position) => void;
}
