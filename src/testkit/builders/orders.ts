import { quantity } from '../../domain/decimal.ts';
import { asId } from '../../domain/ids.ts';
import type { OrderId } from '../../domain/ids.ts';
import { clientOrderId } from '../../domain/order/client-order-id.ts';
import { newOrder } from '../../domain/order/order.ts';
import type { Order, OrderIntent } from '../../domain/order/order.ts';

/** An intent to buy one BTCUSDT on spot at the market, unless `fields` say otherwise. */
export function orderIntent(fields: Partial<OrderIntent> = {}): OrderIntent {
  return {
    id: asId('0order000000000000000001'),
    userId: asId('user'),
    accountId: asId('account'),
    market: 'spot',
    symbol: asId('BTCUSDT'),
    side: 'buy',
    quantity: quantity('1'),
    terms: { type: 'market' },
    reduceOnly: false,
    leg: 'entry',
    traderId: null,
    agentId: null,
    signalId: null,
    positionId: null,
    parentOrderId: null,
    list: null,
    reason: 'a test wants it',
    createdAt: 1_700_000_000_000,
    ...fields,
  };
}

/** A pending order of such an intent, with the client order id of its first attempt. */
export function pendingOrder(fields: Partial<OrderIntent> = {}): Order {
  const intent = orderIntent(fields);
  const subject: OrderId = intent.id;
  return newOrder(intent, clientOrderId({ instance: 'test', subject, leg: intent.leg, number: 1 }));
}
