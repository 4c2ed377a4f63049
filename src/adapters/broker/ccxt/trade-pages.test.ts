import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { price, quantity } from '../../../domain/decimal.ts';
import type { VenueTrade } from './fills.ts';
import { tradesSince } from './trade-pages.ts';

const NOW = 10_000_000_000;

function tradeAt(time: number, id: number): VenueTrade {
  return {
    ...{ symbol: 'BTCUSDT', venueTradeId: String(id), venueOrderId: '1', clientOrderId: null, side: 'buy' },
    ...{ price: price('1'), quantity: quantity('1'), fee: null, isMaker: false, time },
  };
}

describe('the trades since a time', () => {
  it.each([
    ['the first', (page: VenueTrade[], limit: number) => page.slice(0, limit)],
    ['the last', (page: VenueTrade[], limit: number) => page.slice(-limit)],
  ])('are all of them, once and in order, when a full page holds %s of its stretch', async (_, cut) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5_000 }), { maxLength: 60 }),
        fc.integer({ min: 0, max: 5_000 }),
        fc.integer({ min: 3, max: 20 }),
        async (ages, sinceAge, limit) => {
          // The exchange gives what happened in one millisecond in one page.
          const times = [...new Set(ages)].map((age) => NOW - age).sort((a, b) => a - b);
          const trades = times.map((time, index) => tradeAt(time, index + 1));
          const page = async (stretch: { fromMs: number; toMs: number } | null): Promise<VenueTrade[]> => {
            if (stretch === null) return trades.filter(({ time }) => time >= NOW - 2_000).slice(-limit);
            expect(stretch.toMs - stretch.fromMs).toBeLessThan(1_000);
            return cut(
              trades.filter(({ time }) => time >= stretch.fromMs && time <= stretch.toMs),
              limit,
            );
          };
          const sinceMs = NOW - sinceAge;
          const terms = { nowMs: NOW, limit, windowMs: 1_000, newestReachMs: 2_000 };
          const told = await tradesSince(page, sinceMs, terms);
          expect(told.map(({ time }) => time)).toEqual(times.filter((time) => time >= sinceMs));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are found with one question when the newest reach back far enough', async () => {
    let asked = 0;
    const page = async (): Promise<VenueTrade[]> => {
      asked += 1;
      return [tradeAt(NOW - 500, 1), tradeAt(NOW - 10, 2)];
    };
    const terms = { nowMs: NOW, limit: 2, windowMs: 1_000, newestReachMs: 2_000 };
    expect((await tradesSince(page, NOW - 400, terms)).map(({ venueTradeId }) => venueTradeId)).toEqual(['2']);
    expect(asked).toBe(1);
  });
});
