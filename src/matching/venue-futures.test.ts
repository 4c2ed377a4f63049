import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asId } from '../domain/ids.ts';
import type { VenueSymbol } from '../domain/ids.ts';
import { atoms, atomsNumber } from './atoms.ts';
import { FUTURES_TERMS, futuresInstrument, NO_FEES, order, START_MS, testVenue } from '../testkit/matching/builders.ts';
import type { OrderParts, TestVenue } from '../testkit/matching/builders.ts';
import type { Venue } from './venue.ts';
import type { FeeTerms, OrderRequest, PositionReport, Refusal, Trigger, VenueEvent } from './venue-types.ts';

const SYMBOL = 'BTCUSDT';
const HOUR_MS = 3_600_000;
const KEY = { accountId: 'a', symbol: SYMBOL };

/** Accounts a and b with 1000 USDT each; mark 100, last 100, book 99 | 101 with 100 on both sides. */
function market(fees: FeeTerms = NO_FEES): TestVenue {
  const eth = futuresInstrument({ symbol: asId<VenueSymbol>('ETHUSDT'), base: 'ETH' });
  const test = testVenue([futuresInstrument(), eth]);
  for (const account of ['a', 'b']) {
    test.venue.openAccount(account, fees);
    test.venue.deposit(account, 'USDT', atoms('1000'));
  }
  for (const symbol of [SYMBOL, 'ETHUSDT']) {
    test.venue.mark(symbol, 100);
    test.venue.trade({ symbol, price: 100, quantity: 1, buyerIsTaker: true });
    showBook(test.venue, symbol);
  }
  return test;
}

function showBook(venue: Venue, symbol = SYMBOL, [bid, ask] = [99, 101]): void {
  venue.depth({ symbol, bids: [[bid, 100]], asks: [[ask, 100]], isSnapshot: true });
}

function place(venue: Venue, request: OrderRequest) {
  const placed = venue.placeOrder(request);
  if (!placed.ok) throw new Error(`refused: ${placed.error.reason}`);
  return placed.value;
}

function reasonOf(result: { readonly ok: boolean; readonly error?: Refusal }): string {
  return result.error?.reason ?? 'accepted';
}

const wallet = (venue: Venue, account = 'a') => {
  const found = venue.views.futuresAccount(account).wallets.find(({ asset }) => asset === 'USDT');
  if (found === undefined) throw new Error('no wallet');
  return found;
};

const position = (venue: Venue, parts: { account?: string; side?: string; symbol?: string } = {}): PositionReport => {
  const { account = 'a', side = 'both', symbol = SYMBOL } = parts;
  const { positions } = venue.views.futuresAccount(account);
  const found = positions.find((one) => one.positionSide === side && one.symbol === symbol);
  if (found === undefined) throw new Error('no position');
  return found;
};

const kinds = (events: readonly VenueEvent[]) =>
  events.flatMap((event) => {
    if (event.type === 'order') return [`${event.order.clientOrderId} ${event.change}`];
    if (event.type === 'algo_order') return [`${event.order.clientAlgoId} is ${event.order.status}`];
    return [];
  });

