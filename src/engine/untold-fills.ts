import type { PositionId, VenueSymbol } from '../domain/ids.ts';
import type { Position } from '../domain/position/position.ts';
import { MINUTE_MS, SECOND_MS } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';

/** What has to be closed does not wait for longer on a venue that takes orders and tells no fills. */
const LONGEST_MS = MINUTE_MS;
/**
 * And not for longer than this where nothing but this program guards a futures position: there an order of ours only reduces,
 * so at most it takes what others hold in the symbol.
 */
const LONGEST_BARE_MS = 5 * SECOND_MS;

interface Waiting {
  readonly symbol: VenueSymbol;
  /** Milliseconds UTC. */
  readonly since: number;
}

/**
 * Positions of an earlier run of which it is not known what that run has closed: exits are sent before they are stored. A
 * second close of the same units would be of somebody else's, so none is sent before the venue has told the fills.
 */
export class UntoldFills {
  readonly #clock: Clock;
  readonly #told: (positionId: PositionId) => void;
  readonly #waiting = new Map<PositionId, Waiting>();

  /** @param told called when the position may be sold although its fills were not told */
  constructor(clock: Clock, told: (positionId: PositionId) => void) {
    this.#clock = clock;
    this.#told = told;
  }

  /** A position as the earlier run has left it. */
  wait({ id, symbol }: Position): void {
    this.#waiting.set(id, { symbol, since: this.#clock.now() });
    this.#clock.setTimer(LONGEST_BARE_MS, () => {
      if (this.#waiting.has(id)) this.#told(id);
    });
    this.#clock.setTimer(LONGEST_MS, () => {
      if (this.#waiting.delete(id)) this.#told(id);
    });
  }

  isAwaited({ id, market, protection }: Position): boolean {
    const since = this.#waiting.get(id)?.since ?? -Infinity;
    const isBare = market === 'futures' && protection.guard === 'local';
    return this.#clock.now() - since < (isBare ? LONGEST_BARE_MS : LONGEST_MS);
  }

  /** The venue has told the fills, but for those of some symbols. */
  told(unheard: ReadonlySet<VenueSymbol>): void {
    for (const [id, { symbol }] of this.#waiting) if (!unheard.has(symbol)) this.#waiting.delete(id);
  }
}
