import fc from 'fast-check';

import type { Price } from '../../domain/decimal.ts';
import type { Fill } from '../../domain/fill.ts';
import type { Order, OrderIntent, OrderState, OrderTerms } from '../../domain/order/order.ts';
import { aboveZero, arbitraryAmount, arbitraryId, arbitraryMarket, arbitrarySymbol } from './arbitrary-values.ts';
import { arbitraryText, arbitraryTime, notNegative, orNull, record } from './arbitrary-values.ts';

const price = arbitraryAmount<Price>(aboveZero);
const timeInForce = fc.constantFrom('GTC', 'IOC', 'FOK');
const trigger = { triggerPrice: price, triggerSource: fc.constantFrom('last', 'mark') } as const;

const arbitraryTerms: fc.Arbitrary<OrderTerms> = fc.oneof(
  record({ type: fc.constant('market' as const) }),
  record({ type: fc.constant('limit' as const), price, timeInForce, postOnly: fc.boolean() }),
  record({ type: fc.constant('stop_market' as const), ...trigger }),
  record({ type: fc.constant('stop_limit' as const), ...trigger, price, timeInForce }),
  record({ type: fc.constant('take_profit' as const), ...trigger, price: orNull(price) }),
  record({
    type: fc.constant('trailing_stop' as const),
    trailingDeltaBps: fc.nat(),
    activationPrice: orNull(price),
    triggerSource: trigger.triggerSource,
  }),
);

const since = arbitraryTime;
const at = arbitraryTime;
const notFoundFinalAt = arbitraryTime;
const venueOrderId = arbitraryId<NonNullable<Extract<OrderState, { status: 'open' }>['venueOrderId']>>();
const reason = arbitraryText;

/** Every state of an order, under its status. */
export const ARBITRARY_ORDER_STATES: { readonly [Status in OrderState['status']]: fc.Arbitrary<OrderState> } = {
  pending: record({ status: fc.constant('pending' as const) }),
  sent: record({ status: fc.constant('sent' as const), since, notFoundFinalAt }),
  unknown: record({ status: fc.constant('unknown' as const), since, cause: arbitraryText, notFoundFinalAt }),
  open: record({ status: fc.constant('open' as const), since, venueOrderId }),
  partial: record({ status: fc.constant('partial' as const), since, venueOrderId }),
  cancelling: record({ status: fc.constant('cancelling' as const), since, venueOrderId }),
  replacing: record({
    status: fc.constant('replacing' as const),
    since,
    venueOrderId,
    replacementId: arbitraryId<Extract<OrderState, { status: 'replacing' }>['replacementId']>(),
  }),
  triggered: record({
    status: fc.constant('triggered' as const),
    since,
    venueOrderId,
    childVenueOrderId: orNull(venueOrderId),
  }),
  filled: record({ status: fc.constant('filled' as const), at, venueOrderId }),
  cancelled: record({ status: fc.constant('cancelled' as const), at, venueOrderId: orNull(venueOrderId), reason }),
  rejected: record({
    status: fc.constant('rejected' as const),
    at,
    venueOrderId: orNull(venueOrderId),
    code: arbitraryText,
    reason,
  }),
  expired: record({ status: fc.constant('expired' as const), at, venueOrderId: orNull(venueOrderId), reason }),
  expired_in_match: record({ status: fc.constant('expired_in_match' as const), at, venueOrderId }),
};

const arbitraryIntent: fc.Arbitrary<OrderIntent> = record({
  id: arbitraryId(),
  userId: arbitraryId(),
  accountId: arbitraryId(),
  market: arbitraryMarket,
  symbol: arbitrarySymbol,
  side: fc.constantFrom('buy', 'sell'),
  quantity: arbitraryAmount(aboveZero),
  terms: arbitraryTerms,
  reduceOnly: fc.boolean(),
  leg: fc.constantFrom('entry', 'exit', 'stop', 'target'),
  traderId: orNull(arbitraryId()),
  agentId: orNull(arbitraryText),
  signalId: orNull(arbitraryId()),
  positionId: orNull(arbitraryId()),
  parentOrderId: orNull(arbitraryId()),
  list: orNull(record({ id: arbitraryId(), kind: fc.constantFrom('oco', 'bracket') })),
  reason: arbitraryText,
  createdAt: arbitraryTime,
});

export const arbitraryOrder: fc.Arbitrary<Order> = record({
  intent: arbitraryIntent,
  clientOrderId: arbitraryId(),
  attempt: fc.integer({ min: 1, max: 1_000 }),
  state: fc.oneof(...Object.values(ARBITRARY_ORDER_STATES)),
  execution: record({
    filledQuantity: arbitraryAmount(notNegative),
    filledNotional: arbitraryAmount(),
    feesValue: arbitraryAmount(),
    reportedQuantity: arbitraryAmount(notNegative),
    venueTradeIds: fc.array(arbitraryText, { maxLength: 5 }),
  }),
  updatedAt: arbitraryTime,
});

export const arbitraryFill: fc.Arbitrary<Fill> = record({
  market: arbitraryMarket,
  symbol: arbitrarySymbol,
  venueTradeId: arbitraryText,
  venueOrderId: arbitraryId(),
  orderId: arbitraryId(),
  side: fc.constantFrom('buy', 'sell'),
  price,
  quantity: arbitraryAmount(aboveZero),
  fee: record({
    asset: arbitraryText,
    amount: arbitraryAmount(),
    rate: arbitraryAmount(notNegative),
    value: arbitraryAmount(),
  }),
  liquidity: fc.constantFrom('maker', 'taker'),
  time: arbitraryTime,
});