describe('margin', () => {
  it('is bound by positions at mark and by open orders on the side that needs more', () => {
    const { venue } = market();
    place(venue, order('buy', { quantity: '10' }));
    expect(position(venue)).toMatchObject({ quantity: atoms('10'), entryPrice: atoms('101'), notional: atoms('1000') });
    expect(wallet(venue)).toMatchObject({ unrealizedPnl: atoms('-10'), positionInitialMargin: atoms('50') });
    // Selling 15 would leave 5 short: less than what is held. Selling 25 leaves 15 short.
    place(venue, order('sell', { quantity: '15', price: '110' }));
    expect(wallet(venue).openOrderInitialMargin).toBe(atoms('0'));
    place(venue, order('sell', { quantity: '10', price: '110' }));
    expect(wallet(venue).openOrderInitialMargin).toBe(atoms('37.5'));
    place(venue, order('buy', { quantity: '20', price: '90' }));
    expect(wallet(venue).openOrderInitialMargin).toBe(atoms('90'));
    expect(wallet(venue).availableBalance).toBe(atoms('1000') - atoms('10') - atoms('50') - atoms('90'));
    venue.cancelAllOrders('a', null);
    expect(wallet(venue).openOrderInitialMargin).toBe(0n);
  });

  it('is asked for with the loss that an order would open with, and must be available', () => {
    const { venue } = market();
    // 180 x 101 / 20 = 909, and 1 against the mark for each: 1089.
    expect(reasonOf(venue.placeOrder(order('buy', { quantity: '180', price: '101' })))).toBe('insufficient_margin');
    expect(reasonOf(venue.placeOrder(order('buy', { quantity: '200', price: '99' })))).toBe('accepted');
    expect(reasonOf(venue.placeOrder(order('buy', { quantity: '3', price: '99' })))).toBe('insufficient_margin');
  });

  it('is not asked for by orders that close, however little is available', () => {
    const { venue } = market();
    place(venue, order('buy', { quantity: '100' }));
    venue.withdraw('a', 'USDT', wallet(venue).availableBalance);
    expect(wallet(venue).availableBalance).toBe(0n);
    expect(reasonOf(venue.placeOrder(order('buy', { quantity: '1', price: '90' })))).toBe('insufficient_margin');
    expect(reasonOf(venue.placeOrder(order('sell', { quantity: '100', price: '99' })))).toBe('accepted');
  });

  it('follows the leverage, which needs margin to be lowered and brackets to be raised', () => {
    const { venue } = market();
    place(venue, order('buy', { quantity: '90' }));
    expect(reasonOf(venue.setLeverage(KEY, 5))).toBe('insufficient_margin');
    expect(venue.views.symbolConfig('a', SYMBOL)).toEqual({ leverage: 20, marginMode: 'cross' });
    expect(reasonOf(venue.setLeverage(KEY, 100))).toBe('accepted');
    expect(position(venue).initialMargin).toBe(atoms('90'));
    expect(reasonOf(venue.setLeverage(KEY, 126))).toBe('leverage_too_high');
    expect(reasonOf(venue.setLeverage(KEY, 1.5))).toBe('leverage_too_high');
    venue.deposit('a', 'USDT', atoms('100000'));
    showBook(venue);
    // At leverage 100 the first bracket, of 50,000, holds.
    expect(reasonOf(venue.placeOrder(order('buy', { quantity: '450', price: '95' })))).toBe('max_position_notional');
    expect(reasonOf(venue.placeOrder(order('buy', { quantity: '420', price: '95' })))).toBe('accepted');
  });
});

