import type { EngineCommand } from '../domain/command.ts';
import { AitraderError } from '../domain/errors.ts';
import type { Filter } from '../domain/filter.ts';
import type { UserId } from '../domain/ids.ts';
import type { Position } from '../domain/position/position.ts';
import { SECOND_MS } from '../domain/time.ts';
import { err } from '../lib/result.ts';
import type { Result } from '../lib/result.ts';
import type { Timer } from '../ports/clock.ts';
import type { EngineHandle } from '../ports/engine-handle.ts';
import { Desks } from './desks.ts';
import type { EngineParts } from './desks.ts';
import { isOver } from './execution/questions.ts';
import { Reconciler } from './reconciler.ts';
import { ownTimers } from './own-timers.ts';
import type { OwnedClock } from './own-timers.ts';
import { loadState } from './state.ts';
import type { SavedState } from './state.ts';
import { createViews } from './views.ts';
import type { EngineReport } from './views.ts';

/** How long orders in flight are waited for at the end, and how often they are looked at. */
const LAST_ORDERS_MS = 4 * SECOND_MS;
const LOOK_MS = 50;

type OwnParts = EngineParts & { readonly clock: OwnedClock };

/** Which positions stay open when the engine has ended, and who guards them. */
export interface EngineEnd {
  readonly guardedAtVenue: readonly Position[];
  readonly unguarded: readonly Position[];
}

/**
 * The trading engine: market, traders, signals, orders, positions and risk behind one handle. The same engine trades live, on
 * paper, simulated and over history; the clock, the feed and the broker make the difference.
 */
export class Engine {
  readonly handle: EngineHandle;
  readonly #parts: OwnParts;
  readonly #saved: SavedState;
  readonly #desks: Desks;
  readonly #report: () => EngineReport;
  #second: Timer | null = null;
  readonly #reconciler: Reconciler;
  #isEnding = false;
  #hasEnded = false;
  /** Ends listening to the account. */
  #deafen: () => void = () => undefined;

  /** Reads what the last run left in the store; nothing happens yet. */
  static async open(parts: EngineParts): Promise<Engine> {
    return new Engine({ ...parts, clock: ownTimers(parts.clock) }, await loadState(parts));
  }

