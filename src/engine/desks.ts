import { AitraderError, describeFailure } from '../domain/errors.ts';
import type { AccountEvent } from '../domain/event.ts';
import type { Fill } from '../domain/fill.ts';
import type { TraderId, VenueSymbol } from '../domain/ids.ts';
import type { Order } from '../domain/order/order.ts';
import { isLeftAlone } from '../domain/position/protection.ts';
import type { Position } from '../domain/position/position.ts';
import type { Broker } from '../ports/broker.ts';
import type { IdSource } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import type { FilterSandbox } from '../ports/filter-sandbox.ts';
import type { Logger } from '../ports/logger.ts';
import type { MarketFeed } from '../ports/market-feed.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { Store } from '../ports/store/store.ts';
import { AccountDesk } from './account-desk.ts';
import { averageTrueRange } from './average-true-range.ts';
import { Books } from './books/books.ts';
import { createCommands } from './commands.ts';
import type { Commands } from './commands.ts';
import { lastPrice } from './context.ts';
import type { EngineContext, EngineSettings } from './context.ts';
import { EntryDesk } from './entry-desk.ts';
import { EventQueue } from './event-queue.ts';
import { OrderDesk } from './execution/order-desk.ts';
import type { OrderListener } from './execution/order-desk-options.ts';
import type { CheckReport } from './filters/check-report.ts';
import type { TraderAtWork } from './filters/trader-at-work.ts';
import { ForeignUnits } from './foreign-units.ts';
import { HedgeWatch } from './hedge-watch.ts';
import { hindranceOf } from './hindrance.ts';
import { closeBooksOn } from './journal.ts';
import { MarketBook } from './market/market-book.ts';
import type { ClosedCandle } from './market/symbol-candles.ts';
import { MarketNews } from './market-news.ts';
import { MarketRoom } from './market-room.ts';
import { MissingReferences } from './missing-references.ts';
import { accountFunds } from './portfolio/funds.ts';
import { PositionDesk } from './position-desk.ts';
import { RiskDesk } from './risk-desk.ts';
import { SignalDesk } from './signal-desk.ts';
import type { SavedState } from './state.ts';
import { TraderRoom } from './trader-room.ts';

/** Everything outside the engine that it works with. */
export interface EngineParts {
  readonly settings: EngineSettings;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly store: Store;
  readonly feed: MarketFeed;
  readonly broker: Broker;
  readonly sandbox: FilterSandbox;
  readonly notifier: Notifier | null;
  /** The four characters of this program instance, by which own orders are known. */
  readonly instance: string;
  /** The symbols that are watched, the most traded first. */
  readonly symbols: readonly VenueSymbol[];
}

/**
 * The desks of the engine and what each has to tell the others. Whatever changes the state passes the event queue and is
 * handled to its end before the next; what it changed is handed to the store together.
 */
export class Desks {
  readonly context: EngineContext;
  readonly books: Books;
  readonly queue: EventQueue;
  readonly risk: RiskDesk;
  readonly hedge: HedgeWatch;
  readonly account: AccountDesk;
  readonly orders: OrderDesk;
  readonly positions: PositionDesk;
  readonly entries: EntryDesk;
  readonly signals: SignalDesk;
  readonly market: MarketRoom;
  readonly traders: TraderRoom;
  readonly commands: Commands;
  readonly #parts: EngineParts;
  #isReconciled = false;
  #isEnding = false;
  #errors = 0;
  /** Positions were opened or closed since the market was asked for. */
  #isHeldNew = false;
  readonly #missing: MissingReferences;
  /** After a kill: nothing of ours was open at the last look. */
  #wasFlat = false;
  readonly #mismatch: () => void;