describe('a position', () => {
  it('without a mark price yet is worth what it was entered for', () => {
    const { venue } = testVenue([
      futuresInstrument(),
      futuresInstrument({ symbol: asId<VenueSymbol>('ETHUSDT'), base: 'ETH' }),
    ]);
    venue.openAccount('a', NO_FEES);
    venue.deposit('a', 'USDT', atoms('1000'));
    showBook(venue);
    place(venue, order('buy', { quantity: '10' }));
    expect(position(venue)).toMatchObject({ notional: atoms('1010'), unrealizedPnl: 0n });
    venue.mark('ETHUSDT', 100);
    showBook(venue, 'ETHUSDT');
    place(venue, order('buy', { symbol: 'ETHUSDT', quantity: '1' }));
    venue.mark('ETHUSDT', 99);
    expect(position(venue).quantity).toBe(atoms('10'));
  });

  it('realises profit against its average entry, and turns with what is traded beyond it', () => {
    const { venue, events } = market();
    place(venue, order('buy', { quantity: '1' }));
    showBook(venue, SYMBOL, [103, 104]);
    place(venue, order('buy', { quantity: '2' }));
    expect(position(venue).entryPrice).toBe(atoms('103'));
    showBook(venue, SYMBOL, [106, 107]);
    const sold = place(venue, order('sell', { quantity: '5' }));
    expect(sold.fills[0]?.realizedPnl).toBe(atoms('9'));
    expect(position(venue)).toMatchObject({ quantity: atoms('-2'), entryPrice: atoms('106') });
    expect(events.filter((event) => event.type === 'income')).toMatchObject([
      { kind: 'transfer' },
      { kind: 'transfer' },
      { kind: 'realized_pnl', amount: atoms('9') },
    ]);
  });

  it('in hedge mode has two legs that orders name', () => {
    const { venue } = market();
    expect(reasonOf(venue.setPositionMode('a', 'hedge'))).toBe('accepted');
    expect(reasonOf(venue.setPositionMode('a', 'hedge'))).toBe('position_mode_unchanged');
    expect(reasonOf(venue.placeOrder(order('buy', { quantity: '1' })))).toBe('position_side_mismatch');
    place(venue, order('buy', { quantity: '3', positionSide: 'long' }));
    place(venue, order('sell', { quantity: '2', positionSide: 'short' }));
    expect(position(venue, { side: 'long' }).quantity).toBe(atoms('3'));
    expect(position(venue, { side: 'short' }).quantity).toBe(atoms('-2'));
    // A sale of the long leg only closes.
    const closed = place(venue, order('sell', { quantity: '5', positionSide: 'long' }));
    expect(closed.order).toMatchObject({ status: 'expired', executedQuantity: atoms('3') });
    expect(reasonOf(venue.placeOrder(order('sell', { quantity: '1', positionSide: 'long' })))).toBe(
      'reduce_only_rejected',
    );
    expect(reasonOf(venue.setPositionMode('a', 'one_way'))).toBe('position_mode_locked');
  });

  it('can be there from the start', () => {
    const { venue } = market();
    venue.seedPosition({ ...KEY, positionSide: 'both', quantity: atoms('-2'), entryPrice: atoms('110') });
    expect(position(venue)).toMatchObject({
      quantity: atoms('-2'),
      entryPrice: atoms('110'),
      unrealizedPnl: atoms('20'),
    });
    expect(wallet(venue).walletBalance).toBe(atoms('1000'));
  });
});

describe('a reduce-only order', () => {
  it('is refused without a position against it, and cut to the position', () => {
    const { venue } = market();
    expect(reasonOf(venue.placeOrder(order('sell', { quantity: '1', reduceOnly: true })))).toBe('reduce_only_rejected');
    place(venue, order('buy', { quantity: '2' }));
    expect(reasonOf(venue.placeOrder(order('buy', { quantity: '1', reduceOnly: true })))).toBe('reduce_only_rejected');
    const closing = place(venue, order('sell', { quantity: '5', reduceOnly: true }));
    expect(closing.order).toMatchObject({ status: 'expired', executedQuantity: atoms('2') });
    expect(position(venue).quantity).toBe(0n);
  });

  it('expires when the position is gone', () => {
    const { venue, events } = market();
    place(venue, order('buy', { quantity: '2' }));
    place(venue, order('sell', { quantity: '2', price: '120', reduceOnly: true, clientOrderId: 'target' }));
    place(venue, order('sell', { quantity: '2', clientOrderId: 'close' }));
    expect(kinds(events).slice(-2)).toEqual(['close trade', 'target expired']);
  });
});

const trigger = (kind: 'stop' | 'take_profit', price: string, source: 'last' | 'mark' = 'mark'): Trigger => ({
  type: 'fixed',
  kind,
  price: atoms(price),
  source,
});

