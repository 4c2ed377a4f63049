import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BookSide } from './book-side.ts';
import type { Queued } from './price-level.ts';

class TestOrder implements Queued<TestOrder> {
  queueMark = 0;
  previous: TestOrder | null = null;
  next: TestOrder | null = null;
  remainingSteps = 1;
}

function shown(side: BookSide<TestOrder>): [number, number][] {
  return [...side.levels()].map(({ ticks, outside }) => [ticks, outside]);
}

describe('a side of the book', () => {
  it('walks from the best price to the worst, whatever came and went', () => {
    const change = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.nat(3));
    fc.assert(
      fc.property(fc.boolean(), fc.array(change, { maxLength: 80 }), (isBid, changes) => {
        const side = new BookSide<TestOrder>(isBid);
        const sizes = new Map<number, number>();
        for (const [ticks, steps] of changes) {
          side.showOutside(ticks, steps);
          if (steps === 0) sizes.delete(ticks);
          else sizes.set(ticks, steps);
          const expected = [...sizes].sort(([a], [b]) => (isBid ? b - a : a - b));
          expect(shown(side)).toEqual(expected);
          expect(side.best?.ticks).toBe(expected[0]?.[0]);
        }
      }),
    );
  });

  it('shows one price alone when only the best is told; worse ones go out of sight, better ones are gone', () => {
    const bids = new BookSide<TestOrder>(true);
    bids.showOnly(100, 5);
    const order = new TestOrder();
    const level = bids.rest(order, 100);
    expect(level.aheadOf(order)).toBe(5);
    bids.showOnly(101, 7);
    expect(shown(bids)).toEqual([
      [101, 7],
      [100, 0],
    ]);
    expect(level.aheadOf(order)).toBe(5);
    bids.showOnly(99, 3);
    expect(shown(bids)[0]).toEqual([100, 0]);
    expect(level.aheadOf(order)).toBe(0);
    bids.showOnly(100, 2);
    expect(level.aheadOf(order)).toBe(0);
  });

  it('clears what was better than a new best price, and all else at a snapshot', () => {
    const asks = new BookSide<TestOrder>(false);
    for (const ticks of [100, 101, 102, 103]) asks.showOutside(ticks, 4);
    asks.showNothingBetter(102);
    expect(shown(asks)).toEqual([
      [102, 4],
      [103, 4],
    ]);
    asks.keepOnly(new Set([103]));
    expect(shown(asks)).toEqual([[103, 4]]);
  });

  it('leaves nobody before an order that the best outside price has passed', () => {
    const bids = new BookSide<TestOrder>(true);
    bids.showOnly(101, 7);
    const order = new TestOrder();
    const level = bids.rest(order, 100);
    bids.showOnly(99, 3);
    bids.showOnly(100, 6);
    expect(level.aheadOf(order)).toBe(0);
  });

  it('takes an order beyond the outermost shown price as out of sight', () => {
    const asks = new BookSide<TestOrder>(false);
    asks.showOutside(100, 4);
    asks.showOutside(105, 4);
    const [inside, outside] = [new TestOrder(), new TestOrder()];
    const seen = asks.rest(inside, 103);
    const unseen = asks.rest(outside, 106);
    asks.showOutside(103, 9);
    asks.showOutside(106, 9);
    expect(seen.aheadOf(inside)).toBe(0);
    expect(unseen.aheadOf(outside)).toBe(9);
  });

  it('keeps its order and its queues when the units become finer', () => {
    const asks = new BookSide<TestOrder>(false);
    asks.showOutside(100, 4);
    const order = new TestOrder();
    const level = asks.rest(order, 100);
    order.remainingSteps *= 10;
    asks.rescale({ ticks: 5, steps: 10 });
    expect(shown(asks)).toEqual([[500, 40]]);
    expect(asks.at(500)).toBe(level);
    expect(level.aheadOf(order)).toBe(40);
    expect(level.ownSteps).toBe(10);
  });
});
