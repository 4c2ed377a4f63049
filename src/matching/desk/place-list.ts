import { err, ok } from '../../lib/result.ts';
import type { Result } from '../../lib/result.ts';
import type { OrderSide } from '../../domain/order/order.ts';
import { orderListReport, orderReport, OrderList, PLAIN_ORIGIN, WorkingOrder } from '../orders/working-order.ts';
import type { OcoLeg, OcoRequest, OrderRequest, PlacedList, Refusal, RefusalReason } from '../venue-types.ts';
import { checkRequest, triggerPriceOf } from './check-request.ts';
import type { CheckedRequest } from './check-request.ts';
import { refusal } from './core.ts';
import type { Core } from './core.ts';
import { wouldTake } from './match.ts';
import { tellList } from './order-end.ts';
import { register } from './place.ts';
import { waitForTrigger } from './triggers.ts';

/** Places two spot orders of which one cancels the other. Both are accepted or none is; the balance is locked once. */
export function placeOco(core: Core, oco: OcoRequest): Result<PlacedList, Refusal> {
  const requests = [requestOf(oco, oco.above), requestOf(oco, oco.below)] as const;
  const shape = shapeRefusal(core, oco);
  if (shape !== null) return refused(shape, oco);
  const above = checkRequest(core, requests[0]);
  if (!above.ok) return above;
  const below = checkRequest(core, requests[1]);
  if (!below.ok) return below;
  const { market, account } = above.value;
  // The second order of the list counts as well.
  if (account.countsIn(market.symbol).orders + 1 >= market.rules.maxOrders) return refused('max_num_orders', oco);
  const orders = [orderOf(core, above.value), orderOf(core, below.value)] as const;
  const wouldTrade = orders.some((order) => order.waiting === null && wouldTake(order, market));
  const reason = wouldTrade ? 'would_take' : core.settlement.reserveList(orders, market);
  if (reason !== null) return refused(reason, oco);
  const { listClientOrderId } = oco;
  const list = new OrderList({ orderListId: core.nextListId(), listClientOrderId, at: core.now }, orders);
  core.lists.add(oco.accountId, list);
  for (const order of orders) order.list = list;
  tellList(core, list);
  for (const order of orders) {
    register(core, order, market);
    if (order.waiting === null) order.level = market.own(order.isBuy).rest(order, order.ticks);
  }
  return ok({ list: orderListReport(list), orders: orders.map((order) => orderReport(order, market.scale)) });
}

function refused(reason: RefusalReason, oco: OcoRequest): Result<never, Refusal> {
  return err(refusal(reason, `order list ${oco.listClientOrderId}: ${oco.side} ${oco.symbol}`));
}

function requestOf(oco: OcoRequest, leg: OcoLeg): OrderRequest {
  const { accountId, symbol, side, quantity, selfTradePrevention } = oco;
  const size = { type: 'quantity', quantity } as const;
  return { accountId, symbol, side, size, ...leg, positionSide: 'both', reduceOnly: false, selfTradePrevention };
}

function orderOf(core: Core, { request, account, ticks, steps, triggerTicks }: CheckedRequest): WorkingOrder {
  const identity = { orderId: core.nextOrderId(), account, at: core.now, origin: PLAIN_ORIGIN };
  const order = new WorkingOrder(identity, request, { ticks, steps });
  if (request.trigger === null) order.workingSince = core.now;
  else waitForTrigger(core, order, { trigger: request.trigger, triggerTicks });
  return order;
}

/** What a leg may be: the one on the profitable side a post-only limit or a take-profit, the other a stop. */
function legKind(leg: OcoLeg): 'limit' | 'stop' | 'take_profit' | null {
  if (leg.trigger !== null) return leg.trigger.kind;
  return leg.execution.type === 'limit' && leg.execution.postOnly ? 'limit' : null;
}

/** Legs in their places, ids of their own, and prices on both sides of the last trade: above > last > below. */
function shapeRefusal(core: Core, oco: OcoRequest): RefusalReason | null {
  const { above, below, side, accountId } = oco;
  if (core.market !== 'spot' || !areInPlace(side, legKind(above), legKind(below))) return 'unsupported_combination';
  if (above.clientOrderId === below.clientOrderId) return 'duplicate_client_order_id';
  if (core.lists.withClientId(accountId, oco.listClientOrderId) !== undefined) return 'duplicate_client_order_id';
  const market = core.markets.get(oco.symbol);
  if (market === undefined || Number.isNaN(market.lastTicks)) return null;
  const last = market.scale.price(market.lastTicks);
  const abovePrice = legPrice(above);
  const belowPrice = legPrice(below);
  const isBroken = (abovePrice !== null && abovePrice <= last) || (belowPrice !== null && belowPrice >= last);
  return isBroken ? 'oco_price_relation' : null;
}

function areInPlace(side: OrderSide, above: ReturnType<typeof legKind>, below: ReturnType<typeof legKind>): boolean {
  const [profitable, protecting] = side === 'sell' ? [above, below] : [below, above];
  return (profitable === 'limit' || profitable === 'take_profit') && protecting === 'stop';
}

/** The price that decides on which side of the market a leg stands; null for a trailing one that tracks at once. */
function legPrice(leg: OcoLeg): bigint | null {
  if (leg.trigger !== null) return triggerPriceOf(leg.trigger);
  return leg.execution.type === 'limit' ? leg.execution.price : null;
}
