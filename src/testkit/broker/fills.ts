import { describe, expect, it } from 'vitest';
import { withTrader } from './with-trader.ts';
import type { OpenBroker } from './harness.ts';

/** How orders fill, rest and end. */
export function describeFills(open: OpenBroker): void {
  describe('orders', () => {
    it('fills a market order at the quoted price, with its fee', () =>
      withTrader(open, async (trader) => {
        await trader.quote(-1, 1);
        const { order } = await trader.submit({ side: 'buy', quantity: trader.units(2) });
        const { state, execution } = trader.now(order);
        expect(state.status).toBe('filled');
        expect(execution.filledQuantity).toEqual(trader.units(2));
        const notional = trader.price(1).times(trader.units(2));
        expect(execution.filledNotional).toEqual(notional);
        const dueFee = notional.times(trader.harness.takerRate);
        expect(execution.feesValue.minus(dueFee).abs().toNumber()).toBeLessThan(1e-4);
        for (const { fee, liquidity, price } of trader.fills) {
          expect(liquidity).toBe('taker');
          expect(fee.value).toEqual(fee.amount.times(fee.rate));
          expect(fee.rate).toEqual(fee.asset === trader.harness.instrument.base ? price : fee.rate.div(fee.rate));
        }
      }));

    it('lets a limit order rest, fill in parts as the market comes to it, and be cancelled with what is left', () =>
      withTrader(open, async (trader) => {
        await trader.quote(-1, 1);
        const terms = { type: 'limit', price: trader.price(-5), timeInForce: 'GTC', postOnly: false } as const;
        const { order } = await trader.submit({ side: 'buy', quantity: trader.units(3), terms });
        expect(trader.now(order).state.status).toBe('open');
        await trader.quote(-7, -5, { ask: 1 });
        expect(trader.now(order).state.status).toBe('partial');
        expect(trader.now(order).execution.filledQuantity).toEqual(trader.units(1));
        await trader.cancel(order);
        const { state, execution } = trader.now(order);
        expect(state.status).toBe('cancelled');
        expect(execution.filledQuantity).toEqual(trader.units(1));
        expect(trader.fills.map(({ price, liquidity }) => [price, liquidity])).toEqual([[trader.price(-5), 'maker']]);
        const { ownOrders } = await trader.answer(trader.harness.broker.snapshot());
        expect(ownOrders).toEqual([]);
      }));

    it('fills a limit order that the market trades through', () =>
      withTrader(open, async (trader) => {
        await trader.quote(-1, 1);
        const terms = { type: 'limit', price: trader.price(-5), timeInForce: 'GTC', postOnly: true } as const;
        const { order } = await trader.submit({ side: 'buy', quantity: trader.units(2), terms });
        await trader.trade(-4, 50, 'seller');
        expect(trader.now(order).state.status).toBe('open');
        await trader.trade(-6, 1, 'seller');
        expect(trader.now(order).state.status).toBe('filled');
      }));

    it('books the fill that was on its way before the cancel, and counts nothing twice', () =>
      withTrader(open, async (trader) => {
        await trader.quote(-1, 1);
        const terms = { type: 'limit', price: trader.price(-5), timeInForce: 'GTC', postOnly: false } as const;
        const { order } = await trader.submit({ side: 'buy', terms });
        const cancelled = trader.harness.broker.cancel(trader.now(order));
        await trader.trade(-6, 1, 'seller');
        const outcome = await trader.answer(cancelled);
        if (outcome.kind === 'answered') trader.take(order, outcome);
        expect(trader.now(order).state.status).toBe('filled');
        expect(trader.net()).toEqual(trader.units(1));
        const again = await trader.answer(trader.harness.broker.cancel(trader.now(order)));
        if (again.kind === 'answered') trader.take(order, again);
        expect(['answered', 'refused']).toContain(again.kind);
        expect(trader.now(order).state.status).toBe('filled');
      }));

    it('ends an immediate-or-cancel order with what the book had', () =>
      withTrader(open, async (trader) => {
        await trader.quote(-1, 1, { ask: 1 });
        const terms = { type: 'limit', price: trader.price(1), timeInForce: 'IOC', postOnly: false } as const;
        const { order } = await trader.submit({ side: 'buy', quantity: trader.units(3), terms });
        const { state, execution } = trader.now(order);
        expect(['expired', 'cancelled']).toContain(state.status);
        expect(execution.filledQuantity).toEqual(trader.units(1));
      }));
  });
}
