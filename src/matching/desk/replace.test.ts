import { describe, expect, it } from 'vitest';
import { atoms } from '../atoms.ts';
import { futuresInstrument, NO_FEES, order, spotInstrument, testVenue } from '../../testkit/matching/builders.ts';
import type { TestVenue } from '../../testkit/matching/builders.ts';

const KEY = { accountId: 'a', symbol: 'BTCUSDT', id: { clientOrderId: 'old' } };
const QUOTE = { symbol: 'BTCUSDT', bid: 99, bidQuantity: 10, ask: 101, askQuantity: 10 };

/** An account with 200 USDT, all but 10 of it in a buy of 2 at 95. */
function withOld(market: 'spot' | 'futures' = 'spot'): TestVenue {
  const made = testVenue([market === 'spot' ? spotInstrument() : futuresInstrument()]);
  made.venue.openAccount('a', NO_FEES);
  made.venue.deposit('a', 'USDT', atoms('200'));
  if (market === 'futures') {
    made.venue.setLeverage({ accountId: 'a', symbol: 'BTCUSDT' }, 1);
    made.venue.mark('BTCUSDT', 100);
  }
  made.venue.quote(QUOTE);
  made.venue.placeOrder(order('buy', { clientOrderId: 'old', quantity: '2', price: '95' }));
  return made;
}

describe('replacing an order', () => {
  it.each(['spot', 'futures'] as const)('gives the new one the means of the old one, on %s', (market) => {
    const { venue } = withOld(market);
    const replaced = venue.replaceOrder(KEY, order('buy', { clientOrderId: 'new', quantity: '2', price: '98' }));
    expect(replaced.ok).toBe(true);
    expect(venue.views.openOrders('a', null).map(({ clientOrderId }) => clientOrderId)).toEqual(['new']);
  });

  it.each([
    ['more than there is', order('buy', { quantity: '3', price: '98' })],
    ['a post-only order that would take', order('buy', { quantity: '1', price: '102', postOnly: true })],
    ['a price off the tick', order('buy', { quantity: '1', price: '98.005' })],
    ['the id of the old one', order('buy', { clientOrderId: 'old', quantity: '1', price: '98' })],
  ])('leaves everything as it is when the new one is refused: %s', (_, request) => {
    for (const market of ['spot', 'futures'] as const) {
      const made = withOld(market);
      const before = made.venue.exportState();
      const told = made.events.length;
      expect(made.venue.replaceOrder(KEY, request).ok).toBe(false);
      expect(made.venue.exportState()).toEqual(before);
      expect(made.events.slice(told).filter(({ type }) => type === 'order')).toEqual([]);
    }
  });

  it('refuses orders that do not work, and those of a list', () => {
    const { venue } = withOld();
    const unknown = { ...KEY, id: { clientOrderId: 'nobody' } };
    const replaced = venue.replaceOrder(unknown, order('buy', { quantity: '1', price: '98' }));
    expect(replaced).toMatchObject({ ok: false, error: { reason: 'unknown_order' } });
    venue.deposit('a', 'BTC', atoms('1'));
    const limit = { type: 'limit', price: atoms('110'), timeInForce: 'GTC', postOnly: true } as const;
    const stop = { type: 'fixed', kind: 'stop', price: atoms('90'), source: 'last' } as const;
    venue.placeOco({
      ...{ accountId: 'a', symbol: 'BTCUSDT', listClientOrderId: 'list', side: 'sell', quantity: atoms('1') },
      above: { clientOrderId: 'target', execution: limit, trigger: null },
      below: { clientOrderId: 'stop', execution: { type: 'market' }, trigger: stop },
      selfTradePrevention: 'none',
    });
    const listed = venue.replaceOrder({ ...KEY, id: { clientOrderId: 'stop' } }, order('sell', { quantity: '1' }));
    expect(listed).toMatchObject({ ok: false, error: { reason: 'unsupported_combination' } });
    expect(venue.views.openOrders('a', null)).toHaveLength(3);
  });
});
