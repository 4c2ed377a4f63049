/** Orders through exchanges that fail by chance and list late: by news and questions the books come to what they hold. */
import { describe, expect, it } from 'vitest';

import { isFinal } from '../../../src/domain/order/order.ts';
import { seededRandom } from '../../../src/lib/random.ts';
import { Trader } from '../../../src/testkit/broker/trader.ts';
import { expectSameBooks, settled, tradeByChance } from '../random-orders.ts';
import type { Mishap } from './stand-in.ts';
import { openVenue, VENUES_UNDER_TEST } from './under-test.ts';
import { harnessOf } from './venue.ts';

const STEPS = 25;
const SEEDS = [1, 2, 3];
const MISHAPS: readonly Omit<Mishap, 'path'>[] = [
  { isCarriedOut: false, answer: { status: 500, body: '' } },
  { isCarriedOut: true, answer: { status: 503, body: 'busy' } },
  { isCarriedOut: true, answer: null },
  { isCarriedOut: false, answer: null },
];

describe.each(VENUES_UNDER_TEST)('at $name', (venue) => {
  it.each(SEEDS)('the books come to what the exchange holds, seed %i', async (seed) => {
    const opened = await openVenue(venue);
    const { standIn, passTime, close } = opened;
    try {
      const trader = new Trader(harnessOf(opened, '0.5'));
      const random = seededRandom(seed);
      await trader.quote(-1, 1);
      await trader.trade(0, 1, 'buyer');
      standIn.lagMs = seed * 300;
      standIn.trouble = () => MISHAPS[Math.floor(random.next() * MISHAPS.length * 4)] ?? null;
      const orders = await tradeByChance(trader, () => random.next(), { steps: STEPS });
      standIn.trouble = () => null;
      await passTime(70_000);
      // By news alone, without a question more, every order has ended here that has ended there.
      const working = standIn.orders().filter(({ kind }) => kind !== 'refused').length;
      expect(working).toBeGreaterThan(0);
      const told = orders.filter((order) => !isFinal(trader.now(order).state.status)).length;
      const { ownOrders } = await trader.answer(opened.broker.snapshot());
      expect(told).toBe(ownOrders.length);
      for (const order of orders) await settled(trader, order);
      await expectSameBooks(trader, orders);
    } finally {
      await close();
    }
  });
});
