import { describe, expect, it } from 'vitest';
import type { OpenBroker } from './harness.ts';
import { withTrader } from './with-trader.ts';

/** What is told, when, and to whom. */
export function describeTelling(open: OpenBroker): void {
  describe('news', () => {
    it('tells acceptance before fills, each fill once, and the balances after', () =>
      withTrader(open, async (trader) => {
        await trader.quote(-1, 1, { ask: 2 });
        const terms = { type: 'limit', price: trader.price(1), timeInForce: 'GTC', postOnly: false } as const;
        const { order } = await trader.submit({ side: 'buy', quantity: trader.units(5), terms });
        await trader.quote(-1, 1, { ask: 1 });
        await trader.quote(-1, 1, { ask: 2 });
        expect(trader.now(order).state.status).toBe('filled');
        const told = trader.events.flatMap((event) => (event.type === 'order_update' ? [event.update.type] : []));
        expect(told.filter((type) => type !== 'filled')).toEqual(['accepted', 'fill', 'fill', 'fill']);
        expect(trader.net()).toEqual(trader.units(5));
        const times = trader.fills.map(({ time }) => time);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        const lastBalances = trader.events.findLast(({ type }) => type === 'balance_changed');
        expect(lastBalances).toBeDefined();
      }));

    it('stops telling a listener that has gone', () =>
      withTrader(open, async (trader) => {
        let heard = 0;
        const stop = trader.harness.broker.onEvent(() => {
          heard += 1;
        });
        await trader.quote(-1, 1);
        await trader.submit({ side: 'buy' });
        const before = heard;
        expect(before).toBeGreaterThan(0);
        stop();
        await trader.submit({ side: 'buy' });
        expect(heard).toBe(before);
        expect(trader.fills).toHaveLength(2);
      }));

    it('tells nothing after the close, and answers requests all the same', () =>
      withTrader(open, async (trader) => {
        const { broker } = trader.harness;
        await trader.quote(-1, 1);
        const terms = { type: 'limit', price: trader.price(-5), timeInForce: 'GTC', postOnly: false } as const;
        await trader.submit({ side: 'buy', terms });
        const { submission } = trader.prepare({ side: 'buy' });
        const underway = broker.submit(submission);
        await trader.answer(broker.close());
        const told = trader.events.length;
        await trader.trade(-9, 100, 'seller');
        expect((await trader.answer(underway)).kind).not.toBe('refused');
        const late = await trader.answer(broker.submit(trader.prepare({ side: 'buy' }).submission));
        expect(['not_executed', 'unknown']).toContain(late.kind);
        await trader.harness.passTime(10_000);
        expect(trader.events).toHaveLength(told);
      }));
  });
}
