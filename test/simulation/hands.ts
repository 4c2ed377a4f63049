/** What the user does at the exchange by hand, and other programs: none of it is this program's business. */
import { Decimal } from '../../src/domain/decimal.ts';
import { clientOrderId } from '../../src/domain/order/client-order-id.ts';
import { asId } from '../../src/domain/ids.ts';
import type { OrderId } from '../../src/domain/ids.ts';
import type { OrderSide } from '../../src/domain/order/order.ts';
import { createSortableIds } from '../../src/lib/sortable-id.ts';
import { atoms } from '../../src/matching/atoms.ts';
import type { OrderRequest } from '../../src/matching/venue-types.ts';
import type { Checks } from './checks.ts';
import type { Draw } from './draw.ts';
import { isOwnId } from './venue-facts.ts';
import type { World } from './world.ts';
import { ACCOUNT } from './world.ts';

interface OrderByHand {
  readonly symbol: string;
  readonly side: OrderSide;
  readonly quantity: Decimal;
  readonly execution: OrderRequest['execution'];
  readonly reduceOnly?: boolean;
  readonly clientOrderId?: string;
}

const MARKET: OrderRequest['execution'] = { type: 'market' };

function baseOf(symbol: string): string {
  return symbol.replace('USDT', '');
}

export class Hands {
  readonly #world: World;
  readonly #checks: Checks;
  readonly #draw: Draw;
  #count = 0;
  #others: { next(): string } | null = null;
  /** Its orders, which the user leaves alone: who comes back later is to find them. */
  readonly #ofOther = new Set<string>();

  constructor(world: World, checks: Checks, draw: Draw) {
    this.#world = world;
    this.#checks = checks;
    this.#draw = draw;
  }

  /** An order that rests in some distance from the price, in any symbol on spot. */
  placeLimit(): string {
    const { plan } = this.#world;
    const symbol = plan.market === 'spot' ? this.#draw.pick([...plan.traded, plan.byHand]) : plan.byHand;
    const side = this.#draw.pick(['buy', 'sell'] as const);
    const distance = this.#draw.between(0.003, 0.05) * (side === 'buy' ? -1 : 1);
    const price = this.#priceNear(symbol, 1 + distance);
    const quantity = this.#units(symbol, this.#draw.between(20, 200), side);
    const execution = { type: 'limit', price: atoms(price), timeInForce: 'GTC', postOnly: false } as const;
    return this.#place({ symbol, side, quantity, execution });
  }

  /** A trade of the user's own money and holdings. */
  trade(): string {
    const { plan } = this.#world;
    const symbol = plan.market === 'spot' ? this.#draw.pick([...plan.traded, plan.byHand]) : plan.byHand;
    const side = this.#draw.pick(['buy', 'sell'] as const);
    const quantity = this.#units(symbol, this.#draw.between(20, 300), side);
    return this.#place({ symbol, side, quantity, execution: MARKET });
  }

  /** Futures: a part of a position of the program is closed by hand. */
  reduce(): string {
    const { plan } = this.#world;
    const symbol = this.#draw.pick(plan.traded);
    const position = this.#checks.facts.position(symbol);
    if (plan.market === 'spot' || position.isZero()) return 'nothing to reduce';
    const share = this.#draw.isTrue(0.5) ? position.abs() : position.abs().times('0.4');
    const step = this.#rules(symbol).step;
    const quantity = share.dividedToIntegerBy(step).times(step);
    const side = position.isPositive() ? 'sell' : 'buy';
    return this.#place({ symbol, side, quantity, execution: MARKET, reduceOnly: true });
  }

