import type { TapeCursor } from './tape-cursor.ts';

/** The files of a tape in order of their next record (a binary heap); files with the same time in the order given. */
export class CursorQueue {
  readonly #places: ReadonlyMap<TapeCursor, number>;
  readonly #heap: TapeCursor[] = [];
  /** Files that must be filled before their place in the queue is known. */
  #waiting: TapeCursor[];

  constructor(cursors: readonly TapeCursor[]) {
    this.#places = new Map(cursors.map((cursor, place) => [cursor, place]));
    this.#waiting = [...cursors];
  }

  /** True when `fill` must be awaited before `first` is known. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** The file with the next record; null when all have ended. Not to be asked while waiting. */
  get first(): TapeCursor | null {
    return this.#heap[0] ?? null;
  }

  /** To be called after the first file has gone on. */
  update(): void {
    const [first] = this.#heap;
    if (first === undefined) return;
    if (first.nextMs < Infinity) return this.#sink();
    const last = this.#heap.pop();
    if (last !== undefined && last !== first) {
      this.#heap[0] = last;
      this.#sink();
    }
    if (Number.isNaN(first.nextMs)) this.#waiting.push(first);
  }

  async fill(): Promise<void> {
    const filled = this.#waiting;
    await Promise.all(filled.map(async (cursor) => cursor.fill()));
    this.#waiting = [];
    for (const cursor of filled) if (cursor.nextMs < Infinity) this.#add(cursor);
  }

  #isBefore(a: TapeCursor, b: TapeCursor): boolean {
    if (a.nextMs !== b.nextMs) return a.nextMs < b.nextMs;
    return (this.#places.get(a) ?? 0) < (this.#places.get(b) ?? 0);
  }

  #add(cursor: TapeCursor): void {
    let at = this.#heap.push(cursor) - 1;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      const parent = this.#heap[above];
      if (parent === undefined || !this.#isBefore(cursor, parent)) break;
      this.#heap[at] = parent;
      at = above;
    }
    this.#heap[at] = cursor;
  }

  /** Lets the first cursor sink to its place. */
  #sink(): void {
    const [moving] = this.#heap;
    if (moving === undefined) return;
    let at = 0;
    for (;;) {
      const [left, right] = [this.#heap[2 * at + 1], this.#heap[2 * at + 2]];
      if (left === undefined) break;
      const isRight = right !== undefined && this.#isBefore(right, left);
      const below = isRight ? right : left;
      if (!this.#isBefore(below, moving)) break;
      this.#heap[at] = below;
      at = 2 * at + (isRight ? 2 : 1);
    }
    this.#heap[at] = moving;
  }
}
