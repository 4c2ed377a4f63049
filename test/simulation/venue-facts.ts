/** What the exchange holds of the account: the truth against which the program's books are held. */
import { Decimal } from '../../src/domain/decimal.ts';
import { parseClientOrderId } from '../../src/domain/order/client-order-id.ts';
import type { OrderSide } from '../../src/domain/order/order.ts';
import { SECOND_MS } from '../../src/domain/time.ts';
import { atomsDecimal } from '../../src/matching/atoms.ts';
import type { Trigger } from '../../src/matching/venue-types.ts';
import type { RecordedFill } from '../../src/sim/state/account-history.ts';
import { ownShare } from './own-share.ts';
import type { OwnShare } from './own-share.ts';
import type { World } from './world.ts';
import { ACCOUNT, INSTANCES } from './world.ts';

/** As often the rules are looked at. */
export const LOOK_MS = 2 * SECOND_MS;

/** Whether this program has made the id. */
export function isOwnId(clientOrderId: string): boolean {
  const instance = parseClientOrderId(clientOrderId)?.instance;
  return instance !== undefined && INSTANCES.some((own) => own === instance);
}

export interface FactFill {
  readonly key: string;
  readonly clientOrderId: string;
  readonly isOwn: boolean;
  readonly symbol: string;
  readonly side: OrderSide;
  readonly quantity: Decimal;
  readonly notional: Decimal;
  readonly fee: Decimal;
  readonly feeAsset: string;
  readonly time: number;
}

export interface FactOrder {
  readonly clientOrderId: string;
  readonly isOwn: boolean;
  readonly symbol: string;
  readonly side: OrderSide;
  /** What it can still trade; null: the whole position. */
  readonly left: Decimal | null;
  readonly triggerPrice: Decimal | null;
}

export class VenueFacts {
  readonly #world: World;
  readonly #seenUpAt: number[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** The program is up, as it was seen each `LOOK_MS`. */
  noteUp(): void {
    this.#seenUpAt.push(this.#world.clock.now());
  }

  fills(): readonly FactFill[] {
    const { market } = this.#world.plan;
    return this.#desk.history(ACCOUNT).fills.map((recorded) => factFill(recorded, market));
  }

  /** Every order that the venue ever took, with what was executed of it. */
  orders(): readonly { readonly clientOrderId: string; readonly executed: Decimal; readonly symbol: string }[] {
    const history = this.#desk.history(ACCOUNT);
    const plain = history.orders().map(({ clientOrderId, executedQuantity, symbol, algoId }) => {
      return { clientOrderId, executed: atomsDecimal(executedQuantity), symbol, isChild: algoId !== null };
    });
    const algos = history.algoOrders().map(({ clientAlgoId, symbol }) => {
      return { clientOrderId: clientAlgoId, executed: new Decimal(0), symbol, isChild: false };
    });
    return [...plain.filter(({ isChild }) => !isChild), ...algos];
  }

  working(): readonly FactOrder[] {
    const { views } = this.#desk.venue;
    const plain = views.openOrders(ACCOUNT, null).map((order): FactOrder => ({
      clientOrderId: order.clientOrderId,
      isOwn: isOwnId(order.clientOrderId),
      ...{ symbol: order.symbol, side: order.side, triggerPrice: triggerOf(order.trigger) },
      left: atomsDecimal(order.quantity - order.executedQuantity),
    }));
    const algos = views.openAlgoOrders(ACCOUNT, null).map((order): FactOrder => ({
      clientOrderId: order.clientAlgoId,
      isOwn: isOwnId(order.clientAlgoId),
      ...{ symbol: order.symbol, side: order.side, triggerPrice: triggerOf(order.trigger) },
      left: order.size.type === 'quantity' ? atomsDecimal(order.size.quantity) : null,
    }));
    return [...plain, ...algos];
  }

  /** Futures: negative for a short. */
  position(symbol: string): Decimal {
    const { positions } = this.#desk.venue.views.futuresAccount(ACCOUNT);
    const quantity = positions.find((position) => position.symbol === symbol)?.quantity ?? 0n;
    return atomsDecimal(quantity);
  }

  /** Futures: whether there is a position of hedge mode. */
  hasLegs(): boolean {
    const { positions } = this.#desk.venue.views.futuresAccount(ACCOUNT);
    return positions.some(({ positionSide, quantity }) => positionSide !== 'both' && quantity !== 0n);
  }

  /** Spot: free and locked together. */
  held(asset: string): Decimal {
    const balance = this.#desk.balances(ACCOUNT).find((each) => each.asset === asset);
    return balance === undefined ? new Decimal(0) : atomsDecimal(balance.free + balance.locked);
  }

  free(asset: string): Decimal {
    const balance = this.#desk.balances(ACCOUNT).find((each) => each.asset === asset);
    return balance === undefined ? new Decimal(0) : atomsDecimal(balance.free);
  }

  /** The user's own units of a base asset: those of the start, and what was traded by hand. Spot only. */
  ofUser(base: string): Decimal {
    const start = new Decimal(this.#world.plan.start.spot.balances[base] ?? 0);
    return this.fills()
      .filter(({ isOwn }) => !isOwn)
      .reduce((sum, fill) => sum.plus(baseChange(fill, base)), start);
  }

  /** What the program's fills have left of a base asset. Spot only. */
  ofUs(base: string): Decimal {
    return this.held(base).minus(this.ofUser(base));
  }

  /** Futures: what is ours in a symbol. */
  share(symbol: string): OwnShare {
    const seeded = this.#world.plan.start.futures.positions.find((position) => position.symbol === symbol);
    return ownShare(
      new Decimal(seeded?.quantity ?? 0),
      this.fills().filter((fill) => fill.symbol === symbol),
      (from, until) => this.#seenUpAt.filter((at) => at > from && at <= until).length * LOOK_MS,
    );
  }

  /** What funding was paid and received. */
  funding(): readonly { readonly id: string; readonly symbol: string | null; readonly amount: Decimal }[] {
    return this.#desk
      .history(ACCOUNT)
      .incomes.filter(({ kind }) => kind === 'funding_fee')
      .map(({ incomeId, symbol, amount }) => ({ id: `${incomeId}:${symbol}`, symbol, amount: atomsDecimal(amount) }));
  }

  get #desk() {
    return this.#world.exchange.venue.desks[this.#world.plan.market];
  }
}

/** What a fill makes of the units of an asset. */
export function baseChange({ symbol, side, quantity, fee, feeAsset }: FactFill, base: string): Decimal {
  const units = symbol === `${base}USDT` ? (side === 'buy' ? quantity : quantity.negated()) : new Decimal(0);
  return feeAsset === base ? units.minus(fee) : units;
}

function triggerOf(trigger: Trigger | null): Decimal | null {
  return trigger?.type === 'fixed' ? atomsDecimal(trigger.price) : null;
}

function factFill({ order, fill, publicTradeId }: RecordedFill, market: string): FactFill {
  return {
    key: `${market}:${order.symbol}:${publicTradeId}:${order.orderId}`,
    clientOrderId: order.clientOrderId,
    isOwn: isOwnId(order.clientOrderId),
    ...{ symbol: order.symbol, side: order.side, time: fill.time, feeAsset: fill.commissionAsset },
    quantity: atomsDecimal(fill.quantity),
    notional: atomsDecimal(fill.quoteQuantity),
    fee: atomsDecimal(fill.commission),
  };
}
