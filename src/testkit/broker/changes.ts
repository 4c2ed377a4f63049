import { describe, expect, it } from 'vitest';
import type { OpenBroker } from './harness.ts';
import type { Trader } from './trader.ts';
import { withTrader } from './with-trader.ts';

async function restingBuy(trader: Trader, units: number): Promise<Awaited<ReturnType<Trader['submit']>>> {
  await trader.quote(-1, 1);
  const terms = { type: 'limit', price: trader.price(-5), timeInForce: 'GTC', postOnly: false } as const;
  return trader.submit({ side: 'buy', quantity: trader.units(units), terms });
}

/** Replacing orders, and lists of which one cancels the other. */
export function describeChanges(open: OpenBroker): void {
  describe('replacing', () => {
    it('lets the new order work and the old one not', () =>
      withTrader(open, async (trader) => {
        const { order: old } = await restingBuy(trader, 2);
        const terms = { type: 'limit', price: trader.price(-3), timeInForce: 'GTC', postOnly: false } as const;
        const { order } = await trader.replace(old, { side: 'buy', quantity: trader.units(2), terms });
        expect(trader.now(old).state.status).toBe('cancelled');
        expect(trader.now(order).state.status).toBe('open');
        await trader.trade(-9, 100, 'seller');
        expect(trader.net()).toEqual(trader.units(2));
      }));

    for (const leg of ['entry', 'exit'] as const) {
      it(`never adds to what the old ${leg} could still fill, also when that fills on the way`, () =>
        withTrader(open, async (trader) => {
          await trader.quote(-1, 1);
          if (leg === 'exit') await trader.submit({ side: 'buy', quantity: trader.units(10) });
          const before = trader.net();
          const sign = leg === 'exit' ? 1 : -1;
          const side = leg === 'exit' ? 'sell' : 'buy';
          const at = (ticks: number) =>
            ({ type: 'limit', price: trader.price(sign * ticks), timeInForce: 'GTC', postOnly: false }) as const;
          const sketch = { side, leg, quantity: trader.units(4), reduceOnly: leg === 'exit' } as const;
          const { order: old } = await trader.submit({ ...sketch, terms: at(5) });
          const { order, submission } = trader.prepare({ ...sketch, terms: at(3) });
          const replaced = trader.harness.broker.replace(trader.now(old), submission);
          if (leg === 'exit') await trader.quote(5, 7, { bid: 3 });
          else await trader.quote(-7, -5, { ask: 3 });
          trader.take(order, await trader.answer(replaced));
          await trader.quote(-1, 1);
          await trader.trade(sign * 9, 100, leg === 'exit' ? 'buyer' : 'seller');
          const traded = trader.net().minus(before).abs();
          expect(traded.lessThanOrEqualTo(trader.units(4))).toBe(true);
          expect(traded.greaterThanOrEqualTo(trader.units(3))).toBe(true);
        }));
    }

    it('lets no entry grow by it', () =>
      withTrader(open, async (trader) => {
        const { order: old } = await restingBuy(trader, 2);
        const terms = { type: 'limit', price: trader.price(-3), timeInForce: 'GTC', postOnly: false } as const;
        await trader.replace(old, { side: 'buy', quantity: trader.units(3), terms });
        await trader.trade(-9, 100, 'seller');
        expect(trader.net()).toEqual(trader.units(2));
      }));

    it('moves a waiting stop, and lets it grow with the position', () =>
      withTrader(open, async (trader) => {
        await trader.quote(-1, 1);
        await trader.trade(0, 1, 'buyer');
        await trader.submit({ side: 'buy', quantity: trader.units(6) });
        const stopAt = (ticks: number) =>
          ({ type: 'stop_market', triggerPrice: trader.price(ticks), triggerSource: trader.triggerSource }) as const;
        const stop = { side: 'sell', leg: 'stop', reduceOnly: true } as const;
        const { order: old } = await trader.submit({ ...stop, quantity: trader.units(3), terms: stopAt(-20) });
        const { order } = await trader.replace(old, { ...stop, quantity: trader.units(5), terms: stopAt(-10) });
        expect(trader.now(old).state.status).toBe('cancelled');
        expect(trader.now(order).state.status).toBe('open');
        await trader.quote(-26, -24);
        await trader.trade(-25, 1, 'seller');
        expect(trader.now(order).state.status).toBe('filled');
        expect(trader.net()).toEqual(trader.units(1));
      }));

    it('leaves a waiting stop where it is when the new one is refused', () =>
      withTrader(open, async (trader) => {
        await trader.quote(-1, 1);
        await trader.trade(0, 1, 'buyer');
        await trader.submit({ side: 'buy', quantity: trader.units(6) });
        const stopAt = (ticks: number) =>
          ({ type: 'stop_market', triggerPrice: trader.price(ticks), triggerSource: trader.triggerSource }) as const;
        const stop = { side: 'sell', leg: 'stop', reduceOnly: true, quantity: trader.units(3) } as const;
        const { order: old } = await trader.submit({ ...stop, terms: stopAt(-20) });
        const { outcome } = await trader.replace(old, { ...stop, terms: stopAt(5) });
        expect(outcome.kind).toBe('refused');
        await trader.quote(-26, -24);
        await trader.trade(-25, 1, 'seller');
        expect(trader.now(old).state.status).toBe('filled');
        expect(trader.net()).toEqual(trader.units(3));
      }));

    it('leaves the old order at work when the new one is refused', (context) =>
      withTrader(open, async (trader) => {
        context.skip(!trader.harness.broker.capabilities.atomicReplace, 'it declares that it cannot');
        const { order: old } = await restingBuy(trader, 2);
        const terms = { type: 'limit', price: trader.price(2), timeInForce: 'GTC', postOnly: true } as const;
        const { outcome } = await trader.replace(old, { side: 'buy', quantity: trader.units(2), terms });
        expect(outcome.kind).toBe('refused');
        expect(trader.now(old).state.status).toBe('open');
        await trader.trade(-9, 100, 'seller');
        expect(trader.now(old).state.status).toBe('filled');
        expect(trader.net()).toEqual(trader.units(2));
      }));

    it('refuses to replace what does not work any more', () =>
      withTrader(open, async (trader) => {
        const { order: old } = await restingBuy(trader, 2);
        await trader.trade(-9, 100, 'seller');
        expect(trader.now(old).state.status).toBe('filled');
        const { submission } = trader.prepare({ side: 'buy', quantity: trader.units(2) });
        const outcome = await trader.answer(trader.harness.broker.replace(trader.now(old), submission));
        expect(outcome.kind).toBe('refused');
        expect(trader.net()).toEqual(trader.units(2));
      }));
  });

  describe('lists', () => {
    const stopAt = (trader: Trader, ticks: number) =>
      ({
        leg: 'stop',
        quantity: trader.units(2),
        terms: { type: 'stop_market', triggerPrice: trader.price(ticks), triggerSource: trader.triggerSource },
      }) as const;
    const targetAt = (trader: Trader, ticks: number) =>
      ({
        leg: 'target',
        quantity: trader.units(2),
        terms: { type: 'limit', price: trader.price(ticks), timeInForce: 'GTC', postOnly: true },
      }) as const;

    for (const [name, ticks, by] of [
      ['target', 11, 'buyer'],
      ['stop', -11, 'seller'],
    ] as const) {
      it(`ends the other order when the ${name} fills`, (context) =>
        withTrader(open, async (trader) => {
          context.skip(!trader.harness.broker.capabilities.oco, 'it declares that it cannot');
          await trader.quote(-1, 1);
          await trader.trade(0, 1, 'buyer');
          await trader.submit({ side: 'buy', quantity: trader.units(3) });
          const { orders, submissions } = trader.prepareOco([stopAt(trader, -10), targetAt(trader, 10)]);
          const outcome = await trader.answer(trader.harness.broker.submitList(submissions));
          expect(outcome.kind).toBe('answered');
          await trader.rest();
          expect(orders.map((order) => trader.now(order).state.status)).toEqual(['open', 'open']);
          await trader.quote(ticks - 1, ticks + 1);
          await trader.trade(ticks, 50, by);
          const statuses = orders.map((order) => trader.now(order).state.status);
          const [filled, ended] = name === 'stop' ? statuses : statuses.toReversed();
          expect(filled).toBe('filled');
          expect(['expired', 'cancelled']).toContain(ended);
          expect(trader.net()).toEqual(trader.units(1));
        }));
    }

    it('takes all of a list or nothing', (context) =>
      withTrader(open, async (trader) => {
        const { broker } = trader.harness;
        context.skip(!broker.capabilities.oco, 'it declares that it cannot');
        await trader.quote(-1, 1);
        await trader.trade(0, 1, 'buyer');
        await trader.submit({ side: 'buy', quantity: trader.units(3) });
        const refusedOnes = [
          [stopAt(trader, 5), targetAt(trader, 10)],
          [stopAt(trader, -10), targetAt(trader, -2)],
          [stopAt(trader, -10), { ...targetAt(trader, 10), quantity: trader.units(50) }],
        ] as const;
        for (const sketches of refusedOnes) {
          const { submissions } = trader.prepareOco(sketches);
          const outcome = await trader.answer(broker.submitList(submissions));
          expect(outcome).toMatchObject({ kind: 'refused', code: expect.stringMatching(/./) as string });
          expect((await trader.answer(broker.snapshot())).ownOrders).toEqual([]);
        }
        const { orders, submissions } = trader.prepareOco([stopAt(trader, -10), targetAt(trader, 10)]);
        await trader.answer(broker.submitList(submissions));
        const [stop] = orders;
        if (stop !== undefined) await trader.cancel(stop);
        await trader.rest();
        expect(orders.map((order) => trader.now(order).state.status)).toEqual(['cancelled', 'cancelled']);
      }));
  });
}
