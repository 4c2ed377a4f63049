import type { Balance } from '../../../domain/account.ts';
import { describeFailure } from '../../../domain/errors.ts';
import type { AccountEvent } from '../../../domain/event.ts';
import { fillKey } from '../../../domain/fill.ts';
import type { AccountId } from '../../../domain/ids.ts';
import { MINUTE_MS, SECOND_MS } from '../../../domain/time.ts';
import type { Clock, Timer } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { Fields } from './connection/fields.ts';
import type { AssetBalance, Dialect } from './dialect.ts';
import type { VenueNotice } from './options.ts';
import type { StreamDialect, StreamNews } from './stream/stream-dialect.ts';

/** Fills and payments told already; the oldest are forgotten first. */
const MAX_REMEMBERED = 20_000;
/** Messages that wait to be read; with more the connection is given up, and everything is asked for anew. */
const MAX_WAITING = 10_000;
/** Balances are asked for at most so often. */
const BALANCE_INTERVAL_MS = SECOND_MS;
/** A payment stands in the income history some time after the message about it. */
const FUNDING_LOOKS_MS = [0, 10 * SECOND_MS, MINUTE_MS] as const;
const FUNDING_OVERLAP_MS = 5 * MINUTE_MS;

/** Turns the messages of the account stream into events, one after the other, and tells each fill and payment once. */
export class AccountNews {
  readonly #accountId: AccountId;
  readonly #dialect: Dialect;
  readonly #stream: StreamDialect;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onNotice: (notice: VenueNotice) => void;
  readonly #reconnect: (cause: string) => void;
  readonly #listeners = new Set<(event: AccountEvent) => void>();
  readonly #told = new Set<string>();
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #balanceTimer: Timer | null = null;
  #isAskingBalances = false;
  #areBalancesOld = false;
  readonly #fundingTimers = new Set<Timer>();
  #isClosed = false;

  constructor(parts: {
    readonly accountId: AccountId;
    readonly dialect: Dialect;
    readonly stream: StreamDialect;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly onNotice: (notice: VenueNotice) => void;
    /** Leaves the present connection for a new one. */
    readonly reconnect: (cause: string) => void;
  }) {
    this.#accountId = parts.accountId;
    this.#dialect = parts.dialect;
    this.#stream = parts.stream;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
    this.#onNotice = parts.onNotice;
    this.#reconnect = parts.reconnect;
  }

  onEvent(listener: (event: AccountEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells an event after all that came before it. */
  tellNext(event: AccountEvent): void {
    this.#enqueue(async () => this.#tell(event));
  }

  /** Takes in a message of the stream. */
  take(event: Fields): void {
    if (this.#waiting >= MAX_WAITING) {
      this.#reconnect(`${MAX_WAITING} messages wait to be read`);
      return;
    }
    this.#enqueue(async () => {
      for (const news of await this.#stream.newsOf(event)) this.#act(news);
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
    this.#balanceTimer?.cancel();
    for (const timer of this.#fundingTimers) timer.cancel();
    this.#fundingTimers.clear();
  }

  #enqueue(work: () => Promise<void>): void {
    this.#waiting += 1;
    this.#queue = this.#queue
      .then(work)
      .catch((failure: unknown) => {
        this.#logger.warn('a message of the account stream cannot be used', { problem: describeFailure(failure) });
      })
      .finally(() => {
        this.#waiting -= 1;
      });
  }

  #act(news: StreamNews): void {
    if (this.#isClosed) return;
    switch (news.kind) {
      case 'account':
        this.#tell(news.event);
        return;
      case 'balance':
        this.#tellBalance(news.balance, this.#clock.now());
        return;
      case 'notice':
        this.#onNotice(news.notice);
        return;
      case 'balances_changed':
        this.#askBalancesSoon();
        return;
      case 'funding_changed':
        this.#lookForFunding(this.#clock.now(), 0);
        return;
      case 'connection_ends':
        this.#reconnect(news.cause);
    }
  }

  #tell(event: AccountEvent): void {
    if (this.#isClosed || !this.#isNew(event)) return;
    for (const listener of this.#listeners) listener(event);
  }

  /** The venue may send a message twice, and another one about the same payment. */
  #isNew(event: AccountEvent): boolean {
    const key = keyOf(event);
    if (key === null) return true;
    if (this.#told.has(key)) return false;
    this.#told.add(key);
    const [oldest] = this.#told;
    if (this.#told.size > MAX_REMEMBERED && oldest !== undefined) this.#told.delete(oldest);
    return true;
  }

  #tellBalance(balance: AssetBalance, updatedAt: number): void {
    const told: Balance = { accountId: this.#accountId, ...balance, updatedAt };
    this.#tell({ type: 'balance_changed', balance: told });
  }

  /** At once, or when the interval since the last time is over; what changes meanwhile is asked for once more. */
  #askBalancesSoon(): void {
    this.#areBalancesOld = true;
    if (this.#isAskingBalances || this.#balanceTimer !== null || this.#isClosed) return;
    this.#areBalancesOld = false;
    this.#isAskingBalances = true;
    void this.#askBalances().finally(() => {
      this.#isAskingBalances = false;
      if (this.#isClosed) return;
      this.#balanceTimer = this.#clock.setTimer(BALANCE_INTERVAL_MS, () => {
        this.#balanceTimer = null;
        if (this.#areBalancesOld) this.#askBalancesSoon();
      });
    });
  }

  async #askBalances(): Promise<void> {
    const askedAt = this.#clock.now();
    try {
      for (const balance of await this.#dialect.balances()) this.#tellBalance(balance, askedAt);
    } catch (failure) {
      // They come with the next change, or with the next snapshot.
      this.#logger.warn('the balances cannot be asked for', { problem: describeFailure(failure) });
    }
  }

  #lookForFunding(changedAt: number, look: number): void {
    const delayMs = FUNDING_LOOKS_MS[look];
    if (delayMs === undefined || this.#isClosed) return;
    const timer = this.#clock.setTimer(delayMs, () => {
      this.#fundingTimers.delete(timer);
      void this.#tellFunding(changedAt).then((isFound) => {
        if (!isFound) this.#lookForFunding(changedAt, look + 1);
      });
    });
    this.#fundingTimers.add(timer);
  }

  async #tellFunding(changedAt: number): Promise<boolean> {
    try {
      const reports = await this.#dialect.funding(changedAt - FUNDING_OVERLAP_MS);
      const fresh = reports.filter((report) => !this.#told.has(keyOf(report) ?? ''));
      for (const report of fresh) this.#tell(report);
      return fresh.length > 0;
    } catch (failure) {
      this.#logger.warn('the funding payments cannot be asked for', { problem: describeFailure(failure) });
      return false;
    }
  }
}

/** What must be told once only; null for the rest. */
function keyOf(event: AccountEvent): string | null {
  if (event.type === 'funding_paid') return `funding:${event.incomeId}`;
  if (event.type === 'foreign_fill') return fillKey(event.fill);
  return event.type === 'order_update' && event.update.type === 'fill' ? fillKey(event.update.fill) : null;
}
