import { describe, expect, it } from 'vitest';
import { decimal } from '../domain/decimal.ts';
import type { Money, Price, Quantity } from '../domain/decimal.ts';
import { atoms, atomsText } from './atoms.ts';
import { NO_FEES, order, spotInstrument, START_MS, testVenue } from '../testkit/matching/builders.ts';
import type { OrderParts, TestVenue } from '../testkit/matching/builders.ts';
import { Venue } from './venue.ts';
import type { FeeTerms, OcoLeg, OcoRequest, OrderRequest, Refusal, Trigger, VenueEvent } from './venue-types.ts';

const SYMBOL = 'BTCUSDT';

/** A venue with accounts a and b, each with 1000 USDT and 10 BTC, and a book of 98, 99 | 100, 101 with 2 and 1 each. */
function market(options: Parameters<typeof testVenue>[1] = {}, fees: FeeTerms = NO_FEES): TestVenue {
  const test = testVenue([spotInstrument()], options);
  for (const account of ['a', 'b']) {
    test.venue.openAccount(account, fees);
    test.venue.deposit(account, 'USDT', atoms('1000'));
    test.venue.deposit(account, 'BTC', atoms('10'));
  }
  showBook(test.venue);
  return test;
}

function showBook(venue: Venue): void {
  const bids = [[99, 1] as const, [98, 2] as const];
  const asks = [[100, 1] as const, [101, 2] as const];
  venue.depth({ symbol: SYMBOL, bids, asks, isSnapshot: true });
}

function place(venue: Venue, request: OrderRequest) {
  const placed = venue.placeOrder(request);
  if (!placed.ok) throw new Error(`refused: ${placed.error.reason}`);
  return placed.value;
}

function reasonOf(result: { readonly ok: boolean; readonly error?: Refusal }): string {
  return result.error?.reason ?? 'accepted';
}

function fills(fillList: readonly { price: bigint; quantity: bigint }[]): [number, number][] {
  return fillList.map(({ price, quantity }) => [Number(atomsText(price)), Number(atomsText(quantity))]);
}

const balance = (venue: Venue, asset: string, account = 'a') =>
  venue.views.balances(account).find((one) => one.asset === asset) ?? { free: 0n, locked: 0n };

/** A trade of the outside world, of 1 by a buyer if not said otherwise. */
const trade = (venue: Venue, price: number, { quantity = 1, buyerIsTaker = true } = {}) =>
  venue.trade({ symbol: SYMBOL, price, quantity, buyerIsTaker });

const orderEvents = (events: readonly VenueEvent[]) =>
  events.flatMap((event) =>
    event.type === 'order' ? [`${event.order.clientOrderId} ${event.change} ${event.order.status}`] : [],
  );

describe('a market order', () => {
  it('takes what is visible, best price first, and its rest expires', () => {
    const { venue } = market();
    const { order: report, fills: made } = place(venue, order('buy', { quantity: '4' }));
    expect(fills(made)).toEqual([
      [100, 1],
      [101, 2],
    ]);
    expect(report).toMatchObject({ status: 'expired', executedQuantity: atoms('3'), executedQuote: atoms('302') });
  });

  it('gets the rest at the last price moved against it, to the tick, where the venue is set to', () => {
    const { venue } = market({ slippageBeyondBookBps: 25 });
    const { order: report, fills: made } = place(venue, order('sell', { quantity: '4' }));
    expect(fills(made)).toEqual([
      [99, 1],
      [98, 2],
      [97.75, 1],
    ]);
    expect(report.status).toBe('filled');
  });

  it('by quote quantity spends no more than asked, in whole steps', () => {
    const { venue } = market();
    const bought = place(venue, order('buy', { quoteQuantity: '150.05' }));
    expect(fills(bought.fills)).toEqual([
      [100, 1],
      [101, 0.495],
    ]);
    expect(bought.order).toMatchObject({ status: 'filled', quantity: atoms('1.495'), executedQuote: atoms('149.995') });
    expect(balance(venue, 'USDT')).toMatchObject({ free: atoms('850.005'), locked: 0n });
    expect(place(venue, order('sell', { quoteQuantity: '99' })).order.executedQuantity).toBe(atoms('1'));
  });

  it('is refused when the account cannot pay for what the book would give it', () => {
    const { venue } = market();
    venue.withdraw('a', 'USDT', atoms('900'));
    venue.withdraw('a', 'BTC', atoms('9'));
    expect(reasonOf(venue.placeOrder(order('buy', { quantity: '1.5' })))).toBe('insufficient_balance');
    expect(reasonOf(venue.placeOrder(order('buy', { quoteQuantity: '100.01' })))).toBe('insufficient_balance');
    expect(reasonOf(venue.placeOrder(order('sell', { quantity: '1.001' })))).toBe('insufficient_balance');
    expect(reasonOf(venue.placeOrder(order('sell', { quoteQuantity: '150' })))).toBe('insufficient_balance');
  });
});

