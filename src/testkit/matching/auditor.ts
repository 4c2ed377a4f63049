import { atomsText, ceilDiv, ONE } from '../../matching/atoms.ts';
import type { Atoms } from '../../matching/atoms.ts';
import type { Venue } from '../../matching/venue.ts';
import type { OrderReport, VenueEvent, VenueFill } from '../../matching/venue-types.ts';

type OrderEvent = Extract<VenueEvent, { type: 'order' }>;

function fail(rule: string, ...facts: unknown[]): never {
  throw new Error(`${rule}: ${facts.map(text).join(' ')}`);
}

/** Any value as one line of JSON; amounts as decimals. */
export function text(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? atomsText(part) : part));
}

function expectEqual(actual: Atoms, expected: Atoms, rule: string): void {
  if (actual !== expected) fail(rule, 'is', atomsText(actual), 'and not', atomsText(expected));
}

/**
 * Listens to a venue and keeps books of its own from the events alone, the simplest way there is. Throws where an event
 * breaks a rule of trading; `check` holds the venue's views against the books.
 */
export class Auditor {
  private readonly totals = new Map<string, Atoms>();
  private readonly fees = new Map<string, Atoms>();
  private readonly positions = new Map<string, bigint>();
  private readonly working = new Map<number, OrderReport>();
  private readonly ended = new Map<number, OrderReport>();
  private readonly executed = new Map<number, { quantity: Atoms; quote: Atoms }>();
  private readonly arrivals = new Map<number, number>();
  private readonly tradedOfList = new Map<number, number>();
  private steps = 0;
  private readonly market: 'spot' | 'futures';

  constructor(market: 'spot' | 'futures') {
    this.market = market;
  }

  /** Money that came from outside, or went there. */
  transfer(accountId: string, asset: string, amount: Atoms): void {
    this.add(this.totals, `${accountId} ${asset}`, amount);
  }

  hear(event: VenueEvent): void {
    this.steps += 1;
    if (event.type === 'order') this.hearOrder(event);
    if (event.type === 'income' && event.kind !== 'transfer') {
      this.add(this.totals, `${event.accountId} ${event.asset}`, event.amount);
    }
  }

  private add(book: Map<string, Atoms>, key: string, amount: Atoms): void {
    book.set(key, (book.get(key) ?? 0n) + amount);
  }

  private hearOrder(event: OrderEvent): void {
    const { order, change, fill } = event;
    if (this.ended.has(order.orderId)) fail('an ended order is at peace', event);
    if (change === 'trade' && fill !== null) this.hearFill(order, fill);
    if (change === 'new' || change === 'triggered' || change === 'amended')
      this.arrivals.set(order.orderId, this.steps);
    const isOver = !['new', 'partially_filled'].includes(order.status);
    if (!isOver) {
      this.working.set(order.orderId, order);
      return;
    }
    this.working.delete(order.orderId);
    this.ended.set(order.orderId, order);
    const { execution } = order;
    const isAllOrNothing = execution.type === 'limit' && execution.timeInForce === 'FOK';
    if (isAllOrNothing && order.executedQuantity !== 0n && order.executedQuantity !== order.quantity) {
      fail('fill-or-kill fills all or nothing', order);
    }
  }

  private hearFill(order: OrderReport, fill: VenueFill): void {
    const before = this.executed.get(order.orderId) ?? { quantity: 0n, quote: 0n };
    const after = { quantity: before.quantity + fill.quantity, quote: before.quote + fill.quoteQuantity };
    this.executed.set(order.orderId, after);
    expectEqual(order.executedQuantity, after.quantity, 'executed quantity is the sum of the fills');
    expectEqual(order.executedQuote, after.quote, 'executed quote is the sum of the fills');
    if (after.quantity > order.quantity) fail('no order is overfilled', order);
    if (order.quoteQuantity !== null && after.quote > order.quoteQuantity) fail('no more is spent than asked', order);
    this.checkPrice(order, fill);
    if (fill.isMaker) this.checkPriority(order, fill);
    this.checkList(order);
    if (this.market === 'spot') this.bookSpot(order, fill);
    else this.bookFutures(order, fill);
    this.add(this.fees, fill.commissionAsset, fill.commission);
  }

