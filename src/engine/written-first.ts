import type { PositionId } from '../domain/ids.ts';
import { SECOND_MS } from '../domain/time.ts';
import type { EngineContext } from './context.ts';

/** A store that is out of service keeps no position without its stop for longer. */
const LONGEST_MS = 2 * SECOND_MS;

/**
 * Positions that were found at the venue. Orders of ours are named after their position, and no fill of ours tells of this
 * one: after a crash nobody would know what its orders were for. So it is stored before the first of them is sent.
 */
export class WrittenFirst {
  readonly #context: Pick<EngineContext, 'books' | 'clock'>;
  readonly #written: (positionId: PositionId) => void;
  readonly #waiting = new Set<PositionId>();

  /** @param written called when orders of the position may be sent */
  constructor(context: Pick<EngineContext, 'books' | 'clock'>, written: (positionId: PositionId) => void) {
    this.#context = context;
    this.#written = written;
  }

  /** Whether the position is not stored yet. */
  isAwaited(positionId: PositionId): boolean {
    return this.#waiting.has(positionId);
  }

  /** The position was put into the books by the event at hand. */
  wait(positionId: PositionId): void {
    this.#waiting.add(positionId);
    const goOn = (): void => {
      timer.cancel();
      if (this.#waiting.delete(positionId)) this.#written(positionId);
    };
    const timer = this.#context.clock.setTimer(LONGEST_MS, goOn);
    void this.#context.books.commitDurably().then(goOn);
  }
}
