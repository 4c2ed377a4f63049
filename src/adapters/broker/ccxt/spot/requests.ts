import { assertNever } from '../../../../lib/assert-never.ts';
import type { OrderTerms } from '../../../../domain/order/order.ts';
import type { Submission } from '../../../../ports/broker.ts';
import { RefusedHere } from '../connection/failures.ts';
import { amountText, venueSide } from '../dialect.ts';

type Params = Readonly<Record<string, string | number>>;

/** Own orders that would meet give way to the resting one: two of our orders never trade with each other. */
const SELF_TRADE = { selfTradePreventionMode: 'EXPIRE_TAKER' } as const;

/** The kind of an order and the figures that this kind takes, under the names of a plain order. */
function termsParams(terms: OrderTerms): Params {
  if ('triggerSource' in terms && terms.triggerSource === 'mark') {
    throw new RefusedHere('TRIGGER_UNSUPPORTED', 'spot has no mark price; use the last price as trigger');
  }
  switch (terms.type) {
    case 'market':
      // No price: the venue refuses one, and ccxt would leave the quantity out.
      return { type: 'MARKET' };
    case 'limit':
      return terms.postOnly
        ? { type: 'LIMIT_MAKER', price: amountText(terms.price) }
        : { type: 'LIMIT', price: amountText(terms.price), timeInForce: terms.timeInForce };
    case 'stop_market':
      return { type: 'STOP_LOSS', stopPrice: amountText(terms.triggerPrice) };
    case 'stop_limit':
      return {
        type: 'STOP_LOSS_LIMIT',
        stopPrice: amountText(terms.triggerPrice),
        price: amountText(terms.price),
        timeInForce: terms.timeInForce,
      };
    case 'take_profit': {
      const stopPrice = amountText(terms.triggerPrice);
      if (terms.price === null) return { type: 'TAKE_PROFIT', stopPrice };
      return { type: 'TAKE_PROFIT_LIMIT', stopPrice, price: amountText(terms.price), timeInForce: 'GTC' };
    }
    case 'trailing_stop': {
      const { trailingDeltaBps: trailingDelta, activationPrice } = terms;
      // One that begins to trail at a price does so on the profitable side.
      if (activationPrice === null) return { type: 'STOP_LOSS', trailingDelta };
      return { type: 'TAKE_PROFIT', trailingDelta, stopPrice: amountText(activationPrice) };
    }
    default:
      return assertNever(terms);
  }
}

/**
 * A new order. https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints#new-order-trade
 * @throws RefusedHere for what spot does not have
 */
export function orderParams({ intent, clientOrderId }: Submission): Params {
  return {
    symbol: intent.symbol,
    side: venueSide(intent.side),
    ...termsParams(intent.terms),
    quantity: amountText(intent.quantity),
    newClientOrderId: clientOrderId,
    newOrderRespType: 'FULL',
    ...SELF_TRADE,
  };
}

function isStop({ intent: { terms } }: Submission): boolean {
  return ['stop_market', 'stop_limit', 'trailing_stop'].includes(terms.type);
}

/** A leg of a list, under names with its place before them. A resting limit order in a list is a post-only one there. */
function legParams(place: 'above' | 'below', { intent, clientOrderId }: Submission): Params {
  const { terms } = intent;
  const plain = termsParams(terms.type === 'limit' ? { ...terms, postOnly: true } : terms);
  const named = Object.entries({ ...plain, clientOrderId }).map(([name, value]) => {
    return [`${place}${name.charAt(0).toUpperCase()}${name.slice(1)}`, value] as const;
  });
  return Object.fromEntries(named);
}

/**
 * A stop and a target over the same units, of which one ends the other.
 * https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints#new-order-list---oco-trade
 * @throws RefusedHere when the orders are nothing of the kind
 */
export function ocoParams(submissions: readonly Submission[]): Params {
  const [first, second] = submissions;
  const stop = submissions.find(isStop);
  const target = submissions.find((submission) => !isStop(submission));
  const isPair = submissions.length === 2 && first !== undefined && second !== undefined;
  if (!isPair || stop === undefined || target === undefined || stop.intent.list?.kind !== 'oco') {
    throw new RefusedHere('LIST_UNSUPPORTED', 'a list is one stop and one target, of which one cancels the other');
  }
  const [one, other] = [first.intent, second.intent];
  if (one.symbol !== other.symbol || one.side !== other.side || !one.quantity.equals(other.quantity)) {
    throw new RefusedHere('LIST_UNSUPPORTED', 'the orders of a list are over the same units of one symbol');
  }
  const [above, below] = one.side === 'sell' ? [target, stop] : [stop, target];
  return {
    symbol: one.symbol,
    side: venueSide(one.side),
    quantity: amountText(one.quantity),
    listClientOrderId: stop.intent.list.id,
    ...legParams('above', above),
    ...legParams('below', below),
    newOrderRespType: 'RESULT',
    ...SELF_TRADE,
  };
}
