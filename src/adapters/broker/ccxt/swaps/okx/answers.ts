import { Decimal, ZERO, ZERO_QUANTITY } from '../../../../../domain/decimal.ts';
import type { Money, Price } from '../../../../../domain/decimal.ts';
import { asId } from '../../../../../domain/ids.ts';
import type { VenueOrderId, VenueSymbol } from '../../../../../domain/ids.ts';
import type { OrderSide, OrderTerms, TriggerSource } from '../../../../../domain/order/order.ts';
import type { FundingReport, VenuePosition } from '../../../../../ports/broker.ts';
import { UnreadableAnswer } from '../../connection/failures.ts';
import type { Fields } from '../../connection/fields.ts';
import { amountOf, amountOrNull, integerOf, listOf, optionalText, textOf } from '../../connection/fields.ts';
import type { AssetBalance } from '../../dialect.ts';
import type { VenueTrade } from '../../fills.ts';
import { algoVenueId } from '../../orders.ts';
import type { SeenOrder, Standing } from '../swap-venue.ts';
import { conditionalTerms, timeInForceOf } from '../venue-words.ts';
import type { Contracts } from './contracts.ts';

/** All readers of this file throw UnreadableAnswer. */

const BPS_A_WHOLE = 10_000;

function sideOf(fields: Fields): OrderSide {
  return textOf(fields, 'side') === 'buy' ? 'buy' : 'sell';
}

const STANDINGS: Readonly<Record<string, Standing>> = {
  live: 'working',
  partially_filled: 'working',
  filled: 'filled',
  canceled: 'cancelled',
  mmp_canceled: 'cancelled',
};
/** `cancelSource`: a post-only order would have taken, own orders would have met. */
const POST_ONLY_WOULD_TAKE = '31';
const OWN_ORDERS_MET = '32';

function standingOf(order: Fields): Standing {
  const state = textOf(order, 'state');
  const standing = STANDINGS[state];
  if (standing === undefined) throw new UnreadableAnswer(`an order in the state "${state}"`);
  const source = optionalText(order, 'cancelSource');
  if (standing !== 'cancelled' || source === null) return standing;
  if (source === OWN_ORDERS_MET) return 'expired_in_match';
  return source === POST_ONLY_WOULD_TAKE ? 'rejected' : 'cancelled';
}

/** https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-order-details */
export function seenOrderOf(order: Fields, contracts: Contracts): SeenOrder {
  const symbol = textOf(order, 'instId');
  const venueOrderId = asId<VenueOrderId>(textOf(order, 'ordId'));
  // A child bears the name of the conditional order that it came from.
  const algoId = optionalText(order, 'algoId');
  const parentName = optionalText(order, 'algoClOrdId');
  return {
    clientOrderId: parentName ?? optionalText(order, 'clOrdId') ?? '',
    venueOrderId: algoId === null ? venueOrderId : algoVenueId(algoId),
    childVenueOrderId: algoId === null ? null : venueOrderId,
    symbol,
    side: sideOf(order),
    quantity: contracts.quantityOf(symbol, amountOf(order, 'sz')),
    executed: contracts.quantityOf(symbol, amountOrNull(order, 'accFillSz') ?? ZERO),
    terms: plainTermsOf(order),
    reduceOnly: isTrue(order['reduceOnly']),
    standing: standingOf(order),
    reason: optionalText(order, 'cancelSourceReason') ?? textOf(order, 'state'),
  };
}

function plainTermsOf(order: Fields): OrderTerms {
  const kind = textOf(order, 'ordType');
  const price = amountOrNull<Price>(order, 'px');
  if (price === null || kind === 'market') return { type: 'market' };
  return { type: 'limit', price, timeInForce: timeInForceOf(kind), postOnly: kind === 'post_only' };
}

/** `effective`: it has been set off, and what came of it is another order. */
const ALGO_STANDINGS: Readonly<Record<string, Standing>> = {
  live: 'working',
  pause: 'working',
  partially_effective: 'working',
  effective: 'working',
  canceled: 'cancelled',
  order_failed: 'rejected',
  partially_failed: 'rejected',
};

/** The order that a conditional one became, null before that. */
export function childIdOf(algo: Fields): string | null {
  const listed: unknown = Array.isArray(algo['ordIdList']) ? (algo['ordIdList'] as unknown[])[0] : undefined;
  const child = typeof listed === 'string' && listed !== '' ? listed : optionalText(algo, 'ordId');
  return child === '0' ? null : child;
}

/** When the price of a conditional order came, milliseconds UTC; NaN when that is not told. */
export function setOffAt(algo: Fields): number {
  return Number(optionalText(algo, 'triggerTime') ?? NaN);
}

/**
 * https://www.okx.com/docs-v5/en/#order-book-trading-algo-trading-get-algo-order-details
 * @param child what it became, as it stands; null before that
 */
