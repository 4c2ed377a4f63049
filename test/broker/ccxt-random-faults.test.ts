/** Orders through a venue that fails by chance: what is asked for until it is known makes the same books as the venue's. */
import { afterEach, describe, expect, it } from 'vitest';

import { Decimal } from '../../src/domain/decimal.ts';
import { seededRandom } from '../../src/lib/random.ts';
import { Trader } from '../../src/testkit/broker/trader.ts';
import { expectSameBooks, settled, tradeByChance } from './random-orders.ts';
import type { BrokerVenue } from './venue.ts';
import { harnessOf, openVenue } from './venue.ts';

const STEPS = 40;
const SEEDS = [1, 2, 3, 4, 5, 6];

let venue: BrokerVenue;
afterEach(() => venue.close());

describe.each(['spot', 'futures'] as const)('on %s', (market) => {
  it.each(SEEDS)('the books come to what the exchange holds, seed %i', async (seed) => {
    venue = await openVenue({ market, balances: { USDT: '100000', BTC: '50' } });
    const trader = new Trader(harnessOf(venue));
    const random = seededRandom(seed);
    await trader.quote(-1, 1);
    await trader.trade(0, 1, 'buyer');
    await venue.arm({ seed, rates: { errorBefore: 0.12, errorAfter: 0.12, loseAnswer: 0.12 } });
    const orders = await tradeByChance(trader, () => random.next(), {
      steps: STEPS,
      between: () => venue.arm({ kind: 'cut_sockets', group: 'user' }),
    });
    await venue.arm({ seed, rates: {} });
    await venue.passTime(70_000);
    for (const order of orders) await settled(trader, order);
    const { snapshot, fills, net } = await expectSameBooks(trader, orders);
    if (market === 'futures') return;
    const { base: asset } = venue.instrument;
    const baseFees = fills
      .filter(({ fill }) => fill.fee.asset === asset)
      .reduce((sum, { fill }) => sum.plus(fill.fee.amount), new Decimal(0));
    const base = snapshot.balances.find((balance) => balance.asset === asset);
    expect(base?.free.plus(base.locked)).toEqual(net.minus(baseFees).plus(50));
  });
});
