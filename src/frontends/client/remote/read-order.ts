import { money, price, quantity } from '../../../domain/decimal.ts';
import type { Price } from '../../../domain/decimal.ts';
import { asId } from '../../../domain/ids.ts';
import type {
  AccountId,
  ClientOrderId,
  OrderId,
  PositionId,
  SignalId,
  TraderId,
  VenueOrderId,
  VenueSymbol,
} from '../../../domain/ids.ts';
import type { OrderLeg } from '../../../domain/order/client-order-id.ts';
import type { Order, OrderState, OrderTerms, TimeInForce, TriggerSource } from '../../../domain/order/order.ts';
import type { OrderForm } from '../../shared/wire/forms.ts';
import { idOf, NO_VENUE_ORDER, priceOf, REMOTE_USER, worthOf } from './values.ts';

/** The order that a form of the API tells of. */
export function readOrder(form: OrderForm, accountId: AccountId): Order {
  const filled = quantity(form.filledQuantity);
  return {
    intent: {
      id: asId<OrderId>(form.id),
      userId: REMOTE_USER,
      accountId,
      market: form.market,
      symbol: asId<VenueSymbol>(form.symbol),
      side: form.side,
      quantity: quantity(form.quantity),
      terms: readTerms(form),
      reduceOnly: form.reduceOnly,
      leg: form.leg as OrderLeg,
      traderId: idOf<TraderId>(form.traderId),
      agentId: null,
      signalId: idOf<SignalId>(form.signalId),
      positionId: idOf<PositionId>(form.positionId),
      parentOrderId: null,
      list: null,
      reason: form.reason,
      createdAt: form.createdAt,
    },
    clientOrderId: asId<ClientOrderId>(form.clientOrderId),
    attempt: form.attempt,
    state: readState(form),
    execution: {
      filledQuantity: filled,
      filledNotional: worthOf(filled, priceOf(form.averagePrice)),
      feesValue: money(form.fees),
      reportedQuantity: filled,
      venueTradeIds: [],
    },
    updatedAt: form.updatedAt,
  };
}

/** A type that this version does not know is shown as a market order: without a price it claims the least. */
function readTerms(form: OrderForm): OrderTerms {
  const triggerSource = (form.triggerSource ?? 'last') as TriggerSource;
  const timeInForce = (form.timeInForce ?? 'GTC') as TimeInForce;
  const limit = priceOf(form.price);
  const triggerPrice = priceOf(form.triggerPrice);
  switch (form.type) {
    case 'limit':
      return { type: 'limit', price: known(limit), timeInForce, postOnly: form.postOnly };
    case 'stop_market':
      return { type: 'stop_market', triggerPrice: known(triggerPrice), triggerSource };
    case 'stop_limit':
      return {
        type: 'stop_limit',
        triggerPrice: known(triggerPrice),
        triggerSource,
        price: known(limit),
        timeInForce,
      };
    case 'take_profit':
      return { type: 'take_profit', triggerPrice: known(triggerPrice), triggerSource, price: limit };
    case 'trailing_stop':
      return {
        type: 'trailing_stop',
        trailingDeltaBps: form.trailingDeltaBps ?? 0,
        activationPrice: priceOf(form.activationPrice),
        triggerSource,
      };
    default:
      return { type: 'market' };
  }
}

function known(value: Price | null): Price {
  return value ?? price('0.00000001');
}

/** A status that this version does not know is `unknown`, with its name as the cause. */
function readState(form: OrderForm): OrderState {
  const { status, updatedAt: at } = form;
  const since = at;
  const reason = form.statusReason ?? '';
  const named = idOf<VenueOrderId>(form.venueOrderId);
  const venueOrderId = named ?? NO_VENUE_ORDER;
  switch (status) {
    case 'pending':
      return { status };
    case 'sent':
      return { status, since, notFoundFinalAt: since };
    case 'open':
    case 'partial':
    case 'cancelling':
      return { status, since, venueOrderId };
    case 'replacing':
      return { status, since, venueOrderId, replacementId: asId<OrderId>(form.id) };
    case 'triggered':
      return { status, since, venueOrderId, childVenueOrderId: null };
    case 'filled':
    case 'expired_in_match':
      return { status, at, venueOrderId };
    case 'cancelled':
    case 'expired':
      return { status, at, venueOrderId: named, reason };
    case 'rejected':
      return { status, at, venueOrderId: named, code: String(form.code ?? ''), reason };
    default:
      return { status: 'unknown', since, cause: status === 'unknown' ? reason : status, notFoundFinalAt: since };
  }
}
