import { describe, expect, it } from 'vitest';
import { price, quantity } from '../../domain/decimal.ts';
import type { Instrument } from '../../domain/instrument.ts';
import { atoms } from '../atoms.ts';
import { futuresInstrument, NO_FEES, order, spotInstrument, testVenue } from '../../testkit/matching/builders.ts';
import type { TestVenue } from '../../testkit/matching/builders.ts';
import type { VenueFill } from '../venue-types.ts';

const QUOTE = { symbol: 'BTCUSDT', bid: 99, bidQuantity: 10, ask: 101, askQuantity: 10 };
const outsideSells = (at: number, size: number) => ({
  ...{ symbol: 'BTCUSDT', price: at, quantity: size, buyerIsTaker: false },
});

function funded(instrument: Instrument): TestVenue {
  const made = testVenue([instrument]);
  made.venue.openAccount('a', NO_FEES);
  return made;
}

/** Another run of the venue with what this one has exported. */
function nextRun({ venue }: TestVenue, instrument: Instrument): TestVenue {
  const made = funded(instrument);
  made.venue.importState(venue.exportState());
  return made;
}

function fills({ events }: TestVenue): VenueFill[] {
  return events.flatMap((event) => (event.type === 'order' && event.fill !== null ? [event.fill] : []));
}

/** A buy at 99 in an account with 10,000. */
function withRestingBuy(seesItsPrice: boolean): TestVenue {
  const made = funded(spotInstrument());
  made.venue.deposit('a', 'USDT', atoms('10000'));
  if (seesItsPrice) made.venue.quote(QUOTE);
  made.venue.placeOrder(order('buy', { quantity: '2', price: '99' }));
  return made;
}

