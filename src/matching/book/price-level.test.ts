import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PriceLevel } from './price-level.ts';
import type { Queued } from './price-level.ts';

class TestOrder implements Queued<TestOrder> {
  queueMark = 0;
  previous: TestOrder | null = null;
  next: TestOrder | null = null;
  remainingSteps: number;

  constructor(steps: number) {
    this.remainingSteps = steps;
  }
}

/** The queue as a plain list: an order, or outside steps. */
type Place = { readonly order: TestOrder } | { outside: number };

/** The rules of the level, the obvious way: a list from front to back. */
class ListedQueue {
  places: Place[] = [];

  get outside(): number {
    return this.places.reduce((sum, place) => sum + ('outside' in place ? place.outside : 0), 0);
  }

  aheadOf(order: TestOrder): number {
    const before = this.places.slice(
      0,
      this.places.findIndex((place) => 'order' in place && place.order === order),
    );
    return before.reduce((sum, place) => sum + ('outside' in place ? place.outside : 0), 0);
  }

  join(order: TestOrder): void {
    this.places.push({ order });
  }

  leave(order: TestOrder): void {
    this.places = this.places.filter((place) => !('order' in place) || place.order !== order);
  }

  /** More joins behind; less left from behind. */
  show(steps: number): void {
    let surplus = this.outside - steps;
    if (surplus < 0) this.places.push({ outside: -surplus });
    for (const place of this.places.toReversed()) {
      if (!('outside' in place)) continue;
      const gone = Math.min(Math.max(surplus, 0), place.outside);
      place.outside -= gone;
      surplus -= gone;
    }
  }

  consumeOutside(steps: number): void {
    let left = steps;
    for (const place of this.places) {
      if (!('outside' in place)) continue;
      const taken = Math.min(left, place.outside);
      place.outside -= taken;
      left -= taken;
    }
  }
}

const operation = fc.oneof(
  fc.record({ type: fc.constant('join' as const), steps: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ type: fc.constant('leave' as const), pick: fc.nat(9) }),
  fc.record({ type: fc.constant('show' as const), steps: fc.nat(20) }),
  fc.record({ type: fc.constant('consume' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ type: fc.constant('reduce' as const), pick: fc.nat(9) }),
);

describe('the queue of a price level', () => {
  it('gives every order the place that a plain list would give it', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const level = new PriceLevel<TestOrder>(1);
        const list = new ListedQueue();
        let orders: TestOrder[] = [];
        for (const op of operations) {
          const picked = 'pick' in op ? orders[op.pick % Math.max(orders.length, 1)] : undefined;
          if (op.type === 'join') {
            const order = new TestOrder(op.steps);
            level.append(order, true);
            list.join(order);
            orders.push(order);
          } else if (op.type === 'show') {
            level.showOutside(op.steps);
            list.show(op.steps);
          } else if (op.type === 'consume') {
            const front = level.first === null ? level.outside : level.aheadOf(level.first);
            const steps = Math.floor(front * op.share);
            level.consumeOutside(steps);
            list.consumeOutside(steps);
          } else if (picked !== undefined && op.type === 'leave') {
            level.remove(picked);
            list.leave(picked);
            orders = orders.filter((order) => order !== picked);
          } else if (picked !== undefined && picked.remainingSteps > 1) {
            level.reduce(picked, 1);
          }
          expect(level.outside).toBe(list.outside);
          expect(level.ownSteps).toBe(orders.reduce((sum, { remainingSteps }) => sum + remainingSteps, 0));
          expect(orders.map((order) => level.aheadOf(order))).toEqual(orders.map((order) => list.aheadOf(order)));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('puts an order that joined out of sight behind all that is first seen there', () => {
    const level = new PriceLevel<TestOrder>(1);
    const [early, late] = [new TestOrder(5), new TestOrder(5)];
    level.append(early, false);
    expect(level.aheadOf(early)).toBe(0);
    level.showOutside(30);
    level.append(late, true);
    expect([level.aheadOf(early), level.aheadOf(late)]).toEqual([30, 30]);
    level.showOutside(50);
    expect(level.aheadOf(early)).toBe(30);
  });

  it('keeps places while the outside size is out of sight', () => {
    const level = new PriceLevel<TestOrder>(1);
    const [seen, unseen] = [new TestOrder(5), new TestOrder(5)];
    level.showOutside(8);
    level.append(seen, true);
    level.hideOutside();
    level.append(unseen, false);
    expect(level.aheadOf(seen)).toBe(8);
    level.showOutside(20);
    expect([level.aheadOf(seen), level.aheadOf(unseen)]).toEqual([8, 20]);
    level.showOutside(3);
    expect([level.aheadOf(seen), level.aheadOf(unseen)]).toEqual([3, 3]);
  });
});
