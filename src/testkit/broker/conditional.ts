import { describe, expect, it } from 'vitest';
import type { OpenBroker } from './harness.ts';
import type { Trader } from './trader.ts';
import { withTrader } from './with-trader.ts';

async function buy(trader: Trader, units: number): Promise<void> {
  await trader.quote(-1, 1);
  await trader.trade(0, 1, 'buyer');
  await trader.submit({ side: 'buy', quantity: trader.units(units) });
}

/** Orders that wait for a price, and orders that may only reduce. */
export function describeConditional(open: OpenBroker): void {
  describe('conditional orders', () => {
    it('sets a stop off by the last trade, not by a quote, and fills it at the market', () =>
      withTrader(open, async (trader) => {
        await buy(trader, 5);
        const terms = {
          type: 'stop_market',
          triggerPrice: trader.price(-10),
          triggerSource: trader.triggerSource,
        } as const;
        const sketch = { side: 'sell', leg: 'stop', quantity: trader.units(4), reduceOnly: true, terms } as const;
        const { order } = await trader.submit(sketch);
        expect(trader.now(order).state.status).toBe('open');
        await trader.quote(-12, -11);
        expect(trader.now(order).state.status).toBe('open');
        await trader.trade(-9, 1, 'seller');
        expect(trader.now(order).state.status).toBe('open');
        await trader.trade(-10, 1, 'seller');
        const { state, execution } = trader.now(order);
        expect(state.status).toBe('filled');
        expect(execution.filledNotional).toEqual(trader.price(-12).times(trader.units(4)));
      }));

    it('sets a target off by a trade on the other side', () =>
      withTrader(open, async (trader) => {
        await buy(trader, 5);
        const terms = {
          type: 'take_profit',
          triggerPrice: trader.price(10),
          triggerSource: trader.triggerSource,
          price: null,
        } as const;
        const sketch = { side: 'sell', leg: 'target', quantity: trader.units(4), reduceOnly: true, terms } as const;
        const { order } = await trader.submit(sketch);
        await trader.quote(9, 11);
        await trader.trade(10, 1, 'buyer');
        expect(trader.now(order).state.status).toBe('filled');
      }));

    it('lets a trailing stop follow the best price and fire on the retreat', (context) =>
      withTrader(open, async (trader) => {
        const { broker, instrument } = trader.harness;
        const hasTrailing = broker.capabilities.orderTypes[instrument.market].has('trailing_stop');
        context.skip(!hasTrailing, 'it declares that it cannot');
        await buy(trader, 5);
        const trail = { trailingDeltaBps: 100, activationPrice: null, triggerSource: trader.triggerSource } as const;
        const terms = { type: 'trailing_stop', ...trail } as const;
        const sketch = { side: 'sell', leg: 'stop', quantity: trader.units(4), reduceOnly: true, terms } as const;
        const { order } = await trader.submit(sketch);
        const percent = trader.harness.basePrice.div(100).div(instrument.rules.tick).toNumber();
        await trader.trade(Math.round(5 * percent), 1, 'buyer');
        await trader.trade(Math.round(4.2 * percent), 1, 'seller');
        expect(trader.now(order).state.status).toBe('open');
        await trader.quote(Math.round(3.8 * percent), Math.round(4 * percent));
        await trader.trade(Math.round(3.9 * percent), 1, 'seller');
        expect(trader.now(order).state.status).toBe('filled');
      }));

    it('cancels a stop that waits', () =>
      withTrader(open, async (trader) => {
        await buy(trader, 5);
        const terms = {
          type: 'stop_market',
          triggerPrice: trader.price(-10),
          triggerSource: trader.triggerSource,
        } as const;
        const sketch = { side: 'sell', leg: 'stop', quantity: trader.units(4), reduceOnly: true, terms } as const;
        const { order } = await trader.submit(sketch);
        await trader.cancel(order);
        await trader.trade(-20, 1, 'seller');
        expect(trader.now(order).state.status).toBe('cancelled');
        expect(trader.net()).toEqual(trader.units(5));
      }));

    it('never turns a position by an order that may only reduce', (context) =>
      withTrader(open, async (trader) => {
        context.skip(trader.harness.instrument.market === 'spot', 'spot has no positions to turn');
        await buy(trader, 2);
        const { order } = await trader.submit({
          ...{ side: 'sell', leg: 'exit', quantity: trader.units(5), reduceOnly: true },
        });
        expect(trader.now(order).execution.filledQuantity.lessThanOrEqualTo(trader.units(2))).toBe(true);
        expect(trader.net().greaterThanOrEqualTo(0)).toBe(true);
        const { positions } = await trader.answer(trader.harness.broker.snapshot());
        expect(positions.filter(({ side }) => side === 'short')).toEqual([]);
        const { outcome } = await trader.submit({ side: 'buy', leg: 'exit', reduceOnly: true });
        expect(outcome.kind).toBe('refused');
      }));
  });
}
