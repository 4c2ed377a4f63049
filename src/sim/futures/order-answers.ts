import type { AlgoReport, AlgoStatus, OrderReport, PositionLeg, Trigger } from '../../matching/venue-types.ts';
import { atomsText } from '../../matching/atoms.ts';
import { limitPriceOf, PREVENTION, STATUS } from '../spot/order-answers.ts';
import type { RecordedFill } from '../state/account-history.ts';
import { averageText, fixedText } from '../state/amount-text.ts';

/** Decimals of a symbol's prices and quantities on futures. */
export interface Decimals {
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
}

/** Client order ids of the liquidation engine begin so. */
const LIQUIDATION_PREFIX = 'autoclose-';
const AVERAGE_DECIMALS = 5;

export const ALGO_STATUS: Readonly<Record<AlgoStatus, string>> = {
  new: 'NEW',
  triggering: 'TRIGGERING',
  triggered: 'TRIGGERED',
  finished: 'FINISHED',
  cancelled: 'CANCELED',
  rejected: 'REJECTED',
  expired: 'EXPIRED',
};

export function positionSideText(leg: PositionLeg): string {
  return leg.toUpperCase();
}

/** The venue's name for the kind of a futures order. */
export function futuresTypeOf({ execution }: Pick<OrderReport, 'execution'>): string {
  return execution.type === 'market' ? 'MARKET' : 'LIMIT';
}

export function futuresTimeInForce({ execution }: Pick<OrderReport, 'execution'>): string {
  if (execution.type === 'market') return 'GTC';
  return execution.postOnly ? 'GTX' : execution.timeInForce;
}

export function clientIdOf(order: OrderReport): string {
  return order.isLiquidation ? `${LIQUIDATION_PREFIX}${order.placedAt}${order.orderId}` : order.clientOrderId;
}

