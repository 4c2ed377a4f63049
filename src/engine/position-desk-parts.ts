import type { Position } from '../domain/position/position.ts';
import { SECOND_MS } from '../domain/time.ts';
import type { EngineSettings } from './context.ts';
import type { OrderDesk } from './execution/order-desk.ts';
import type { PositionMonitorOptions } from './positions/monitor.ts';
import type { RiskDesk } from './risk-desk.ts';

/** How long a stop at the venue that does not say that it still rests may take to fill before this program closes itself. */
const VENUE_GRACE_MS = 6 * SECOND_MS;

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

export function monitorOptions(settings: EngineSettings): PositionMonitorOptions {
  return {
    // May change while the program runs.
    get fallbackStop() {
      return settings.defaultStop;
    },
    venueGraceMs: VENUE_GRACE_MS,
  };
}
