import { seededRandom } from '../../src/lib/random.ts';

/** Draws from a seed. The same draws in the same order give the same values. */
export class Draw {
  readonly #random: { next(): number };

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  next(): number {
    return this.#random.next();
  }

  isTrue(chance: number): boolean {
    return this.#random.next() < chance;
  }

  between(low: number, high: number): number {
    return low + this.#random.next() * (high - low);
  }

  /** A whole number from `low` to `high`, both possible. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.#random.next() * (high - low + 1));
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#random.next() * items.length)];
    if (item === undefined) throw new Error('nothing to draw from');
    return item;
  }

  /** One of several, each as often as its weight says. */
  weighted<Item>(items: readonly (readonly [number, Item])[]): Item {
    let left = this.#random.next() * items.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, item] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    return this.pick(items.map(([, item]) => item));
  }

  /** Another source of draws, which does not depend on how often this one is asked later. */
  branch(): Draw {
    return new Draw(Math.floor(this.#random.next() * 2 ** 52));
  }
}
