import type { Balance } from '../../domain/account.ts';
import { ZERO_MONEY } from '../../domain/decimal.ts';
import type { Money } from '../../domain/decimal.ts';
import type { AuditRecord } from '../../domain/event.ts';
import { fillKey } from '../../domain/fill.ts';
import type { Fill } from '../../domain/fill.ts';
import type { Filter } from '../../domain/filter.ts';
import type {
  AccountId,
  FilterId,
  OrderId,
  PositionId,
  SignalId,
  TraderId,
  UserId,
  VenueSymbol,
} from '../../domain/ids.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import { isFinal } from '../../domain/order/order.ts';
import type { Order } from '../../domain/order/order.ts';
import type { Position } from '../../domain/position/position.ts';
import type { CircuitBreakerState, RiskEvent } from '../../domain/risk.ts';
import { SIGNAL_TRANSITIONS } from '../../domain/signal.ts';
import type { Signal } from '../../domain/signal.ts';
import type { Trade } from '../../domain/trade.ts';
import type { Trader } from '../../domain/trader.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { FundingReport } from '../../ports/broker.ts';
import type { Clock } from '../../ports/clock.ts';
import type { StoreChange } from '../../ports/store/changes.ts';
import type { Durability, Store } from '../../ports/store/store.ts';
import { canonicalJson } from './canonical-json.ts';

/** How many ended orders and signals stay at hand for views; all of them are in the store. */
const ENDED_KEPT = 500;
const FILL_KEYS_KEPT = 10_000;

export interface BooksOptions {
  readonly userId: UserId;
  readonly accountId: AccountId;
  readonly clock: Clock;
  readonly store: Pick<Store, 'commit'>;
  /** The highest sequence number of the audit log so far. */
  readonly lastSeq: number;
  readonly breaker: CircuitBreakerState;
  /** A commit failed: its changes are in the books, not in the store. */
  readonly onCommitFailed: (failure: unknown) => void;
}

/** How long a balance may lag behind the fills that moved it. */
const CASH_LAG_MS = 10 * SECOND_MS;

/** What an audit record says. */
interface Audited {
  readonly subject: string;
  readonly id: string;
  readonly change: string;
  readonly data: unknown;
}

/** Counts of what happened since the start. */
export interface BookCounts {
  signals: number;
  orders: number;
  fills: number;
  trades: number;
  /** Net result of the trades. */
  realizedPnl: Money;
}

/**
 * What the engine knows of signals, orders, positions, traders and the account: the entities as they are now, and every
 * change of them on its way to the store and the audit log. Changes are staged while an event is handled and handed over
 * together, so that the store never holds half an event.
 */
export class Books {
  readonly #options: BooksOptions;
  readonly #orders = new Map<OrderId, Order>();
  readonly #positions = new Map<PositionId, Position>();
  readonly #signals = new Map<SignalId, Signal>();
  readonly #traders = new Map<TraderId, Trader>();
  readonly #filters = new Map<FilterId, Filter>();
  readonly #balances = new Map<string, Balance>();
  readonly #listeners = new Set<(record: AuditRecord) => void>();
  readonly counts: BookCounts = { signals: 0, orders: 0, fills: 0, trades: 0, realizedPnl: ZERO_MONEY };
  #breaker: CircuitBreakerState;
  #staged: StoreChange[] = [];
  readonly #fillKeys = new Set<string>();
  #lastCommit: Promise<boolean> = Promise.resolve(true);
  /** When the first fill was booked that no balance has come after. */
  #cashBehindSince: number | null = null;
  #seq: number;
  /** Somebody waits for the event at hand to be stored durably. */
  #durably: PromiseWithResolvers<boolean> | null = null;

  constructor(options: BooksOptions) {
    this.#options = options;
    this.#breaker = options.breaker;
    this.#seq = options.lastSeq;
  }

  get orders(): ReadonlyMap<OrderId, Order> {
    return this.#orders;
  }

  /** The open ones. */
  get positions(): ReadonlyMap<PositionId, Position> {
    return this.#positions;
  }

  get signals(): ReadonlyMap<SignalId, Signal> {
    return this.#signals;
  }

  get traders(): ReadonlyMap<TraderId, Trader> {
    return this.#traders;
  }

  get filters(): ReadonlyMap<FilterId, Filter> {
    return this.#filters;
  }

  get balances(): ReadonlyMap<string, Balance> {
    return this.#balances;
  }

  get breaker(): CircuitBreakerState {
    return this.#breaker;
  }

