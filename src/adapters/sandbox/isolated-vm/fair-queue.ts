/** Work that belongs to somebody. */
export interface Owned {
  readonly owner: string;
}

/** First come, first served, but by turns: after one piece of work an owner waits until every other one had a turn. */
export class FairQueue<Work extends Owned> {
  /** In the order of their turns. */
  readonly #byOwner = new Map<string, Work[]>();

  get isEmpty(): boolean {
    return this.#byOwner.size === 0;
  }

  waitingOf(owner: string): number {
    return this.#byOwner.get(owner)?.length ?? 0;
  }

  push(work: Work): void {
    const waiting = this.#byOwner.get(work.owner);
    if (waiting === undefined) this.#byOwner.set(work.owner, [work]);
    else waiting.push(work);
  }

  take(): Work | undefined {
    for (const [owner, waiting] of this.#byOwner) {
      const work = waiting.shift();
      this.#byOwner.delete(owner);
      if (waiting.length > 0) this.#byOwner.set(owner, waiting);
      return work;
    }
    return undefined;
  }

  /** Takes out everything. */
  drain(): Work[] {
    const all = [...this.#byOwner.values()].flat();
    this.#byOwner.clear();
    return all;
  }
}
