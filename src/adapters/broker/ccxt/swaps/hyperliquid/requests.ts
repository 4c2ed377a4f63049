import { assertNever } from '../../../../../lib/assert-never.ts';
import { Decimal } from '../../../../../domain/decimal.ts';
import type { Price } from '../../../../../domain/decimal.ts';
import type { OrderSide, OrderTerms } from '../../../../../domain/order/order.ts';
import type { Submission } from '../../../../../ports/broker.ts';
import { RefusedHere } from '../../connection/failures.ts';
import { amountText } from '../../dialect.ts';
import { exactPrice, exactSize, roundedPrice } from './assets.ts';
import type { Asset } from './assets.ts';

/** There are no market orders here, only limits that take at once: how far from the price they may go. */
const MARKET_REACH = new Decimal('0.05');
/** The same for what a trigger sets off. */
const TRIGGERED_REACH = new Decimal('0.1');

type Terms = Readonly<Record<string, unknown>>;

/** What an order needs to know of the market. */
export interface OrderSurroundings {
  readonly asset: Asset;
  readonly cloid: string;
  /** Between the best prices; asked for market orders alone, else null. */
  readonly mid: Decimal | null;
}

/**
 * A new order, as the action that is signed: the order of the members matters.
 * https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/exchange-endpoint#place-an-order
 * @throws RefusedHere for what the exchange has not: trailing stops, fill-or-kill, finer prices and sizes
 */
export function orderAction({ intent }: Submission, { asset, cloid, mid }: OrderSurroundings): Terms {
  const [price, kind] = termsOf(intent.terms, intent.side, { asset, mid });
  const order = {
    a: asset.index,
    b: intent.side === 'buy',
    p: amountText(price),
    s: amountText(exactSize(intent.quantity, asset)),
    r: intent.reduceOnly,
    t: kind,
    c: cloid,
  };
  return { type: 'order', orders: [order], grouping: 'na' };
}

export function cancelAction({ index }: Asset, cloid: string): Terms {
  return { type: 'cancelByCloid', cancels: [{ asset: index, cloid }] };
}

function termsOf(
  terms: OrderTerms,
  side: OrderSide,
  { asset, mid }: Pick<OrderSurroundings, 'asset' | 'mid'>,
): readonly [price: Price, kind: Terms] {
  switch (terms.type) {
    case 'market': {
      if (mid === null) throw new RefusedHere('NO_LIQUIDITY', 'there is no price to send a market order at');
      return [roundedPrice(beyond(mid, side, MARKET_REACH), side, asset), { limit: { tif: 'Ioc' } }];
    }
    case 'limit':
      return [exactPrice(terms.price, asset), { limit: { tif: timeInForceOf(terms) } }];
    case 'stop_market':
    case 'stop_limit':
      return triggered({ ...terms, tpsl: 'sl', limit: terms.type === 'stop_limit' ? terms.price : null }, side, asset);
    case 'take_profit':
      return triggered({ ...terms, tpsl: 'tp', limit: terms.price }, side, asset);
    case 'trailing_stop':
      throw new RefusedHere('ORDER_TYPE_UNSUPPORTED', 'there are no trailing stops at this exchange');
    default:
      return assertNever(terms);
  }
}

function timeInForceOf({ postOnly, timeInForce }: Extract<OrderTerms, { type: 'limit' }>): string {
  if (postOnly) return 'Alo';
  if (timeInForce === 'FOK') throw new RefusedHere('TIME_IN_FORCE_UNSUPPORTED', 'there is no fill-or-kill here');
  return timeInForce === 'IOC' ? 'Ioc' : 'Gtc';
}

/** A trigger off the digits is rounded away from the price for stops and towards it for targets: by the side in both cases. */
function triggered(
  {
    triggerPrice,
    tpsl,
    limit,
  }: { readonly triggerPrice: Price; readonly tpsl: 'sl' | 'tp'; readonly limit: Price | null },
  side: OrderSide,
  asset: Asset,
): readonly [price: Price, kind: Terms] {
  const triggerPx = roundedPrice(triggerPrice, side, asset);
  const price = limit ?? beyond(triggerPx, side, TRIGGERED_REACH);
  const kind = { trigger: { isMarket: limit === null, triggerPx: amountText(triggerPx), tpsl } };
  return [roundedPrice(price, side, asset), kind];
}

function beyond(price: Decimal, side: OrderSide, reach: Decimal): Decimal {
  return price.times(side === 'buy' ? reach.plus(1) : new Decimal(1).minus(reach));
}
