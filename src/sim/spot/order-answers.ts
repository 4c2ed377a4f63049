import type {
  OrderReport,
  OrderListReport,
  SelfTradePrevention,
  VenueOrderStatus,
} from '../../matching/venue-types.ts';
import { atomsText } from '../../matching/atoms.ts';
import type { AccountHistory, RecordedFill } from '../state/account-history.ts';

export const STATUS: Readonly<Record<VenueOrderStatus, string>> = {
  new: 'NEW',
  partially_filled: 'PARTIALLY_FILLED',
  filled: 'FILLED',
  cancelled: 'CANCELED',
  expired: 'EXPIRED',
  expired_in_match: 'EXPIRED_IN_MATCH',
};

export const PREVENTION: Readonly<Record<SelfTradePrevention, string>> = {
  none: 'NONE',
  expire_taker: 'EXPIRE_TAKER',
  expire_maker: 'EXPIRE_MAKER',
  expire_both: 'EXPIRE_BOTH',
};

/** The venue's name for the kind of a spot order. */
export function spotTypeOf({ execution, trigger }: Pick<OrderReport, 'execution' | 'trigger'>): string {
  const isLimit = execution.type === 'limit';
  if (trigger !== null) return `${trigger.kind === 'stop' ? 'STOP_LOSS' : 'TAKE_PROFIT'}${isLimit ? '_LIMIT' : ''}`;
  if (!isLimit) return 'MARKET';
  return execution.postOnly ? 'LIMIT_MAKER' : 'LIMIT';
}

export function limitPriceOf(order: Pick<OrderReport, 'execution'>): bigint {
  return order.execution.type === 'limit' ? order.execution.price : 0n;
}

export function timeInForceOf(order: Pick<OrderReport, 'execution'>): string {
  return order.execution.type === 'limit' ? order.execution.timeInForce : 'GTC';
}

/** The price that sets it off: fixed, or where a trailing stop stands. */
export function stopPriceOf({ trigger, trailing }: Pick<OrderReport, 'trigger' | 'trailing'>): bigint {
  if (trigger === null) return 0n;
  return trigger.type === 'fixed' ? trigger.price : (trailing?.triggerPrice ?? trigger.activationPrice ?? 0n);
}

/** Fields that only trailing stops have. */
function trailingFields({ trigger, trailing }: OrderReport): Record<string, unknown> {
  if (trigger?.type !== 'trailing') return {};
  return { trailingDelta: trigger.deltaBps, trailingTime: trailing?.activatedAt ?? -1 };
}

/** What all answers about an order begin with after its ids. */
function progressFields(order: OrderReport): Record<string, unknown> {
  return {
    price: atomsText(limitPriceOf(order)),
    origQty: atomsText(order.quantity),
    executedQty: atomsText(order.executedQuantity),
    origQuoteOrderQty: atomsText(order.quoteQuantity ?? 0n),
    cummulativeQuoteQty: atomsText(order.executedQuote),
    status: STATUS[order.status],
    timeInForce: timeInForceOf(order),
    type: spotTypeOf(order),
    side: order.side.toUpperCase(),
  };
}

/** https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints#query-order-user_data */
export function orderAnswer(order: OrderReport): Record<string, unknown> {
  return {
    symbol: order.symbol,
    orderId: order.orderId,
    orderListId: order.orderListId ?? -1,
    clientOrderId: order.clientOrderId,
    ...progressFields(order),
    stopPrice: atomsText(stopPriceOf(order)),
    ...trailingFields(order),
    icebergQty: atomsText(0n),
    time: order.placedAt,
    updateTime: order.updatedAt,
    isWorking: order.workingSince !== null,
    workingTime: order.workingSince ?? -1,
    selfTradePreventionMode: PREVENTION[order.selfTradePrevention],
  };
}

export type ResponseType = 'ACK' | 'RESULT' | 'FULL';