export function seenAlgoOf(algo: Fields, child: SeenOrder | null, contracts: Contracts): SeenOrder {
  const state = textOf(algo, 'state');
  const standing = ALGO_STANDINGS[state];
  if (standing === undefined) throw new UnreadableAnswer(`a conditional order in the state "${state}"`);
  const symbol = textOf(algo, 'instId');
  const childId = childIdOf(algo);
  const failCode = optionalText(algo, 'failCode');
  const own = {
    clientOrderId: optionalText(algo, 'algoClOrdId') ?? '',
    venueOrderId: algoVenueId(textOf(algo, 'algoId')),
    childVenueOrderId: childId === null ? null : asId<VenueOrderId>(childId),
    ...{ symbol, side: sideOf(algo), terms: algoTermsOf(algo), reduceOnly: isTrue(algo['reduceOnly']) },
    quantity: contracts.quantityOf(symbol, amountOrNull(algo, 'sz') ?? ZERO),
  };
  if (child !== null) return { ...own, executed: child.executed, standing: child.standing, reason: child.reason };
  return { ...own, executed: ZERO_QUANTITY, standing, reason: failCode === null ? state : `${state} (${failCode})` };
}

function algoTermsOf(algo: Fields): OrderTerms {
  if (algo['ordType'] === 'move_order_stop') {
    const ratio = amountOrNull(algo, 'callbackRatio') ?? ZERO;
    return {
      type: 'trailing_stop',
      trailingDeltaBps: ratio.times(BPS_A_WHOLE).toNumber(),
      activationPrice: amountOrNull<Price>(algo, 'activePx'),
      triggerSource: 'last',
    };
  }
  const [kind, prefix] =
    amountOrNull(algo, 'slTriggerPx') === null ? (['take_profit', 'tp'] as const) : (['stop', 'sl'] as const);
  const isPlainTrigger = algo['ordType'] === 'trigger';
  const name = (suffix: string): string =>
    isPlainTrigger ? suffix.replace(/^./, (first) => first.toLowerCase()) : `${prefix}${suffix}`;
  const price = amountOrNull<Price>(algo, isPlainTrigger ? 'ordPx' : `${prefix}OrdPx`);
  return conditionalTerms({
    kind: isPlainTrigger ? 'stop' : kind,
    triggerPrice: amountOf<Price>(algo, name('TriggerPx')),
    triggerSource: sourceOf(algo[name('TriggerPxType')]),
    price: price === null || price.isNegative() ? null : price,
  });
}

function sourceOf(word: unknown): TriggerSource {
  return word === 'mark' ? 'mark' : 'last';
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-transaction-details-last-3-months: a fee is below zero */
export function tradeOf(fill: Fields, contracts: Contracts): VenueTrade {
  const symbol = textOf(fill, 'instId');
  const fee = amountOrNull(fill, 'fee');
  return {
    symbol,
    venueTradeId: textOf(fill, 'tradeId'),
    venueOrderId: textOf(fill, 'ordId'),
    clientOrderId: optionalText(fill, 'clOrdId'),
    side: sideOf(fill),
    price: amountOf<Price>(fill, 'fillPx'),
    quantity: contracts.quantityOf(symbol, amountOf(fill, 'fillSz')),
    fee: fee === null ? null : { asset: textOf(fill, 'feeCcy'), amount: fee.negated() },
    isMaker: fill['execType'] === 'M',
    time: integerOf(fill, optionalText(fill, 'fillTime') === null ? 'ts' : 'fillTime'),
  };
}

/** https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-balance: without profit that is not realised */
export function balancesOf(account: Fields): AssetBalance[] {
  return listOf(account['details']).map((detail) => {
    const part = (name: string): Decimal => amountOrNull(detail, name) ?? ZERO;
    const wallet = part('eq').minus(part('upl')).minus(part('isoUpl'));
    const available = amountOrNull(detail, 'availEq') ?? part('availBal');
    const free = Decimal.max(Decimal.min(available, wallet), ZERO);
    return { asset: textOf(detail, 'ccy'), free, locked: wallet.minus(free) };
  });
}

/** https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-positions: in net mode the sign is the side; null when flat */
export function positionOf(position: Fields, contracts: Contracts): VenuePosition | null {
  const held = amountOrNull(position, 'pos');
  if (held === null) return null;
  const symbol = textOf(position, 'instId');
  const posSide = position['posSide'];
  const isHedgeLeg = posSide === 'long' || posSide === 'short';
  return {
    market: 'futures',
    symbol: asId<VenueSymbol>(symbol),
    side: isHedgeLeg ? posSide : held.isPositive() ? 'long' : 'short',
    quantity: contracts.quantityOf(symbol, held.abs()),
    entryPrice: amountOf<Price>(position, 'avgPx'),
    liquidationPrice: amountOrNull<Price>(position, 'liqPx'),
    leverage: Number(optionalText(position, 'lever') ?? '1'),
    marginMode: position['mgnMode'] === 'isolated' ? 'isolated' : 'cross',
    unrealizedPnl: amountOrNull(position, 'upl') ?? ZERO,
    ...(isHedgeLeg ? { isHedgeLeg } : {}),
  };
}

/** https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-bills-details-last-3-months, of type 8 */
export function fundingOf(bill: Fields): FundingReport {
  const symbol = textOf(bill, 'instId');
  // In cross margin the balance changes, in isolated margin the position's own.
  const change =
    amountOrNull<Money>(bill, 'balChg') ?? amountOrNull<Money>(bill, 'pnl') ?? amountOf<Money>(bill, 'posBalChg');
  return {
    type: 'funding_paid',
    instrument: { market: 'futures', symbol: asId<VenueSymbol>(symbol) },
    incomeId: `${textOf(bill, 'billId')}:${symbol}`,
    amount: change,
    paidAt: integerOf(bill, 'ts'),
  };
}
