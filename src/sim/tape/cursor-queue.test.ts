import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CursorQueue } from './cursor-queue.ts';
import type { TapeCursor } from './tape-cursor.ts';

/** A file whose records have the given times, and that must be filled anew after so many. */
class TimesCursor implements TapeCursor {
  readonly #times: readonly number[];
  readonly #perFill: number;
  #at = 0;
  #filled = 0;

  constructor(times: readonly number[], perFill: number) {
    this.#times = times;
    this.#perFill = perFill;
  }

  get nextMs(): number {
    if (this.#at < this.#filled) return this.#times[this.#at] ?? NaN;
    return this.#filled > 0 && this.#at >= this.#times.length ? Infinity : NaN;
  }

  sendNext(): void {
    this.#at += 1;
  }

  async fill(): Promise<void> {
    this.#filled = Math.min(Math.max(1, this.#times.length), this.#filled + this.#perFill);
    if (this.#times.length === 0) this.#at = 1;
  }

  close(): void {
    this.#at = this.#times.length;
  }
}

describe('the queue of files', () => {
  it('gives all records in order of time, those of one time in the order of their files', async () => {
    const files = fc.array(fc.tuple(fc.array(fc.integer({ min: 0, max: 30 })), fc.integer({ min: 1, max: 4 })), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(files, async (given) => {
        const sorted = given.map(([times, perFill]) => ({ times: times.toSorted((a, b) => a - b), perFill }));
        const cursors = sorted.map(({ times, perFill }) => new TimesCursor(times, perFill));
        const queue = new CursorQueue(cursors);
        const sent: [number, number][] = [];
        for (;;) {
          if (queue.isWaiting) await queue.fill();
          const first = queue.first;
          if (first === null) break;
          sent.push([first.nextMs, cursors.indexOf(first as TimesCursor)]);
          (first as TimesCursor).sendNext();
          queue.update();
        }
        const expected = sorted.flatMap(({ times }, file) => times.map((time): [number, number] => [time, file]));
        expect(sent).toEqual(expected.sort(([a, fileA], [b, fileB]) => a - b || fileA - fileB));
      }),
    );
  });
});
