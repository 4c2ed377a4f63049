import type { OrderChange, VenueEvent } from '../../matching/venue-types.ts';
import { atomsText } from '../../matching/atoms.ts';
import { limitPriceOf, PREVENTION, spotTypeOf, STATUS, stopPriceOf, timeInForceOf } from '../spot/order-answers.ts';

type OrderEvent = Extract<VenueEvent, { type: 'order' }>;
type ListEvent = Extract<VenueEvent, { type: 'order_list' }>;
type BalancesEvent = Extract<VenueEvent, { type: 'balances' }>;

const EXECUTION: Readonly<Record<OrderChange, string>> = {
  new: 'NEW',
  trade: 'TRADE',
  triggered: 'NEW',
  amended: 'REPLACED',
  cancelled: 'CANCELED',
  expired: 'EXPIRED',
  expired_in_match: 'TRADE_PREVENTION',
};

/** What the venue's event does not know of an order. */
export interface ReportContext {
  readonly executionId: number;
  readonly publicTradeId: number;
  /** Client id of the cancel request that ended it; null when none did. */
  readonly cancelId: string | null;
}

/** https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream#order-update */
export function executionReport({ at, change, order, fill }: OrderEvent, context: ReportContext): object {
  const { trigger, trailing } = order;
  const isCancel = change === 'cancelled' && context.cancelId !== null;
  return {
    e: 'executionReport',
    E: at,
    s: order.symbol,
    c: isCancel ? context.cancelId : order.clientOrderId,
    S: order.side.toUpperCase(),
    o: spotTypeOf(order),
    f: timeInForceOf(order),
    q: atomsText(order.quantity),
    p: atomsText(limitPriceOf(order)),
    P: atomsText(stopPriceOf(order)),
    ...(trigger?.type === 'trailing' ? { d: trigger.deltaBps, D: trailing?.activatedAt ?? -1 } : {}),
    F: atomsText(0n),
    g: order.orderListId ?? -1,
    C: isCancel ? order.clientOrderId : '',
    x: EXECUTION[change],
    X: STATUS[order.status],
    r: 'NONE',
    i: order.orderId,
    l: atomsText(fill?.quantity ?? 0n),
    z: atomsText(order.executedQuantity),
    L: atomsText(fill?.price ?? 0n),
    n: fill === null ? '0' : atomsText(fill.commission),
    N: fill?.commissionAsset ?? null,
    T: order.updatedAt,
    t: fill === null ? -1 : context.publicTradeId,
    I: context.executionId,
    w: order.workingSince !== null && (order.status === 'new' || order.status === 'partially_filled'),
    m: fill?.isMaker ?? false,
    M: fill !== null,
    O: order.placedAt,
    Z: atomsText(order.executedQuote),
    Y: atomsText(fill?.quoteQuantity ?? 0n),
    Q: atomsText(order.quoteQuantity ?? 0n),
    ...(order.workingSince === null ? {} : { W: order.workingSince }),
    V: PREVENTION[order.selfTradePrevention],
  };
}

/** https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream#account-update */
export function accountPosition({ at, balances }: BalancesEvent): object {
  return {
    e: 'outboundAccountPosition',
    E: at,
    u: at,
    B: balances.map(({ asset, free, locked }) => ({ a: asset, f: atomsText(free), l: atomsText(locked) })),
  };
}

export function listStatus({ at, list }: ListEvent): object {
  const isDone = list.status === 'all_done';
  return {
    e: 'listStatus',
    E: at,
    s: list.symbol,
    g: list.orderListId,
    c: 'OCO',
    l: isDone ? 'ALL_DONE' : 'EXEC_STARTED',
    L: isDone ? 'ALL_DONE' : 'EXECUTING',
    r: 'NONE',
    C: list.listClientOrderId,
    T: list.updatedAt,
    O: list.orders.map(({ orderId, clientOrderId }) => ({ s: list.symbol, i: orderId, c: clientOrderId })),
  };
}
