import type { Chance } from '../../ports/chance.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import { HOUR_MS } from '../../domain/time.ts';

const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const KEY_LENGTH = 64;

interface ListenKey {
  readonly key: string;
  readonly accountId: string;
  expiresAt: number;
  timer: Timer;
}

/** A text of letters and digits, as the venue's keys are. */
export function randomKey(random: Chance, length = KEY_LENGTH): string {
  return Array.from({ length }, () => CHARACTERS[Math.floor(random.next() * CHARACTERS.length)] ?? 'A').join('');
}

/**
 * Listen keys of futures accounts: one per account, valid for 60 minutes of the host's clock after its creation or last
 * keepalive. https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Start-User-Data-Stream
 */
export class ListenKeys {
  readonly #clock: Clock;
  readonly #random: Chance;
  readonly #onExpired: (key: string) => void;
  readonly #byAccount = new Map<string, ListenKey>();

  constructor(clock: Clock, random: Chance, onExpired: (key: string) => void) {
    this.#clock = clock;
    this.#random = random;
    this.#onExpired = onExpired;
  }

  /** The account's key, made if there is none; its validity begins anew. */
  open(accountId: string): string {
    const known = this.#byAccount.get(accountId);
    if (known !== undefined) {
      known.expiresAt = this.#clock.now() + HOUR_MS;
      return known.key;
    }
    const key = randomKey(this.#random);
    const expiresAt = this.#clock.now() + HOUR_MS;
    this.#byAccount.set(accountId, { key, accountId, expiresAt, timer: this.#watch(accountId, HOUR_MS) });
    return key;
  }

  /** Prolongs the account's key; null when it has none. */
  keepAlive(accountId: string): string | null {
    return this.#byAccount.has(accountId) ? this.open(accountId) : null;
  }

  close(accountId: string): void {
    this.#byAccount.get(accountId)?.timer.cancel();
    this.#byAccount.delete(accountId);
  }

  /** Whose key it is; null when it is unknown or has expired. */
  accountOf(key: string): string | null {
    return [...this.#byAccount.values()].find((known) => known.key === key)?.accountId ?? null;
  }

  closeAll(): void {
    for (const accountId of [...this.#byAccount.keys()]) this.close(accountId);
  }

  #watch(accountId: string, delayMs: number): Timer {
    return this.#clock.setTimer(delayMs, () => {
      const known = this.#byAccount.get(accountId);
      if (known === undefined) return;
      const leftMs = known.expiresAt - this.#clock.now();
      if (leftMs > 0) {
        known.timer = this.#watch(accountId, leftMs);
        return;
      }
      this.#byAccount.delete(accountId);
      this.#onExpired(known.key);
    });
  }
}