describe('an algo order', () => {
  const stop = (parts: OrderParts = {}) =>
    order('sell', { quantity: '2', trigger: trigger('stop', '95'), clientOrderId: 'stop', ...parts });

  it('waits without margin, and gives birth to an order whose end is its own', () => {
    const { venue, events } = market();
    place(venue, order('buy', { quantity: '2' }));
    expect(reasonOf(venue.placeAlgoOrder(stop({ reduceOnly: true })))).toBe('accepted');
    expect(venue.views.openOrders('a', null)).toEqual([]);
    expect(venue.views.openAlgoOrders('a', SYMBOL)).toMatchObject([{ clientAlgoId: 'stop', status: 'new' }]);
    events.length = 0;
    venue.mark(SYMBOL, 95.01);
    expect(kinds(events)).toEqual([]);
    venue.mark(SYMBOL, 95);
    expect(kinds(events)).toEqual([
      'stop is triggering',
      'stop new',
      'stop is triggered',
      'stop trade',
      'stop is finished',
    ]);
    expect(venue.views.openAlgoOrders('a', null)).toEqual([]);
    const finished = events.findLast((event) => event.type === 'algo_order');
    expect(finished).toMatchObject({ order: { childExecutedQuantity: atoms('2'), childExecutedQuote: atoms('198') } });
  });

  it('watches the price it was told to', () => {
    const { venue } = market();
    place(venue, order('buy', { quantity: '2' }));
    venue.placeAlgoOrder(stop({ trigger: trigger('stop', '95', 'last') }));
    venue.mark(SYMBOL, 90);
    expect(venue.views.openAlgoOrders('a', null)).toHaveLength(1);
    venue.trade({ symbol: SYMBOL, price: 95, quantity: 1, buyerIsTaker: false });
    expect(venue.views.openAlgoOrders('a', null)).toEqual([]);
  });

  it('for the whole position takes what there is when it fires, and expires when there is none', () => {
    const { venue, events } = market();
    place(venue, order('buy', { quantity: '2' }));
    const whole = order('sell', { trigger: trigger('stop', '95'), clientOrderId: 'whole' });
    expect(reasonOf(venue.placeAlgoOrder(whole))).toBe('accepted');
    expect(reasonOf(venue.placeAlgoOrder({ ...whole, clientOrderId: 'other' }))).toBe('close_position_exists');
    place(venue, order('buy', { quantity: '3' }));
    venue.mark(SYMBOL, 94);
    expect(position(venue).quantity).toBe(0n);
    venue.mark(SYMBOL, 100);
    place(venue, order('buy', { quantity: '1' }));
    expect(reasonOf(venue.placeAlgoOrder({ ...whole, clientOrderId: 'again' }))).toBe('accepted');
    place(venue, order('sell', { quantity: '1' }));
    expect(kinds(events).at(-1)).toBe('again is expired');
    expect(reasonOf(venue.placeAlgoOrder({ ...whole, clientOrderId: 'late' }))).toBe('no_position');
  });

  it('is rejected when its order cannot be placed', () => {
    const { venue, events } = market();
    place(venue, order('buy', { quantity: '2' }));
    venue.placeAlgoOrder(stop({ reduceOnly: true }));
    place(venue, order('sell', { quantity: '2' }));
    venue.mark(SYMBOL, 95);
    expect(events.findLast((event) => event.type === 'algo_order')).toMatchObject({
      order: { status: 'rejected', cause: 'reduce_only_rejected' },
    });
  });

  it('is refused when it would fire at once, twice under one id, and in the order service', () => {
    const { venue } = market();
    expect(reasonOf(venue.placeAlgoOrder(stop({ trigger: trigger('stop', '100') })))).toBe('would_trigger_immediately');
    expect(reasonOf(venue.placeOrder(stop()))).toBe('unsupported_combination');
    expect(reasonOf(venue.placeAlgoOrder(stop()))).toBe('accepted');
    expect(reasonOf(venue.placeAlgoOrder(stop()))).toBe('duplicate_client_order_id');
    expect(reasonOf(venue.cancelAlgoOrder({ accountId: 'a', id: { clientId: 'stop' } }))).toBe('accepted');
    expect(reasonOf(venue.cancelAlgoOrder({ accountId: 'a', id: { clientId: 'stop' } }))).toBe('unknown_order');
  });

  it('that trails activates on the profitable side and fires on the retreat', () => {
    const { venue } = market();
    place(venue, order('buy', { quantity: '2' }));
    const trailing = {
      type: 'trailing',
      kind: 'take_profit',
      deltaBps: 100,
      activationPrice: atoms('105'),
      source: 'mark',
    } as const;
    expect(reasonOf(venue.placeAlgoOrder(stop({ trigger: { ...trailing, activationPrice: atoms('100') } })))).toBe(
      'would_trigger_immediately',
    );
    venue.placeAlgoOrder(stop({ trigger: trailing }));
    for (const mark of [104, 102, 105.5, 110, 108.91]) venue.mark(SYMBOL, mark);
    expect(venue.views.openAlgoOrders('a', null)[0]?.trailing).toMatchObject({
      extreme: atoms('110'),
      triggerPrice: atoms('108.9'),
    });
    venue.mark(SYMBOL, 108.9);
    expect(venue.views.openAlgoOrders('a', null)).toEqual([]);
  });

  it('restored waits on under its id', () => {
    const { venue } = market();
    venue.placeAlgoOrder(stop());
    const [report] = venue.views.openAlgoOrders('a', null);
    if (report === undefined) throw new Error('no algo order');
    const other = market().venue;
    expect(reasonOf(other.restoreAlgoOrder({ ...report, algoId: 9 }))).toBe('accepted');
    expect(other.views.openAlgoOrder({ accountId: 'a', id: { venueId: 9 } })).toMatchObject({ clientAlgoId: 'stop' });
    expect(reasonOf(other.restoreAlgoOrder({ ...report, algoId: 9, clientAlgoId: 'b' }))).toBe(
      'unsupported_combination',
    );
  });
});