describe('the state of a venue', () => {
  it('is the same after it has been exported and imported, and nothing is told', () => {
    const first = withRestingBuy(true);
    first.venue.trade(outsideSells(99, 11));
    const second = nextRun(first, spotInstrument());
    expect(second.venue.exportState()).toEqual(first.venue.exportState());
    expect(second.venue.views.balances('a')).toEqual(first.venue.views.balances('a'));
    second.venue.tellPending();
    expect(second.events).toEqual([]);
    expect(fills(first)).toHaveLength(1);
  });

  it('keeps what stood before an order in its queue', () => {
    const second = nextRun(withRestingBuy(true), spotInstrument());
    second.venue.quote(QUOTE);
    second.venue.trade(outsideSells(99, 10));
    expect(fills(second)).toEqual([]);
    second.venue.trade(outsideSells(99, 2));
    expect(fills(second)).toHaveLength(1);
  });

  it('keeps an order that joined out of sight behind all that is first seen there', () => {
    const second = nextRun(withRestingBuy(false), spotInstrument());
    second.venue.quote({ ...QUOTE, bidQuantity: 3 });
    second.venue.trade(outsideSells(99, 3));
    expect(fills(second)).toEqual([]);
    second.venue.trade(outsideSells(99, 1));
    expect(fills(second).map(({ quantity: filled }) => filled)).toEqual([atoms('1')]);
  });

  it('shows nothing of the outside before the outside shows itself', () => {
    const second = nextRun(withRestingBuy(true), spotInstrument());
    const placed = second.venue.placeOrder(order('buy', { quantity: '1' }));
    expect(placed).toMatchObject({ ok: true, value: { order: { status: 'expired' }, fills: [] } });
  });

  it('lets a trailing stop go on from its best price', () => {
    const first = funded(spotInstrument());
    first.venue.deposit('a', 'BTC', atoms('1'));
    first.venue.trade(outsideSells(100, 1));
    const trail = { type: 'trailing', kind: 'stop', deltaBps: 1_000, activationPrice: null, source: 'last' } as const;
    first.venue.placeOrder(order('sell', { quantity: '1', trigger: trail }));
    first.venue.trade(outsideSells(200, 1));
    first.venue.trade(outsideSells(190, 1));
    const second = nextRun(first, spotInstrument());
    second.venue.trade(outsideSells(195, 1));
    second.venue.quote({ ...QUOTE, bid: 181 });
    second.venue.trade(outsideSells(181, 1));
    expect(fills(second)).toEqual([]);
    second.venue.trade(outsideSells(180, 1));
    expect(fills(second)).toHaveLength(1);
  });

  it('lets one order of a list end the other', () => {
    const first = funded(spotInstrument());
    first.venue.deposit('a', 'BTC', atoms('1'));
    first.venue.trade(outsideSells(100, 1));
    const limit = { type: 'limit', price: atoms('110'), timeInForce: 'GTC', postOnly: true } as const;
    const stop = { type: 'fixed', kind: 'stop', price: atoms('90'), source: 'last' } as const;
    first.venue.placeOco({
      ...{ accountId: 'a', symbol: 'BTCUSDT', listClientOrderId: 'list', side: 'sell', quantity: atoms('1') },
      above: { clientOrderId: 'target', execution: limit, trigger: null },
      below: { clientOrderId: 'stop', execution: { type: 'market' }, trigger: stop },
      selfTradePrevention: 'none',
    });
    const second = nextRun(first, spotInstrument());
    second.venue.quote(QUOTE);
    second.venue.trade(outsideSells(90, 1));
    expect(fills(second)).toHaveLength(1);
    expect(second.venue.views.openOrders('a', null)).toEqual([]);
    expect(second.venue.views.openLists('a')).toEqual([]);
    expect(second.venue.views.balances('a').every(({ locked }) => locked === 0n)).toBe(true);
  });

  it('holds futures positions, margin and algo orders', () => {
    const first = funded(futuresInstrument());
    first.venue.deposit('a', 'USDT', atoms('1000'));
    first.venue.setLeverage({ accountId: 'a', symbol: 'BTCUSDT' }, 5);
    first.venue.setMarginMode({ accountId: 'a', symbol: 'BTCUSDT' }, 'isolated');
    first.venue.mark('BTCUSDT', 100);
    first.venue.quote(QUOTE);
    first.venue.placeOrder(order('buy', { quantity: '3' }));
    first.venue.placeOrder(order('buy', { quantity: '1', price: '85' }));
    const stop = { type: 'fixed', kind: 'stop', price: atoms('90'), source: 'mark' } as const;
    first.venue.placeAlgoOrder(order('sell', { quantity: '3', trigger: stop, reduceOnly: true }));
    const second = nextRun(first, futuresInstrument());
    expect(second.venue.views.futuresAccount('a')).toEqual(first.venue.views.futuresAccount('a'));
    expect(second.venue.exportState()).toEqual(first.venue.exportState());
    second.venue.quote({ ...QUOTE, bid: 89 });
    second.venue.mark('BTCUSDT', 90);
    expect(fills(second)).toMatchObject([{ quantity: atoms('3'), price: atoms('89') }]);
    expect(second.venue.views.futuresAccount('a').positions[0]?.quantity).toBe(0n);
  });

  it('fits a venue whose tick and step have changed meanwhile', () => {
    const first = withRestingBuy(true);
    const coarse = spotInstrument({}, { tick: price('0.25'), step: quantity('0.4') });
    const second = nextRun(first, coarse);
    second.venue.quote(QUOTE);
    second.venue.trade(outsideSells(98.75, 1));
    expect(fills(second)).toMatchObject([{ quantity: atoms('2'), price: atoms('99') }]);
  });

  it('gives no id twice', () => {
    const first = withRestingBuy(true);
    const second = nextRun(first, spotInstrument());
    const [resting] = second.venue.views.openOrders('a', null);
    const placed = second.venue.placeOrder(order('buy', { quantity: '1', price: '90' }));
    expect(placed.ok && placed.value.order.orderId).toBeGreaterThan(resting?.orderId ?? Infinity);
  });

  it('needs the symbols in which there are orders, and the accounts', () => {
    const state = withRestingBuy(true).venue.exportState();
    const withoutAccount = testVenue([spotInstrument()]).venue;
    expect(() => withoutAccount.importState(state)).toThrow(RangeError);
    const withoutSymbol = testVenue([]).venue;
    withoutSymbol.openAccount('a', NO_FEES);
    expect(() => withoutSymbol.importState(state)).toThrow(RangeError);
  });
});
