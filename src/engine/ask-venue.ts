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

/** So often in a row, and for so long, the fills of a symbol are refused before that counts as final. */
const REFUSED_FOR_GOOD = 3;
const REFUSED_FOR_MS = MINUTE_MS;

/** Under which the store keeps until when funding is booked, milliseconds UTC. */
export const FUNDING_UNTIL = 'funding_booked_until';

/** What the venue says of the account, gathered while the engine went on. */
export interface Findings {
  readonly snapshot: AccountSnapshot;
  readonly fills: readonly ReportedFill[];
  /** Payments that no run has booked yet, and the ids of those that one has. */
  readonly funding: readonly FundingReport[];
  readonly bookedFunding: ReadonlySet<string>;
  /** When the questions were put, milliseconds UTC. */
  readonly askedAt: number;
  /** Symbols of which the fills could not be asked for: what is missing there is not to be guessed yet. */
  readonly unheard: ReadonlySet<VenueSymbol>;
  /** Symbols of which the fills are refused for so long that they are waited for no more. */
  readonly untold: ReadonlySet<VenueSymbol>;
  /** Those of them for which that is new. */
  readonly refused: readonly FillsTold[];
  /** From where the next questions go on, once all of this is booked. */
  readonly marks: Marks;
}

interface Marks {
  /** Until when the fills of a symbol were told, milliseconds UTC. */
  readonly fillsUntil: ReadonlyMap<VenueSymbol, number>;
  /** How often in a row the fills of a symbol could not be asked for. */
  readonly refusals: ReadonlyMap<VenueSymbol, Refusals>;
  readonly funding: FundingMark;
}

interface Refusals {
  readonly count: number;
  /** When the first of them was, milliseconds UTC. */
  readonly since: number;
  /** They count as final: the symbol is taken for one that is told no more. */
  readonly isFinal: boolean;
}

interface FundingMark {
  /** Milliseconds UTC; null when no run has booked any. */
  readonly until: number | null;
  /** What could have been paid for since: whether positions were open, and how many fills there were. */
  readonly wasHeld: boolean;
  readonly fills: number;
}

interface FillsTold {
  readonly symbol: VenueSymbol;
  readonly fills: readonly ReportedFill[];
  /** Why they could not be asked for, null when they were. */
  readonly problem: string | null;
}

interface FundingFound {
  readonly reports: readonly FundingReport[];
  readonly booked: ReadonlySet<string>;
  readonly mark: FundingMark;
}

/** Asks the venue for all that the books are held against, each time from where the last answer ended. */
export class VenueQuestions {
  readonly #context: EngineContext;
  readonly #booked: StoreReaders['funding'];
  #marks: Marks;

  /** @param fundingUntil until when earlier runs have booked funding, null when none has */
  constructor(context: EngineContext, booked: StoreReaders['funding'], fundingUntil: number | null) {
    this.#context = context;
    this.#booked = booked;
    const funding = { until: fundingUntil, wasHeld: true, fills: 0 };
    this.#marks = { fillsUntil: new Map(), refusals: new Map(), funding };
  }