describe('an amended order', () => {
  const key = (clientOrderId: string) => ({ ...KEY, id: { clientOrderId } });
  const to = (price: string, quantity: string) => ({ price: atoms(price), quantity: atoms(quantity) });

  it('keeps its id, takes what its new price meets, and goes behind', () => {
    const { venue } = market();
    const { order: before } = place(venue, order('buy', { quantity: '2', price: '99.5', clientOrderId: 'mine' }));
    place(venue, order('buy', { accountId: 'b', quantity: '2', price: '99.6' }));
    const amended = venue.amendOrder(key('mine'), to('99.6', '3'));
    expect(amended).toMatchObject({ value: { order: { orderId: before.orderId, quantity: atoms('3') } } });
    place(venue, order('sell', { accountId: 'b', quantity: '4', price: '99.6', selfTradePrevention: 'none' }));
    expect(venue.views.openOrders('a', null)).toMatchObject([{ executedQuantity: atoms('2') }]);
    place(venue, order('buy', { accountId: 'b', quantity: '1', price: '99.6', clientOrderId: 'other' }));
    const taking = venue.amendOrder(key('mine'), to('101', '5'));
    expect(venue.views.depth(SYMBOL, 1).bids).toEqual([[atoms('99.6'), atoms('1')]]);
    place(venue, order('sell', { quantity: '1', price: '99.6' }));
    expect(venue.views.openOrders('b', null)).toEqual([]);
    expect(taking).toMatchObject({ value: { order: { status: 'filled' }, fills: [{ price: atoms('101') }] } });
  });

  it('stays as it is when the new terms are refused', () => {
    const { venue } = market();
    place(venue, order('buy', { quantity: '2', price: '99.5', clientOrderId: 'mine' }));
    const before = wallet(venue);
    expect(reasonOf(venue.amendOrder(key('mine'), to('99.5', '2')))).toBe('no_change');
    expect(reasonOf(venue.amendOrder(key('mine'), to('99.5', '5000')))).toBe('insufficient_margin');
    expect(reasonOf(venue.amendOrder(key('mine'), to('99.555', '2')))).toBe('price_precision');
    expect(reasonOf(venue.amendOrder(key('gone'), to('99.5', '2')))).toBe('unknown_order');
    expect(wallet(venue)).toEqual(before);
    expect(venue.views.openOrders('a', null)).toMatchObject([{ quantity: atoms('2'), status: 'new' }]);
  });

  it('ends when its new quantity is filled already, or post-only would take', () => {
    const { venue } = market();
    place(venue, order('buy', { quantity: '2', price: '99.5', clientOrderId: 'part' }));
    place(venue, order('sell', { accountId: 'b', quantity: '1', price: '99.5' }));
    expect(venue.amendOrder(key('part'), to('99.5', '1'))).toMatchObject({ value: { order: { status: 'cancelled' } } });
    place(venue, order('buy', { quantity: '2', price: '99.5', postOnly: true, clientOrderId: 'post' }));
    expect(venue.amendOrder(key('post'), to('101', '2'))).toMatchObject({ value: { order: { status: 'cancelled' } } });
    expect(venue.views.openOrders('a', null)).toEqual([]);
  });
});

