import type { Account } from '../account/account.ts';
import type { Atoms } from '../atoms.ts';
import type { PriceLevel, Queued } from '../book/price-level.ts';
import type { Scale } from '../book/scale.ts';
import type {
  AlgoReport,
  AlgoStatus,
  OrderListReport,
  OrderReport,
  OrderRequest,
  TrailingState,
  Trigger,
  VenueOrderStatus,
} from '../venue-types.ts';
import type { Waiting } from './trigger-index.ts';

/** Who may wait for a trigger. */
export type Conditional = WorkingOrder | AlgoOrder;

/** Where an order came from other than a plain request. */
export interface OrderOrigin {
  readonly algo: AlgoOrder | null;
  readonly isLiquidation: boolean;
}

export const PLAIN_ORIGIN: OrderOrigin = { algo: null, isLiquidation: false };

/** An order that the venue works on, from its acceptance to its end. */
export class WorkingOrder implements Queued<WorkingOrder> {
  readonly orderId: number;
  /** As placed, or as amended last. */
  request: OrderRequest;
  readonly isBuy: boolean;
  readonly account: Account;
  readonly origin: OrderOrigin;
  readonly placedAt: number;
  updatedAt: number;
  workingSince: number | null = null;
  status: VenueOrderStatus = 'new';

  /** Limit price; NaN for market orders, but for a liquidation: how far into the book it goes. */
  ticks: number;
  totalSteps: number;
  remainingSteps: number;
  executedQuote: Atoms = 0n;
  /** What a market order by quote quantity has still to spend or receive; null for other orders. */
  quoteLeft: Atoms | null = null;

  level: PriceLevel<WorkingOrder> | null = null;
  queueMark = 0;
  previous: WorkingOrder | null = null;
  next: WorkingOrder | null = null;

  waiting: Waiting<Conditional> | null = null;
  list: OrderList | null = null;
  /**
   * What is bound for it. Spot: the amount locked in what it gives away (of a list, on one of its orders). Futures: its
   * notional in the account's open orders, for `boundSteps`.
   */
  bound: Atoms = 0n;
  boundSteps = 0;

  constructor(
    identity: {
      readonly orderId: number;
      readonly account: Account;
      readonly at: number;
      readonly origin: OrderOrigin;
    },
    request: OrderRequest,
    counts: { readonly ticks: number; readonly steps: number },
  ) {
    this.orderId = identity.orderId;
    this.account = identity.account;
    this.origin = identity.origin;
    this.request = request;
    this.isBuy = request.side === 'buy';
    this.placedAt = identity.at;
    this.updatedAt = identity.at;
    this.ticks = counts.ticks;
    this.totalSteps = counts.steps;
    this.remainingSteps = counts.steps;
    if (request.size.type === 'quote') this.quoteLeft = request.size.quoteQuantity;
  }

  get isDone(): boolean {
    return this.status !== 'new' && this.status !== 'partially_filled';
  }

  get executedSteps(): number {
    return this.totalSteps - this.remainingSteps;
  }

  get isMarket(): boolean {
    return this.request.execution.type === 'market';
  }
}

/** Two orders of which one cancels the other; on spot they lock the balance once. */
export class OrderList {
  readonly orderListId: number;
  readonly listClientOrderId: string;
  readonly orders: readonly WorkingOrder[];
  readonly placedAt: number;
  updatedAt: number;
  isDone = false;

  constructor(
    identity: { readonly orderListId: number; readonly listClientOrderId: string; readonly at: number },
    orders: readonly WorkingOrder[],
  ) {
    this.orderListId = identity.orderListId;
    this.listClientOrderId = identity.listClientOrderId;
    this.orders = orders;
    this.placedAt = identity.at;
    this.updatedAt = identity.at;
  }
}

