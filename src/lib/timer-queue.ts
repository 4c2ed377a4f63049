interface Entry {
  readonly dueMs: number;
  readonly callback: () => void;
  readonly order: number;
  /** Its place in the heap; -1 once it was taken or cancelled. */
  place: number;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

/**
 * Callbacks in the order of their due times; those due at the same time in the order in which they were added. A binary
 * heap: adding, taking and cancelling cost O(log n), and what was cancelled is let go at once.
 */
export class TimerQueue {
  readonly #heap: Entry[] = [];
  #added = 0;

  /** How many wait. */
  get size(): number {
    return this.#heap.length;
  }

  /** When the next one is due, null when none waits. */
  get nextDueMs(): number | null {
    return this.#heap[0]?.dueMs ?? null;
  }

  /** @returns cancels the callback; does nothing once it was taken */
  add(dueMs: number, callback: () => void): () => void {
    const entry: Entry = { dueMs, callback, order: this.#added, place: this.#heap.length };
    this.#added += 1;
    this.#heap.push(entry);
    this.#rise(entry);
    return () => this.#remove(entry);
  }

  /** Takes the next callback that is due at `nowMs` or before out of the queue; null when none is. */
  takeDue(nowMs: number): (() => void) | null {
    const [first] = this.#heap;
    if (first === undefined || first.dueMs > nowMs) return null;
    this.#remove(first);
    return first.callback;
  }

  #remove(entry: Entry): void {
    const last = this.#heap[this.#heap.length - 1];
    if (entry.place === -1 || last === undefined) return;
    const { place } = entry;
    this.#heap.pop();
    entry.place = -1;
    if (last === entry) return;
    this.#put(last, place);
    this.#rise(last);
    this.#sink(last);
  }

  #put(entry: Entry, place: number): void {
    this.#heap[place] = entry;
    entry.place = place;
  }

  #rise(entry: Entry): void {
    while (entry.place > 0) {
      const above = this.#heap[(entry.place - 1) >> 1];
      if (above === undefined || !isBefore(entry, above)) return;
      this.#swap(entry, above);
    }
  }

  #sink(entry: Entry): void {
    for (;;) {
      const left = this.#heap[2 * entry.place + 1];
      const right = this.#heap[2 * entry.place + 2];
      const child = right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || !isBefore(child, entry)) return;
      this.#swap(entry, child);
    }
  }

  #swap(a: Entry, b: Entry): void {
    const { place } = a;
    this.#put(a, b.place);
    this.#put(b, place);
  }
}
