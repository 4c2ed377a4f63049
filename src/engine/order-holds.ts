import type { Quantity } from '../domain/decimal.ts';
import type { PositionId } from '../domain/ids.ts';
import type { Order } from '../domain/order/order.ts';
import { isLeftAlone } from '../domain/position/protection.ts';
import type { Position } from '../domain/position/position.ts';
import { SECOND_MS } from '../domain/time.ts';
import type { EngineContext } from './context.ts';
import type { RiskDesk } from './risk-desk.ts';
import { UntoldFills } from './untold-fills.ts';
import { WrittenFirst } from './written-first.ts';

/** The clocks of venue and program may differ. */
const CLOCK_MARGIN_MS = 5 * SECOND_MS;

interface HoldParts {
  /** Called when orders of the position may be sent. */
  readonly released: (positionId: PositionId) => void;
  /** Whether the venue has said, since this program runs, which stops of the position rest. */
  readonly isHeard: (positionId: PositionId) => boolean;
  readonly risk: RiskDesk;
}

/** Why orders of a position have to wait a moment although they only reduce it. */
export class OrderHolds {
  readonly untold: UntoldFills;
  readonly #context: Pick<EngineContext, 'foreign'>;
  readonly #parts: HoldParts;
  /** Positions whose close waits, of which a person was told. */
  readonly #told = new Set<PositionId>();
  readonly #written: WrittenFirst;

  constructor(context: Pick<EngineContext, 'books' | 'clock' | 'foreign'>, parts: HoldParts) {
    const { released } = parts;
    this.#context = context;
    this.#parts = parts;
    this.#written = new WrittenFirst(context, released);
    this.untold = new UntoldFills(context.clock, released);
  }

  /** @param entry the order that has opened it; null: it stands at the venue without an order of ours that tells of it */
  opened(position: Position, entry: Order | null): void {
    if (entry === null) this.#written.wait(position.id);
    // A run before may have gone on to its exit.
    else if (position.openedAt < this.untold.beganAt + CLOCK_MARGIN_MS && !this.#isOfThisRun(entry))
      this.untold.wait(position);
  }

  /** An entry that was found at the venue has no signal. */
  #isOfThisRun({ intent: { signalId, createdAt } }: Order): boolean {
    return signalId !== null && createdAt >= this.untold.beganAt;
  }

  /** Whether nothing of the position may be sent yet. */
  isUnwritten(positionId: PositionId): boolean {
    return this.#written.isAwaited(positionId);
  }

  /** Whether nothing of the position may be closed yet. @param wanted what is to be closed: when that waits it is told once */
  holdsBack(position: Position, wanted: Quantity): boolean {
    const isUntold = this.untold.isAwaited(position.id, this.#isUrgent(position));
    if (isUntold && !wanted.isZero()) this.#tell(position);
    return isUntold || this.#written.isAwaited(position.id);
  }

  #tell({ id, symbol }: Position): void {
    if (this.#told.has(id)) return;
    this.#told.add(id);
    const message = `${symbol}: the close waits until the exchange has told what was sold before this start, a minute at most`;
    this.#parts.risk.raise({ type: 'anomaly_detected', severity: 'info', message, details: { symbol } });
  }

  /**
   * Whether waiting may cost more than a second close of the same units: on futures that one only reduces, so that without
   * units of others there is nothing that it could take, and with them at most those.
   */
  #isUrgent(position: Position): boolean {
    const { id, symbol, market, protection } = position;
    if (market === 'spot' || isLeftAlone(position)) return false;
    return protection.guard === 'local' || !this.#parts.isHeard(id) || !this.#context.foreign.mayBeIn(symbol);
  }
}
