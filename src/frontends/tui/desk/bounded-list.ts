/** The latest entries, oldest first; at the bound the oldest go. */
export class BoundedList<Entry> {
  readonly #most: number;
  #entries: Entry[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  add(entry: Entry): void {
    this.#entries.push(entry);
    // In blocks, so that a full list does not move all of its entries at each addition.
    if (this.#entries.length > this.#most * 1.25) this.#entries = this.#entries.slice(-this.#most);
  }

  /** A copy: later additions do not change it. */
  latest(): readonly Entry[] {
    return this.#entries.slice(-this.#most);
  }
}