describe('a limit order', () => {
  it('takes what meets it and rests with what is left', () => {
    const { venue } = market();
    const { order: report, fills: made } = place(venue, order('buy', { quantity: '3', price: '100' }));
    expect(fills(made)).toEqual([[100, 1]]);
    expect(report.status).toBe('partially_filled');
    expect(balance(venue, 'USDT')).toMatchObject({ free: atoms('700'), locked: atoms('200') });
    expect(venue.views.depth(SYMBOL, 2).bids.map(([price]) => atomsText(price))).toEqual([
      '100.00000000',
      '99.00000000',
    ]);
  });

  it('waits behind the outside size at its price, and is filled as trades use the queue up', () => {
    const { venue, events } = market();
    place(venue, order('buy', { quantity: '2', price: '99', clientOrderId: 'mine' }));
    trade(venue, 99, { quantity: 0.7, buyerIsTaker: false });
    expect(venue.views.openOrders('a', null)[0]?.executedQuantity).toBe(0n);
    trade(venue, 99, { quantity: 0.7, buyerIsTaker: false });
    expect(venue.views.openOrders('a', null)[0]?.executedQuantity).toBe(atoms('0.4'));
    const fill = events.findLast((event) => event.type === 'order' && event.change === 'trade');
    expect(fill).toMatchObject({ fill: { price: atoms('99'), isMaker: true } });
  });

  it('is filled whole when the market trades through it, whatever the size of that trade', () => {
    const { venue } = market();
    place(venue, order('buy', { quantity: '5', price: '99' }));
    trade(venue, 98.99, { quantity: 0.001, buyerIsTaker: false });
    expect(venue.views.openOrders('a', null)).toEqual([]);
    expect(balance(venue, 'BTC').free).toBe(atoms('15'));
  });

  it('is filled by the size that an outside quote comes to meet it with', () => {
    const { venue } = market();
    place(venue, order('sell', { quantity: '5', price: '99.5' }));
    venue.quote({ symbol: SYMBOL, bid: 99.5, bidQuantity: 2, ask: 100, askQuantity: 1 });
    expect(venue.views.openOrders('a', null)[0]?.executedQuantity).toBe(atoms('2'));
    expect(balance(venue, 'USDT').free).toBe(atoms('1199'));
  });

  it('post-only is refused when it would take', () => {
    const { venue } = market();
    expect(reasonOf(venue.placeOrder(order('buy', { quantity: '1', price: '100', postOnly: true })))).toBe(
      'would_take',
    );
    expect(place(venue, order('buy', { quantity: '1', price: '99.99', postOnly: true })).order.status).toBe('new');
  });

  it('IOC takes and expires; FOK does so only when all of it is there', () => {
    const { venue } = market();
    const fok = place(venue, order('buy', { quantity: '3.001', price: '101', timeInForce: 'FOK' }));
    expect(fok).toMatchObject({ order: { status: 'expired' }, fills: [] });
    const ioc = place(venue, order('buy', { quantity: '2', price: '100', timeInForce: 'IOC' }));
    expect(ioc.order).toMatchObject({ status: 'expired', executedQuantity: atoms('1') });
    showBook(venue);
    expect(place(venue, order('buy', { quantity: '3', price: '101', timeInForce: 'FOK' })).order.status).toBe('filled');
  });

  it('goes behind earlier ones of its price and before worse ones, of whatever account', () => {
    const { venue, events } = market();
    const parts = (accountId: string, price: string): OrderParts => ({
      accountId,
      price,
      quantity: '1',
      clientOrderId: `${accountId} ${price}`,
    });
    for (const [account, price] of [
      ['a', '99.4'],
      ['b', '99.5'],
      ['a', '99.5'],
    ] as const)
      place(venue, order('buy', parts(account, price)));
    events.length = 0;
    place(venue, order('sell', { accountId: 'b', quantity: '2.5', price: '99.4', clientOrderId: 'taker' }));
    expect(orderEvents(events).filter((line) => !line.startsWith('taker'))).toEqual([
      'b 99.5 trade filled',
      'a 99.5 trade filled',
      'a 99.4 trade partially_filled',
    ]);
  });
});

