import { describeFailure } from '../domain/errors.ts';
import type { VenueSymbol } from '../domain/ids.ts';
import { MINUTE_MS } from '../domain/time.ts';
import type { AccountSnapshot, FundingReport, ReportedFill } from '../ports/broker.ts';
import type { StoreReaders } from '../ports/store/readers.ts';
import type { EngineContext } from './context.ts';
import { isOver } from './execution/questions.ts';

/** Fills are asked for from so long before the oldest thing that is not settled, or before the last time. */
const OVERLAP_MS = MINUTE_MS;
/** A fill can still come so long after its order has ended. */
const LATE_FILL_MS = 2 * MINUTE_MS;
/** A payment stands in the income history some time after it was made. */
const FUNDING_OVERLAP_MS = 10 * MINUTE_MS;

/** Under which the store keeps until when funding is booked, milliseconds UTC. */
export const FUNDING_UNTIL = 'funding_booked_until';

/** What the venue says of the account, gathered while the engine went on. */
export interface Findings {
  readonly snapshot: AccountSnapshot;
  readonly fills: readonly ReportedFill[];
  /** Payments that no run has booked yet. */
  readonly funding: readonly FundingReport[];
}

/** Asks the venue for all that the books are held against, each time from where the last answer ended. */
export class VenueQuestions {
  readonly #context: EngineContext;
  readonly #booked: StoreReaders['funding'];
  /** When fills were asked for the last time and told, milliseconds UTC. */
  #fillsUntil = 0;
  #fundingUntil: number | null;
  /** What could have been paid for since the last time: whether positions were open, and how many fills there were. */
  #wasHeld = true;
  #fills = 0;

  /** @param fundingUntil until when earlier runs have booked funding, null when none has */
  constructor(context: EngineContext, booked: StoreReaders['funding'], fundingUntil: number | null) {
    this.#context = context;
    this.#booked = booked;
    this.#fundingUntil = fundingUntil;
  }

  /**
   * Balances, working orders, positions, the fills of everything that is not settled, and on futures the funding since then.
   * @throws whatever the broker throws when the venue does not answer
   */
  async ask(): Promise<Findings> {
    const { broker, clock } = this.#context;
    const { market } = broker.account;
    const askedAt = clock.now();
    const [snapshot, funding, ...fills] = await Promise.all([
      broker.snapshot(),
      this.#funding(askedAt),
      ...[...this.#symbols()].map(([symbol, at]) => broker.fillsSince({ market, symbol }, at - OVERLAP_MS)),
    ]);
    this.#fillsUntil = askedAt;
    return { snapshot, funding, fills: fills.flat() };
  }

  /** From when on fills are asked for, by symbol. */
  #symbols(): ReadonlyMap<VenueSymbol, number> {
    const { books, clock } = this.#context;
    const since = new Map<VenueSymbol, number>();
    const note = (symbol: VenueSymbol, at: number): void => {
      since.set(symbol, Math.min(Math.max(at, this.#fillsUntil), since.get(symbol) ?? Infinity));
    };
    // Whatever a run before did not live to store can be as old as the position.
    for (const { symbol, openedAt } of books.positions.values()) note(symbol, openedAt);
    const lateFrom = clock.now() - LATE_FILL_MS;
    for (const order of books.orders.values()) {
      if (!isOver(order) || order.updatedAt >= lateFrom) note(order.intent.symbol, order.intent.createdAt);
    }
    return since;
  }

  /** Funding since the last time, of the first run since the oldest position was opened. */
  async #funding(askedAt: number): Promise<readonly FundingReport[]> {
    const { broker, books, logger, settings } = this.#context;
    if (settings.market !== 'futures' || !this.#mayHavePaid()) return [];
    const opened = [...books.positions.values()].map(({ openedAt }) => openedAt);
    const since = this.#fundingUntil === null ? Math.min(askedAt, ...opened) : this.#fundingUntil - FUNDING_OVERLAP_MS;
    try {
      const reports = await broker.fundingSince(since);
      const ids = reports.map(({ incomeId }) => incomeId);
      const booked = ids.length === 0 ? null : await this.#booked.booked(settings.userId, settings.accountId, ids);
      this.#fundingUntil = askedAt;
      this.#wasHeld = opened.length > 0;
      this.#fills = books.counts.fills;
      books.keep(FUNDING_UNTIL, askedAt);
      return reports.filter(({ incomeId }) => booked?.has(incomeId) !== true);
    } catch (failure) {
      // Positions and stops do not wait for it: what was paid is found the next time.
      logger.warn('the funding payments cannot be asked for', { problem: describeFailure(failure) });
      return [];
    }
  }

  #mayHavePaid(): boolean {
    const { positions, counts } = this.#context.books;
    return positions.size > 0 || this.#wasHeld || counts.fills > this.#fills;
  }
}
