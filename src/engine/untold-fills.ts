import type { PositionId, VenueSymbol } from '../domain/ids.ts';
import type { Market } from '../domain/instrument.ts';
import type { Position } from '../domain/position/position.ts';
import { MINUTE_MS, SECOND_MS } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';

/**
 * What has to be closed does not wait for longer on a venue that takes orders and tells no fills. On futures an order of ours
 * only reduces: at most it takes what others hold in the symbol.
 */
const LONGEST_MS: Readonly<Record<Market, number>> = { spot: MINUTE_MS, futures: 5 * SECOND_MS };

/**
 * Positions of an earlier run of which it is not known what that run has closed: exits are sent before they are stored. A
 * second close of the same units would be of somebody else's, so none is sent before the venue has told the fills.
 */
export class UntoldFills {
  readonly #clock: Clock;
  readonly #told: (positionId: PositionId) => void;
  readonly #waiting = new Map<PositionId, VenueSymbol>();

  /** @param told called when the position may be sold although its fills were not told */
  constructor(clock: Clock, told: (positionId: PositionId) => void) {
    this.#clock = clock;
    this.#told = told;
  }

  /** A position as the earlier run has left it. */
  wait({ id, symbol, market }: Position): void {
    this.#waiting.set(id, symbol);
    this.#clock.setTimer(LONGEST_MS[market], () => {
      if (this.#waiting.delete(id)) this.#told(id);
    });
  }

  isAwaited(positionId: PositionId): boolean {
    return this.#waiting.has(positionId);
  }

  /** The venue has told the fills, but for those of some symbols. */
  told(unheard: ReadonlySet<VenueSymbol>): void {
    for (const [id, symbol] of this.#waiting) if (!unheard.has(symbol)) this.#waiting.delete(id);
  }
}
