import { averageFillPrice } from '../../../domain/order/order.ts';
import type { Order, OrderTerms } from '../../../domain/order/order.ts';
import type { OrderForm } from '../wire/forms.ts';
import { amountOrNull, amountText, nameOf } from './figures.ts';
import type { TraderNames } from './figures.ts';

export type OrderJson = OrderForm;

/** The figures of every type of order under one set of names; null where the type has no such figure. */
function termsJson(terms: OrderTerms) {
  return {
    type: terms.type,
    price: 'price' in terms ? amountOrNull(terms.price) : null,
    triggerPrice: 'triggerPrice' in terms ? amountText(terms.triggerPrice) : null,
    triggerSource: 'triggerSource' in terms ? terms.triggerSource : null,
    timeInForce: 'timeInForce' in terms ? terms.timeInForce : null,
    postOnly: 'postOnly' in terms && terms.postOnly,
    trailingDeltaBps: 'trailingDeltaBps' in terms ? terms.trailingDeltaBps : null,
    activationPrice: 'activationPrice' in terms ? amountOrNull(terms.activationPrice) : null,
  };
}

/** An own order as the API gives it. `reason` says why it was wanted, `statusReason` why it stands where it stands. */
export function orderJson(order: Order, names: TraderNames): OrderForm {
  const { intent, state, execution } = order;
  return {
    id: intent.id,
    clientOrderId: order.clientOrderId,
    venueOrderId: 'venueOrderId' in state ? state.venueOrderId : null,
    traderId: intent.traderId,
    trader: nameOf(intent.traderId, names),
    signalId: intent.signalId,
    positionId: intent.positionId,
    market: intent.market,
    symbol: intent.symbol,
    side: intent.side,
    ...termsJson(intent.terms),
    leg: intent.leg,
    reduceOnly: intent.reduceOnly,
    status: state.status,
    statusReason: 'reason' in state ? state.reason : state.status === 'unknown' ? state.cause : null,
    code: state.status === 'rejected' ? state.code : null,
    quantity: amountText(intent.quantity),
    filledQuantity: amountText(execution.filledQuantity),
    averagePrice: amountOrNull(averageFillPrice(order)),
    fees: amountText(execution.feesValue),
    attempt: order.attempt,
    reason: intent.reason,
    createdAt: intent.createdAt,
    updatedAt: order.updatedAt,
  };
}