describe('self-trade prevention', () => {
  it.each([
    ['none', 'filled', []],
    ['expire_taker', 'expired_in_match', ['mine']],
    ['expire_maker', 'expired', []],
    ['expire_both', 'expired_in_match', []],
  ] as const)('%s leaves the taker %s', (selfTradePrevention, status, left) => {
    const { venue } = market();
    place(venue, order('buy', { quantity: '1', price: '99.5', clientOrderId: 'mine' }));
    const terms = { quantity: '1', price: '99.5', timeInForce: 'IOC', selfTradePrevention } as const;
    const taker = place(venue, order('sell', terms));
    expect(taker.order.status).toBe(status);
    expect(venue.views.openOrders('a', null).map(({ clientOrderId }) => clientOrderId)).toEqual(left);
    expect(balance(venue, 'BTC').free).toBe(atoms('10'));
  });
});

const stopAt = (price: string, kind: 'stop' | 'take_profit' = 'stop'): Trigger => ({
  type: 'fixed',
  kind,
  price: atoms(price),
  source: 'last',
});

describe('a conditional order', () => {
  it('locks its balance, waits outside the book, and works when the last price reaches its trigger', () => {
    const { venue, events } = market();
    trade(venue, 100);
    place(venue, order('sell', { quantity: '2', trigger: stopAt('98.5'), clientOrderId: 'stop' }));
    expect(balance(venue, 'BTC')).toMatchObject({ free: atoms('8'), locked: atoms('2') });
    trade(venue, 98.51, { quantity: 0.001, buyerIsTaker: false });
    expect(venue.views.openOrders('a', null)[0]).toMatchObject({ workingSince: null });
    events.length = 0;
    trade(venue, 98.5, { quantity: 0.001, buyerIsTaker: false });
    expect(orderEvents(events)).toEqual(['stop triggered new', 'stop trade partially_filled', 'stop trade filled']);
    expect(balance(venue, 'BTC')).toMatchObject({ free: atoms('8'), locked: 0n });
  });

  it('is refused when the price has reached its trigger already', () => {
    const { venue } = market();
    trade(venue, 100);
    for (const [side, kind, price] of [
      ['sell', 'stop', '100'],
      ['buy', 'stop', '99'],
      ['sell', 'take_profit', '99.5'],
      ['buy', 'take_profit', '100.5'],
    ] as const) {
      const request = order(side, { quantity: '1', trigger: stopAt(price, kind) });
      expect(reasonOf(venue.placeOrder(request)), `${side} ${kind}`).toBe('would_trigger_immediately');
    }
  });

  it('set off by an earlier price goes first, and one price sets its orders off in order of age', () => {
    const { venue, events } = market();
    trade(venue, 100);
    for (const [id, price] of [
      ['oldest', '98.2'],
      ['second', '98.8'],
      ['third', '98.5'],
      ['early', '99'],
    ] as const) {
      place(venue, order('sell', { quantity: '0.1', price: '90', trigger: stopAt(price), clientOrderId: id }));
    }
    events.length = 0;
    trade(venue, 98.9, { quantity: 0.001, buyerIsTaker: false });
    trade(venue, 98.1, { quantity: 0.001, buyerIsTaker: false });
    const triggered = orderEvents(events).filter((line) => line.includes('triggered'));
    expect(triggered.map((line) => line.split(' ')[0])).toEqual(['early', 'oldest', 'second', 'third']);
  });

  it('that the account can no longer pay for buys what it can and expires', () => {
    const { venue, events } = market();
    trade(venue, 99.5);
    venue.withdraw('a', 'USDT', atoms('800'));
    // Locked for 2 at 100; the market is at 101 when it fires, and one BTC is all that is to be had before.
    place(venue, order('buy', { quantity: '2', trigger: stopAt('100'), clientOrderId: 'stop' }));
    trade(venue, 100.5, { quantity: 0.001 });
    expect(orderEvents(events).at(-1)).toBe('stop expired expired');
    expect(balance(venue, 'BTC').free).toBe(atoms('11.99'));
    expect(balance(venue, 'USDT')).toMatchObject({ free: atoms('0.01'), locked: 0n });
  });
});