  /** @param mismatch called when the venue holds something else than the books, so that it is asked */
  constructor(parts: EngineParts, saved: SavedState, mismatch: () => void) {
    const { clock, broker } = parts;
    this.#parts = parts;
    this.#mismatch = mismatch;
    this.books = this.#newBooks(saved);
    this.queue = new EventQueue({
      handled: () => void this.books.commit('ordinary'),
      failed: (failure) => this.fault('an event could not be handled', failure),
    });
    this.context = this.#newContext();
    const { context } = this;
    const later = (work: () => void): void => this.queue.take(work);
    this.risk = new RiskDesk(context, parts.notifier, saved.killCloses);
    this.hedge = new HedgeWatch(broker, this.risk);
    this.#missing = new MissingReferences(context);
    this.orders = new OrderDesk({
      clock,
      broker,
      instance: parts.instance,
      books: {
        get: (id) => this.books.orders.get(id),
        put: (order, change) => this.books.putOrder(order, change),
        addFill: (fill) => this.books.addFill(fill),
        commitDurably: () => this.books.commitDurably(),
      },
      listener: this.#orderListener(),
      later,
    });
    const { orders, risk } = this;
    const closed = (position: Position): void => this.#closed(position);
    const opened = (): void => {
      this.#isHeldNew = true;
    };
    this.positions = new PositionDesk(context, { orders, risk, later, mismatch, opened, closed });
    const { positions } = this;
    this.account = new AccountDesk(context, { orders, positions, risk, mismatch });
    this.entries = new EntryDesk(context, { orders, positions, risk, mayOpen: (symbol) => this.#hindrance(symbol) });
    this.signals = new SignalDesk(context, {
      entries: this.entries,
      count: (traderId, step) => this.traders.desk.count(traderId, step),
      refused: (traderId, code) => this.traders.desk.refused(traderId, code),
      exitsOf: (traderId) => this.traders.desk.get(traderId)?.exits ?? null,
    });
    this.market = this.#newMarketRoom(later);
    this.traders = this.#newTraderRoom(later);
    const { entries, signals, traders } = this;
    this.commands = createCommands({ context, entries, orders, positions, risk, signals, traders, later });
  }

  /** Events that could not be handled and changes that could not be stored. */
  get errors(): number {
    return this.#errors;
  }

  /** The books are held against the venue: from now on positions may be opened. */
  reconciled(): void {
    this.#isReconciled = true;
  }

  /** From now on nothing is opened. */
  end(): void {
    this.#isEnding = true;
    this.traders.stop();
    this.queue.take(() => this.entries.cancelAll());
  }

  fault(what: string, failure: unknown): void {
    this.#errors += 1;
    this.#parts.logger.error(`${what}: ${describeFailure(failure)}`, { error: failure });
  }

  /** Takes in what the venue says of the account. */
  accountEvent(event: AccountEvent): void {
    this.queue.take(() => this.account.take(event));
  }

  /** Marks the account to the market, unless its worth cannot be told now. */
  mark(): void {
    const { books, context } = this;
    const quote = books.balances.get(context.settings.quoteAsset);
    if (quote === undefined || books.isCashBehind) return;
    const last = (symbol: VenueSymbol): number => lastPrice(context, symbol);
    this.risk.mark(accountFunds(quote, books.positions.values(), last).equity);
  }

  /** Sees to it that a kill is carried out to its end: also what late answers and fills bring, and after a restart. */
  keepKilled(): void {
    if (this.risk.isKilled) this.entries.cancelAll();
    if (this.risk.closesAll) this.positions.closeAll();
    const isFlat = this.risk.awaitsFlat && [...this.books.positions.values()].every(isLeftAlone);
    // The venue has the last word on it.
    if (isFlat && !this.#wasFlat) this.#mismatch();
    this.#wasFlat = isFlat;
  }

  /** Follows the market of what is held, when that has changed: once for many openings and closes, beside their way. */
  followHeld(): void {
    if (this.#isHeldNew) this.followMarket();
    this.#isHeldNew = false;
  }

  /** Follows what is watched anyway, what the traders look at, and what is held. */
  followMarket(): void {
    const needs = this.traders.desk.needs();
    const held = [...this.books.positions.values()].map(({ symbol }) => symbol);
    const wanted = new Set([...this.#parts.symbols, ...needs.symbols, ...held]);
    const symbols = [...wanted].filter((symbol) => this.market.instrument(symbol) !== null);
    this.market.need({ ...needs, symbols, held });
    this.#missing.tell([...wanted].filter((symbol) => this.market.instrument(symbol) === null));
  }

  #newBooks({ lastSeq, breaker }: SavedState): Books {
    const { settings, clock, store } = this.#parts;
    const { userId, accountId } = settings;
    const onCommitFailed = (failure: unknown): void => this.fault('changes could not be stored', failure);
    return new Books({ userId, accountId, clock, store, lastSeq, breaker, onCommitFailed });
  }

  #newContext(): EngineContext {
    const { settings, clock, ids, logger, broker } = this.#parts;
    const market = new MarketBook(
      { timeframes: [], lookback: 0 },
      {
        candlesClosed: (symbol, closed) => this.#candlesClosed(symbol, closed),
        priceMoved: ({ symbol, last, mark }) => this.queue.take(() => this.positions.priceMoved(symbol, last, mark)),
      },
    );
    return {
      settings,
      clock,
      ids,
      logger,
      broker,
      books: this.books,
      market,
      foreign: new ForeignUnits(),
      instrument: (symbol) => this.market.instrument(symbol),
      atr: (symbol, traderId) => this.#atr(symbol, traderId),
    };
  }

  #orderListener(): OrderListener {
    return {
      filled: (order, fill) => this.#filled(order, fill),
      moved: (order) => this.positions.orderMoved(order),
      answered: (order) => this.positions.orderAnswered(order),
      ended: (order) => {
        const { state } = order;
        if (state.status === 'rejected') for (const each of [this.market, this.hedge]) each.orderRefused(state.code);
        if (order.intent.leg !== 'entry') this.positions.orderEnded(order);
        else if (this.entries.ended(order)) this.signals.notEntered(order);
      },
      stillWanted: (order) => this.#isStillWanted(order),
      disputed: (order, problem) => this.#disputed(order, problem),
    };
  }

  #newMarketRoom(later: (work: () => void) => void): MarketRoom {
    const news = new MarketNews(this.context, this.risk, () => this.#isEnding);
    return new MarketRoom(this.context, {
      feed: this.#parts.feed,
      later,
      loaded: (symbol) => this.traders.historyLoaded(symbol),
      lost: (symbol) => this.traders.desk.historyLost(symbol),
      boundary: ({ time }) => this.traders.scheduler.closed(time),
      late: (symbol, time) => this.traders.scheduler.closedLate(symbol, time),
      stale: (symbol, isStale) => news.stale(symbol, isStale),
      status: (status) => news.feed(status),
      changed: (instrument, before) => news.instrument(instrument, before),
    });
  }

  #newTraderRoom(later: (work: () => void) => void): TraderRoom {
    return new TraderRoom(this.context, {
      sandbox: this.#parts.sandbox,
      universe: () => this.#parts.symbols,
      later,
      reported: (report, atWork) => this.#reported(report, atWork),
      failed: (what, failure) => {
        // At the end the sandbox is closed under checks that nobody waits for any more.
        if (!this.#isEnding) this.fault(what, failure);
      },
      needsChanged: () => later(() => this.followMarket()),
      stored: () => this.books.settled(),
    });
  }

  #reported(report: CheckReport, { trader, meta }: TraderAtWork): void {
    const isRunning = this.books.traders.get(trader.id)?.state.status === 'running';
    if (isRunning) this.signals.report(report, trader, meta);
    this.commands.manage(trader.id, report.manage);
    if (report.disableReason === null) return;
    this.traders.disable(trader.id, report.disableReason);
    const message = `trader ${trader.name} is disabled: ${report.disableReason}`;
    this.risk.raise({ type: 'trader_disabled', severity: 'warning', message });
  }

  #filled(order: Order, fill: Fill): void {
    const { leg, positionId, signalId, id } = order.intent;
    const { symbol } = fill;
    if (leg === 'entry') {
      const opened = this.entries.filled(order, fill);
      if (opened === null) this.#unexplained(order, { symbol, given: 'a fill of a symbol that is not known' });
      else if (signalId !== null) this.signals.entered(signalId, id);
      this.keepKilled();
      return;
    }
    const position = positionId === null ? undefined : this.books.positions.get(positionId);
    if (position === undefined) this.#unexplained(order, { symbol, given: 'a fill after its close' });
    else this.positions.filled(position, order, fill);
  }

  #closed(position: Position): void {
    const pnl = closeBooksOn(position, this.context);
    this.orders.names.forget(position.id);
    this.entries.cancelIn(position.symbol);
    if (this.context.foreign.mayBeIn(position.symbol)) this.#mismatch();
    this.risk.noteTrade(pnl);
    this.signals.positionClosed(position.id);
    if (position.traderId !== null) this.traders.positionClosed(position.traderId);
    this.#isHeldNew = true;
  }