describe('funding', () => {
  it("is paid at the symbol's own interval: value at mark x rate, from longs to shorts", () => {
    const { venue, events } = market();
    place(venue, order('buy', { quantity: '10' }));
    place(venue, order('sell', { accountId: 'b', quantity: '4' }));
    venue.setFundingRate(SYMBOL, atoms('0.0001'));
    venue.mark(SYMBOL, 102);
    venue.advanceTo(START_MS + 8 * HOUR_MS - 1);
    expect(events.some(({ type }) => type === 'funding_settled')).toBe(false);
    venue.advanceTo(START_MS + 17 * HOUR_MS);
    const paid = events.filter((event) => event.type === 'income' && event.kind === 'funding_fee');
    expect(paid).toMatchObject([
      { at: START_MS + 8 * HOUR_MS, accountId: 'a', amount: atoms('-0.102') },
      { at: START_MS + 8 * HOUR_MS, accountId: 'b', amount: atoms('0.0408') },
      { at: START_MS + 16 * HOUR_MS, accountId: 'a', amount: atoms('-0.102') },
      { at: START_MS + 16 * HOUR_MS, accountId: 'b', amount: atoms('0.0408') },
    ]);
    const told = events.find((event) => event.type === 'futures_account' && event.reason === 'funding');
    expect(told).toMatchObject({ accountId: 'a', wallets: [{ asset: 'USDT', balanceChange: atoms('-0.102') }] });
  });
});

describe('isolated margin', () => {
  function isolated(): TestVenue {
    const test = market();
    expect(reasonOf(test.venue.setMarginMode(KEY, 'isolated'))).toBe('accepted');
    place(test.venue, order('buy', { quantity: '10' }));
    return test;
  }

  it('is set aside by a fill and comes back with the share that closes', () => {
    const { venue } = isolated();
    expect(position(venue).isolatedWallet).toBe(atoms('50.5'));
    expect(wallet(venue)).toMatchObject({ walletBalance: atoms('1000'), crossWalletBalance: atoms('949.5') });
    place(venue, order('sell', { quantity: '4' }));
    expect(position(venue).isolatedWallet).toBe(atoms('30.3'));
    expect(wallet(venue).walletBalance).toBe(atoms('992'));
  });

  it('can be added to, and taken back as far as the position does not need it', () => {
    const { venue } = isolated();
    const key = { ...KEY, positionSide: 'both' as const };
    expect(reasonOf(venue.moveIsolatedMargin(key, atoms('100')))).toBe('accepted');
    expect(position(venue).isolatedWallet).toBe(atoms('150.5'));
    expect(reasonOf(venue.moveIsolatedMargin(key, atoms('-95')))).toBe('isolated_margin_insufficient');
    expect(reasonOf(venue.moveIsolatedMargin(key, atoms('-90')))).toBe('accepted');
    expect(reasonOf(venue.moveIsolatedMargin(key, atoms('5000')))).toBe('isolated_margin_insufficient');
  });

  it('is all that a liquidation costs; what is missing the insurance fund pays', () => {
    const { venue, events } = isolated();
    venue.depth({ symbol: SYMBOL, bids: [[80, 100]], asks: [], isSnapshot: true });
    venue.mark(SYMBOL, 90);
    expect(position(venue).quantity).toBe(0n);
    expect(wallet(venue).walletBalance).toBe(atoms('949.5'));
    // Closed at the mark, 11 below entry, with 50.5 of margin.
    expect(events.find(({ type }) => type === 'liquidation')).toMatchObject({ insurancePaid: atoms('59.5'), fee: 0n });
  });

  it('leaves its fee with the insurance fund, and what is over with the account', () => {
    const { venue, events } = isolated();
    venue.moveIsolatedMargin({ ...KEY, positionSide: 'both' }, atoms('20'));
    venue.depth({ symbol: SYMBOL, bids: [[94.2, 100]], asks: [], isSnapshot: true });
    venue.mark(SYMBOL, 94.3);
    // 70.5 of margin less 68 of loss leaves 2.5, under the fee of 943 x 0.0125.
    expect(events.find(({ type }) => type === 'liquidation')).toMatchObject({ insurancePaid: 0n, fee: atoms('2.5') });
    expect(wallet(venue).walletBalance).toBe(atoms('929.5'));
  });

  it('can be chosen only without position and orders, and its leverage not be lowered', () => {
    const { venue } = isolated();
    expect(reasonOf(venue.setMarginMode(KEY, 'cross'))).toBe('margin_mode_locked');
    expect(reasonOf(venue.setMarginMode(KEY, 'isolated'))).toBe('margin_mode_unchanged');
    expect(reasonOf(venue.setLeverage(KEY, 10))).toBe('leverage_locked');
  });
});

