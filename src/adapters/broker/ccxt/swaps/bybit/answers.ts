import { Decimal, ZERO } from '../../../../../domain/decimal.ts';
import type { Money, Price, Quantity } from '../../../../../domain/decimal.ts';
import { asId } from '../../../../../domain/ids.ts';
import type { VenueOrderId, VenueSymbol } from '../../../../../domain/ids.ts';
import type { OrderSide, OrderTerms } from '../../../../../domain/order/order.ts';
import type { MarginMode } from '../../../../../domain/position/position.ts';
import type { FundingReport, VenuePosition } from '../../../../../ports/broker.ts';
import { UnreadableAnswer } from '../../connection/failures.ts';
import type { Fields } from '../../connection/fields.ts';
import { amountOf, amountOrNull, integerOf, listOf, optionalText, textOf } from '../../connection/fields.ts';
import type { AssetBalance } from '../../dialect.ts';
import type { VenueTrade } from '../../fills.ts';
import type { SeenOrder, Standing } from '../swap-venue.ts';
import { conditionalTerms, timeInForceOf } from '../venue-words.ts';

/** All readers of this file throw UnreadableAnswer. */

function sideOf(fields: Fields): OrderSide {
  return textOf(fields, 'side') === 'Buy' ? 'buy' : 'sell';
}

/** https://bybit-exchange.github.io/docs/v5/enum#orderstatus */
const STANDINGS: Readonly<Record<string, Standing>> = {
  Created: 'working',
  New: 'working',
  PartiallyFilled: 'working',
  Untriggered: 'working',
  Triggered: 'working',
  Filled: 'filled',
  Cancelled: 'cancelled',
  PartiallyFilledCanceled: 'cancelled',
  Deactivated: 'cancelled',
  Rejected: 'rejected',
};

/** Ends that the exchange calls cancelled, and that mean another thing. */
const POST_ONLY_WOULD_TAKE = 'EC_PostOnlyWillTakeLiquidity';
const OWN_ORDERS_MET: ReadonlySet<string> = new Set(['CancelBySmp', 'EC_BySelfMatch', 'EC_StopBySelfMatch']);

function standingOf(order: Fields): Standing {
  const status = textOf(order, 'orderStatus');
  const standing = STANDINGS[status];
  if (standing === undefined) throw new UnreadableAnswer(`an order of status "${status}"`);
  if (standing !== 'cancelled') return standing;
  const [type, reason] = [optionalText(order, 'cancelType') ?? '', optionalText(order, 'rejectReason') ?? ''];
  if (OWN_ORDERS_MET.has(type) || OWN_ORDERS_MET.has(reason)) return 'expired_in_match';
  return reason === POST_ONLY_WOULD_TAKE ? 'rejected' : 'cancelled';
}

/** https://bybit-exchange.github.io/docs/v5/order/open-order */
export function seenOrderOf(order: Fields): SeenOrder {
  const venueOrderId = asId<VenueOrderId>(textOf(order, 'orderId'));
  const executed = amountOf<Quantity>(order, 'cumExecQty');
  return {
    clientOrderId: optionalText(order, 'orderLinkId') ?? '',
    venueOrderId,
    // The order keeps its id when its price comes.
    childVenueOrderId: isConditional(order) && hasWorked(order, executed) ? venueOrderId : null,
    symbol: textOf(order, 'symbol'),
    side: sideOf(order),
    quantity: amountOf<Quantity>(order, 'qty'),
    executed,
    terms: termsOf(order),
    reduceOnly: order['reduceOnly'] === true || order['closeOnTrigger'] === true,
    standing: standingOf(order),
    reason: reasonOf(order),
  };
}

const NEVER_WORKED: ReadonlySet<string> = new Set(['Untriggered', 'Deactivated', 'Cancelled', 'Rejected']);

/** Whether the price of a conditional order has come, as far as it can be told. */
function hasWorked(order: Fields, executed: Quantity): boolean {
  return !executed.isZero() || !NEVER_WORKED.has(textOf(order, 'orderStatus'));
}

function reasonOf(order: Fields): string {
  const reason = optionalText(order, 'rejectReason');
  const said = reason === null || reason === 'EC_NoError' ? optionalText(order, 'cancelType') : reason;
  return said ?? textOf(order, 'orderStatus').toLowerCase();
}

function isConditional(order: Fields): boolean {
  return amountOrNull(order, 'triggerPrice') !== null;
}

