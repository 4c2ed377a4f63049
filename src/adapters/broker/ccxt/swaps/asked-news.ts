import type { Balance } from '../../../../domain/account.ts';
import type { Decimal } from '../../../../domain/decimal.ts';
import { ZERO } from '../../../../domain/decimal.ts';
import { describeFailure } from '../../../../domain/errors.ts';
import type { AccountEvent } from '../../../../domain/event.ts';
import { fillKey } from '../../../../domain/fill.ts';
import type { AccountId } from '../../../../domain/ids.ts';
import type { OrderUpdate } from '../../../../domain/order/update.ts';
import { SECOND_MS } from '../../../../domain/time.ts';
import type { Clock, Timer } from '../../../../ports/clock.ts';
import type { Logger } from '../../../../ports/logger.ts';
import type { KnownId } from '../dialect.ts';
import { hasEnded } from '../order-news.ts';
import type { OwnOrders } from '../orders.ts';
import { newsOfSeen, workingOf } from './seen-news.ts';
import type { SwapDialect } from './swap-dialect.ts';
import type { SeenOrder } from './swap-venue.ts';

/** After something was done: what came of it is known by then. */
const SOON_MS = SECOND_MS / 4;
/** While no own order works. */
const IDLE_MS = 15 * SECOND_MS;
/** Questions in a row without an answer, after which the news count as lost. */
const LOST_AFTER = 3;
/** Ended orders that are remembered, so that nothing of them is told again; the oldest are forgotten first. */
const MAX_ENDED = 20_000;
/** How often an order that has ended is looked at for fills that the venue does not list yet. */
const LATE_LOOKS = 15;

/** An own order whose news are told. */
interface Watched {
  readonly order: KnownId;
  /** What of it was told: kinds of news, and fills by their key. */
  readonly told: Set<string>;
  filled: Decimal;
  /** As it stood when all of it was told last; null before that. */
  executed: Decimal | null;
  childVenueOrderId: string | null;
  looksAfterEnd: number;
}

/**
 * The news of an account that no stream tells of: what works is asked for again and again, and whatever has changed is told
 * as a stream would tell it, everything once.
 */
export class AskedNews {
  readonly #accountId: AccountId;
  readonly #dialect: SwapDialect;
  readonly #orders: OwnOrders;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #everyMs: number;
  readonly #listeners = new Set<(event: AccountEvent) => void>();
  readonly #watched = new Map<string, Watched>();
  readonly #ended = new Set<string>();
  readonly #balances = new Map<string, string>();
  #foreign: ReadonlySet<string> = new Set();
  #timer: Timer | null = null;
  #dueAtMs = Infinity;
  #isAsking = false;
  #isWantedSoon = false;
  #failures = LOST_AFTER;
  #isClosed = false;

  constructor(parts: {
    readonly accountId: AccountId;
    readonly dialect: SwapDialect;
    readonly orders: OwnOrders;
    readonly clock: Clock;
    readonly logger: Logger;
    /** How often is asked while own orders work. */
    readonly everyMs: number;
  }) {
    this.#everyMs = parts.everyMs;
    this.#accountId = parts.accountId;
    this.#dialect = parts.dialect;
    this.#orders = parts.orders;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
  }

  /** Asks for the first time, and goes on. */
  start(): void {
    this.#askIn(0);
  }