/** The scenarios of the venue's trailing stop FAQ: prices in thousands, and which of them sets the order off. */
describe('a trailing stop', () => {
  const scenarios = [
    {
      name: 'A, stop buy',
      side: 'buy',
      kind: 'stop',
      deltaBps: 500,
      activation: '44',
      path: [40, 37, 44, 45, 46, 42, 44.09],
      fires: 44.1,
    },
    {
      name: 'B, stop sell',
      side: 'sell',
      kind: 'stop',
      deltaBps: 1000,
      activation: '39',
      path: [40, 41.5, 39, 37, 41, 36.91],
      fires: 36.9,
    },
    {
      name: 'C, take-profit buy',
      side: 'buy',
      kind: 'take_profit',
      deltaBps: 850,
      activation: '38',
      path: [40, 42, 38, 37, 39, 38, 40.144],
      fires: 40.145,
    },
    {
      name: 'D, take-profit sell',
      side: 'sell',
      kind: 'take_profit',
      deltaBps: 750,
      activation: '42',
      path: [40, 41.5, 39, 42, 45, 44, 46.5, 43.013],
      fires: 43.0125,
    },
    {
      name: 'E, without activation',
      side: 'sell',
      kind: 'stop',
      deltaBps: 700,
      activation: null,
      path: [40, 42, 39.5, 45.5, 42.316],
      fires: 42.315,
    },
  ] as const;

  it.each(scenarios)('$name', ({ side, kind, deltaBps, activation, path, fires }) => {
    const { venue, events } = testVenue([spotInstrument({}, { tick: decimal('0.0001') as Price })]);
    venue.openAccount('a', NO_FEES);
    venue.deposit('a', 'USDT', atoms('1000'));
    venue.deposit('a', 'BTC', atoms('1'));
    const [first, ...rest] = path;
    trade(venue, first);
    const activationPrice = activation === null ? null : atoms(activation);
    const trigger = { type: 'trailing', kind, deltaBps, activationPrice, source: 'last' } as const;
    place(venue, order(side, { quantity: '1', price: side === 'buy' ? '60' : '20', trigger }));
    const hasFired = () => events.some((event) => event.type === 'order' && event.change === 'triggered');
    for (const price of rest) {
      trade(venue, price);
      expect(hasFired(), `at ${price}`).toBe(false);
    }
    trade(venue, fires);
    expect(hasFired()).toBe(true);
  });

  it('that would track from now needs a price of now', () => {
    const { venue } = market();
    const trigger = { type: 'trailing', kind: 'stop', deltaBps: 100, activationPrice: null, source: 'last' } as const;
    expect(reasonOf(venue.placeOrder(order('buy', { quantity: '1', trigger })))).toBe('no_liquidity');
  });

  it('reports where it stands', () => {
    const { venue } = market();
    trade(venue, 100);
    const trigger = { type: 'trailing', kind: 'stop', deltaBps: 100, activationPrice: null, source: 'last' } as const;
    place(venue, order('sell', { quantity: '1', trigger }));
    trade(venue, 104);
    trade(venue, 103.5);
    expect(venue.views.openOrders('a', null)[0]?.trailing).toEqual({
      activatedAt: START_MS,
      extreme: atoms('104'),
      triggerPrice: atoms('102.96'),
    });
  });
});

