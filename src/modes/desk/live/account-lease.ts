import type { AccountId, UserId } from '../../../domain/ids.ts';
import { AitraderError, describeFailure } from '../../../domain/errors.ts';
import { SECOND_MS } from '../../../domain/time.ts';
import type { Clock, Timer } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { Store } from '../../../ports/store/store.ts';

/** How often the lease is renewed, and after how long without it belongs to nobody. */
const RENEW_MS = 10 * SECOND_MS;
const EXPIRES_MS = 60 * SECOND_MS;
/**
 * A holder that lives hears with its next renewal that the account was taken over, and ends. Until then it writes the same
 * books and guards the same positions: two that do so close them twice.
 */
const HAND_OVER_MS = RENEW_MS + 10 * SECOND_MS;

/** As it lies in the store, as JSON. */
interface Lease {
  readonly instance: string;
  /** Tells two processes of the same instance apart. */
  readonly session: string;
  /** When it was renewed last, milliseconds UTC. */
  readonly at: number;
  /** Given back: nobody holds it. */
  readonly isOver: boolean;
  /** Until when the instance has watched the account, milliseconds UTC: to hold it is not enough. Absent: until `at`. */
  readonly watchedUntil?: number | null;
}

export interface LeaseTerms {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly userId: UserId;
  readonly accountId: AccountId;
  /** Of this data folder, which no two processes have at once. */
  readonly instance: string;
  /** An id that no other process has. */
  readonly session: string;
  /** Takes the lease whoever holds it; who may live still is given the time to end. */
  readonly takeOver: boolean;
  /** Another process has taken the account over. */
  readonly onLost: (holder: string) => void;
}

/** The right to trade an account, of one process among all that share a store. */
export class AccountLease {
  readonly #terms: LeaseTerms;
  #timer: Timer | null = null;
  #renewal: Promise<void> = Promise.resolve();
  #isOver = false;
  #heldBefore: number | null = null;
  #isWatching = false;

  private constructor(terms: LeaseTerms) {
    this.#terms = terms;
  }

  /** @throws AitraderError `ACCOUNT_IN_USE` while another instance holds it */
  static async take(terms: LeaseTerms): Promise<AccountLease> {
    const { clock, instance, takeOver, accountId } = terms;
    const lease = new AccountLease(terms);
    const holder = await lease.#read();
    const isOurs = holder?.instance === instance;
    const isHeld = holder !== null && !isOurs && !holder.isOver && clock.now() - holder.at < EXPIRES_MS;
    if (isHeld && !takeOver) throw inUse(accountId, holder);
    lease.#heldBefore = isOurs ? (holder.watchedUntil === undefined ? holder.at : holder.watchedUntil) : null;
    await lease.#write(false);
    if (isHeld) await lease.#awaitEndOf(holder);
    // Of two that begin at once the last to write has it.
    const taken = await lease.#read();
    if (taken?.session !== terms.session) throw inUse(accountId, taken);
    lease.#renewLater();
    return lease;
  }

  #awaitEndOf({ instance }: Lease): Promise<void> {
    const { clock, logger } = this.#terms;
    const seconds = HAND_OVER_MS / SECOND_MS;
    logger.warn(`instance ${instance} has held the account until just now: it is given ${seconds} s to end`);
    return new Promise((resolve) => clock.setTimer(HAND_OVER_MS, resolve));
  }

  /** Whatever happens on the account is seen from now on. */
  watches(): void {
    this.#isWatching = true;
  }

  /** Until when this instance watched the account the last time, milliseconds UTC; null when another one did, or nobody. */
  get heldBefore(): number | null {
    return this.#heldBefore;
  }

  /** Gives the account back. */
  async release(): Promise<void> {
    this.#isOver = true;
    this.#timer?.cancel();
    await this.#renewal;
    try {
      const holder = await this.#read();
      if (holder?.session === this.#terms.session) await this.#write(true);
    } catch (failure) {
      // It expires by itself.
      this.#terms.logger.warn(`the account could not be given back: ${describeFailure(failure)}`);
    }
  }

  #renewLater(): void {
    this.#timer = this.#terms.clock.setTimer(RENEW_MS, () => {
      this.#renewal = this.#renew().finally(() => {
        if (!this.#isOver) this.#renewLater();
      });
    });
  }

  async #renew(): Promise<void> {
    const { logger, session, onLost } = this.#terms;
    try {
      const holder = await this.#read();
      if (holder !== null && holder.session !== session) {
        this.#isOver = true;
        onLost(`instance ${holder.instance}`);
      } else if (!this.#isOver) await this.#write(false);
    } catch (failure) {
      logger.warn(`the lease on the account could not be renewed; it is tried again: ${describeFailure(failure)}`);
    }
  }

  get #key(): string {
    return `account_lease:${this.#terms.accountId}`;
  }

  async #read(): Promise<Lease | null> {
    const { store, userId } = this.#terms;
    const entry = await store.process.engineState(userId, this.#key);
    return entry === null ? null : (JSON.parse(entry.value) as Lease);
  }

  async #write(isOver: boolean): Promise<void> {
    const { store, clock, userId, instance, session } = this.#terms;
    const at = clock.now();
    const watchedUntil = this.#isWatching ? at : this.#heldBefore;
    const value = JSON.stringify({ instance, session, at, isOver, watchedUntil } satisfies Lease);
    const entry = { userId, key: this.#key, value, updatedAt: at };
    await store.commit([{ kind: 'engine_state', entry }], 'ordinary');
  }
}

function inUse(account: AccountId, holder: Lease | null): AitraderError {
  const evidence = `instance ${holder?.instance ?? 'unknown'} holds it in this database`;
  return new AitraderError('ACCOUNT_IN_USE', { account, evidence });
}
