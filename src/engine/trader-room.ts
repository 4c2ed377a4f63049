import type { TraderChange } from '../domain/command.ts';
import { AitraderError } from '../domain/errors.ts';
import type { Filter } from '../domain/filter.ts';
import type { TraderId, VenueSymbol } from '../domain/ids.ts';
import { candleOpenTime } from '../domain/time.ts';
import type { Trader } from '../domain/trader.ts';
import { err, ok } from '../lib/result.ts';
import type { Result } from '../lib/result.ts';
import type { FilterSandbox } from '../ports/filter-sandbox.ts';
import type { EngineContext } from './context.ts';
import type { CheckReport } from './filters/check-report.ts';
import { TraderDesk } from './filters/trader-desk.ts';
import type { TraderAtWork } from './filters/trader-at-work.ts';
import { CheckScheduler } from './timers/check-scheduler.ts';
import type { CheckDue } from './timers/check-scheduler.ts';

export interface TraderRoomParts {
  readonly sandbox: FilterSandbox;
  /** Every symbol that traders may check, the most traded first. */
  readonly universe: () => readonly VenueSymbol[];
  readonly later: (work: () => void) => void;
  /** What a check brought. */
  readonly reported: (report: CheckReport, atWork: TraderAtWork) => void;
  /** A fault of the program, not of a filter. */
  readonly failed: (what: string, failure: unknown) => void;
  /** What traders look at has changed. */
  readonly needsChanged: () => void;
  /** Waits until what the handled events have changed is stored. */
  readonly stored: () => Promise<void>;
}

/** The traders: their filters at work, and when each is checked. */
export class TraderRoom {
  readonly desk: TraderDesk;
  readonly scheduler: CheckScheduler;
  readonly #context: EngineContext;
  readonly #parts: TraderRoomParts;
  /** Traders that wait for the history of their symbols to be checked for the first time. */
  readonly #unchecked = new Set<TraderId>();
  #checks = 0;
  /** Traders that are about to run: their filters are being loaded. */
  #coming = 0;

  constructor(context: EngineContext, parts: TraderRoomParts) {
    this.#context = context;
    this.#parts = parts;
    this.desk = new TraderDesk({
      sandbox: parts.sandbox,
      market: context.market,
      symbolsOf: (trader) => this.#symbolsOf(trader),
      positionsOf: (traderId) => this.#positionsOf(traderId),
    });
    this.scheduler = new CheckScheduler({
      clock: context.clock,
      parallel: context.settings.parallelChecks,
      run: (due) => this.#run(due),
    });
  }

  /** Checks that were run. */
  get checks(): number {
    return this.#checks;
  }

