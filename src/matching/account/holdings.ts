import type { Atoms } from '../atoms.ts';

/** What a holder has of one asset. `free` of a house account may be negative: the outside world has given it. */
export class Balance {
  readonly asset: string;
  free: Atoms = 0n;
  locked: Atoms = 0n;
  /** Whether the change is noted already; cleared when it has been told. */
  isNoted = false;
  readonly holder: Holdings;

  constructor(asset: string, holder: Holdings) {
    this.asset = asset;
    this.holder = holder;
  }
}

/** All that one holder has: an account, or one of the house accounts. */
export class Holdings {
  private readonly balances = new Map<string, Balance>();
  private changed: Balance[] = [];
  private readonly onChange: (() => void) | null;

  /** @param onChange called at the first change since `takeChanged` */
  constructor(onChange: (() => void) | null = null) {
    this.onChange = onChange;
  }

  of(asset: string): Balance {
    const known = this.balances.get(asset);
    if (known !== undefined) return known;
    const balance = new Balance(asset, this);
    this.balances.set(asset, balance);
    return balance;
  }

  all(): IterableIterator<Balance> {
    return this.balances.values();
  }

  note(balance: Balance): void {
    if (balance.isNoted || this.onChange === null) return;
    balance.isNoted = true;
    if (this.changed.push(balance) === 1) this.onChange();
  }

  /** The balances that changed since the last call, in the order of their first change. */
  takeChanged(): readonly Balance[] {
    const { changed } = this;
    for (const balance of changed) balance.isNoted = false;
    this.changed = [];
    return changed;
  }
}

/** The one way in which money changes its holder: what one gives the other gets, so that the sum stays as it is. */
export function move(from: Balance, to: Balance, amount: Atoms): void {
  if (amount === 0n) return;
  from.free -= amount;
  to.free += amount;
  from.holder.note(from);
  to.holder.note(to);
}

/** Binds free money for a working order; a negative amount sets it free. */
export function lock(balance: Balance, amount: Atoms): void {
  if (amount === 0n) return;
  balance.free -= amount;
  balance.locked += amount;
  balance.holder.note(balance);
}