  private constructor(parts: OwnParts, saved: SavedState) {
    this.#parts = parts;
    this.#saved = saved;
    const desks = new Desks(parts, saved, () => this.#reconciler.soon());
    this.#desks = desks;
    const { context, orders, positions, account, risk, hedge } = desks;
    this.#reconciler = new Reconciler({
      ...{ context, orders, positions, account, risk, hedge },
      bookedFunding: parts.store.funding,
      fundingUntil: saved.fundingUntil,
      take: (work) => desks.queue.take(work),
      compared: (unheard) => positions.compared(unheard),
      reconciled: () => desks.reconciled(),
      failed: (failure) => desks.fault('the account could not be held against the exchange', failure),
    });
    const views = createViews({
      context,
      feed: parts.feed,
      market: desks.market,
      traders: desks.traders,
      startedAt: parts.clock.now(),
      errors: () => desks.errors,
      execute: (command, by) => this.#execute(command, by),
    });
    this.handle = views.handle;
    this.#report = views.report;
  }

  /** Of how many symbols the history is loaded. */
  get loading(): { readonly loaded: number; readonly wanted: number } {
    return this.#desks.market.progress;
  }

  /** Figures of the run so far, for its summary. */
  report(): EngineReport {
    return this.#report();
  }

  /** Goes on where the last run ended: holds the books against the venue, then begins to trade. */
  async start(): Promise<void> {
    const { broker, clock } = this.#parts;
    const { books, queue, signals, orders, entries, positions, market, traders } = this.#desks;
    books.restore({ orders: this.#saved.endedOrders });
    books.restore(this.#saved);
    signals.restore(this.#saved.signals);
    await market.start();
    // What is told before the symbols are known and the books are back would be lost; it is asked for below.
    this.#deafen = broker.onEvent((event) => this.#desks.accountEvent(event));
    queue.take(() => {
      this.#restoreEntries();
      positions.restore(this.#saved.orders);
      for (const order of this.#saved.orders) orders.restore(order);
      for (const id of [...books.positions.keys(), ...entries.orderIds]) orders.names.skip(id, clock.now());
      // Positions are watched from here on, however long the venue takes to answer.
      if (books.positions.size > 0) this.#desks.followMarket();
    });
    await this.#reconciler.first();
    queue.take(() => {
      positions.resume();
      this.#desks.mark();
    });
    await traders.start();
    if (this.#isEnding) return;
    this.#everySecond();
    this.#reconciler.begin();
  }

  /** A setting that is read for each decision was changed while the engine runs; the texts hold no secrets. */
  noteSetting(id: string, change: { readonly from: string; readonly to: string }): void {
    this.#desks.queue.take(() =>
      this.#desks.books.note({ subject: 'configuration', id, change: 'changed', data: change }),
    );
  }

  /** Takes a filter in, new or changed. Settles when it is stored. */
  async putFilter(filter: Filter): Promise<Result<null, AitraderError>> {
    const outcome = await this.#desks.traders.putFilter(filter);
    await this.#desks.books.commit('ordinary');
    return outcome;
  }

  /**
   * Ends in order: nothing new is opened, entries are cancelled, orders in flight are waited for, everything is stored.
   * @param timePasses false when the engine's clock stands for good, so that no answer can come any more
   * @returns what stays open
   */
  async stop(timePasses: boolean): Promise<EngineEnd> {
    this.#isEnding = true;
    this.#second?.cancel();
    this.#reconciler.stop();
    this.#desks.end();
    if (timePasses) await this.#ordersSettled();
    this.#deafen();
    this.#desks.orders.stop();
    this.#desks.market.stop();
    await this.#parts.feed.close();
    this.#desks.queue.close();
    this.#hasEnded = true;
    await this.#desks.books.commit('durable');
    this.#parts.clock.end();
    const open = [...this.#desks.books.positions.values()];
    const survives = this.#parts.broker.capabilities.residentStops;
    const guardedAtVenue = open.filter(({ protection }) => survives && protection.guard === 'venue');
    return { guardedAtVenue, unguarded: open.filter((position) => !guardedAtVenue.includes(position)) };
  }

  async #execute(command: EngineCommand, by: UserId): Promise<Result<null, AitraderError>> {
    if (this.#hasEnded) {
      const context = { what: 'a command to a program that has ended', instead: 'Start it again.' };
      return err(new AitraderError('NOT_AVAILABLE', context));
    }
    const outcome = await this.#desks.commands.execute(command, by);
    await this.#desks.books.commit('ordinary');
    return outcome;
  }

  #everySecond(): void {
    this.#second = this.#parts.clock.setTimer(SECOND_MS, () => {
      const { queue, market, positions, signals } = this.#desks;
      queue.take(() => {
        market.timePassed();
        this.#desks.followHeld();
        positions.timePassed();
        signals.timePassed();
        this.#desks.mark();
        this.#desks.keepKilled();
      });
      if (!this.#isEnding) this.#everySecond();
    });
  }

  #restoreEntries(): void {
    const { books, entries } = this.#desks;
    for (const order of this.#saved.orders) {
      const { leg, signalId, traderId } = order.intent;
      const signal = signalId === null ? undefined : books.signals.get(signalId);
      const trader = traderId === null ? undefined : books.traders.get(traderId);
      const filter = trader && books.filters.get(trader.filterId);
      if (leg !== 'entry' || isOver(order)) continue;
      const isKnown = signal !== undefined && trader !== undefined && filter !== undefined;
      const proposal = isKnown
        ? entries.proposalOf(signal, trader, trader.exits ?? filter.meta.exits)
        : entries.bareProposalOf(order);
      entries.restore(order, proposal);
    }
  }

  async #ordersSettled(): Promise<void> {
    const { clock } = this.#parts;
    const deadline = clock.now() + LAST_ORDERS_MS;
    while (this.#desks.orders.unanswered > 0 && clock.now() < deadline) {
      await new Promise<void>((resolve) => {
        clock.setTimer(LOOK_MS, resolve);
      });
    }
  }
}
