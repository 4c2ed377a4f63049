import type { OrderRequest, PositionLeg, Trigger } from '../../matching/venue-types.ts';
import { amountOf, clientIdOf, optionalAmountOf, preventionOf, sideOf, timeInForceOf } from '../state/order-params.ts';
import type { Params } from '../transport/params.ts';
import { refuse } from '../venue-error.ts';

const CLIENT_ID = /^[.A-Z:/a-z0-9_-]{1,36}$/;
const CONDITIONAL = ['STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'];
/** Trailing distances in percent. */
const MIN_CALLBACK = 0.1;
const MAX_CALLBACK = 10;
const LEGS: Readonly<Record<string, PositionLeg>> = { BOTH: 'both', LONG: 'long', SHORT: 'short' };

function legOf(params: Params): PositionLeg {
  const leg = LEGS[params.optionalText('positionSide') ?? 'BOTH'];
  if (leg === undefined) throw refuse('BAD_PARAMETER', { parameter: 'positionSide' });
  return leg;
}

/** GTX is post-only; GTD rests until it is cancelled. */
function limitOf(params: Params, fallback: string | null): OrderRequest['execution'] {
  if (params.has('priceMatch')) throw refuse('BAD_PARAMETER', { parameter: 'priceMatch' });
  const text = fallback === null ? params.text('timeInForce') : (params.optionalText('timeInForce') ?? fallback);
  const postOnly = text === 'GTX';
  const timeInForce = postOnly || text === 'GTD' ? 'GTC' : timeInForceOf(text);
  return { type: 'limit', price: amountOf(params, 'price'), timeInForce, postOnly };
}

/**
 * A new order: https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/New-Order
 * @throws VenueError -4120 for conditional orders, which have an endpoint of their own
 */
export function readOrder(params: Params, accountId: string, next: () => string): OrderRequest {
  const type = params.text('type');
  if (CONDITIONAL.includes(type)) throw refuse('USE_ALGO_ENDPOINT');
  if (type !== 'LIMIT' && type !== 'MARKET') throw refuse('BAD_ORDER_TYPE');
  return {
    accountId,
    symbol: params.text('symbol'),
    clientOrderId: clientIdOf(params, 'newClientOrderId', { pattern: CLIENT_ID, next }),
    side: sideOf(params),
    size: { type: 'quantity', quantity: amountOf(params, 'quantity') },
    execution: type === 'MARKET' ? { type: 'market' } : limitOf(params, null),
    trigger: null,
    positionSide: legOf(params),
    reduceOnly: params.flag('reduceOnly'),
    selfTradePrevention: preventionOf(params),
  };
}

function triggerOf(type: string, params: Params): Trigger {
  const source = params.optionalText('workingType') === 'MARK_PRICE' ? 'mark' : 'last';
  if (type !== 'TRAILING_STOP_MARKET') {
    const price = amountOf(params, params.nameOf('triggerPrice', 'stopPrice'));
    return { type: 'fixed', kind: type.startsWith('STOP') ? 'stop' : 'take_profit', price, source };
  }
  const callback = params.decimal('callbackRate').toNumber();
  if (callback < MIN_CALLBACK || callback > MAX_CALLBACK) throw refuse('BAD_PARAMETER', { parameter: 'callbackRate' });
  const activationPrice = optionalAmountOf(params, params.nameOf('activatePrice', 'activationPrice'));
  return { type: 'trailing', kind: 'take_profit', deltaBps: Math.round(callback * 100), activationPrice, source };
}

/** A new conditional order: https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/New-Algo-Order */
export function readAlgoOrder(
  params: Params,
  accountId: string,
  next: () => string,
): OrderRequest & { readonly trigger: Trigger } {
  if (params.text('algoType') !== 'CONDITIONAL') throw refuse('BAD_PARAMETER', { parameter: 'algoType' });
  const type = params.text('type');
  if (!CONDITIONAL.includes(type)) throw refuse('BAD_ORDER_TYPE');
  const isWhole = params.flag('closePosition');
  if (isWhole && (params.has('quantity') || params.flag('reduceOnly'))) throw refuse('BAD_COMBINATION');
  return {
    accountId,
    symbol: params.text('symbol'),
    clientOrderId: clientIdOf(params, 'clientAlgoId', { pattern: CLIENT_ID, next }),
    side: sideOf(params),
    size: isWhole ? { type: 'position' } : { type: 'quantity', quantity: amountOf(params, 'quantity') },
    execution: type === 'STOP' || type === 'TAKE_PROFIT' ? limitOf(params, 'GTC') : { type: 'market' },
    trigger: triggerOf(type, params),
    positionSide: legOf(params),
    reduceOnly: params.flag('reduceOnly'),
    selfTradePrevention: preventionOf(params),
  };
}
