import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { asId } from '../../../domain/ids.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import { marketRow } from '../../../testkit/scripted-engine.ts';
import { BoundedList } from './bounded-list.ts';
import { PriceMemory } from './price-memory.ts';

const SYMBOL = asId<VenueSymbol>('BTCUSDT');

describe('what the screen keeps', () => {
  it('of entries are the latest, in order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(100), (most, count) => {
        const list = new BoundedList<number>(most);
        for (let entry = 0; entry < count; entry += 1) list.add(entry);
        const kept = Math.min(most, count);
        expect(list.latest()).toEqual(Array.from({ length: kept }, (_, at) => count - kept + at));
      }),
    );
  });

  it('of prices is the last one of each ten seconds', () => {
    const memory = new PriceMemory();
    const seen = [
      [0, 1],
      [9_999, 2],
      [10_000, 3],
      [40_000, 4],
      [45_000, NaN],
      [49_000, 5],
    ] as const;
    for (const [now, price] of seen) memory.see([marketRow('BTCUSDT', price)], now);
    expect(memory.pricesOf(SYMBOL)).toEqual([2, 3, 5]);
    expect(memory.pricesOf(asId('ETHUSDT'))).toEqual([]);
  });

  it('of prices is bounded', () => {
    const memory = new PriceMemory();
    for (let step = 0; step < 1_000; step += 1) memory.see([marketRow('BTCUSDT', step + 1)], step * 10_000);
    expect(memory.pricesOf(SYMBOL)).toHaveLength(180);
    expect(memory.pricesOf(SYMBOL).at(-1)).toBe(1_000);
  });
});