  private checkPrice({ execution, side }: OrderReport, fill: VenueFill): void {
    if (execution.type === 'market') return;
    const isWorse = side === 'buy' ? fill.price > execution.price : fill.price < execution.price;
    if (isWorse) fail('no fill is worse than its limit', execution, fill);
    if (execution.postOnly && !fill.isMaker) fail('post-only never takes', execution, fill);
    if (fill.isMaker && fill.price !== execution.price) fail('a maker gets its own price', execution, fill);
  }

  /** Of the orders that rest on one side the best price goes first, and of one price the one that came first. */
  private checkPriority(order: OrderReport, fill: VenueFill): void {
    const arrival = this.arrivals.get(order.orderId) ?? 0;
    for (const other of this.working.values()) {
      const { execution } = other;
      if (other.orderId === order.orderId || other.symbol !== order.symbol || other.side !== order.side) continue;
      if (execution.type === 'market' || other.workingSince === null) continue;
      const isBetter = order.side === 'buy' ? execution.price > fill.price : execution.price < fill.price;
      const isEarlier = execution.price === fill.price && (this.arrivals.get(other.orderId) ?? 0) < arrival;
      if (isBetter || isEarlier) fail('better prices and earlier orders go first', other, 'before', order);
    }
  }

  private checkList(order: OrderReport): void {
    if (order.orderListId === null) return;
    const traded = this.tradedOfList.get(order.orderListId) ?? order.orderId;
    if (traded !== order.orderId) fail('only one order of a list fills', order);
    this.tradedOfList.set(order.orderListId, order.orderId);
  }

  private bookSpot(order: OrderReport, fill: VenueFill): void {
    const [base, quote] = [order.symbol.slice(0, 3), order.symbol.slice(3)];
    const sign = order.side === 'buy' ? 1n : -1n;
    this.add(this.totals, `${order.accountId} ${base}`, sign * fill.quantity);
    this.add(this.totals, `${order.accountId} ${quote}`, -sign * fill.quoteQuantity);
    this.add(this.totals, `${order.accountId} ${fill.commissionAsset}`, -fill.commission);
  }

  private bookFutures(order: OrderReport, fill: VenueFill): void {
    const key = `${order.accountId} ${order.symbol} ${order.positionSide}`;
    const before = this.positions.get(key) ?? 0n;
    const after = before + (order.side === 'buy' ? fill.quantity : -fill.quantity);
    this.positions.set(key, after);
    const isOpposite = (after > 0n && before < 0n) || (after < 0n && before > 0n);
    const grows = after < 0n ? after < before : after > before;
    const mayOnlyReduce =
      order.reduceOnly ||
      (order.positionSide !== 'both' && (order.side === 'sell') === (order.positionSide === 'long'));
    if (mayOnlyReduce && (isOpposite || (grows && after !== 0n))) {
      fail('what only reduces never opens or turns a position', order, before, after);
    }
  }

  /** Holds the venue's views against the books. */
  check(venue: Venue, accountIds: readonly string[]): void {
    this.checkHouse(venue, accountIds);
    for (const accountId of accountIds) {
      this.checkBalances(venue, accountId);
      if (this.market === 'spot') this.checkLocked(venue, accountId);
      else this.checkFutures(venue, accountId);
    }
    this.checkDepth(venue);
    if (this.market === 'futures') this.checkClearing(venue, accountIds);
  }

  /** Every order in the book is part of the size shown at its price. */
  private checkDepth(venue: Venue): void {
    const resting = new Map<string, Atoms>();
    for (const { symbol, side, execution, workingSince, quantity, executedQuantity } of this.working.values()) {
      if (execution.type === 'market' || workingSince === null) continue;
      this.add(resting, `${symbol} ${side} ${execution.price}`, quantity - executedQuantity);
    }
    for (const { symbol } of venue.views.instruments()) {
      const { bids, asks } = venue.views.depth(symbol, Infinity);
      const shown = new Map<string, Atoms>([
        ...bids.map(([price, size]) => [`${symbol} buy ${price}`, size] as const),
        ...asks.map(([price, size]) => [`${symbol} sell ${price}`, size] as const),
      ]);
      for (const [key, size] of resting) {
        if (key.startsWith(symbol) && (shown.get(key) ?? 0n) < size) fail('the book shows every order', key, size);
      }
    }
  }