/** https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints#new-order-trade */
export function newOrderAnswer(
  order: OrderReport,
  fills: readonly RecordedFill[],
  responseType: ResponseType,
): Record<string, unknown> {
  const acknowledgement = {
    symbol: order.symbol,
    orderId: order.orderId,
    orderListId: order.orderListId ?? -1,
    clientOrderId: order.clientOrderId,
    transactTime: order.updatedAt,
  };
  if (responseType === 'ACK') return acknowledgement;
  const result = {
    ...acknowledgement,
    ...progressFields(order),
    ...(order.trigger === null ? {} : { stopPrice: atomsText(stopPriceOf(order)), ...trailingFields(order) }),
    workingTime: order.workingSince ?? -1,
    selfTradePreventionMode: PREVENTION[order.selfTradePrevention],
  };
  return responseType === 'RESULT' ? result : { ...result, fills: fills.map(fillAnswer) };
}

function fillAnswer({ fill, publicTradeId }: RecordedFill): object {
  return {
    price: atomsText(fill.price),
    qty: atomsText(fill.quantity),
    commission: atomsText(fill.commission),
    commissionAsset: fill.commissionAsset,
    tradeId: publicTradeId,
  };
}

/** https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints#cancel-order-trade */
export function cancelAnswer(order: OrderReport, cancelId: string): Record<string, unknown> {
  return {
    symbol: order.symbol,
    origClientOrderId: order.clientOrderId,
    orderId: order.orderId,
    orderListId: order.orderListId ?? -1,
    clientOrderId: cancelId,
    transactTime: order.updatedAt,
    ...progressFields(order),
    ...(order.trigger === null ? {} : { stopPrice: atomsText(stopPriceOf(order)), ...trailingFields(order) }),
    selfTradePreventionMode: PREVENTION[order.selfTradePrevention],
  };
}

/** https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints#account-trade-list-user_data */
export function tradeAnswer({ fill, order, publicTradeId }: RecordedFill): object {
  return {
    symbol: order.symbol,
    id: publicTradeId,
    orderId: order.orderId,
    orderListId: order.orderListId ?? -1,
    price: atomsText(fill.price),
    qty: atomsText(fill.quantity),
    quoteQty: atomsText(fill.quoteQuantity),
    commission: atomsText(fill.commission),
    commissionAsset: fill.commissionAsset,
    time: fill.time,
    isBuyer: order.side === 'buy',
    isMaker: fill.isMaker,
    isBestMatch: true,
  };
}

/** https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints#query-order-list-user_data */
export function listAnswer(list: OrderListReport): Record<string, unknown> {
  const isDone = list.status === 'all_done';
  return {
    orderListId: list.orderListId,
    contingencyType: 'OCO',
    listStatusType: isDone ? 'ALL_DONE' : 'EXEC_STARTED',
    listOrderStatus: isDone ? 'ALL_DONE' : 'EXECUTING',
    listClientOrderId: list.listClientOrderId,
    transactionTime: list.updatedAt,
    symbol: list.symbol,
    orders: list.orders.map(({ orderId, clientOrderId }) => ({ symbol: list.symbol, orderId, clientOrderId })),
  };
}

/** A new list, with the reports of its orders. */
export function newListAnswer(list: OrderListReport, history: AccountHistory): Record<string, unknown> {
  const orders = list.orders.map(({ orderId }) => history.orderById(orderId)).filter((order) => order !== null);
  return { ...listAnswer(list), orderReports: orders.map((order) => newOrderAnswer(order, [], 'RESULT')) };
}

/** A cancelled list, with the reports of its cancelled orders. */
export function cancelledListAnswer(
  list: OrderListReport,
  history: AccountHistory,
  cancelId: string,
): Record<string, unknown> {
  const orders = list.orders.map(({ orderId }) => history.orderById(orderId)).filter((order) => order !== null);
  return { ...listAnswer(list), orderReports: orders.map((order) => cancelAnswer(order, cancelId)) };
}
