import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/decimal.ts';
import type { AccountSnapshot } from '../../ports/broker.ts';
import type { OpenBroker } from './harness.ts';
import type { Trader } from './trader.ts';
import { withTrader } from './with-trader.ts';

function held(snapshot: AccountSnapshot, asset: string): Decimal {
  const balance = snapshot.balances.find((candidate) => candidate.asset === asset);
  return balance === undefined ? new Decimal(0) : balance.free.plus(balance.locked);
}

/** What the fills make of the balances: on spot base and quote change hands; on futures the wallet is paid when flat. */
function expectFillsToExplain(trader: Trader, before: AccountSnapshot, after: AccountSnapshot): void {
  const { base, quote, market } = trader.harness.instrument;
  let baseChange = new Decimal(0);
  let quoteChange = new Decimal(0);
  for (const { side, price, quantity, fee } of trader.fills) {
    const sign = side === 'buy' ? 1 : -1;
    if (market === 'spot') baseChange = baseChange.plus(quantity.times(sign));
    quoteChange = quoteChange.minus(price.times(quantity).times(sign));
    if (fee.asset === base) baseChange = baseChange.minus(fee.amount);
    if (fee.asset === quote) quoteChange = quoteChange.minus(fee.amount);
  }
  if (market === 'spot') expect(held(after, base).minus(held(before, base))).toEqual(baseChange);
  expect(held(after, quote).minus(held(before, quote))).toEqual(quoteChange);
}

/** The account says what the fills say. */
export function describeMoney(open: OpenBroker): void {
  describe('money', () => {
    it('is conserved to the last digit: the balances are the first ones and the fills', () =>
      withTrader(open, async (trader) => {
        const { broker } = trader.harness;
        await trader.quote(-1, 1, { ask: 1 });
        const before = await trader.answer(broker.snapshot());
        const terms = { type: 'limit', price: trader.price(-3), timeInForce: 'GTC', postOnly: false } as const;
        await trader.submit({ side: 'buy', quantity: trader.units(2), terms });
        await trader.submit({ side: 'buy', quantity: trader.units(1) });
        await trader.quote(-4, -3, { ask: 3 });
        await trader.quote(2, 3, { bid: 5 });
        const isSpot = trader.harness.instrument.market === 'spot';
        const sold = isSpot ? trader.units(2) : trader.units(3);
        await trader.submit({ side: 'sell', leg: 'exit', quantity: sold, reduceOnly: true });
        expect(trader.net()).toEqual(isSpot ? trader.units(1) : new Decimal(0));
        const after = await trader.answer(broker.snapshot());
        expectFillsToExplain(trader, before, after);
        expect(after.positions).toEqual([]);
      }));

    it('reports the fills since a time, each with its client order id', () =>
      withTrader(open, async (trader) => {
        await trader.quote(-1, 1);
        const { order } = await trader.submit({ side: 'buy' });
        const { broker, instrument } = trader.harness;
        const reported = await trader.answer(broker.fillsSince(instrument, 0));
        expect(reported.map(({ fill }) => fill)).toEqual(trader.fills);
        expect(reported.map(({ clientOrderId }) => clientOrderId)).toEqual(reported.map(() => order.clientOrderId));
        const last = Math.max(...trader.fills.map(({ time }) => time));
        expect(await trader.answer(broker.fillsSince(instrument, last + 1))).toEqual([]);
      }));

    it('binds balance for what rests, and sets it free with the cancel', (context) =>
      withTrader(open, async (trader) => {
        const { broker, instrument } = trader.harness;
        context.skip(instrument.market === 'futures', 'futures bind margin and not the notional');
        await trader.quote(-1, 1);
        const before = await trader.answer(broker.snapshot());
        const terms = { type: 'limit', price: trader.price(-5), timeInForce: 'GTC', postOnly: false } as const;
        const { order } = await trader.submit({ side: 'buy', quantity: trader.units(2), terms });
        const resting = await trader.answer(broker.snapshot());
        const quote = resting.balances.find(({ asset }) => asset === instrument.quote);
        expect(quote?.locked).toEqual(trader.price(-5).times(trader.units(2)));
        expect(held(resting, instrument.quote)).toEqual(held(before, instrument.quote));
        await trader.cancel(order);
        const after = await trader.answer(broker.snapshot());
        expect(after.balances.map(({ locked }) => locked.isZero())).not.toContain(false);
      }));
  });
}