  onEvent(listener: (event: AccountEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** There will be news of this order soon. */
  expect({ intent, clientOrderId }: KnownId): void {
    if (this.#ended.has(clientOrderId)) return;
    const fresh: Watched = {
      order: { intent, clientOrderId },
      told: new Set(),
      ...{ filled: ZERO, executed: null, childVenueOrderId: null, looksAfterEnd: 0 },
    };
    if (!this.#watched.has(clientOrderId)) this.#watched.set(clientOrderId, fresh);
    if (this.#isAsking) this.#isWantedSoon = true;
    else this.#askIn(SOON_MS);
  }

  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
    this.#timer?.cancel();
  }

  /** At the latest after `delayMs`. */
  #askIn(delayMs: number): void {
    const dueAtMs = this.#clock.monotonicMs() + delayMs;
    if (this.#isClosed || dueAtMs >= this.#dueAtMs) return;
    this.#timer?.cancel();
    this.#dueAtMs = dueAtMs;
    this.#timer = this.#clock.setTimer(delayMs, () => {
      this.#dueAtMs = Infinity;
      void this.#ask();
    });
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    this.#isWantedSoon = false;
    try {
      const isChanged = await this.#round();
      if (isChanged) await this.#tellBalances();
      if (this.#failures >= LOST_AFTER) this.#tell({ type: 'account_stream_connected', accountId: this.#accountId });
      this.#failures = 0;
    } catch (failure) {
      this.#failed(describeFailure(failure));
    } finally {
      this.#isAsking = false;
      const isBusy = this.#watched.size > 0 && this.#failures < LOST_AFTER;
      this.#askIn(this.#isWantedSoon ? SOON_MS : isBusy ? this.#everyMs : IDLE_MS);
    }
  }

  #failed(cause: string): void {
    const wasHeard = this.#failures < LOST_AFTER;
    this.#failures += 1;
    if (this.#failures === 1) this.#logger.warn('the account cannot be asked for news', { problem: cause });
    if (wasHeard && this.#failures >= LOST_AFTER) {
      this.#tell({ type: 'account_stream_lost', accountId: this.#accountId, cause });
    }
  }

  /** @returns whether there was something to tell */
  async #round(): Promise<boolean> {
    const watched = [...this.#watched.values()];
    const working = await this.#dialect.seenWorking();
    const byId = new Map(working.map((seen) => [seen.clientOrderId, seen]));
    this.#tellForeign(working);
    let isChanged = false;
    for (const one of watched) {
      const seen = byId.get(one.order.clientOrderId);
      const isSame = seen !== undefined && one.executed?.equals(seen.executed) === true;
      if (isSame && seen.childVenueOrderId === one.childVenueOrderId) continue;
      // What has traded nothing needs no second question.
      if (seen?.executed.isZero() === true) this.#tellNews(one, seen, newsOfSeen(seen, [], this.#clock.now()));
      else await this.#lookAt(one);
      isChanged = true;
    }
    return isChanged;
  }

  async #lookAt(one: Watched): Promise<void> {
    const { clientOrderId } = one.order;
    const askedAtMs = this.#clock.monotonicMs();
    const found = await this.#dialect.look(one.order);
    if (found === null) {
      if (this.#orders.isNotFoundFinal(clientOrderId, askedAtMs)) this.#watched.delete(clientOrderId);
      return;
    }
    this.#tellNews(one, found.seen, found.updates);
    if (!hasEnded(found.updates)) return;
    one.looksAfterEnd += 1;
    const isWhole = one.filled.greaterThanOrEqualTo(found.seen.executed);
    if (isWhole || one.looksAfterEnd >= LATE_LOOKS) this.#end(clientOrderId, found.seen);
  }

  #end(clientOrderId: string, { standing }: SeenOrder): void {
    this.#watched.delete(clientOrderId);
    // What was refused may be sent again under its id.
    if (standing === 'rejected') return;
    this.#ended.add(clientOrderId);
    const [oldest] = this.#ended;
    if (this.#ended.size > MAX_ENDED && oldest !== undefined) this.#ended.delete(oldest);
  }

  #tellNews(one: Watched, seen: SeenOrder, updates: readonly OrderUpdate[]): void {
    const orderId = this.#orders.ownerOf(one.order.clientOrderId);
    for (const update of updates) {
      const key = update.type === 'fill' ? fillKey(update.fill) : update.type;
      if (one.told.has(key)) continue;
      one.told.add(key);
      if (update.type === 'fill') one.filled = one.filled.plus(update.fill.quantity);
      if (orderId !== null) this.#tell({ type: 'order_update', orderId, update });
    }
    one.childVenueOrderId = seen.childVenueOrderId;
    // Fills that the venue does not list yet are asked for again.
    if (one.filled.greaterThanOrEqualTo(seen.executed)) one.executed = seen.executed;
  }

  /** Orders of others, once each while they work. */
  #tellForeign(working: readonly SeenOrder[]): void {
    const foreign = working.filter(({ clientOrderId }) => !this.#orders.isOwn(clientOrderId));
    const at = this.#clock.now();
    for (const seen of foreign) {
      if (this.#foreign.has(seen.venueOrderId)) continue;
      this.#tell({ type: 'foreign_order', order: { ...workingOf(seen, at).foreign, seenAt: at } });
    }
    this.#foreign = new Set(foreign.map(({ venueOrderId }) => venueOrderId));
  }

  async #tellBalances(): Promise<void> {
    const updatedAt = this.#clock.now();
    for (const { asset, free, locked } of await this.#dialect.balances()) {
      const figures = `${free.toFixed()} ${locked.toFixed()}`;
      if (this.#balances.get(asset) === figures) continue;
      this.#balances.set(asset, figures);
      const balance: Balance = { accountId: this.#accountId, asset, free, locked, updatedAt };
      this.#tell({ type: 'balance_changed', balance });
    }
  }

  #tell(event: AccountEvent): void {
    if (this.#isClosed) return;
    for (const listener of this.#listeners) listener(event);
  }
}