function leg(parts: OrderParts): OcoLeg {
  const { clientOrderId, execution, trigger } = order('sell', { quantity: '1', ...parts });
  return { clientOrderId, execution, trigger };
}

function oco(parts: Partial<OcoRequest> = {}): OcoRequest {
  return {
    accountId: 'a',
    symbol: SYMBOL,
    listClientOrderId: 'list',
    side: 'sell',
    quantity: atoms('2'),
    above: leg({ price: '102', postOnly: true, clientOrderId: 'target' }),
    below: leg({ price: '97', trigger: stopAt('98.5'), clientOrderId: 'stop' }),
    selfTradePrevention: 'none',
    ...parts,
  };
}

describe('an order list', () => {
  function withList(request = oco()): TestVenue {
    const test = market();
    trade(test.venue, 100);
    const placed = test.venue.placeOco(request);
    expect(reasonOf(placed)).toBe('accepted');
    test.events.length = 0;
    return test;
  }

  it('locks the balance once', () => {
    const { venue } = withList();
    expect(balance(venue, 'BTC')).toMatchObject({ free: atoms('8'), locked: atoms('2') });
    expect(venue.views.openLists('a')).toMatchObject([
      { status: 'executing', orders: [{ clientOrderId: 'target' }, { clientOrderId: 'stop' }] },
    ]);
  });

  it('loses its stop with the first fill of its limit', () => {
    const { venue, events } = withList();
    venue.depth({ symbol: SYMBOL, bids: [], asks: [[102, 1]], isSnapshot: true });
    // It joined out of sight: the one unit seen there first stands before it.
    trade(venue, 102, { quantity: 1.5 });
    expect(orderEvents(events)).toEqual(['stop expired expired', 'target trade partially_filled']);
    expect(balance(venue, 'BTC')).toMatchObject({ free: atoms('8'), locked: atoms('1.5') });
    trade(venue, 103, { quantity: 1 });
    expect(events.at(-2)).toMatchObject({ type: 'order_list', list: { status: 'all_done' } });
    expect(venue.views.openLists('a')).toEqual([]);
  });

  it('loses its limit when its stop is set off, and only the stop fills', () => {
    const { venue, events } = withList();
    trade(venue, 98.5, { quantity: 0.001, buyerIsTaker: false });
    expect(orderEvents(events).slice(0, 2)).toEqual(['target expired expired', 'stop triggered new']);
    expect(balance(venue, 'BTC')).toMatchObject({ free: atoms('8'), locked: 0n });
    expect(balance(venue, 'USDT').free).toBe(atoms('1197'));
  });

  it('is cancelled as a whole, by either order or by its own id', () => {
    for (const cancel of [
      (venue: Venue) => venue.cancelOrder({ accountId: 'a', symbol: SYMBOL, id: { clientOrderId: 'stop' } }),
      (venue: Venue) => venue.cancelList({ accountId: 'a', id: { clientId: 'list' } }),
    ]) {
      const { venue } = withList();
      expect(cancel(venue).ok).toBe(true);
      expect(venue.views.openOrders('a', null)).toEqual([]);
      expect(balance(venue, 'BTC')).toMatchObject({ free: atoms('10'), locked: 0n });
    }
  });

  it('locks for a buy what the dearer of its orders needs', () => {
    const above = leg({ price: '105', trigger: stopAt('103'), clientOrderId: 'stop' });
    const below = leg({ price: '98', postOnly: true, clientOrderId: 'limit' });
    const { venue } = withList(oco({ side: 'buy', quantity: atoms('1'), above, below }));
    expect(balance(venue, 'USDT')).toMatchObject({ locked: atoms('105') });
  });

  it('is refused with prices on the wrong side, wrong kinds of orders, ids taken twice, or too little balance', () => {
    const { venue } = market();
    trade(venue, 100);
    const refusals: [string, OcoRequest][] = [
      ['oco_price_relation', oco({ above: leg({ price: '99.5', postOnly: true }) })],
      ['oco_price_relation', oco({ below: leg({ price: '97', trigger: stopAt('100.5') }) })],
      ['unsupported_combination', oco({ side: 'buy' })],
      ['unsupported_combination', oco({ above: leg({ price: '102' }) })],
      ['duplicate_client_order_id', oco({ above: leg({ price: '102', postOnly: true, clientOrderId: 'stop' }) })],
      ['insufficient_balance', oco({ quantity: atoms('10.001') })],
    ];
    for (const [reason, request] of refusals) expect(reasonOf(venue.placeOco(request)), reason).toBe(reason);
    expect(venue.views.openOrders('a', null)).toEqual([]);
    expect(balance(venue, 'BTC').locked).toBe(0n);
  });
});