  /** Puts the traders of the books to work. One whose filter is broken is disabled, and the others go on. */
  async start(): Promise<void> {
    this.#parts.later(() => this.#restBeyondLimit());
    for (const trader of [...this.#context.books.traders.values()]) {
      if (trader.state.status !== 'running' && !this.#looksAfter(trader)) continue;
      const outcome = await this.#putToWork(trader);
      if (!outcome.ok) this.#parts.later(() => this.disable(trader.id, outcome.error.message));
    }
    this.#parts.needsChanged();
  }

  async add(trader: Trader): Promise<Result<null, AitraderError>> {
    const { books } = this.#context;
    const taken = [...books.traders.values()].some(({ name, id }) => name === trader.name && id !== trader.id);
    if (taken) return err(new AitraderError('TRADER_NAME_TAKEN', { given: trader.name }));
    if (trader.state.status === 'running') {
      const outcome = await this.#takePlace(trader);
      if (!outcome.ok) return outcome;
    }
    this.#parts.later(() => books.putTrader(trader, 'added'));
    this.#parts.needsChanged();
    return ok(null);
  }

  async change(traderId: TraderId, change: TraderChange): Promise<Result<null, AitraderError>> {
    return this.#become(traderId, (trader) => ({ ...trader, ...change }), 'changed');
  }

  /** Nothing new is opened by it; its filter goes on to manage what it holds. */
  pause(traderId: TraderId, reason: string): Result<null, AitraderError> {
    return this.#rest(traderId, { status: 'paused', reason }, 'paused');
  }

  async resume(traderId: TraderId): Promise<Result<null, AitraderError>> {
    const isRunning = this.#context.books.traders.get(traderId)?.state.status === 'running';
    if (isRunning) return ok(null);
    return this.#become(traderId, (trader) => ({ ...trader, state: { status: 'running' } }), 'resumed');
  }

  disable(traderId: TraderId, reason: string): void {
    this.#rest(traderId, { status: 'disabled', reason }, 'disabled');
  }

  /** A position of the trader has closed: one that only looked after it is done. */
  positionClosed(traderId: TraderId): void {
    const trader = this.#context.books.traders.get(traderId);
    if (trader !== undefined && trader.state.status !== 'running' && !this.#looksAfter(trader)) this.#leave(traderId);
  }

  /** Open positions of a removed trader stay guarded to their end. */
  remove(traderId: TraderId): Result<null, AitraderError> {
    if (!this.#context.books.traders.has(traderId)) return err(unknownTrader(traderId));
    this.#leave(traderId);
    this.#context.books.removeTrader(traderId);
    return ok(null);
  }

  /** Takes a filter in, new or changed. A broken version leaves the traders of the old one as they are. */
  async putFilter(filter: Filter): Promise<Result<null, AitraderError>> {
    const { books } = this.#context;
    for (const trader of [...books.traders.values()]) {
      if (trader.filterId !== filter.id || trader.state.status !== 'running') continue;
      const outcome = await this.#putToWork(trader, filter);
      if (!outcome.ok) return outcome;
    }
    const change = books.filters.has(filter.id) ? 'changed' : 'added';
    this.#parts.later(() => books.putFilter(filter, change));
    this.#parts.needsChanged();
    return ok(null);
  }

  /** The history of a symbol is there: traders that have all of theirs are checked for the first time. */
  historyLoaded(symbol: VenueSymbol): void {
    this.desk.historyLoaded(symbol);
    this.#checkReady();
  }

  /** Checks every trader for the first time that has all of its histories. */
  #checkReady(): void {
    for (const traderId of this.#unchecked) {
      const atWork = this.desk.get(traderId);
      if (atWork === null || !this.desk.isReady(traderId)) continue;
      this.#unchecked.delete(traderId);
      const now = this.#context.clock.now();
      this.scheduler.checkNow(
        traderId,
        atWork.schedule.kind === 'close' ? candleOpenTime(now, atWork.clockTimeframe) : now,
      );
    }
  }

  stop(): void {
    this.scheduler.stop();
  }

  async #putToWork(trader: Trader, filter?: Filter): Promise<Result<null, AitraderError>> {
    const source = filter ?? this.#context.books.filters.get(trader.filterId);
    if (source === undefined) {
      const remedy = 'Add the filter first; see `aitrader filter list`.';
      return err(new AitraderError('NOT_FOUND', { what: 'filter', given: trader.filterId, remedy }));
    }
    const isNew = this.desk.get(trader.id) === null;
    const outcome = await this.desk.put(trader, source.source);
    if (!outcome.ok) {
      const { message, line } = outcome.fault;
      const problem = line === null ? message : `line ${line}: ${message}`;
      const remedy = outcome.keepsOld ? 'The version before works on.' : 'See `aitrader filter check`.';
      return err(new AitraderError('FILTER_REFUSED', { filter: source.name, problem, remedy }));
    }
    const { clockTimeframe, schedule } = outcome.atWork;
    this.scheduler.add(trader.id, clockTimeframe, schedule);
    if (isNew) {
      this.#unchecked.add(trader.id);
      this.#parts.later(() => this.#checkReady());
    }
    return ok(null);
  }

  async #become(
    traderId: TraderId,
    changed: (trader: Trader) => Trader,
    change: string,
  ): Promise<Result<null, AitraderError>> {
    const { books, clock } = this.#context;
    const before = books.traders.get(traderId);
    if (before === undefined) return err(unknownTrader(traderId));
    const wanted = changed(before);
    if (wanted.state.status === 'running') {
      const isMore = before.state.status !== 'running';
      const outcome = await (isMore ? this.#takePlace(wanted) : this.#putToWork(wanted));
      if (!outcome.ok) return outcome;
    }
    this.#parts.later(() => {
      const now = books.traders.get(traderId);
      // Paused, disabled or removed while its filter was loaded: that stands.
      const isOvertaken = now?.state !== before.state;
      if (isOvertaken && !(now && this.#looksAfter(now))) this.#leave(traderId);
      if (now === undefined) return;
      const after = changed(now);
      books.putTrader({ ...after, state: isOvertaken ? now.state : after.state, updatedAt: clock.now() }, change);
    });
    this.#parts.needsChanged();
    return ok(null);
  }

  #rest(traderId: TraderId, state: Trader['state'], change: string): Result<null, AitraderError> {
    const trader = this.#context.books.traders.get(traderId);
    if (trader === undefined) return err(unknownTrader(traderId));
    const resting = { ...trader, state, updatedAt: this.#context.clock.now() };
    if (!this.#looksAfter(resting)) this.#leave(traderId);
    this.#context.books.putTrader(resting, change);
    return ok(null);
  }

  #runningTraders(): Trader[] {
    return [...this.#context.books.traders.values()].filter(({ state }) => state.status === 'running');
  }

  /** Puts one more trader to work, where one more may run. */
  async #takePlace(trader: Trader): Promise<Result<null, AitraderError>> {
    const { maxActiveTraders: allowed = Infinity } = this.#context.settings;
    const running = this.#runningTraders().length + this.#coming;
    if (running >= allowed) return err(new AitraderError('TRADERS_AT_LIMIT', { given: running, allowed }));
    this.#coming += 1;
    try {
      return await this.#putToWork(trader);
    } finally {
      this.#coming -= 1;
    }
  }

  /** At a start with a lower limit than before: the oldest run, the others rest and still manage what they hold. */
  #restBeyondLimit(): void {
    const { maxActiveTraders = Infinity } = this.#context.settings;
    const beyond = this.#runningTraders()
      .toSorted((a, b) => a.createdAt - b.createdAt)
      .slice(maxActiveTraders);
    for (const { id, name } of beyond) {
      this.#context.logger.warn(`${name} is paused: MAX_ACTIVE_TRADERS=${maxActiveTraders}`);
      this.pause(id, `more traders than MAX_ACTIVE_TRADERS=${maxActiveTraders} allows`);
    }
  }

  /** A paused trader still manages what it holds; one that was disabled has a filter that cannot be trusted with it. */
  #looksAfter({ id, state }: Trader): boolean {
    return state.status === 'paused' && this.#positionsOf(id).length > 0;
  }

