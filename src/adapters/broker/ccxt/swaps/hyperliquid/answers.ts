import { Decimal, ZERO } from '../../../../../domain/decimal.ts';
import type { Money, Price, Quantity } from '../../../../../domain/decimal.ts';
import { asId } from '../../../../../domain/ids.ts';
import type { VenueOrderId, VenueSymbol } from '../../../../../domain/ids.ts';
import type { OrderSide, OrderTerms } from '../../../../../domain/order/order.ts';
import type { FundingReport, VenuePosition } from '../../../../../ports/broker.ts';
import { UnreadableAnswer } from '../../connection/failures.ts';
import type { Fields } from '../../connection/fields.ts';
import { amountOf, amountOrNull, fieldsOf, integerOf, listOf, optionalText, textOf } from '../../connection/fields.ts';
import type { AssetBalance } from '../../dialect.ts';
import type { VenueTrade } from '../../fills.ts';
import type { SeenOrder, Standing } from '../swap-venue.ts';
import { conditionalTerms } from '../venue-words.ts';
import type { Asset, Assets } from './assets.ts';

/** All readers of this file throw UnreadableAnswer. */

function sideOf(fields: Fields): OrderSide {
  return textOf(fields, 'side') === 'B' ? 'buy' : 'sell';
}

const STANDINGS: Readonly<Record<string, Standing>> = {
  open: 'working',
  triggered: 'working',
  filled: 'filled',
  canceled: 'cancelled',
  rejected: 'rejected',
  selfTradeCanceled: 'expired_in_match',
};

/** `marginCanceled`, `reduceOnlyCanceled`, `tickRejected` ... end like the word that they end with. */
function standingOf(status: string): Standing {
  const known = STANDINGS[status];
  if (known !== undefined) return known;
  if (/(canceled|cancel)$/i.test(status)) return 'cancelled';
  if (/rejected$/i.test(status)) return 'rejected';
  throw new UnreadableAnswer(`an order of status "${status}"`);
}

/**
 * https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/info-endpoint#query-order-status-by-oid-or-cloid
 * @param idOf the client order id of a cloid
 */
export function seenOrderOf(
  order: Fields,
  status: string,
  { symbol, idOf }: { readonly symbol: string; readonly idOf: (cloid: string) => string },
): SeenOrder {
  const venueOrderId = asId<VenueOrderId>(textOf(order, 'oid'));
  const cloid = optionalText(order, 'cloid');
  const quantity = amountOf<Quantity>(order, 'origSz');
  const executed = (status === 'filled' ? quantity : quantity.minus(amountOf(order, 'sz'))) as Quantity;
  const isSetOff = order['isTrigger'] === true && (status === 'triggered' || !executed.isZero());
  return {
    clientOrderId: cloid === null ? '' : idOf(cloid),
    venueOrderId,
    // The order keeps its id when its price comes.
    childVenueOrderId: isSetOff ? venueOrderId : null,
    ...{ symbol, side: sideOf(order), quantity, executed },
    terms: termsOf(order),
    reduceOnly: order['reduceOnly'] === true,
    standing: standingOf(status),
    reason: status,
    placedAt: integerOf(order, 'timestamp'),
  };
}

function termsOf(order: Fields): OrderTerms {
  const kind = textOf(order, 'orderType');
  const price = amountOf<Price>(order, 'limitPx');
  if (order['isTrigger'] === true) {
    return conditionalTerms({
      kind: kind.startsWith('Take Profit') ? 'take_profit' : 'stop',
      triggerPrice: amountOf<Price>(order, 'triggerPx'),
      triggerSource: 'mark',
      price: kind.endsWith('Market') ? null : price,
    });
  }
  const timeInForce = optionalText(order, 'tif');
  if (kind === 'Market' || timeInForce === 'FrontendMarket') return { type: 'market' };
  return { type: 'limit', price, timeInForce: timeInForce === 'Ioc' ? 'IOC' : 'GTC', postOnly: timeInForce === 'Alo' };
}

/** https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/info-endpoint#retrieve-a-users-fills */
export function tradeOf(fill: Fields, { symbol }: Asset, idOf: (cloid: string) => string): VenueTrade {
  const cloid = optionalText(fill, 'cloid');
  const fee = amountOrNull(fill, 'fee');
  return {
    symbol,
    venueTradeId: textOf(fill, 'tid'),
    venueOrderId: textOf(fill, 'oid'),
    clientOrderId: cloid === null ? null : idOf(cloid),
    side: sideOf(fill),
    price: amountOf<Price>(fill, 'px'),
    quantity: amountOf<Quantity>(fill, 'sz'),
    fee: fee === null ? null : { asset: textOf(fill, 'feeToken'), amount: fee },
    isMaker: fill['crossed'] === false,
    time: integerOf(fill, 'time'),
  };
}

/** https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/info-endpoint/perpetuals#retrieve-users-perpetuals-account-summary */
export function balancesOf(account: Fields, settleAsset: string): AssetBalance[] {
  const profit = positionsIn(account).reduce((sum, position) => sum.plus(amountOf(position, 'unrealizedPnl')), ZERO);
  const wallet = amountOf(fieldsOf(account['marginSummary']), 'accountValue').minus(profit);
  const free = Decimal.max(Decimal.min(amountOf(account, 'withdrawable'), wallet), ZERO);
  return [{ asset: settleAsset, free, locked: wallet.minus(free) }];
}

function positionsIn(account: Fields): readonly Fields[] {
  return listOf(account['assetPositions']).map(({ position }) => fieldsOf(position));
}

export function openPositionsOf(account: Fields, assets: Assets): VenuePosition[] {
  return positionsIn(account).flatMap((position) => {
    const asset = assets.ofCoin(textOf(position, 'coin'));
    const held = amountOrNull(position, 'szi');
    if (asset === null || held === null) return [];
    const leverage = fieldsOf(position['leverage']);
    return [
      {
        market: 'futures',
        symbol: asId<VenueSymbol>(asset.symbol),
        side: held.isPositive() ? 'long' : 'short',
        quantity: held.abs() as Quantity,
        entryPrice: amountOf<Price>(position, 'entryPx'),
        liquidationPrice: amountOrNull<Price>(position, 'liquidationPx'),
        leverage: integerOf(leverage, 'value'),
        marginMode: leverage['type'] === 'isolated' ? 'isolated' : 'cross',
        unrealizedPnl: amountOf(position, 'unrealizedPnl'),
      },
    ];
  });
}

/** https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/info-endpoint/perpetuals: one payment a coin and hour */
export function fundingOf(payment: Fields, assets: Assets): FundingReport | null {
  const delta = fieldsOf(payment['delta']);
  const asset = assets.ofCoin(textOf(delta, 'coin'));
  if (asset === null) return null;
  const paidAt = integerOf(payment, 'time');
  return {
    type: 'funding_paid',
    instrument: { market: 'futures', symbol: asId<VenueSymbol>(asset.symbol) },
    incomeId: `${paidAt}:${asset.symbol}`,
    amount: amountOf<Money>(delta, 'usdc'),
    paidAt,
  };
}