describe('cancel and replace', () => {
  const key = (clientOrderId: string) => ({ accountId: 'a', symbol: SYMBOL, id: { clientOrderId } });

  it('frees what the old order had locked for the new one', () => {
    const { venue } = market();
    place(venue, order('sell', { quantity: '10', price: '105', clientOrderId: 'old' }));
    const request = order('sell', { quantity: '10', price: '104', clientOrderId: 'old' });
    const { cancelled, placed } = venue.cancelReplace(key('old'), { request, stopOnFailure: true });
    expect([cancelled.ok, placed?.ok]).toEqual([true, true]);
    expect(venue.views.openOrders('a', null)).toMatchObject([{ execution: { price: atoms('104') } }]);
  });

  it('stops when the cancel fails, or goes on, as asked', () => {
    const { venue } = market();
    const request = order('sell', { quantity: '1', price: '104' });
    const stopped = venue.cancelReplace(key('gone'), { request, stopOnFailure: true });
    expect([reasonOf(stopped.cancelled), stopped.placed]).toEqual(['unknown_order', null]);
    const tried = venue.cancelReplace(key('gone'), { request, stopOnFailure: false });
    expect([reasonOf(tried.cancelled), tried.placed?.ok]).toEqual(['unknown_order', true]);
  });
});

describe('commission', () => {
  const token: FeeTerms = {
    makerRate: atoms('0.001'),
    takerRate: atoms('0.002'),
    feeToken: { asset: 'BNB', discount: atoms('0.25') },
  };

  it('is taken of what was received, cut to an atom, at the rate of maker or taker', () => {
    const { venue } = market({}, { ...token, feeToken: null });
    const taken = place(venue, order('buy', { quantity: '0.333' }));
    expect(taken.fills[0]).toMatchObject({ commission: atoms('0.000666'), commissionAsset: 'BTC' });
    place(venue, order('sell', { quantity: '0.1', price: '100' }));
    expect(place(venue, order('buy', { accountId: 'b', quantity: '0.767' })).fills).toHaveLength(2);
    // 0.1 x 100 x 0.001 for the maker
    expect(balance(venue, 'USDT').free).toBe(atoms('1000') - atoms('33.3') + atoms('10') - atoms('0.01'));
  });

  it('is taken in the fee token at its discount while there is enough of it, then in full of what was received', () => {
    const { venue } = market({}, token);
    venue.setFeeTokenPrice('USDT', 300);
    venue.deposit('a', 'BNB', atoms('0.0006'));
    const first = place(venue, order('buy', { quantity: '1', price: '100' }));
    // 100 x 0.002 x 0.75 / 300
    expect(first.fills[0]).toMatchObject({ commission: atoms('0.0005'), commissionAsset: 'BNB' });
    const second = place(venue, order('buy', { quantity: '1', price: '101' }));
    expect(second.fills[0]).toMatchObject({ commission: atoms('0.002'), commissionAsset: 'BTC' });
    expect(balance(venue, 'BNB').free).toBe(atoms('0.0001'));
  });

  it('in the fee token never eats what a working order has locked', () => {
    const bnb = spotInstrument({ base: 'BNB', symbol: spotInstrument().symbol });
    const { venue } = testVenue([bnb]);
    venue.openAccount('a', token);
    venue.deposit('a', 'BNB', atoms('1'));
    venue.setFeeTokenPrice('USDT', 99);
    venue.quote({ symbol: SYMBOL, bid: 99, bidQuantity: 5, ask: 100, askQuantity: 1 });
    const sold = place(venue, order('sell', { quantity: '1' }));
    expect(sold.fills[0]).toMatchObject({ commissionAsset: 'USDT', commission: atoms('0.198') });
  });
});