  /** Fills have moved the positions and not yet the cash: what the account is worth cannot be told for a moment. */
  get isCashBehind(): boolean {
    return this.#cashBehindSince !== null && this.#options.clock.now() - this.#cashBehindSince < CASH_LAG_MS;
  }

  /** Takes entities over from the store, as they were left: nothing is staged. */
  restore(held: {
    readonly orders?: readonly Order[];
    readonly positions?: readonly Position[];
    readonly signals?: readonly Signal[];
    readonly traders?: readonly Trader[];
    readonly filters?: readonly Filter[];
  }): void {
    for (const order of held.orders ?? []) this.#orders.set(order.intent.id, order);
    for (const position of held.positions ?? []) this.#positions.set(position.id, position);
    for (const signal of held.signals ?? []) this.#signals.set(signal.id, signal);
    for (const trader of held.traders ?? []) this.#traders.set(trader.id, trader);
    for (const filter of held.filters ?? []) this.#filters.set(filter.id, filter);
  }

  putOrder(order: Order, change: string): void {
    if (!this.#orders.has(order.intent.id)) this.counts.orders += 1;
    this.#orders.set(order.intent.id, order);
    trim(this.#orders, (each) => isFinal(each.state.status));
    this.#stage({ kind: 'order', order }, { subject: 'order', id: order.intent.id, change, data: order });
  }

  /** Books a fill, once: news of one that were told as somebody else's come again under its order. */
  addFill(fill: Fill): void {
    const { userId, accountId, clock } = this.#options;
    if (this.#fillKeys.has(fillKey(fill))) return;
    if (this.#fillKeys.size >= FILL_KEYS_KEPT) this.#fillKeys.clear();
    this.#fillKeys.add(fillKey(fill));
    this.counts.fills += 1;
    this.#cashBehindSince ??= clock.now();
    const audit = { subject: 'fill', id: `${fill.symbol}:${fill.venueTradeId}`, change: 'booked', data: fill };
    this.#stage({ kind: 'fill', userId, accountId, fill }, audit);
  }

  putPosition(position: Position, change: string): void {
    if (position.state.status === 'open') this.#positions.set(position.id, position);
    else this.#positions.delete(position.id);
    this.#stage({ kind: 'position', position }, { subject: 'position', id: position.id, change, data: position });
  }

  addTrade(trade: Trade, entry: JournalEntry): void {
    this.counts.trades += 1;
    this.counts.realizedPnl = this.counts.realizedPnl.plus(trade.pnl) as Money;
    this.#stage({ kind: 'trade', trade }, { subject: 'trade', id: trade.id, change: 'closed', data: trade });
    this.#staged.push({ kind: 'journal', entry });
  }

  putSignal(signal: Signal): void {
    if (!this.#signals.has(signal.id)) this.counts.signals += 1;
    this.#signals.set(signal.id, signal);
    trim(this.#signals, (each) => SIGNAL_TRANSITIONS[each.state.status].length === 0);
    const change = signal.state.status;
    this.#stage({ kind: 'signal', signal }, { subject: 'signal', id: signal.id, change, data: signal });
  }

  putFilter(filter: Filter, change: string): void {
    this.#filters.set(filter.id, filter);
    const { id, name, sourceHash, origin } = filter;
    this.#stage({ kind: 'filter', filter }, { subject: 'filter', id, change, data: { name, sourceHash, origin } });
  }

  putTrader(trader: Trader, change: string): void {
    this.#traders.set(trader.id, trader);
    this.#stage({ kind: 'trader', trader }, { subject: 'trader', id: trader.id, change, data: trader });
  }

  removeTrader(traderId: TraderId): void {
    const { userId } = this.#options;
    const audit = { subject: 'trader', id: traderId, change: 'removed', data: {} };
    if (this.#traders.delete(traderId)) this.#stage({ kind: 'trader_removed', userId, traderId }, audit);
  }

  /** Takes a balance in, unless a newer one is known: answers to questions come after the news that overtook them. */
  putBalance(balance: Balance): void {
    const known = this.#balances.get(balance.asset);
    if (known !== undefined && balance.updatedAt < known.updatedAt) return;
    this.#balances.set(balance.asset, balance);
    this.#cashBehindSince = null;
    if (known?.free.equals(balance.free) === true && known.locked.equals(balance.locked)) return;
    const { userId } = this.#options;
    const audit = { subject: 'balance', id: balance.asset, change: 'changed', data: balance };
    this.#stage({ kind: 'balance', userId, balance }, audit);
  }

  /** @param change null when only its figures moved: stored, but no event of its own */
  putBreaker(breaker: CircuitBreakerState, change: string | null): void {
    this.#breaker = breaker;
    const stored: StoreChange = { kind: 'breaker', breaker };
    if (change === null) this.#staged.push(stored);
    else this.#stage(stored, { subject: 'breaker', id: breaker.userId, change, data: breaker });
  }

  /** Goes on with new figures of the day without storing them each time. */
  markBreaker(breaker: CircuitBreakerState): void {
    this.#breaker = breaker;
  }

  addRiskEvent(event: RiskEvent): void {
    const { id, type, severity, message } = event;
    const data = { type, severity, message };
    this.#stage({ kind: 'risk_event', event }, { subject: 'risk_event', id, change: type, data });
  }

  addFunding({ incomeId, instrument: { symbol }, amount, paidAt }: FundingReport): void {
    const { userId, accountId } = this.#options;
    const funding = { incomeId, symbol, amount: amount.toFixed() };
    const change: StoreChange = { kind: 'funding', userId, accountId, ...funding, at: paidAt };
    this.#stage(change, { subject: 'funding', id: incomeId, change: 'booked', data: funding });
  }

  /** The books are put right by what the venue says: in words, for whoever reads the log. */
  noteCorrection(symbol: VenueSymbol, words: string): void {
    this.#audit({ subject: 'reconciliation', id: symbol, change: 'corrected', data: { words } });
  }

  /** Something happened beside the books that people and programs should see in its place among their changes. */
  note(audit: Audited & { readonly subject: 'market' | 'configuration' }): void {
    this.#audit(audit);
  }

  /** A named value that is wanted back after a restart. */
  keep(key: string, value: unknown): void {
    const { userId, clock } = this.#options;
    const entry = { userId, key, value: canonicalJson(value), updatedAt: clock.now() };
    this.#staged.push({ kind: 'engine_state', entry });
  }

  onAudit(listener: (record: AuditRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Makes the commit that ends the event at hand a durable one, so that what is waited for is stored together with
   * everything else that the event changes.
   * @returns whether it is stored
   */
  commitDurably(): Promise<boolean> {
    this.#durably ??= Promise.withResolvers<boolean>();
    return this.#durably.promise;
  }

  /**
   * Hands over what was staged, and waits until it and all before it is stored.
   * @returns whether it is stored; a failure was reported to `onCommitFailed`
   */
  commit(durability: Durability): Promise<boolean> {
    // Most events are prices that change nothing.
    if (this.#staged.length === 0 && this.#durably === null) return this.#lastCommit;
    return this.#commit(durability);
  }

  /** Settles when everything that was handed over so far is stored or refused, and who waited for it has been told. */
  async settled(): Promise<void> {
    await this.#lastCommit;
  }

  async #commit(durability: Durability): Promise<boolean> {
    const awaited = this.#durably;
    this.#durably = null;
    const isStored = await this.#handOver(awaited === null ? durability : 'durable');
    awaited?.resolve(isStored);
    return isStored;
  }

  /** With nothing staged: whether what was handed over last is stored. */
  #handOver(durability: Durability): Promise<boolean> {
    if (this.#staged.length > 0) this.#lastCommit = this.#store(this.#staged, durability);
    this.#staged = [];
    return this.#lastCommit;
  }

  async #store(changes: readonly StoreChange[], durability: Durability): Promise<boolean> {
    try {
      await this.#options.store.commit(changes, durability);
      return true;
    } catch (failure) {
      this.#options.onCommitFailed(failure);
      return false;
    }
  }

  #stage(change: StoreChange, audit: Audited): void {
    this.#staged.push(change);
    this.#audit(audit);
  }

  #audit(audit: Audited): void {
    const { userId, clock } = this.#options;
    this.#seq += 1;
    const record: AuditRecord = {
      seq: this.#seq,
      at: clock.now(),
      userId,
      subject: audit.subject,
      subjectId: audit.id,
      change: audit.change,
      data: canonicalJson(audit.data),
    };
    this.#staged.push({ kind: 'audit', record });
    for (const listener of this.#listeners) listener(record);
  }
}

/** Lets the oldest ended entries go once there are twice as many as are kept. */
function trim<Id, Entity>(held: Map<Id, Entity>, hasEnded: (entity: Entity) => boolean): void {
  if (held.size < 2 * ENDED_KEPT) return;
  let surplus = held.size - ENDED_KEPT;
  for (const [id, entity] of held) {
    if (surplus === 0) return;
    if (!hasEnded(entity)) continue;
    held.delete(id);
    surplus -= 1;
  }
}