function termsOf(order: Fields): OrderTerms {
  const price = order['orderType'] === 'Limit' ? amountOf<Price>(order, 'price') : null;
  if (!isConditional(order)) {
    if (price === null) return { type: 'market' };
    const postOnly = order['timeInForce'] === 'PostOnly';
    return { type: 'limit', price, timeInForce: timeInForceOf(order['timeInForce']), postOnly };
  }
  const rises = Number(order['triggerDirection']) === 1;
  return conditionalTerms({
    kind: rises === (sideOf(order) === 'buy') ? 'stop' : 'take_profit',
    triggerPrice: amountOf<Price>(order, 'triggerPrice'),
    triggerSource: order['triggerBy'] === 'MarkPrice' ? 'mark' : 'last',
    price,
  });
}

/** Money has changed hands; other executions are funding, settlement and the like. */
const TRADES: ReadonlySet<unknown> = new Set(['Trade', 'AdlTrade', 'BustTrade', 'BlockTrade']);

/** https://bybit-exchange.github.io/docs/v5/order/execution; null for what is no trade */
export function tradeOf(execution: Fields, settleAsset: string): VenueTrade | null {
  if (!TRADES.has(execution['execType'])) return null;
  const fee = amountOrNull(execution, 'execFee');
  return {
    symbol: textOf(execution, 'symbol'),
    venueTradeId: textOf(execution, 'execId'),
    venueOrderId: textOf(execution, 'orderId'),
    clientOrderId: optionalText(execution, 'orderLinkId'),
    side: sideOf(execution),
    price: amountOf<Price>(execution, 'execPrice'),
    quantity: amountOf<Quantity>(execution, 'execQty'),
    fee: fee === null ? null : { asset: optionalText(execution, 'feeCurrency') ?? settleAsset, amount: fee },
    isMaker: execution['isMaker'] === true,
    time: integerOf(execution, 'execTime'),
  };
}

/**
 * https://bybit-exchange.github.io/docs/v5/account/wallet-balance: what positions and orders bind, and what losses eat, is
 * not free; profit that is not realised is not, either.
 */
export function balancesOf(account: Fields): AssetBalance[] {
  return listOf(account['coin']).map((coin) => {
    const part = (name: string): Decimal => amountOrNull(coin, name) ?? ZERO;
    const wallet = part('walletBalance');
    const bound = part('totalPositionIM').plus(part('totalOrderIM')).plus(part('locked'));
    const loss = Decimal.min(part('unrealisedPnl'), ZERO);
    const free = Decimal.max(wallet.minus(bound).plus(loss), ZERO);
    return { asset: textOf(coin, 'coin'), free, locked: wallet.minus(free) };
  });
}

/** Long and short side by side in one symbol: another index than 0. */
export function isHedged(position: Fields): boolean {
  return Number(position['positionIdx'] ?? 0) !== 0;
}

/** https://bybit-exchange.github.io/docs/v5/position; null when flat. The margin mode is the account's. */
export function positionOf(position: Fields, marginMode: MarginMode): VenuePosition | null {
  const quantity = amountOrNull<Quantity>(position, 'size');
  if (quantity === null) return null;
  return {
    market: 'futures',
    symbol: asId<VenueSymbol>(textOf(position, 'symbol')),
    side: textOf(position, 'side') === 'Buy' ? 'long' : 'short',
    quantity,
    entryPrice: amountOf<Price>(position, 'avgPrice'),
    liquidationPrice: amountOrNull<Price>(position, 'liqPrice'),
    leverage: Number(optionalText(position, 'leverage') ?? '1'),
    marginMode,
    unrealizedPnl: amountOrNull(position, 'unrealisedPnl') ?? ZERO,
    ...(isHedged(position) ? { isHedgeLeg: true } : {}),
  };
}

/** https://bybit-exchange.github.io/docs/v5/account/transaction-log, of the type SETTLEMENT: `change` is what came in. */
export function fundingOf(entry: Fields): FundingReport {
  const symbol = textOf(entry, 'symbol');
  return {
    type: 'funding_paid',
    instrument: { market: 'futures', symbol: asId<VenueSymbol>(symbol) },
    incomeId: `${textOf(entry, 'id')}:${symbol}`,
    amount: amountOf<Money>(entry, 'change'),
    paidAt: integerOf(entry, 'transactionTime'),
  };
}

const MARGIN_MODES: Readonly<Record<string, MarginMode>> = { ISOLATED_MARGIN: 'isolated', REGULAR_MARGIN: 'cross' };

/** https://bybit-exchange.github.io/docs/v5/account/account-info; portfolio margin is cross, too. */
export function marginModeOf(info: Fields): MarginMode {
  return MARGIN_MODES[textOf(info, 'marginMode')] ?? 'cross';
}