describe('requests', () => {
  it('are refused for what does not exist, does not trade, or is taken', () => {
    const { venue } = market();
    place(venue, order('buy', { quantity: '1', price: '90', clientOrderId: 'mine' }));
    const attempt = (parts: OrderParts) =>
      reasonOf(venue.placeOrder(order('buy', { quantity: '1', price: '90', ...parts })));
    expect(attempt({ accountId: 'nobody' })).toBe('unknown_account');
    expect(attempt({ symbol: 'XRPUSDT' })).toBe('unknown_symbol');
    expect(attempt({ clientOrderId: 'mine' })).toBe('duplicate_client_order_id');
    expect(attempt({ accountId: 'b', clientOrderId: 'mine' })).toBe('accepted');
    expect(attempt({ postOnly: true, timeInForce: 'IOC' })).toBe('unsupported_combination');
    expect(attempt({ reduceOnly: true })).toBe('unsupported_combination');
    expect(attempt({ positionSide: 'long' })).toBe('unsupported_combination');
    venue.change(spotInstrument({ status: 'halted' }));
    expect(attempt({})).toBe('symbol_not_trading');
  });

  it('to cancel are refused for an order of somebody else, of another symbol, or one that has ended', () => {
    const { venue } = market();
    const { orderId } = place(venue, order('buy', { quantity: '1', price: '90' })).order;
    const cancel = (accountId: string, symbol: string) =>
      reasonOf(venue.cancelOrder({ accountId, symbol, id: { orderId } }));
    expect(cancel('b', SYMBOL)).toBe('unknown_order');
    expect(cancel('a', 'ETHUSDT')).toBe('unknown_order');
    expect(cancel('a', SYMBOL)).toBe('accepted');
    expect(cancel('a', SYMBOL)).toBe('unknown_order');
  });
});

describe('the clock', () => {
  it('lets a request on its way arrive before anything later, whatever happened meanwhile', () => {
    const { venue } = market();
    const arrivals: string[] = [];
    venue.at(START_MS + 250, () => {
      const { fills: made } = place(venue, order('buy', { quantity: '1' }));
      arrivals.push(`${venue.now - START_MS}: ${atomsText(made[0]?.price ?? 0n)}`);
    });
    venue.at(START_MS + 100, () => arrivals.push(`${venue.now - START_MS}: earlier`));
    venue.advanceTo(START_MS + 200);
    venue.depth({ symbol: SYMBOL, bids: [], asks: [[100.5, 5]], isSnapshot: true });
    venue.advanceTo(START_MS + 400);
    venue.advanceTo(START_MS);
    expect(venue.now).toBe(START_MS + 400);
    expect(arrivals).toEqual(['100: earlier', '250: 100.50000000']);
  });
});

describe('the sink', () => {
  it('may call the venue; what that causes is told after what already waits', () => {
    const told: string[] = [];
    const test = testVenue([spotInstrument()], {
      onEvent: (event) => {
        if (event.type !== 'order') return;
        told.push(`${event.order.clientOrderId} ${event.change}`);
        if (event.order.clientOrderId === 'first' && event.change === 'new') {
          place(test.venue, order('sell', { quantity: '1', price: '111', clientOrderId: 'second' }));
        }
      },
    });
    test.venue.openAccount('a', NO_FEES);
    test.venue.deposit('a', 'USDT', atoms('1000'));
    test.venue.deposit('a', 'BTC', atoms('1'));
    showBook(test.venue);
    place(test.venue, order('buy', { quantity: '1', price: '100', clientOrderId: 'first' }));
    expect(told).toEqual(['first new', 'first trade', 'second new']);
  });

  it('that throws loses nothing: the rest is told later', () => {
    const told: string[] = [];
    let isBroken = true;
    const venue = new Venue({
      market: 'spot',
      startMs: START_MS,
      onEvent: (event) => {
        told.push(event.type);
        if (event.type === 'market_trade' && isBroken) throw new Error('disk full');
      },
    });
    venue.list({ instrument: spotInstrument() });
    venue.openAccount('a', NO_FEES);
    venue.deposit('a', 'USDT', atoms('1000'));
    showBook(venue);
    told.length = 0;
    expect(() => venue.placeOrder(order('buy', { quantity: '1', price: '100' }))).toThrow('disk full');
    expect(told).toEqual(['order', 'market_trade']);
    isBroken = false;
    venue.tellPending();
    expect(told).toEqual(['order', 'market_trade', 'order', 'balances']);
  });
});