describe('cross margin', () => {
  it('closes the largest loss first, and no more than the rest needs to stand', () => {
    const { venue, events } = market();
    place(venue, order('buy', { quantity: '90' }));
    place(venue, order('buy', { symbol: 'ETHUSDT', quantity: '5' }));
    place(venue, order('buy', { quantity: '1', price: '50', clientOrderId: 'waiting' }));
    venue.depth({ symbol: SYMBOL, bids: [[90, 5]], asks: [], isSnapshot: true });
    venue.mark(SYMBOL, 90.2);
    const liquidations = events.filter(({ type }) => type === 'liquidation');
    expect(liquidations).toMatchObject([
      { symbol: SYMBOL, quantity: atoms('90'), marginMode: 'cross', insurancePaid: 0n },
    ]);
    expect(kinds(events)).toContain('waiting expired');
    expect(position(venue, { symbol: 'ETHUSDT' }).quantity).toBe(atoms('5'));
    expect(wallet(venue).crossWalletBalance >= 0n).toBe(true);
  });

  it('warns once before, and again only after it was safe in between', () => {
    const { venue, events } = market();
    place(venue, order('buy', { quantity: '90' }));
    const calls = () => events.filter(({ type }) => type === 'margin_call').length;
    for (const [mark, expected] of [
      [92, 0],
      [90.33, 1],
      [90.32, 1],
      [95, 1],
      [90.33, 2],
    ] as const) {
      venue.mark(SYMBOL, mark);
      expect(calls(), `at ${mark}`).toBe(expected);
    }
    expect(position(venue).quantity).toBe(atoms('90'));
  });
});

