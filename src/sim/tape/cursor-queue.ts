import type { TapeCursor } from './tape-cursor.ts';

/** A file, its place in the order given, and the time of its next record as it was when the file last went on. */
interface Entry {
  readonly cursor: TapeCursor;
  readonly place: number;
  nextMs: number;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.nextMs === b.nextMs ? a.place < b.place : a.nextMs < b.nextMs;
}

/** The files of a tape in order of their next record (a binary heap); files with the same time in the order given. */
export class CursorQueue {
  readonly #heap: Entry[] = [];
  /** Files that must be filled before their place in the queue is known. */
  #waiting: readonly Entry[];

  constructor(cursors: readonly TapeCursor[]) {
    this.#waiting = cursors.map((cursor, place) => ({ cursor, place, nextMs: NaN }));
  }

  /** True when `fill` must be awaited before `first` is known. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** The file with the next record; null when all have ended. Not to be asked while waiting. */
  get first(): TapeCursor | null {
    return this.#heap[0]?.cursor ?? null;
  }

  /** To be called after the first file has gone on. */
  update(): void {
    const [first] = this.#heap;
    if (first === undefined) return;
    first.nextMs = first.cursor.nextMs;
    if (first.nextMs < Infinity) return this.#sink();
    const last = this.#heap.pop();
    if (last !== undefined && last !== first) {
      this.#heap[0] = last;
      this.#sink();
    }
    if (Number.isNaN(first.nextMs)) this.#waiting = [...this.#waiting, first];
  }

  async fill(): Promise<void> {
    const filled = this.#waiting;
    await Promise.all(filled.map(async ({ cursor }) => cursor.fill()));
    this.#waiting = [];
    for (const entry of filled) {
      entry.nextMs = entry.cursor.nextMs;
      if (entry.nextMs < Infinity) this.#add(entry);
    }
  }

  #add(entry: Entry): void {
    let at = this.#heap.push(entry) - 1;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      const parent = this.#heap[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      this.#heap[at] = parent;
      at = above;
    }
    this.#heap[at] = entry;
  }

  /** Lets the first cursor sink to its place. */
  #sink(): void {
    const [moving] = this.#heap;
    if (moving === undefined) return;
    let at = 0;
    for (;;) {
      const [left, right] = [this.#heap[2 * at + 1], this.#heap[2 * at + 2]];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const below = isRight ? right : left;
      if (!isBefore(below, moving)) break;
      this.#heap[at] = below;
      at = 2 * at + (isRight ? 2 : 1);
    }
    this.#heap[at] = moving;
  }
}
