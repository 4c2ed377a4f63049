/** How many actions may wait at once. */
const MAX_WAITING = 100_000;

interface Entry {
  readonly dueMs: number;
  readonly action: () => void;
}

/** Actions that wait for their time, run in order of it; those of one time in the order in which they were added. */
export class Schedule {
  /** Next one last. */
  private readonly entries: Entry[] = [];

  /** When the next action is due; Infinity when none waits. */
  get nextDueMs(): number {
    return this.entries.at(-1)?.dueMs ?? Infinity;
  }

  /** @throws RangeError when more actions wait than anyone could mean */
  add(dueMs: number, action: () => void): void {
    if (this.entries.length >= MAX_WAITING) {
      throw new RangeError(`${MAX_WAITING} actions wait for their time; advance the venue's clock`);
    }
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.entries[middle] as Entry).dueMs > dueMs) low = middle + 1;
      else high = middle;
    }
    this.entries.splice(low, 0, { dueMs, action });
  }

  takeNext(): (() => void) | undefined {
    return this.entries.pop()?.action;
  }
}
