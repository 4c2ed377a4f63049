import type { PositionId } from '../domain/ids.ts';
import type { Position } from '../domain/position/position.ts';
import { SECOND_MS } from '../domain/time.ts';
import type { EngineContext } from './context.ts';
import { UntoldFills } from './untold-fills.ts';
import { WrittenFirst } from './written-first.ts';

/** The clocks of venue and program may differ. */
const CLOCK_MARGIN_MS = 5 * SECOND_MS;

/** Why orders of a position have to wait a moment although they only reduce it. */
export class OrderHolds {
  readonly untold: UntoldFills;
  readonly #written: WrittenFirst;
  readonly #startedAt: number;

  /** @param released called when orders of the position may be sent */
  constructor(context: Pick<EngineContext, 'books' | 'clock'>, released: (positionId: PositionId) => void) {
    this.#written = new WrittenFirst(context, released);
    this.#startedAt = context.clock.now();
    this.untold = new UntoldFills(context.clock, released);
  }

  /** @param isFound it stands at the venue without an order of ours that tells of it */
  opened(position: Position, isFound: boolean): void {
    if (isFound) this.#written.wait(position.id);
    // The entry is of a run before this one, which may have gone on to its exit.
    else if (position.openedAt < this.#startedAt + CLOCK_MARGIN_MS) this.untold.wait(position);
  }

  /** Whether nothing of the position may be sent yet. */
  isUnwritten(positionId: PositionId): boolean {
    return this.#written.isAwaited(positionId);
  }

  /** Whether nothing of the position may be closed yet. */
  holdsBack(position: Position): boolean {
    return this.#written.isAwaited(position.id) || this.untold.isAwaited(position);
  }
}
