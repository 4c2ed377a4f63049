import type { Execution, OcoLeg, OcoRequest, OrderRequest, OrderSize, Trigger } from '../../matching/venue-types.ts';
import { amountOf, clientIdOf, optionalAmountOf, preventionOf, sideOf, timeInForceOf } from '../state/order-params.ts';
import type { Params } from '../transport/params.ts';
import { refuse } from '../venue-error.ts';
import type { ResponseType } from './order-answers.ts';

const CLIENT_ID = /^[a-zA-Z0-9-_]{1,36}$/;
const MAX_TRAILING_BPS = 2_000;

/** Makes client order ids where the client sent none. */
export type NextClientId = () => string;

type Kind = 'LIMIT' | 'LIMIT_MAKER' | 'MARKET' | 'STOP_LOSS' | 'STOP_LOSS_LIMIT' | 'TAKE_PROFIT' | 'TAKE_PROFIT_LIMIT';
const KINDS: readonly Kind[] = [
  ...(['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT', 'TAKE_PROFIT_LIMIT'] as const),
];

function kindOf(text: string): Kind {
  const kind = KINDS.find((known) => known === text);
  if (kind === undefined) throw refuse('BAD_ORDER_TYPE');
  return kind;
}

/** The names under which the parts of an order stand; the legs of a list have names of their own. */
interface Names {
  readonly price: string;
  readonly stopPrice: string;
  readonly trailingDelta: string;
  readonly timeInForce: string;
}

const PLAIN_NAMES: Names = {
  price: 'price',
  stopPrice: 'stopPrice',
  trailingDelta: 'trailingDelta',
  timeInForce: 'timeInForce',
};

function executionOf(kind: Kind, params: Params, names: Names): Execution {
  switch (kind) {
    case 'MARKET':
    case 'STOP_LOSS':
    case 'TAKE_PROFIT':
      return { type: 'market' };
    case 'LIMIT_MAKER':
      return { type: 'limit', price: amountOf(params, names.price), timeInForce: 'GTC', postOnly: true };
    case 'LIMIT':
    case 'STOP_LOSS_LIMIT':
    case 'TAKE_PROFIT_LIMIT': {
      const timeInForce = timeInForceOf(params.text(names.timeInForce));
      return { type: 'limit', price: amountOf(params, names.price), timeInForce, postOnly: false };
    }
  }
}

function triggerOf(kind: Kind, params: Params, names: Names): Trigger | null {
  if (kind === 'LIMIT' || kind === 'LIMIT_MAKER' || kind === 'MARKET') return null;
  const side = kind.startsWith('STOP') ? 'stop' : 'take_profit';
  const deltaBps = params.optionalInteger(names.trailingDelta);
  const activationPrice = optionalAmountOf(params, names.stopPrice);
  if (deltaBps === null) {
    return { type: 'fixed', kind: side, price: activationPrice ?? amountOf(params, names.stopPrice), source: 'last' };
  }
  if (deltaBps < 1 || deltaBps > MAX_TRAILING_BPS) throw refuse('FILTER_FAILURE', { filter: 'TRAILING_DELTA' });
  return { type: 'trailing', kind: side, deltaBps, activationPrice, source: 'last' };
}

function sizeOf(kind: Kind, params: Params): OrderSize {
  const quote = kind === 'MARKET' ? optionalAmountOf(params, 'quoteOrderQty') : null;
  if (quote !== null && params.has('quantity')) throw refuse('BAD_COMBINATION');
  if (quote !== null) return { type: 'quote', quoteQuantity: quote };
  return { type: 'quantity', quantity: amountOf(params, 'quantity') };
}

/** A new order: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints#new-order-trade */
export function readOrder(params: Params, accountId: string, next: NextClientId): OrderRequest {
  const kind = kindOf(params.text('type'));
  return {
    accountId,
    symbol: params.text('symbol'),
    clientOrderId: clientIdOf(params, 'newClientOrderId', { pattern: CLIENT_ID, next }),
    side: sideOf(params),
    size: sizeOf(kind, params),
    execution: executionOf(kind, params, PLAIN_NAMES),
    trigger: triggerOf(kind, params, PLAIN_NAMES),
    positionSide: 'both',
    reduceOnly: false,
    selfTradePrevention: preventionOf(params),
  };
}

/** How much the client wants to hear of its new order. */
export function responseTypeOf(params: Params): ResponseType {
  const kind = params.text('type');
  const given = params.optionalText('newOrderRespType') ?? (kind === 'MARKET' || kind === 'LIMIT' ? 'FULL' : 'ACK');
  if (given !== 'ACK' && given !== 'RESULT' && given !== 'FULL') {
    throw refuse('BAD_PARAMETER', { parameter: 'newOrderRespType' });
  }
  return given;
}

function legOf(side: 'above' | 'below', params: Params, next: NextClientId): OcoLeg {
  const names: Names = {
    price: `${side}Price`,
    stopPrice: `${side}StopPrice`,
    trailingDelta: `${side}TrailingDelta`,
    timeInForce: `${side}TimeInForce`,
  };
  const kind = kindOf(params.text(`${side}Type`));
  return {
    clientOrderId: clientIdOf(params, `${side}ClientOrderId`, { pattern: CLIENT_ID, next }),
    execution: executionOf(kind, params, names),
    trigger: triggerOf(kind, params, names),
  };
}

/** https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints#new-order-list---oco-trade */
export function readOco(params: Params, accountId: string, next: NextClientId): OcoRequest {
  return {
    accountId,
    symbol: params.text('symbol'),
    listClientOrderId: clientIdOf(params, 'listClientOrderId', { pattern: CLIENT_ID, next }),
    side: sideOf(params),
    quantity: amountOf(params, 'quantity'),
    above: legOf('above', params, next),
    below: legOf('below', params, next),
    selfTradePrevention: preventionOf(params),
  };
}

/** The older form (`POST /api/v3/order/oco`), in the words of the newer one. */
export function modernOcoParams(params: Params): Params {
  const isSell = params.text('side') === 'SELL';
  const [limit, stop] = isSell ? ['above', 'below'] : ['below', 'above'];
  const isStopLimit = params.has('stopLimitPrice');
  const values: Record<string, string | null> = {
    [`${limit}Type`]: 'LIMIT_MAKER',
    [`${limit}Price`]: params.optionalText('price'),
    [`${limit}ClientOrderId`]: params.optionalText('limitClientOrderId'),
    [`${stop}Type`]: isStopLimit ? 'STOP_LOSS_LIMIT' : 'STOP_LOSS',
    [`${stop}StopPrice`]: params.optionalText('stopPrice'),
    [`${stop}TrailingDelta`]: params.optionalText('trailingDelta'),
    [`${stop}Price`]: params.optionalText('stopLimitPrice'),
    [`${stop}TimeInForce`]: isStopLimit ? (params.optionalText('stopLimitTimeInForce') ?? 'GTC') : null,
    [`${stop}ClientOrderId`]: params.optionalText('stopClientOrderId'),
  };
  const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null);
  return params.with(Object.fromEntries(given));
}
