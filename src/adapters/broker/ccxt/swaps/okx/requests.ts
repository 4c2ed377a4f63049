import { assertNever } from '../../../../../lib/assert-never.ts';
import type { OrderTerms } from '../../../../../domain/order/order.ts';
import type { MarginMode } from '../../../../../domain/position/position.ts';
import type { Submission } from '../../../../../ports/broker.ts';
import { RefusedHere } from '../../connection/failures.ts';
import { amountText } from '../../dialect.ts';

type Params = Readonly<Record<string, string | boolean>>;

/** How much of a contract, and how the position is held. */
export interface OkxTerms {
  /** Contracts. */
  readonly size: string;
  readonly marginMode: MarginMode;
}

const AT_MARKET = '-1';
const BPS_A_WHOLE = 10_000;

function commonParams({ intent }: Submission, { size, marginMode }: OkxTerms): Params {
  return {
    instId: intent.symbol,
    tdMode: marginMode,
    side: intent.side,
    sz: size,
    ...(intent.reduceOnly ? { reduceOnly: true } : {}),
  };
}

/**
 * A market or limit order. https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-place-order
 * @throws RefusedHere for a conditional one
 */
export function orderParams(submission: Submission, okx: OkxTerms): Params {
  const { intent, clientOrderId } = submission;
  const { terms } = intent;
  // Own orders that would meet give way to the resting one.
  const own = { ...commonParams(submission, okx), clOrdId: clientOrderId, stpMode: 'cancel_taker' };
  if (terms.type === 'market') return { ...own, ordType: 'market' };
  if (terms.type !== 'limit') throw new RefusedHere('REQUEST_INVALID', `${terms.type} goes to the algo orders`);
  const ordType = terms.postOnly ? 'post_only' : ({ GTC: 'limit', IOC: 'ioc', FOK: 'fok' } as const)[terms.timeInForce];
  return { ...own, ordType, px: amountText(terms.price) };
}

/**
 * A conditional order. https://www.okx.com/docs-v5/en/#order-book-trading-algo-trading-post-place-algo-order
 * @throws RefusedHere for one without a condition
 */
export function algoParams(submission: Submission, okx: OkxTerms): Params {
  const { intent, clientOrderId } = submission;
  // Without the second id the library would write one of its own into the request.
  const ids = { algoClOrdId: clientOrderId, clOrdId: clientOrderId };
  return { ...commonParams(submission, okx), ...conditionParams(intent.terms), ...ids };
}

function conditionParams(terms: OrderTerms): Params {
  switch (terms.type) {
    case 'stop_market':
    case 'stop_limit': {
      const slOrdPx = terms.type === 'stop_limit' ? amountText(terms.price) : AT_MARKET;
      const slTriggerPx = amountText(terms.triggerPrice);
      return { ordType: 'conditional', slTriggerPx, slOrdPx, slTriggerPxType: terms.triggerSource };
    }
    case 'take_profit': {
      const tpOrdPx = terms.price === null ? AT_MARKET : amountText(terms.price);
      const tpTriggerPx = amountText(terms.triggerPrice);
      return { ordType: 'conditional', tpTriggerPx, tpOrdPx, tpTriggerPxType: terms.triggerSource };
    }
    case 'trailing_stop': {
      const { trailingDeltaBps, activationPrice } = terms;
      const activation = activationPrice === null ? {} : { activePx: amountText(activationPrice) };
      return { ordType: 'move_order_stop', callbackRatio: String(trailingDeltaBps / BPS_A_WHOLE), ...activation };
    }
    case 'market':
    case 'limit':
      throw new RefusedHere('REQUEST_INVALID', `${terms.type} is no conditional order`);
    default:
      return assertNever(terms);
  }
}
