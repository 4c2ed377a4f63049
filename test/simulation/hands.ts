/** What the user does at the exchange by hand, and other programs: none of it is this program's business. */
import { Decimal } from '../../src/domain/decimal.ts';
import { clientOrderId } from '../../src/domain/order/client-order-id.ts';
import { asId } from '../../src/domain/ids.ts';
import type { OrderId } from '../../src/domain/ids.ts';
import type { OrderSide } from '../../src/domain/order/order.ts';
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
}

const MARKET: OrderRequest['execution'] = { type: 'market' };

export class Hands {
  readonly #world: World;
  readonly #checks: Checks;
  readonly #draw: Draw;
  #count = 0;

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

  /** One of the working orders of others goes. */
  cancelOwn(): string {
    const orders = this.#checks.facts.working().filter(({ isOwn }) => !isOwn);
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

  #place({ symbol, side, quantity, execution, reduceOnly = false }: OrderByHand): string {
    const { market } = this.#world.plan;
    const data = this.#world.exchange.venue.data.find(market, symbol);
    if (data === null || !quantity.isPositive() || quantity.isZero()) return `nothing of ${symbol}`;
    const placed = this.#world.exchange.venue.desks[market].placeOrder(data, {
      ...{ accountId: ACCOUNT, symbol, side, execution, reduceOnly, trigger: null, positionSide: 'both' },
      ...{ clientOrderId: this.#nextId(), size: { type: 'quantity', quantity: atoms(quantity) } },
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
    const base = symbol.replace('USDT', '');
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
    const instrument = this.#world.rules().find((each) => each.symbol === symbol);
    if (instrument === undefined) throw new Error(`no symbol ${symbol}`);
    return instrument.rules;
  }
}