  #leave(traderId: TraderId): void {
    this.scheduler.remove(traderId);
    this.desk.remove(traderId);
    this.#unchecked.delete(traderId);
  }

  /** Runs a check to its end: what it brought has been handled and stored before the trader's next one begins. */
  async #run(due: CheckDue): Promise<void> {
    const report = await this.desk.run(due).catch((failure: unknown) => {
      this.#parts.failed('a check could not be run', failure);
      return null;
    });
    this.#checks += 1;
    if (report === null) return;
    this.#parts.later(() => {
      const atWork = this.desk.get(due.traderId);
      if (atWork !== null) this.#parts.reported(report, atWork);
    });
    await this.#parts.stored();
  }

  #symbolsOf({ symbols }: Trader): readonly VenueSymbol[] {
    return symbols.kind === 'list' ? symbols.symbols : this.#parts.universe().slice(0, symbols.count);
  }

  #positionsOf(traderId: TraderId) {
    const { positions, signals } = this.#context.books;
    return [...positions.values()]
      .filter((position) => position.traderId === traderId)
      .map((position) => {
        const signal = position.signalId === null ? undefined : signals.get(position.signalId);
        return { position, conditions: signal?.conditions ?? [position.openReason] };
      });
  }
}

function unknownTrader(traderId: TraderId): AitraderError {
  return new AitraderError('NOT_FOUND', { what: 'trader', given: traderId, remedy: 'See `aitrader trader list`.' });
}