  #unexplained(order: Order, context: { readonly symbol: string; readonly given: string }): void {
    this.#disputed(order, new AitraderError('POSITION_MISMATCH', context));
  }

  #disputed({ intent: { symbol } }: Order, problem: AitraderError): void {
    const { message } = problem;
    this.risk.raise({ type: 'anomaly_detected', severity: 'critical', message, details: { symbol } });
  }

  /** Why nothing may be opened now besides what is judged for each entry. */
  #hindrance(symbol: VenueSymbol): AitraderError | null {
    const [isEnding, isReconciled] = [this.#isEnding, this.#isReconciled];
    const { foreign } = this.context;
    const store = this.#parts.store.health();
    return hindranceOf({ isEnding, isReconciled, foreign, hedge: this.hedge, store }, symbol);
  }

  #isStillWanted({ intent: { signalId, symbol } }: Order): boolean {
    const signal = signalId === null ? undefined : this.books.signals.get(signalId);
    const isInTime = signal === undefined || this.#parts.clock.now() < signal.expiresAt;
    return isInTime && this.risk.isOpen && this.#hindrance(symbol) === null;
  }

  #candlesClosed(symbol: VenueSymbol, closed: readonly ClosedCandle[]): void {
    this.traders.desk.candlesClosed(symbol, closed);
    this.market.candlesClosed(symbol, closed);
  }

  #atr(symbol: VenueSymbol, traderId: TraderId | null): number {
    const atWork = traderId === null ? null : this.traders.desk.get(traderId);
    const timeframe = atWork?.clockTimeframe ?? '1m';
    const lookback = atWork?.meta.lookback ?? 0;
    const nowMs = this.#parts.clock.now();
    return averageTrueRange(this.context.market, symbol, { timeframe, lookback, nowMs });
  }
}