  /** Spot: the user sells units that the program holds, and what he has of his own first. */
  sellOurs(): string {
    const { traded } = this.#world.plan;
    const { facts } = this.#checks;
    const ours = traded.filter((symbol) => facts.ofUs(baseOf(symbol)).isPositive());
    if (ours.length === 0) return 'nothing is ours';
    const symbol = this.#draw.pick(ours);
    const base = baseOf(symbol);
    for (const order of facts.working()) if (order.symbol === symbol && order.side === 'sell') this.#cancel(order);
    const part = facts.ofUs(base).times(this.#draw.pick(['0.3', '1']));
    const wanted = Decimal.max(facts.ofUser(base), 0).plus(part);
    const { step } = this.#rules(symbol);
    const quantity = Decimal.min(wanted, facts.free(base)).dividedToIntegerBy(step).times(step);
    this.#checks.soldByHand.add(symbol);
    return this.#place({ symbol, side: 'sell', quantity, execution: MARKET });
  }

  /** Futures: more of a position of the program, in another size than its own. */
  add(): string {
    const held = this.#heldOfOurs();
    if (held === null) return 'nothing to add to';
    const { symbol, position } = held;
    const side = position.isPositive() ? 'buy' : 'sell';
    return this.#place({ symbol, side, quantity: this.#worth(symbol, this.#draw.between(20, 200)), execution: MARKET });
  }

  /** Futures: an order the other way that nobody has bound to reduce: it may turn the position. */
  take(): string {
    const held = this.#heldOfOurs();
    if (held === null) return 'nothing to take from';
    const { symbol, position } = held;
    const { step } = this.#rules(symbol);
    const share = this.#draw.pick(['0.3', '1', '1.6']);
    const quantity = position.abs().times(share).dividedToIntegerBy(step).times(step);
    return this.#place({ symbol, side: position.isPositive() ? 'sell' : 'buy', quantity, execution: MARKET });
  }

  /** Futures: a position of the user's own where the program trades. */
  open(): string {
    const symbol = this.#draw.pick(this.#world.plan.traded);
    const side = this.#draw.pick(['buy', 'sell'] as const);
    return this.#place({ symbol, side, quantity: this.#worth(symbol, this.#draw.between(20, 300)), execution: MARKET });
  }

  /** Another instance of this program, with books of its own, sends an order. */
  tradeAsOther(): string {
    const { plan, clock } = this.#world;
    const symbol = this.#draw.pick([...plan.traded, plan.byHand]);
    const side = plan.market === 'spot' ? 'buy' : this.#draw.pick(['buy', 'sell'] as const);
    const isResting = this.#draw.isTrue(0.6);
    const price = this.#priceNear(symbol, side === 'buy' ? 0.9 : 1.1);
    const limit = { type: 'limit', price: atoms(price), timeInForce: 'GTC', postOnly: false } as const;
    this.#others ??= createSortableIds({ now: () => clock.now(), random: () => this.#draw.next() });
    const subject = asId<OrderId>(this.#others.next());
    const id = clientOrderId({ instance: 'zzzz', subject, leg: 'entry', number: 1 });
    this.#ofOther.add(id);
    const told = this.#place({
      ...{ symbol, side, quantity: this.#worth(symbol, this.#draw.between(20, 100)) },
      execution: isResting ? limit : MARKET,
      clientOrderId: id,
    });
    // In a symbol that the program does not look at it leaves no trace for one that was not there to hear of it.
    const isHeard = plan.traded.includes(symbol) || this.#world.engine !== null;
    if (isHeard && this.#hasTraded(id)) this.#checks.intruded();
    return told;
  }

  /** Whether an order works or was filled. */
  #hasTraded(id: string): boolean {
    const { facts } = this.#checks;
    const isFilled = facts
      .orders()
      .some(({ clientOrderId: known, executed }) => known === id && executed.greaterThan(0));
    return isFilled || facts.working().some(({ clientOrderId: known }) => known === id);
  }

  #heldOfOurs(): { readonly symbol: string; readonly position: Decimal } | null {
    const held = this.#world.plan.traded.flatMap((symbol) => {
      const position = this.#checks.facts.position(symbol);
      return position.isZero() ? [] : [{ symbol, position }];
    });
    return held.length === 0 ? null : this.#draw.pick(held);
  }

  #worth(symbol: string, worth: number): Decimal {
    const { step } = this.#rules(symbol);
    return new Decimal(worth).dividedBy(this.#world.lastPrice(symbol)).dividedToIntegerBy(step).times(step);
  }

  /** One of the working orders of others goes. */
  cancelOwn(): string {
    const orders = this.#checks.facts
      .working()
      .filter(({ isOwn, clientOrderId: id }) => !isOwn && !this.#ofOther.has(id));
    return orders.length === 0 ? 'nothing to cancel' : this.#cancel(this.#draw.pick(orders));
  }

  /** The user cancels an order of the program. */
  cancelOurs(): string {
    const orders = this.#checks.facts.working().filter(({ isOwn }) => isOwn);
    return orders.length === 0 ? 'nothing to cancel' : this.#cancel(this.#draw.pick(orders));
  }

  #cancel({ symbol, clientOrderId: id }: { readonly symbol: string; readonly clientOrderId: string }): string {
    const { venue } = this.#world.exchange.venue.desks[this.#world.plan.market];
    if (!isOwnId(id)) this.#checks.cancelledByHand.add(id);
    const cancelled = venue.cancelOrder({ accountId: ACCOUNT, symbol, id: { clientOrderId: id } });
    if (!cancelled.ok) venue.cancelAlgoOrder({ accountId: ACCOUNT, id: { clientId: id } });
    return `${id} of ${symbol}`;
  }

  #place({ symbol, side, quantity, execution, reduceOnly = false, clientOrderId: id }: OrderByHand): string {
    const { market } = this.#world.plan;
    const data = this.#world.exchange.venue.data.find(market, symbol);
    if (data === null || !quantity.isPositive() || quantity.isZero()) return `nothing of ${symbol}`;
    const placed = this.#world.exchange.venue.desks[market].placeOrder(data, {
      ...{ accountId: ACCOUNT, symbol, side, execution, reduceOnly, trigger: null, positionSide: 'both' },
      ...{ clientOrderId: id ?? this.#nextId(), size: { type: 'quantity', quantity: atoms(quantity) } },
      selfTradePrevention: 'expire_maker',
    });
    return `${side} ${quantity.toFixed()} ${symbol}${placed.ok ? '' : `: ${placed.error.message}`}`;
  }

  /** Now and then it is another instance of this program that trades. */
  #nextId(): string {
    this.#count += 1;
    if (this.#draw.isTrue(0.7)) return `web_${this.#count}`;
    const subject = asId<OrderId>(`0${String(this.#count).padStart(23, '0')}`);
    return clientOrderId({ instance: 'zzzz', subject, leg: 'entry', number: 1 });
  }

  /** So many units, on the step. A sale on spot is of the user's own. */
  #units(symbol: string, worth: number, side: OrderSide): Decimal {
    const step = this.#rules(symbol).step;
    const wanted = new Decimal(worth).dividedBy(this.#world.lastPrice(symbol));
    const isOfHoldings = this.#world.plan.market === 'spot' && side === 'sell';
    const base = baseOf(symbol);
    const { facts } = this.#checks;
    // What others' orders lock is the user's, too: what is free may be the program's.
    const locked = facts
      .working()
      .filter((order) => !order.isOwn && order.symbol === symbol && order.side === 'sell')
      .reduce((sum, order) => sum.plus(order.left ?? 0), new Decimal(0));
    const own = isOfHoldings ? Decimal.min(facts.ofUser(base).minus(locked), facts.free(base)) : wanted;
    return Decimal.min(wanted, own).dividedToIntegerBy(step).times(step);
  }

  #priceNear(symbol: string, factor: number): Decimal {
    const { tick } = this.#rules(symbol);
    return new Decimal(this.#world.lastPrice(symbol)).times(factor).dividedToIntegerBy(tick).times(tick);
  }

  #rules(symbol: string) {
    const { exchange, plan } = this.#world;
    const instrument = exchange.venue.data.find(plan.market, symbol)?.instrument(plan.market) ?? null;
    if (instrument === null) throw new Error(`no symbol ${symbol}`);
    return instrument.rules;
  }
}