/** What all answers about an order share. */
function commonFields(order: OrderReport, decimals: Decimals): Record<string, unknown> {
  const zero = fixedText(0n, decimals.priceDecimals);
  return {
    orderId: order.orderId,
    symbol: order.symbol,
    status: STATUS[order.status],
    clientOrderId: clientIdOf(order),
    price: fixedText(limitPriceOf(order), decimals.priceDecimals),
    origQty: fixedText(order.quantity, decimals.quantityDecimals),
    executedQty: fixedText(order.executedQuantity, decimals.quantityDecimals),
    timeInForce: futuresTimeInForce(order),
    type: futuresTypeOf(order),
    reduceOnly: order.reduceOnly,
    closePosition: order.closePosition,
    side: order.side.toUpperCase(),
    positionSide: positionSideText(order.positionSide),
    stopPrice: zero,
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    origType: futuresTypeOf(order),
    priceMatch: 'NONE',
    selfTradePreventionMode: PREVENTION[order.selfTradePrevention],
    goodTillDate: 0,
    updateTime: order.updatedAt,
  };
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/Query-Order */
export function orderAnswer(order: OrderReport, decimals: Decimals): Record<string, unknown> {
  return {
    ...commonFields(order, decimals),
    avgPrice: averageText(order.executedQuote, order.executedQuantity, AVERAGE_DECIMALS),
    cumQuote: fixedText(order.executedQuote, Math.min(8, decimals.priceDecimals + decimals.quantityDecimals)),
    time: order.placedAt,
  };
}

/**
 * Answers to new, changed and cancelled orders: since mid-2026 without avgPrice and cumQuote.
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api
 */
export function actionAnswer(order: OrderReport, decimals: Decimals): Record<string, unknown> {
  return {
    ...commonFields(order, decimals),
    cumQty: fixedText(order.executedQuantity, decimals.quantityDecimals),
  };
}

/** ACK tells that the order was taken, not what came of it. */
export function acknowledgement(order: OrderReport, decimals: Decimals): Record<string, unknown> {
  const zero = fixedText(0n, decimals.quantityDecimals);
  return { ...actionAnswer(order, decimals), status: 'NEW', executedQty: zero, cumQty: zero };
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/Account-Trade-List */
export function tradeAnswer(
  { fill, order, publicTradeId }: RecordedFill,
  decimals: Decimals & { readonly marginAsset: string },
): object {
  return {
    symbol: order.symbol,
    id: publicTradeId,
    orderId: order.orderId,
    pair: order.symbol,
    side: order.side.toUpperCase(),
    price: fixedText(fill.price, decimals.priceDecimals),
    qty: fixedText(fill.quantity, decimals.quantityDecimals),
    realizedPnl: atomsText(fill.realizedPnl),
    quoteQty: fixedText(fill.quoteQuantity, Math.min(8, decimals.priceDecimals + decimals.quantityDecimals)),
    commission: atomsText(fill.commission),
    commissionAsset: fill.commissionAsset,
    time: fill.time,
    positionSide: positionSideText(order.positionSide),
    baseQty: '0',
    marginAsset: decimals.marginAsset,
    buyer: order.side === 'buy',
    maker: fill.isMaker,
  };
}

/** The venue's name for the kind of a conditional order. */
export function algoTypeOf({ execution, trigger }: Pick<AlgoReport, 'execution' | 'trigger'>): string {
  if (trigger.type === 'trailing') return 'TRAILING_STOP_MARKET';
  const kind = trigger.kind === 'stop' ? 'STOP' : 'TAKE_PROFIT';
  return execution.type === 'market' ? `${kind}_MARKET` : kind;
}

export function workingTypeOf(trigger: Trigger): string {
  return trigger.source === 'mark' ? 'MARK_PRICE' : 'CONTRACT_PRICE';
}

export function triggerPriceOf(trigger: Trigger): bigint {
  return trigger.type === 'fixed' ? trigger.price : 0n;
}

function algoFields(order: AlgoReport, decimals: Decimals): Record<string, unknown> {
  const { size, trigger } = order;
  return {
    algoId: order.algoId,
    clientAlgoId: order.clientAlgoId,
    algoType: 'CONDITIONAL',
    orderType: algoTypeOf(order),
    symbol: order.symbol,
    side: order.side.toUpperCase(),
    positionSide: positionSideText(order.positionSide),
    timeInForce: futuresTimeInForce(order),
    quantity: fixedText(size.type === 'quantity' ? size.quantity : 0n, decimals.quantityDecimals),
    algoStatus: ALGO_STATUS[order.status],
    triggerPrice: fixedText(triggerPriceOf(trigger), decimals.priceDecimals),
    price: fixedText(limitPriceOf(order), decimals.priceDecimals),
    icebergQuantity: null,
    selfTradePreventionMode: PREVENTION[order.selfTradePrevention],
    workingType: workingTypeOf(trigger),
    priceMatch: 'NONE',
    closePosition: size.type === 'position',
    priceProtect: false,
    reduceOnly: order.reduceOnly,
    createTime: order.placedAt,
    updateTime: order.updatedAt,
    triggerTime: order.triggeredAt ?? 0,
    goodTillDate: 0,
  };
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/New-Algo-Order */
export function newAlgoAnswer(order: AlgoReport, decimals: Decimals): Record<string, unknown> {
  const { trigger } = order;
  const isTrailing = trigger.type === 'trailing';
  const activation = isTrailing ? trigger.activationPrice : null;
  return {
    ...algoFields(order, decimals),
    activatePrice: activation === null ? '' : fixedText(activation, decimals.priceDecimals),
    callbackRate: isTrailing ? String(trigger.deltaBps / 100) : '',
  };
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/Query-Algo-Order */
export function algoAnswer(order: AlgoReport, decimals: Decimals): Record<string, unknown> {
  const zero = fixedText(0n, decimals.priceDecimals);
  return {
    ...algoFields(order, decimals),
    actualOrderId: order.childOrderId === null ? '' : String(order.childOrderId),
    actualPrice: averageText(order.childExecutedQuote, order.childExecutedQuantity, AVERAGE_DECIMALS),
    tpTriggerPrice: zero,
    tpPrice: zero,
    slTriggerPrice: zero,
    slPrice: zero,
    tpOrderType: '',
  };
}
