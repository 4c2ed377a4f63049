import type { EngineCommand } from '../domain/command.ts';
import type { AitraderError } from '../domain/errors.ts';
import type { Filter } from '../domain/filter.ts';
import type { UserId } from '../domain/ids.ts';
import type { Position } from '../domain/position/position.ts';
import { SECOND_MS } from '../domain/time.ts';
import type { Result } from '../lib/result.ts';
import type { Timer } from '../ports/clock.ts';
import type { EngineHandle } from '../ports/engine-handle.ts';
import { Desks } from './desks.ts';
import type { EngineParts } from './desks.ts';
import { askVenue, reconcile } from './reconcile.ts';
import { loadState } from './state.ts';
import type { SavedState } from './state.ts';
import { createViews } from './views.ts';
import type { EngineReport } from './views.ts';

const RECONCILE_MS = 60 * SECOND_MS;
/** How long orders in flight are waited for at the end, and how often they are looked at. */
const LAST_ORDERS_MS = 4 * SECOND_MS;
const LOOK_MS = 50;

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
  readonly #parts: EngineParts;
  readonly #saved: SavedState;
  readonly #desks: Desks;
  readonly #report: () => EngineReport;
  #second: Timer | null = null;
  #reconciliation: Timer | null = null;
  #isEnding = false;

  /** Reads what the last run left in the store; nothing happens yet. */
  static async open(parts: EngineParts): Promise<Engine> {
    return new Engine(parts, await loadState(parts));
  }

  private constructor(parts: EngineParts, saved: SavedState) {
    this.#parts = parts;
    this.#saved = saved;
    const desks = new Desks(parts, saved);
    this.#desks = desks;
    const views = createViews({
      context: desks.context,
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

  /** Figures of the run so far, for its summary. */
  report(): EngineReport {
    return this.#report();
  }

  /** Goes on where the last run ended: holds the books against the venue, then begins to trade. */
  async start(): Promise<void> {
    const { broker, feed } = this.#parts;
    const { books, queue, signals, orders, positions, market, traders } = this.#desks;
    const instruments = await feed.instruments();
    books.restore(this.#saved);
    signals.restore(this.#saved.signals);
    broker.onEvent((event) => this.#desks.accountEvent(event));
    await market.start(instruments);
    queue.take(() => this.#restoreEntries());
    await this.#reconcile();
    queue.take(() => {
      for (const order of this.#saved.orders) orders.restore(order);
      positions.restore([...books.positions.values()], this.#saved.orders);
      this.#desks.risk.mark(this.handle.status().equity);
    });
    await traders.start();
    this.#everySecond();
    this.#everyMinute();
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
    this.#reconciliation?.cancel();
    this.#desks.end();
    if (timePasses) await this.#ordersSettled();
    this.#desks.orders.stop();
    this.#desks.market.stop();
    await this.#parts.feed.close();
    await this.#desks.books.commit('durable');
    const open = [...this.#desks.books.positions.values()];
    const survives = this.#parts.broker.capabilities.residentStops;
    const guardedAtVenue = open.filter(({ protection }) => survives && protection.guard === 'venue');
    return { guardedAtVenue, unguarded: open.filter((position) => !guardedAtVenue.includes(position)) };
  }

  async #execute(command: EngineCommand, by: UserId): Promise<Result<null, AitraderError>> {
    const outcome = await this.#desks.commands.execute(command, by);
    await this.#desks.books.commit('ordinary');
    return outcome;
  }

  #everySecond(): void {
    this.#second = this.#parts.clock.setTimer(SECOND_MS, () => {
      const { queue, market, positions, signals, risk } = this.#desks;
      queue.take(() => {
        market.timePassed();
        positions.timePassed();
        signals.timePassed();
        risk.mark(this.handle.status().equity);
      });
      if (!this.#isEnding) this.#everySecond();
    });
  }

  #everyMinute(): void {
    this.#reconciliation = this.#parts.clock.setTimer(RECONCILE_MS, () => {
      void this.#reconcile().then(() => {
        if (!this.#isEnding) this.#everyMinute();
      });
    });
  }

  async #reconcile(): Promise<void> {
    const { context, queue, orders, positions, risk } = this.#desks;
    try {
      const findings = await askVenue(context);
      queue.take(() => reconcile({ context, orders, positions, risk }, findings));
    } catch (failure) {
      this.#desks.fault('the account could not be held against the exchange', failure);
    }
  }

  #restoreEntries(): void {
    const { books, entries } = this.#desks;
    for (const order of this.#saved.orders) {
      const { leg, signalId, traderId } = order.intent;
      const signal = signalId === null ? undefined : books.signals.get(signalId);
      const trader = traderId === null ? undefined : books.traders.get(traderId);
      const filter = trader && books.filters.get(trader.filterId);
      if (leg !== 'entry' || signal === undefined || trader === undefined || filter === undefined) continue;
      entries.restore(order, entries.proposalOf(signal, trader, trader.exits ?? filter.meta.exits));
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
