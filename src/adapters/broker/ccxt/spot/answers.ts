import type { Price, Quantity } from '../../../../domain/decimal.ts';
import { asId } from '../../../../domain/ids.ts';
import type { VenueOrderId } from '../../../../domain/ids.ts';
import type { OrderTerms, TimeInForce } from '../../../../domain/order/order.ts';
import type { WorkingOrder } from '../dialect.ts';
import { foreignIdentity, sideOf } from '../dialect.ts';
import type { VenueTrade } from '../fills.ts';
import type { Fields } from '../connection/fields.ts';
import { amountOf, amountOrNull, integerOf, listOf, optionalText, textOf } from '../connection/fields.ts';
import type { OrderStanding } from '../order-news.ts';
import { newsOf } from '../order-news.ts';

/** All readers of this file throw UnreadableAnswer. */

const TIMES_IN_FORCE: readonly TimeInForce[] = ['GTC', 'IOC', 'FOK'];

/** Answers that show an order: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints#query-order-user_data */
export function standingOf(order: Fields): OrderStanding {
  const status = textOf(order, 'status');
  return {
    status,
    venueOrderId: asId<VenueOrderId>(textOf(order, 'orderId')),
    executed: amountOf<Quantity>(order, 'executedQty'),
    reason: status.toLowerCase(),
  };
}

/** The fills in the answer to a new order: `{"price":"..","qty":"..","commission":"..","commissionAsset":"BNB","tradeId":56}`. */
export function answeredTrades(order: Fields, clientOrderId: string): VenueTrade[] {
  return listOf(order['fills'] ?? []).map((fill) => ({
    symbol: textOf(order, 'symbol'),
    venueTradeId: textOf(fill, 'tradeId'),
    venueOrderId: textOf(order, 'orderId'),
    clientOrderId,
    side: sideOf(order),
    price: amountOf<Price>(fill, 'price'),
    quantity: amountOf<Quantity>(fill, 'qty'),
    fee: { asset: textOf(fill, 'commissionAsset'), amount: amountOf(fill, 'commission') },
    // Of an order that fills as it comes in.
    isMaker: false,
    time: integerOf(order, 'transactTime'),
  }));
}

/** https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints#account-trade-list-user_data */
export function tradeOf(trade: Fields): VenueTrade {
  return {
    symbol: textOf(trade, 'symbol'),
    venueTradeId: textOf(trade, 'id'),
    venueOrderId: textOf(trade, 'orderId'),
    clientOrderId: null,
    side: trade['isBuyer'] === true ? 'buy' : 'sell',
    price: amountOf<Price>(trade, 'price'),
    quantity: amountOf<Quantity>(trade, 'qty'),
    fee: { asset: textOf(trade, 'commissionAsset'), amount: amountOf(trade, 'commission') },
    isMaker: trade['isMaker'] === true,
    time: integerOf(trade, 'time'),
  };
}

interface TermNames {
  readonly type: string;
  readonly price: string;
  readonly stopPrice: string;
  readonly timeInForce: string;
  readonly trailingDelta: string;
}

const REST_NAMES: TermNames = {
  ...{ type: 'type', price: 'price', stopPrice: 'stopPrice' },
  ...{ timeInForce: 'timeInForce', trailingDelta: 'trailingDelta' },
};
export const STREAM_NAMES: TermNames = {
  type: 'o',
  price: 'p',
  stopPrice: 'P',
  timeInForce: 'f',
  trailingDelta: 'd',
};

/** What kind of order somebody else has placed. */
export function termsOf(order: Fields, names: TermNames): OrderTerms {
  const type = textOf(order, names.type);
  const timeInForce = TIMES_IN_FORCE.find((known) => known === order[names.timeInForce]) ?? 'GTC';
  const price = amountOrNull<Price>(order, names.price);
  const triggerPrice = amountOrNull<Price>(order, names.stopPrice);
  const trailing = optionalText(order, names.trailingDelta);
  if (trailing !== null) {
    const trailingDeltaBps = Number(trailing);
    return { type: 'trailing_stop', trailingDeltaBps, activationPrice: triggerPrice, triggerSource: 'last' };
  }
  if (triggerPrice !== null && type.startsWith('TAKE_PROFIT')) {
    return { type: 'take_profit', triggerPrice, triggerSource: 'last', price };
  }
  if (triggerPrice !== null && type.startsWith('STOP_LOSS')) {
    return price === null
      ? { type: 'stop_market', triggerPrice, triggerSource: 'last' }
      : { type: 'stop_limit', triggerPrice, triggerSource: 'last', price, timeInForce };
  }
  if (price === null) return { type: 'market' };
  return { type: 'limit', price, timeInForce, postOnly: type === 'LIMIT_MAKER' };
}

/** https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints#current-open-orders-user_data */
export function workingOrderOf(order: Fields, at: number): WorkingOrder {
  const standing = standingOf(order);
  const clientOrderId = textOf(order, 'clientOrderId');
  return {
    clientOrderId,
    updates: newsOf(standing, [], at),
    foreign: {
      ...foreignIdentity(clientOrderId, standing.venueOrderId, textOf(order, 'symbol')),
      market: 'spot',
      side: sideOf(order),
      quantity: amountOf<Quantity>(order, 'origQty'),
      filledQuantity: standing.executed,
      terms: termsOf(order, REST_NAMES),
      reduceOnly: false,
    },
  };
}
