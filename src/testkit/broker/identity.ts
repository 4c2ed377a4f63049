import { describe, expect, it } from 'vitest';
import { quantity } from '../../domain/decimal.ts';
import { asId } from '../../domain/ids.ts';
import { clientOrderId } from '../../domain/order/client-order-id.ts';
import { idAt } from '../builders/example.ts';
import type { OpenBroker } from './harness.ts';
import { withTrader } from './with-trader.ts';

/** Which order is which, and what is said of those that are not. */
export function describeIdentity(open: OpenBroker): void {
  describe('identity', () => {
    it('executes an order once that is sent twice under one client order id', () =>
      withTrader(open, async (trader) => {
        await trader.quote(-1, 1);
        const terms = { type: 'limit', price: trader.price(-5), timeInForce: 'GTC', postOnly: false } as const;
        const { order, submission } = trader.prepare({ side: 'buy', quantity: trader.units(2), terms });
        const { broker } = trader.harness;
        const outcomes = await trader.answer(Promise.all([broker.submit(submission), broker.submit(submission)]));
        expect(outcomes.map(({ kind }) => kind)).toEqual(['answered', 'answered']);
        for (const outcome of outcomes) trader.take(order, outcome);
        trader.take(order, await trader.answer(broker.submit(submission)));
        await trader.trade(-9, 100, 'seller');
        expect(trader.now(order).state.status).toBe('filled');
        expect(trader.net()).toEqual(trader.units(2));
      }));

    it('answers a question about an order with all that is known of it', () =>
      withTrader(open, async (trader) => {
        await trader.quote(-1, 1);
        const { order, submission } = trader.prepare({ side: 'buy' });
        await trader.answer(trader.harness.broker.submit(submission));
        const answer = await trader.answer(trader.harness.broker.query(order));
        if (answer.kind !== 'found') throw new Error(`the answer is ${answer.kind}`);
        trader.take(order, { kind: 'answered', updates: answer.updates });
        expect(trader.now(order).state.status).toBe('filled');
        expect(trader.now(order).execution.filledQuantity).toEqual(trader.units(1));
      }));

    it('says of an order that never arrived that it is not there, in the end for good', () =>
      withTrader(open, async (trader) => {
        const { order } = trader.prepare();
        const first = await trader.answer(trader.harness.broker.query(order));
        expect(first.kind).toBe('not_found');
        await trader.harness.passTime(40_000);
        expect(await trader.answer(trader.harness.broker.query(order))).toEqual({ kind: 'not_found', final: true });
      }));

    it('refuses with a code what the exchange rules or the balance do not allow', () =>
      withTrader(open, async (trader) => {
        await trader.quote(-1, 1);
        const { unit, instrument, broker } = trader.harness;
        const offStep = quantity(unit.plus(instrument.rules.step.div(2)));
        const limit = { type: 'limit', price: trader.price(0), timeInForce: 'GTC', postOnly: false } as const;
        const sketches = [
          { quantity: offStep },
          { quantity: quantity('0') },
          { quantity: trader.units(1_000_000), terms: limit },
          { terms: { ...limit, price: instrument.rules.tick.div(2).plus(trader.price(0)) as typeof limit.price } },
          { terms: { ...limit, price: trader.price(2), postOnly: true } },
        ];
        for (const sketch of sketches) {
          const { order, outcome } = await trader.submit({ side: 'buy', ...sketch });
          expect(outcome).toMatchObject({ kind: 'refused', code: expect.stringMatching(/./) as string });
          const answer = await trader.answer(broker.query(order));
          if (answer.kind === 'found') expect(answer.updates.at(-1)?.type).toBe('rejected');
          expect(trader.now(order).state.status).toBe('rejected');
        }
        expect(trader.fills).toEqual([]);
        expect((await trader.answer(broker.snapshot())).ownOrders).toEqual([]);
      }));

    it('lists a working order of ours with what it was meant to be, so that one that no book knows can be ended', () =>
      withTrader(open, async (trader) => {
        await trader.quote(-1, 1);
        const terms = { type: 'limit', price: trader.price(-5), timeInForce: 'GTC', postOnly: false } as const;
        const { order } = await trader.submit({ side: 'buy', quantity: trader.units(2), terms });
        const { ownOrders } = await trader.answer(trader.harness.broker.snapshot());
        const { market, symbol } = trader.harness.instrument;
        const { clientOrderId } = order;
        expect(ownOrders).toMatchObject([
          { market, symbol, clientOrderId, side: 'buy', quantity: trader.units(2), terms },
        ]);
      }));

    it('knows its own client order ids from those of others', () =>
      withTrader(open, async (trader) => {
        await trader.quote(-1, 1);
        const { broker, instance } = trader.harness;
        const { order } = await trader.submit({ side: 'buy', quantity: trader.units(2) });
        expect(broker.ownerOf(order.clientOrderId)).toBe(order.intent.id);
        const { order: exit } = await trader.submit({ side: 'sell', leg: 'exit', reduceOnly: true });
        expect(broker.ownerOf(exit.clientOrderId)).toBe(exit.intent.id);
        const foreign = instance === 'zzzz' ? 'yyyy' : 'zzzz';
        const other = clientOrderId({ instance: foreign, subject: idAt(1), leg: 'entry', number: 1 });
        expect(broker.ownerOf(other)).toBeNull();
        expect(broker.ownerOf('web_1234')).toBeNull();
        expect(broker.ownerOf(asId('x'))).toBeNull();
      }));
  });
}
