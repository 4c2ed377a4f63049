import type { PositionId, VenueSymbol } from '../domain/ids.ts';
import type { Position } from '../domain/position/position.ts';
import { MINUTE_MS, SECOND_MS } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';

/** What has to be closed waits no longer than this on a venue that takes orders and tells no fills. */
const LONGEST_MS = MINUTE_MS;
/** And what is urgent no longer than this. */
const LONGEST_URGENT_MS = 5 * SECOND_MS;

/**
 * Positions of an earlier run of which it is not known what that run has closed: exits are sent before they are stored. A
 * second close of the same units would be of somebody else's, so none is sent before the venue has told the fills.
 */
export class UntoldFills {
  readonly #clock: Clock;
  readonly #told: (positionId: PositionId) => void;
  readonly #waiting = new Map<PositionId, VenueSymbol>();
  /** When this run went on where the earlier one has ended, milliseconds UTC. */
  beganAt = -Infinity;

  /** @param told called when the position may be sold although its fills were not told */
  constructor(clock: Clock, told: (positionId: PositionId) => void) {
    this.#clock = clock;
    this.#told = told;
  }

  begin(): void {
    this.beganAt = this.#clock.now();
  }

  /** A position that the earlier run has left, or of which an entry of that run is heard now. */
  wait({ id, symbol }: Position): void {
    this.#waiting.set(id, symbol);
    for (const longestMs of [LONGEST_URGENT_MS, LONGEST_MS]) {
      this.#clock.setTimer(this.beganAt + longestMs - this.#clock.now(), () => {
        if (this.#waiting.has(id)) this.#told(id);
      });
    }
  }

  isAwaited(positionId: PositionId, isUrgent: boolean): boolean {
    const longestMs = isUrgent ? LONGEST_URGENT_MS : LONGEST_MS;
    return this.#waiting.has(positionId) && this.#clock.now() < this.beganAt + longestMs;
  }

  /** The venue has told the fills, but for those of some symbols. */
  told(unheard: ReadonlySet<VenueSymbol>): void {
    for (const [id, symbol] of this.#waiting) if (!unheard.has(symbol)) this.#waiting.delete(id);
  }
}
