import type { Clock } from '../../src/ports/clock.ts';
import type { Store } from '../../src/ports/store/store.ts';

/** One of its own for everybody who waits: a shared one would hold on to all the lives that ever ended in it. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

/**
 * Whether a program still runs. What it did before it died stays; nothing of it happens after. Every place at which it
 * waits for something outside, or is called from there, is one at which it can die.
 */
export class Life {
  isAlive = true;
  #left = Infinity;

  /** It ends after so many more such places. */
  endAfter(places: number): void {
    this.#left = places;
  }

  /** Comes to such a place. @returns whether it goes on */
  pass(): boolean {
    if (!this.isAlive) return false;
    this.#left -= 1;
    if (this.#left <= 0) this.isAlive = false;
    return this.isAlive;
  }

  /** Waits for something outside: what is asked for happens if the program lives to ask, and is heard if it still lives. */
  async wait<Value>(ask: () => Promise<Value>): Promise<Value> {
    if (!this.pass()) return never();
    try {
      const value = await ask();
      return this.pass() ? value : await never();
    } catch (failure) {
      if (this.pass()) throw failure;
      return never();
    }
  }
}

/** The clock of a program: its timers die with it, and it may go before or after the world's. */
export function clockOf(clock: Clock, life: Life, aheadMs: number): Clock {
  return {
    now: () => clock.now() + aheadMs,
    monotonicMs: () => clock.monotonicMs(),
    setTimer: (delayMs, callback) =>
      clock.setTimer(delayMs, () => {
        if (life.pass()) callback();
      }),
  };
}

/**
 * A store that takes a moment for each commit. Commits are applied in order; those that a dead program has handed over
 * and that were not applied yet are lost.
 */
export function storeOf(
  store: Store,
  life: Life,
  slow: { readonly clock: Clock; readonly commitMs: () => number },
): Store {
  let last: Promise<unknown> = Promise.resolve();
  const commit: Store['commit'] = (changes, durability) => {
    const turn = last.then(() =>
      life.wait(async () => {
        const delayMs = slow.commitMs();
        if (delayMs > 0) await new Promise<void>((resolve) => slow.clock.setTimer(delayMs, resolve));
        if (!life.isAlive) return never();
        return store.commit(changes, durability);
      }),
    );
    last = turn.catch(() => undefined);
    return turn;
  };
  return { ...store, commit };
}
