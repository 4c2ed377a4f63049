import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { DepthSide } from '../market/source.ts';
import { DEPTH_LEVELS } from '../market/source.ts';
import { BookSide } from './book-side.ts';

function levelsBehind(book: BookSide, price: number): [number, number][] {
  const view: DepthSide = {
    count: 0,
    prices: new Float64Array(DEPTH_LEVELS),
    quantities: new Float64Array(DEPTH_LEVELS),
  };
  book.appendBehind(price, view);
  return Array.from({ length: view.count }, (_, i) => [view.prices[i] ?? 0, view.quantities[i] ?? 0]);
}

describe('a side of a recorded book', () => {
  it.each(['bid', 'ask'] as const)('holds what was set last at each price, in order of price: %s', (side) => {
    const change = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9 })));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 300 }), fc.integer({ min: 0, max: 61 }), (changes, from) => {
        const book = new BookSide(side);
        for (const [price, quantity] of changes) book.set(price, quantity);
        const better = (a: number, b: number): number => (side === 'bid' ? b - a : a - b);
        const model = [...new Map(changes)].filter(([, quantity]) => quantity > 0).sort(([a], [b]) => better(a, b));
        expect([book.bestPrice, book.bestQuantity]).toEqual(model[0] ?? [NaN, NaN]);
        const behind = model.filter(([price]) => better(price, from) > 0);
        expect(levelsBehind(book, from)).toEqual(behind.slice(0, DEPTH_LEVELS));
      }),
    );
  });

  it('is bounded: beyond 10,000 prices the dead ones and the furthest are forgotten, never the best', () => {
    const book = new BookSide('bid');
    for (let price = 1; price <= 30_000; price += 1) {
      book.set(price, price % 3 === 0 ? 0 : 1);
      book.set(price - 5_000, 0);
    }
    expect(book.bestPrice).toBe(29_999);
    expect(levelsBehind(book, 29_999).slice(0, 3)).toEqual([
      [29_998, 1],
      [29_996, 1],
      [29_995, 1],
    ]);
    book.clear();
    expect(book.bestPrice).toBeNaN();
  });
});