/** A conditional futures order that waits outside the book for its trigger. */
export class AlgoOrder {
  readonly algoId: number;
  readonly account: Account;
  readonly request: OrderRequest & { readonly trigger: Trigger };
  readonly placedAt: number;
  updatedAt: number;
  triggeredAt: number | null = null;
  status: AlgoStatus = 'new';
  cause: AlgoReport['cause'] = null;
  waiting: Waiting<Conditional> | null = null;
  child: WorkingOrder | null = null;

  constructor(
    identity: { readonly algoId: number; readonly account: Account; readonly at: number },
    request: OrderRequest & { readonly trigger: Trigger },
  ) {
    this.algoId = identity.algoId;
    this.account = identity.account;
    this.request = request;
    this.placedAt = identity.at;
    this.updatedAt = identity.at;
  }
}

function trailingState(waiting: Waiting<Conditional> | null, scale: Scale): TrailingState | null {
  if (waiting === null || waiting.terms.trailingBps === null) return null;
  const { activatedAt, extreme, firesAt } = waiting;
  if (activatedAt === null) return { activatedAt, extreme: null, triggerPrice: null };
  return { activatedAt, extreme: scale.price(Math.round(extreme)), triggerPrice: scale.price(firesAt) };
}

/** The order as it stands now. */
export function orderReport(order: WorkingOrder, scale: Scale): OrderReport {
  const { request } = order;
  const { size } = request;
  return {
    orderId: order.orderId,
    accountId: request.accountId,
    symbol: request.symbol,
    clientOrderId: request.clientOrderId,
    side: request.side,
    positionSide: request.positionSide,
    execution: request.execution,
    trigger: request.trigger,
    trailing: trailingState(order.waiting, scale),
    quantity: size.type === 'quantity' ? size.quantity : scale.quantity(order.totalSteps),
    quoteQuantity: size.type === 'quote' ? size.quoteQuantity : null,
    executedQuantity: scale.quantity(order.executedSteps),
    executedQuote: order.executedQuote,
    status: order.status,
    reduceOnly: request.reduceOnly,
    closePosition: order.origin.algo?.request.size.type === 'position',
    selfTradePrevention: request.selfTradePrevention,
    orderListId: order.list?.orderListId ?? null,
    algoId: order.origin.algo?.algoId ?? null,
    isLiquidation: order.origin.isLiquidation,
    placedAt: order.placedAt,
    workingSince: order.workingSince,
    updatedAt: order.updatedAt,
  };
}

/** The list as it stands now. */
export function orderListReport(list: OrderList): OrderListReport {
  const [order] = list.orders as readonly [WorkingOrder];
  return {
    orderListId: list.orderListId,
    listClientOrderId: list.listClientOrderId,
    accountId: order.request.accountId,
    symbol: order.request.symbol,
    orders: list.orders.map(({ orderId, request }) => ({ orderId, clientOrderId: request.clientOrderId })),
    status: list.isDone ? 'all_done' : 'executing',
    placedAt: list.placedAt,
    updatedAt: list.updatedAt,
  };
}

/** The algo order as it stands now. */
export function algoReport(algo: AlgoOrder, scale: Scale): AlgoReport {
  const { request, child } = algo;
  return {
    algoId: algo.algoId,
    accountId: request.accountId,
    symbol: request.symbol,
    clientAlgoId: request.clientOrderId,
    side: request.side,
    positionSide: request.positionSide,
    size: request.size,
    execution: request.execution,
    trigger: request.trigger,
    trailing: trailingState(algo.waiting, scale),
    reduceOnly: request.reduceOnly,
    selfTradePrevention: request.selfTradePrevention,
    status: algo.status,
    childOrderId: child?.orderId ?? null,
    childExecutedQuantity: child === null ? 0n : scale.quantity(child.executedSteps),
    childExecutedQuote: child?.executedQuote ?? 0n,
    cause: algo.cause,
    placedAt: algo.placedAt,
    triggeredAt: algo.triggeredAt,
    updatedAt: algo.updatedAt,
  };
}