  private checkBalances(venue: Venue, accountId: string): void {
    for (const { asset, free, locked } of venue.views.balances(accountId)) {
      expectEqual(free + locked, this.totals.get(`${accountId} ${asset}`) ?? 0n, `books of ${accountId} in ${asset}`);
      if (free < 0n || locked < 0n) fail('nobody has less than nothing', accountId, asset, free, locked);
    }
  }

  private checkHouse(venue: Venue, accountIds: readonly string[]): void {
    const { outside, fees, insurance, clearing, funding } = venue.views.house();
    const sums = new Map<string, Atoms>();
    const accounts = accountIds.flatMap((accountId) => venue.views.balances(accountId));
    for (const { asset, free, locked } of [...outside, ...fees, ...insurance, ...clearing, ...funding, ...accounts]) {
      this.add(sums, asset, free + locked);
    }
    for (const [asset, sum] of sums) expectEqual(sum, 0n, `the sum of all money in ${asset}`);
    for (const { asset, free } of fees) expectEqual(free, this.fees.get(asset) ?? 0n, `fees in ${asset}`);
  }

  /** What is locked is exactly what the working orders need. */
  private checkLocked(venue: Venue, accountId: string): void {
    const needs = new Map<string, Atoms>();
    const lists = new Map<number, Atoms>();
    for (const order of venue.views.openOrders(accountId, null)) {
      const asset = order.side === 'buy' ? order.symbol.slice(3) : order.symbol.slice(0, 3);
      const need = needOf(order);
      const counted = order.orderListId === null ? 0n : (lists.get(order.orderListId) ?? 0n);
      if (order.orderListId !== null && need > counted) lists.set(order.orderListId, need);
      this.add(needs, asset, need > counted ? need - counted : 0n);
    }
    for (const { asset, locked } of venue.views.balances(accountId)) {
      expectEqual(locked, needs.get(asset) ?? 0n, `locked ${asset} of ${accountId}`);
    }
  }

  private checkFutures(venue: Venue, accountId: string): void {
    const { wallets, positions } = venue.views.futuresAccount(accountId);
    for (const wallet of wallets) {
      if (wallet.crossWalletBalance < 0n) fail('no cross wallet is below zero', accountId, wallet);
    }
    for (const position of positions) {
      const key = `${accountId} ${position.symbol} ${position.positionSide}`;
      expectEqual(position.quantity, this.positions.get(key) ?? 0n, `position ${key}`);
      if (position.isolatedWallet < 0n) fail('no isolated margin is below zero', position);
      if (position.quantity === 0n && position.isolatedWallet !== 0n) fail('a flat position holds no margin', position);
    }
    if (venue.views.openOrders(accountId, null).length > 0) return;
    for (const wallet of wallets) expectEqual(wallet.openOrderInitialMargin, 0n, 'margin of no open orders');
  }

  /** Positions cancel out against the outside, and so do what was paid for them and what was realised. */
  private checkClearing(venue: Venue, accountIds: readonly string[]): void {
    const { clearing, outsidePositions } = venue.views.house();
    const quantities = new Map<string, Atoms>();
    let cost = clearing.reduce((sum, { free }) => sum + free, 0n);
    for (const { symbol, quantity, cost: paid } of outsidePositions) {
      this.add(quantities, symbol, quantity);
      cost += paid;
    }
    for (const { symbol, quantity, entryNotional } of accountIds.flatMap(
      (accountId) => venue.views.futuresAccount(accountId).positions,
    )) {
      this.add(quantities, symbol, quantity);
      cost += quantity < 0n ? -entryNotional : entryNotional;
    }
    for (const [symbol, sum] of quantities) expectEqual(sum, 0n, `the sum of all positions in ${symbol}`);
    expectEqual(cost, 0n, 'cost of all positions and profit realised');
  }
}

/** What a working spot order must have locked, from its report alone. */
function needOf(order: OrderReport): Atoms {
  const remaining = order.quantity - order.executedQuantity;
  if (order.side === 'sell') return remaining;
  const { execution, trigger } = order;
  if (execution.type === 'limit') return ceilDiv(execution.price * remaining, ONE);
  if (trigger?.type === 'fixed') return ceilDiv(trigger.price * remaining, ONE);
  return fail('a working market order waits for a fixed trigger in these tests', order);
}
