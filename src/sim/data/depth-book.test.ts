import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { DepthView } from '../market/source.ts';
import type { DepthChange, Level } from './depth-book.ts';
import { DepthBook, emptyDepthView } from './depth-book.ts';

/** Books of few levels, so that levels come and go often. */
const side = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 3 })), {
  selector: ([price]) => price,
  maxLength: 5,
});
const step = fc.record({ bids: side, asks: side, emits: fc.boolean() });

function viewOf(bids: readonly Level[], asks: readonly Level[]): DepthView {
  const view = emptyDepthView();
  for (const [target, levels] of [
    [view.bids, bids.toSorted(([a], [b]) => b - a)],
    [view.asks, asks.toSorted(([a], [b]) => a - b)],
  ] as const) {
    target.count = levels.length;
    for (const [row, [price, quantity]] of levels.entries()) {
      target.prices[row] = price;
      target.quantities[row] = quantity;
    }
  }
  return view;
}

function apply(book: Map<number, number>, levels: readonly Level[]): void {
  for (const [price, quantity] of levels) {
    if (quantity === 0) book.delete(price);
    else book.set(price, quantity);
  }
}

describe('the public order book', () => {
  it('can be rebuilt from a snapshot taken at any moment and the changes that follow, as the venue documents', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 12 }), fc.nat(11), (steps, snapshotAt) => {
        const book = new DepthBook(100);
        const changes: DepthChange[] = [];
        let snapshot: ReturnType<DepthBook['snapshot']> | null = null;
        book.beginStream('s');
        for (const [index, { bids, asks, emits }] of steps.entries()) {
          book.update(viewOf(bids, asks));
          if (index === snapshotAt % steps.length) snapshot = book.snapshot(20);
          const change = emits ? book.takeChange('s') : null;
          if (change !== null) changes.push(change);
        }
        const last = book.takeChange('s');
        if (last !== null) changes.push(last);

        expect(changes.every((change, index) => index === 0 || change.previousId === changes[index - 1]?.lastId)).toBe(
          true,
        );
        const rebuilt = { bids: new Map(snapshot?.bids), asks: new Map(snapshot?.asks) };
        const later = changes.filter(({ lastId }) => lastId > (snapshot?.lastId ?? 0));
        expect(later.every(({ firstId }, index) => index > 0 || firstId <= (snapshot?.lastId ?? 0) + 1)).toBe(true);
        for (const change of later) {
          apply(rebuilt.bids, change.bids);
          apply(rebuilt.asks, change.asks);
        }
        const final = book.snapshot(20);
        expect([...rebuilt.bids].sort(([a], [b]) => b - a)).toEqual(final.bids);
        expect([...rebuilt.asks].sort(([a], [b]) => a - b)).toEqual(final.asks);
      }),
    );
  });

  it('says nothing when nothing changed', () => {
    const book = new DepthBook(1);
    book.update(viewOf([[1, 1]], [[2, 1]]));
    book.beginStream('s');
    book.update(viewOf([[1, 1]], [[2, 1]]));
    expect(book.takeChange('s')).toBeNull();
  });
});