  /**
   * Balances, working orders, positions, the fills of everything that is not settled, and on futures the funding since then.
   * @throws whatever the broker throws when the venue does not answer
   */
  async ask(): Promise<Findings> {
    const { broker, clock } = this.#context;
    const askedAt = clock.now();
    const [snapshot, funding, ...told] = await Promise.all([
      broker.snapshot(),
      this.#funding(askedAt),
      ...[...this.#symbols()].map(([symbol, since]) => this.#fills(symbol, since)),
    ]);
    const { refusals: before, fillsUntil } = this.#marks;
    const refused = told.filter(({ problem }) => problem !== null);
    const refusals = new Map(refused.map(({ symbol }) => [symbol, refusedOnceMore(before.get(symbol), askedAt)]));
    const until = told.map(
      ({ symbol, problem }) => [symbol, problem === null ? askedAt : (fillsUntil.get(symbol) ?? 0)] as const,
    );
    return {
      snapshot,
      fills: told.flatMap(({ fills }) => fills),
      funding: funding.reports,
      bookedFunding: funding.booked,
      askedAt,
      unheard: new Set([...refusals.keys()].filter((symbol) => !isFinal(refusals, symbol))),
      untold: new Set([...refusals.keys()].filter((symbol) => isFinal(refusals, symbol))),
      refused: refused.filter(({ symbol }) => isFinal(refusals, symbol) && !isFinal(before, symbol)),
      marks: { fillsUntil: new Map(until), refusals, funding: funding.mark },
    };
  }

  /** What was found is booked: the next questions go on from there. */
  booked({ marks }: Findings): void {
    const { until } = marks.funding;
    if (until !== null && until !== this.#marks.funding.until) this.#context.books.keep(FUNDING_UNTIL, until);
    this.#marks = marks;
  }

  /** The fills of one symbol. One that is refused, such as a delisted one, keeps no other from being asked for. */
  async #fills(symbol: VenueSymbol, since: number): Promise<FillsTold> {
    const { broker, logger } = this.#context;
    const { market } = broker.account;
    try {
      return { symbol, fills: await broker.fillsSince({ market, symbol }, since - OVERLAP_MS), problem: null };
    } catch (failure) {
      const problem = describeFailure(failure);
      logger.warn('the fills of a symbol cannot be asked for', { symbol, problem });
      return { symbol, fills: [], problem };
    }
  }

  /** From when on fills are asked for, by symbol. */
  #symbols(): ReadonlyMap<VenueSymbol, number> {
    const { books, clock } = this.#context;
    const since = new Map<VenueSymbol, number>();
    const note = (symbol: VenueSymbol, at: number): void => {
      const from = Math.max(at, this.#marks.fillsUntil.get(symbol) ?? 0);
      since.set(symbol, Math.min(from, since.get(symbol) ?? Infinity));
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
  async #funding(askedAt: number): Promise<FundingFound> {
    const { broker, books, logger, settings } = this.#context;
    const nothing: FundingFound = { reports: [], booked: new Set(), mark: this.#marks.funding };
    if (settings.market !== 'futures' || !this.#mayHavePaid()) return nothing;
    const { until } = this.#marks.funding;
    const opened = [...books.positions.values()].map(({ openedAt }) => openedAt);
    const since = until === null ? Math.min(askedAt, ...opened) : until - FUNDING_OVERLAP_MS;
    const mark: FundingMark = { until: askedAt, wasHeld: opened.length > 0, fills: books.counts.fills };
    try {
      const reports = await broker.fundingSince(since);
      const ids = reports.map(({ incomeId }) => incomeId);
      const booked =
        ids.length === 0 ? new Set<string>() : await this.#booked.booked(settings.userId, settings.accountId, ids);
      return { reports: reports.filter(({ incomeId }) => !booked.has(incomeId)), booked, mark };
    } catch (failure) {
      // Positions and stops do not wait for it: what was paid is found the next time.
      logger.warn('the funding payments cannot be asked for', { problem: describeFailure(failure) });
      return nothing;
    }
  }

  #mayHavePaid(): boolean {
    const { positions, counts } = this.#context.books;
    const { wasHeld, fills } = this.#marks.funding;
    return positions.size > 0 || wasHeld || counts.fills > fills;
  }
}

function refusedOnceMore(before: Refusals | undefined, askedAt: number): Refusals {
  const { count, since } = { count: (before?.count ?? 0) + 1, since: before?.since ?? askedAt };
  return { count, since, isFinal: count >= REFUSED_FOR_GOOD && askedAt - since >= REFUSED_FOR_MS };
}

function isFinal(refusals: Marks['refusals'], symbol: VenueSymbol): boolean {
  return refusals.get(symbol)?.isFinal === true;
}
