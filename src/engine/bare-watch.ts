import type { PositionId } from '../domain/ids.ts';
import { isLeftAlone } from '../domain/position/protection.ts';
import type { Position } from '../domain/position/position.ts';
import { SECOND_MS } from '../domain/time.ts';
import type { EngineContext } from './context.ts';
import type { RiskDesk } from './risk-desk.ts';
import type { StopDesk } from './stop-desk.ts';

/** So long a stop may be on its way to the exchange before a person hears that it is not there. */
const TELL_AFTER_MS = 30 * SECOND_MS;
/** And so long when nobody else watches the price. */
const TELL_UNWATCHED_AFTER_MS = 5 * SECOND_MS;

export interface BareWatchParts {
  readonly risk: RiskDesk;
  readonly stops: Pick<StopDesk, 'canRest' | 'standing' | 'isHeard'>;
}

interface Bare {
  readonly since: number;
  isTold: boolean;
}

/** Positions of which no stop is known to rest at the exchange, for whatever reason: a person hears once of each that stays so. */
export class BareWatch {
  readonly #context: EngineContext;
  readonly #parts: BareWatchParts;
  #bare: ReadonlyMap<PositionId, Bare> = new Map();

  constructor(context: EngineContext, parts: BareWatchParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** To be called every second or so. */
  look(): void {
    const { stops } = this.#parts;
    const { monitorPositions } = this.#context.settings;
    if (!stops.canRest && monitorPositions) return;
    const now = this.#context.clock.now();
    const afterMs = monitorPositions ? TELL_AFTER_MS : TELL_UNWATCHED_AFTER_MS;
    const positions = [...this.#context.books.positions.values()];
    const bare = positions.filter((each) => !isLeftAlone(each) && !(stops.isHeard(each.id) && stops.standing(each.id)));
    if (bare.length === 0 && this.#bare.size === 0) return;
    this.#bare = new Map(bare.map(({ id }) => [id, this.#bare.get(id) ?? { since: now, isTold: false }]));
    for (const position of bare) {
      const seen = this.#bare.get(position.id);
      if (seen === undefined || seen.isTold || now - seen.since < afterMs) continue;
      seen.isTold = true;
      this.#tell(position);
    }
  }

  #tell({ id, symbol, protection }: Position): void {
    const { stops, risk } = this.#parts;
    const cause = protection.guard === 'local' ? ` (${protection.cause})` : '';
    const what = stops.isHeard(id)
      ? `no stop rests at the exchange${cause}`
      : 'the exchange has not told yet whether the stop of the run before still rests there';
    const { monitorPositions } = this.#context.settings;
    const watcher = monitorPositions
      ? 'this program watches it, as long as it runs'
      : 'NOBODY watches it, as ENABLE_POSITION_MONITORING is false; close it or guard it at the exchange';
    const message = `${symbol}: ${what}; ${watcher}`;
    const severity = monitorPositions ? 'warning' : 'critical';
    risk.raise({ type: 'position_unprotected', severity, message, details: { symbol } });
  }
}
