import { assertNever } from '../../../../../lib/assert-never.ts';
import type { OrderSide, OrderTerms, TriggerSource } from '../../../../../domain/order/order.ts';
import type { Submission } from '../../../../../ports/broker.ts';
import { RefusedHere } from '../../connection/failures.ts';
import { amountText } from '../../dialect.ts';

type Params = Readonly<Record<string, string | number | boolean>>;

/** The market rises, or falls, to the trigger price. */
const RISES = 1;
const FALLS = 2;

/**
 * A new order, conditional ones included. https://bybit-exchange.github.io/docs/v5/order/create-order
 * @throws RefusedHere for a trailing stop, which belongs to the position here and is no order
 */
export function orderParams({ intent, clientOrderId }: Submission): Params {
  return {
    category: 'linear',
    symbol: intent.symbol,
    side: intent.side === 'buy' ? 'Buy' : 'Sell',
    qty: amountText(intent.quantity),
    ...termsParams(intent.terms, intent.side),
    ...(intent.reduceOnly ? { reduceOnly: true } : {}),
    // One-way mode.
    positionIdx: 0,
    // Own orders that would meet give way to the resting one.
    smpType: 'CancelTaker',
    orderLinkId: clientOrderId,
  };
}

function termsParams(terms: OrderTerms, side: OrderSide): Params {
  switch (terms.type) {
    case 'market':
      return { orderType: 'Market' };
    case 'limit':
      return {
        orderType: 'Limit',
        price: amountText(terms.price),
        timeInForce: terms.postOnly ? 'PostOnly' : terms.timeInForce,
      };
    case 'stop_market':
      return { orderType: 'Market', ...trigger(terms, side === 'buy' ? RISES : FALLS) };
    case 'stop_limit': {
      const { price, timeInForce } = terms;
      const direction = side === 'buy' ? RISES : FALLS;
      return { orderType: 'Limit', price: amountText(price), timeInForce, ...trigger(terms, direction) };
    }
    case 'take_profit': {
      const direction = side === 'buy' ? FALLS : RISES;
      if (terms.price === null) return { orderType: 'Market', ...trigger(terms, direction) };
      const price = amountText(terms.price);
      return { orderType: 'Limit', price, timeInForce: 'GTC', ...trigger(terms, direction) };
    }
    case 'trailing_stop':
      throw new RefusedHere('ORDER_TYPE_UNSUPPORTED', 'a trailing stop is a setting of the position at this exchange');
    default:
      return assertNever(terms);
  }
}

function trigger(
  { triggerPrice, triggerSource }: Extract<OrderTerms, { triggerPrice: unknown }>,
  triggerDirection: number,
): Params {
  return {
    triggerPrice: amountText(triggerPrice),
    triggerDirection,
    triggerBy: sourceWord(triggerSource),
  };
}

function sourceWord(source: TriggerSource): 'LastPrice' | 'MarkPrice' {
  return source === 'mark' ? 'MarkPrice' : 'LastPrice';
}