describe('the liquidation price', () => {
  it('is where liquidation begins: not an atom of mark price before, and from there on', () => {
    const drawn = fc.record({
      isLong: fc.boolean(),
      isIsolated: fc.boolean(),
      isHedged: fc.boolean(),
      quantity: fc.integer({ min: 5, max: 500 }),
      leverage: fc.integer({ min: 2, max: 50 }),
    });
    fc.assert(
      fc.property(drawn, ({ isLong, isIsolated, isHedged, quantity, leverage }) => {
        const { venue } = market();
        venue.deposit('a', 'USDT', atoms('2000'));
        venue.setLeverage(KEY, leverage);
        if (isIsolated) venue.setMarginMode(KEY, 'isolated');
        if (isHedged) venue.setPositionMode('a', 'hedge');
        const side = isHedged ? (isLong ? 'long' : 'short') : 'both';
        const open = (leg: 'buy' | 'sell', size: number, positionSide: OrderRequest['positionSide']) => {
          venue.depth({ symbol: SYMBOL, bids: [[100, 1e6]], asks: [[100.01, 1e6]], isSnapshot: true });
          return venue.placeOrder(order(leg, { quantity: (size / 10).toFixed(1), positionSide }));
        };
        fc.pre(open(isLong ? 'buy' : 'sell', quantity, side).ok);
        if (isHedged) open(isLong ? 'sell' : 'buy', Math.floor(quantity / 3), isLong ? 'short' : 'long');
        venue.depth({ symbol: SYMBOL, bids: [], asks: [], isSnapshot: true });
        const liquidationPrice = position(venue, { side }).liquidationPrice;
        fc.pre(liquidationPrice !== null);
        const at = atomsNumber(liquidationPrice ?? 0n);
        // The bracket at that price must be the one of now for the price to be exact.
        fc.pre(at > 1 && at * quantity < 499_000 && Math.abs(at - 100) > 0.01);
        const step = (liquidationPrice ?? 0n) < atoms('100') ? 1e-4 : -1e-4;
        venue.mark(SYMBOL, at + step);
        expect(position(venue, { side }).quantity).not.toBe(0n);
        venue.mark(SYMBOL, at - step);
        expect(position(venue, { side }).quantity).toBe(0n);
      }),
      { numRuns: 300 },
    );
  });
});

describe('commission', () => {
  it('leaves the wallet in the margin asset, or in the fee token at its discount', () => {
    const fees = { makerRate: 0n, takerRate: atoms('0.0005'), feeToken: { asset: 'BNB', discount: atoms('0.1') } };
    const { venue } = market(fees);
    expect(place(venue, order('buy', { quantity: '1' })).fills).toMatchObject([
      { commission: atoms('0.0505'), commissionAsset: 'USDT' },
    ]);
    expect(position(venue).breakEvenPrice).toBe(atoms('101.0505'));
    venue.setFeeTokenPrice('USDT', 500);
    venue.deposit('a', 'BNB', atoms('1'));
    expect(place(venue, order('buy', { quantity: '1' })).fills).toMatchObject([
      { commission: atoms('0.0000909'), commissionAsset: 'BNB' },
    ]);
  });
});

describe('withdrawals', () => {
  it('take what is available and no more', () => {
    const { venue } = market();
    place(venue, order('buy', { quantity: '10' }));
    expect(reasonOf(venue.withdraw('a', 'USDT', atoms('940.00000001')))).toBe('insufficient_balance');
    expect(reasonOf(venue.withdraw('a', 'USDT', atoms('940')))).toBe('accepted');
    expect(FUTURES_TERMS.marginAsset).toBe('USDT');
  });
});

describe('a futures symbol that is delisted', () => {
  it('settles what is open at the mark price under the name of the venue, and ends all orders', () => {
    const { venue, events } = market();
    place(venue, order('buy', { quantity: '2' }));
    place(venue, order('sell', { quantity: '1', price: '150', clientOrderId: 'resting' }));
    const trigger: Trigger = { type: 'fixed', kind: 'stop', price: atoms('50'), source: 'last' };
    const stop = order('sell', { quantity: '1', clientOrderId: 'stop', trigger, reduceOnly: true });
    expect(reasonOf(venue.placeAlgoOrder(stop))).toBe('accepted');
    venue.mark(SYMBOL, 110);
    venue.change(futuresInstrument({ status: 'delisted' }));
    expect(venue.views.futuresAccount('a').positions.filter(({ quantity }) => quantity !== 0n)).toEqual([]);
    expect(wallet(venue).walletBalance).toBe(atoms('1018'));
    expect(venue.views.openOrders('a', null)).toEqual([]);
    expect(venue.views.openAlgoOrders('a', null)).toEqual([]);
    const fills = events.flatMap((event) => (event.type === 'order' && event.fill !== null ? [event.order] : []));
    expect(fills.at(-1)?.clientOrderId).toMatch(/^settlement_autoclose-/);
  });
});