describe('a change of the exchange rules', () => {
  it('lets working orders go on, and holds new ones to the new tick and step', () => {
    const { venue } = market();
    place(venue, order('buy', { quantity: '1', price: '99.55', clientOrderId: 'old' }));
    const finer = { tick: decimal('0.004') as Price, step: decimal('0.0005') as Quantity };
    venue.change(spotInstrument({}, finer));
    expect(venue.views.openOrders('a', null)).toMatchObject([
      { quantity: atoms('1'), execution: { price: atoms('99.55') } },
    ]);
    expect(reasonOf(venue.placeOrder(order('sell', { quantity: '1', price: '105.01' })))).toBe('price_filter_tick');
    expect(place(venue, order('sell', { quantity: '0.0005', price: '99.548' })).fills).toMatchObject([
      { price: atoms('99.55') },
    ]);
    venue.change(
      spotInstrument({}, { tick: decimal('1') as Price, notional: { min: decimal('5') as Money, max: null } }),
    );
    expect(reasonOf(venue.placeOrder(order('sell', { quantity: '0.01', price: '105' })))).toBe('notional_min');
    trade(venue, 99, { quantity: 0.001, buyerIsTaker: false });
    expect(venue.views.openOrders('a', null)).toEqual([]);
    expect(balance(venue, 'USDT').locked).toBe(0n);
  });

  it('keeps triggers at their prices when the tick becomes finer', () => {
    const { venue, events } = market();
    trade(venue, 100);
    const trailing = { type: 'trailing', kind: 'stop', deltaBps: 100, activationPrice: null, source: 'last' } as const;
    place(venue, order('sell', { quantity: '1', trigger: stopAt('97.5'), clientOrderId: 'stop' }));
    place(venue, order('sell', { quantity: '1', trigger: trailing, clientOrderId: 'trail' }));
    events.length = 0;
    venue.change(spotInstrument({}, { tick: decimal('0.005') as Price }));
    const triggered = () => orderEvents(events).filter((line) => line.includes('triggered'));
    trade(venue, 99.005);
    expect(triggered()).toEqual([]);
    trade(venue, 99);
    expect(triggered()).toEqual(['trail triggered new']);
    trade(venue, 97.505);
    trade(venue, 97.5);
    expect(triggered()).toEqual(['trail triggered new', 'stop triggered new']);
  });

  it('ends the orders of a symbol that is delisted', () => {
    const { venue, events } = market();
    place(venue, order('buy', { quantity: '1', price: '90', clientOrderId: 'old' }));
    venue.change(spotInstrument({ status: 'delisted' }));
    expect(orderEvents(events).at(-1)).toBe('old expired expired');
    expect(balance(venue, 'USDT').locked).toBe(0n);
  });
});

describe('a restored order', () => {
  it('works on under its id with what it has executed, and new ids come after it', () => {
    const first = market();
    const { order: before } = place(first.venue, order('buy', { quantity: '3', price: '100' }));
    const { venue } = market();
    const restored = venue.restoreOrder({ ...before, orderId: 77 });
    expect(reasonOf(restored)).toBe('accepted');
    expect(balance(venue, 'USDT').locked).toBe(atoms('200'));
    expect(venue.views.openOrders('a', null)).toMatchObject([{ orderId: 77, executedQuantity: atoms('1') }]);
    expect(reasonOf(venue.restoreOrder({ ...before, orderId: 77, clientOrderId: 'again' }))).toBe(
      'unsupported_combination',
    );
    expect(place(venue, order('sell', { quantity: '1', price: '120' })).order.orderId).toBe(78);
  });
});
