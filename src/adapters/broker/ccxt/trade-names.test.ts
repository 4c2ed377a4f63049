import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { price, quantity } from '../../../domain/decimal.ts';
import { createFakeClock } from '../../../testkit/fake-clock.ts';
import type { VenueTrade } from './fills.ts';
import { OwnOrders } from './orders.ts';
import { named } from './trade-names.ts';

const SYMBOL = 'BTCUSDT';

function tradeOf(orderId: string): VenueTrade {
  return {
    ...{ symbol: SYMBOL, venueTradeId: `t${orderId}`, venueOrderId: orderId, clientOrderId: null, side: 'buy' },
    ...{ price: price('1'), quantity: quantity('1'), fee: null, isMaker: false, time: 0 },
  };
}

/** Ids as venues have them: beyond what a float holds. */
const idAt = (index: number): string => String(9_007_199_254_740_993n + BigInt(index));

describe('the names of trades', () => {
  it('are those of their orders, whether they are known, listed, or told one by one, in few questions', async () => {
    const kinds = fc.constantFrom('known', 'listed', 'unlisted', 'forgotten');
    const orderKinds = fc.array(fc.tuple(kinds, fc.boolean()), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(orderKinds, fc.integer({ min: 2, max: 12 }), async (drawn, limit) => {
        const orders = new OwnOrders('mine', createFakeClock(0));
        const all = drawn.map(([kind, isTraded], index) => ({
          id: idAt(index),
          kind,
          isTraded,
          name: `client ${index}`,
        }));
        for (const { id, kind, name } of all) if (kind === 'known') orders.link(SYMBOL, id, `own ${name}`);
        let [single, pages] = [0, 0];
        const trades = all.filter(({ isTraded }) => isTraded).map(({ id }) => tradeOf(id));
        const told = await named(trades, {
          ...{ symbol: SYMBOL, orders },
          questions: {
            limit,
            one: async (id) => {
              single += 1;
              const order = all.find((each) => each.id === id);
              return order === undefined || order.kind === 'forgotten' ? null : order.name;
            },
            page: async (fromId) => {
              pages += 1;
              const listed = all.filter(
                ({ id, kind }) => (kind === 'listed' || kind === 'known') && BigInt(id) >= BigInt(fromId),
              );
              return listed.slice(0, limit).map(({ id, name }) => ({ orderId: id, clientOrderId: name }));
            },
          },
        });
        for (const { venueOrderId, clientOrderId } of told) {
          const order = all.find(({ id }) => id === venueOrderId);
          const names = { known: `own ${order?.name}`, forgotten: null, listed: order?.name, unlisted: order?.name };
          expect(clientOrderId).toBe(names[order?.kind ?? 'forgotten']);
        }
        const unknown = all.filter(({ kind, isTraded }) => isTraded && kind !== 'known');
        const untold = unknown.filter(({ kind }) => kind !== 'listed').length;
        expect(told).toHaveLength(trades.length);
        expect(single).toBe(unknown.length < 5 ? unknown.length : untold);
        expect(pages).toBeLessThanOrEqual(
          unknown.length < 5 ? 0 : Math.min(unknown.length, Math.ceil(all.length / limit) + 1),
        );
      }),
    );
  });
});
