import { assertNever } from '../../../../lib/assert-never.ts';
import type { OrderTerms, TriggerSource } from '../../../../domain/order/order.ts';
import type { Submission } from '../../../../ports/broker.ts';
import { RefusedHere } from '../connection/failures.ts';
import { amountText, venueSide } from '../dialect.ts';

type Params = Readonly<Record<string, string | number>>;

/** Own orders that would meet give way to the resting one: two of our orders never trade with each other. */
const SELF_TRADE = { selfTradePreventionMode: 'EXPIRE_TAKER' } as const;
const BPS_A_PERCENT = 100;

function commonParams({ intent }: Submission): Params {
  return {
    symbol: intent.symbol,
    side: venueSide(intent.side),
    quantity: amountText(intent.quantity),
    ...(intent.reduceOnly ? { reduceOnly: 'true' } : {}),
    newOrderRespType: 'RESULT',
    ...SELF_TRADE,
  };
}

/**
 * A market or limit order. https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/New-Order
 * @throws RefusedHere for a conditional one, which the algo service takes
 */
export function orderParams(submission: Submission): Params {
  const { terms } = submission.intent;
  const own = { ...commonParams(submission), newClientOrderId: submission.clientOrderId };
  if (terms.type === 'market') return { ...own, type: 'MARKET' };
  if (terms.type !== 'limit') throw new RefusedHere('-4120', `${terms.type} is no order of this service`);
  const timeInForce = terms.postOnly ? 'GTX' : terms.timeInForce;
  return { ...own, type: 'LIMIT', price: amountText(terms.price), timeInForce };
}

/**
 * A conditional order, for the algo service.
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/New-Algo-Order
 * @throws RefusedHere for an order without a condition
 */
export function algoParams(submission: Submission): Params {
  const { terms } = submission.intent;
  return {
    ...commonParams(submission),
    ...conditionParams(terms),
    algoType: 'CONDITIONAL',
    clientAlgoId: submission.clientOrderId,
  };
}

function conditionParams(terms: OrderTerms): Params {
  switch (terms.type) {
    case 'stop_market':
      return { type: 'STOP_MARKET', triggerPrice: amountText(terms.triggerPrice), ...workingType(terms.triggerSource) };
    case 'stop_limit':
      return {
        type: 'STOP',
        triggerPrice: amountText(terms.triggerPrice),
        price: amountText(terms.price),
        timeInForce: terms.timeInForce,
        ...workingType(terms.triggerSource),
      };
    case 'take_profit': {
      const triggerPrice = amountText(terms.triggerPrice);
      const source = workingType(terms.triggerSource);
      if (terms.price === null) return { type: 'TAKE_PROFIT_MARKET', triggerPrice, ...source };
      return { type: 'TAKE_PROFIT', triggerPrice, price: amountText(terms.price), timeInForce: 'GTC', ...source };
    }
    case 'trailing_stop': {
      const { trailingDeltaBps, activationPrice, triggerSource } = terms;
      const activation = activationPrice === null ? {} : { activatePrice: amountText(activationPrice) };
      const callbackRate = String(trailingDeltaBps / BPS_A_PERCENT);
      return { type: 'TRAILING_STOP_MARKET', callbackRate, ...activation, ...workingType(triggerSource) };
    }
    case 'market':
    case 'limit':
      throw new RefusedHere('REQUEST_INVALID', `${terms.type} is no conditional order`);
    default:
      return assertNever(terms);
  }
}

function workingType(source: TriggerSource): { readonly workingType: string } {
  return { workingType: source === 'mark' ? 'MARK_PRICE' : 'CONTRACT_PRICE' };
}
