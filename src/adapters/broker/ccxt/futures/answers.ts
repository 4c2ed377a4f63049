import { Decimal } from '../../../../domain/decimal.ts';
import type { Money, Price, Quantity } from '../../../../domain/decimal.ts';
import { asId } from '../../../../domain/ids.ts';
import type { VenueOrderId, VenueSymbol } from '../../../../domain/ids.ts';
import type { LeverageBracket } from '../../../../domain/instrument.ts';
import type { OrderTerms, TimeInForce, TriggerSource } from '../../../../domain/order/order.ts';
import type { OrderUpdate } from '../../../../domain/order/update.ts';
import type { FundingReport, VenuePosition } from '../../../../ports/broker.ts';
import type { Fields } from '../connection/fields.ts';
import {
  amountOf,
  amountOrNull,
  fieldsOf,
  integerOf,
  isFields,
  listOf,
  optionalText,
  textOf,
} from '../connection/fields.ts';
import type { AssetBalance, WorkingOrder } from '../dialect.ts';
import { foreignIdentity, sideOf } from '../dialect.ts';
import type { VenueTrade } from '../fills.ts';
import type { OrderStanding } from '../order-news.ts';
import { newsOf } from '../order-news.ts';
import { algoVenueId } from '../orders.ts';

/** All readers of this file throw UnreadableAnswer. */

const TIMES_IN_FORCE: readonly TimeInForce[] = ['GTC', 'IOC', 'FOK'];
const BPS_A_PERCENT = 100;

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/Query-Order */
export function standingOf(order: Fields): OrderStanding {
  const status = textOf(order, 'status');
  return {
    status,
    venueOrderId: asId<VenueOrderId>(textOf(order, 'orderId')),
    executed: amountOf<Quantity>(order, 'executedQty'),
    reason: status.toLowerCase(),
  };
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/Account-Trade-List */
export function tradeOf(trade: Fields): VenueTrade {
  return {
    symbol: textOf(trade, 'symbol'),
    venueTradeId: textOf(trade, 'id'),
    venueOrderId: textOf(trade, 'orderId'),
    clientOrderId: null,
    side: sideOf(trade),
    price: amountOf<Price>(trade, 'price'),
    quantity: amountOf<Quantity>(trade, 'qty'),
    fee: { asset: textOf(trade, 'commissionAsset'), amount: amountOf(trade, 'commission') },
    isMaker: trade['maker'] === true,
    time: integerOf(trade, 'time'),
  };
}

/** A conditional order in the algo service. */
export interface AlgoStanding {
  readonly algoOrderId: VenueOrderId;
  readonly clientOrderId: string;
  readonly status: string;
  /** The order that it gave birth to. */
  readonly childOrderId: VenueOrderId | null;
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/Query-Algo-Order */
export function algoStandingOf(order: Fields): AlgoStanding {
  const child = optionalText(order, 'actualOrderId');
  return {
    algoOrderId: algoVenueId(textOf(order, 'algoId')),
    clientOrderId: textOf(order, 'clientAlgoId'),
    status: textOf(order, 'algoStatus'),
    childOrderId: child === null || child === '0' ? null : asId<VenueOrderId>(child),
  };
}

/** What a conditional order that has no child tells: it waits, or how it ended. */
export function algoNews({ algoOrderId: venueOrderId, status }: AlgoStanding, at: number): OrderUpdate[] {
  const accepted = { type: 'accepted', at, venueOrderId, reportedQuantity: null } as const;
  const ended = { at, venueOrderId, reportedQuantity: null, reason: status.toLowerCase() };
  switch (status) {
    case 'CANCELED':
      return [accepted, { type: 'cancelled', ...ended }];
    case 'EXPIRED':
      return [accepted, { type: 'expired', ...ended }];
    case 'REJECTED':
      return [accepted, { type: 'rejected', at, code: 'REJECTED', reason: 'refused when it was triggered' }];
    case 'NEW':
      return [accepted];
    default:
      // TRIGGERING, TRIGGERED, FINISHED: the child is about to be named.
      return [accepted, { type: 'triggered', at, venueOrderId, reportedQuantity: null, childVenueOrderId: null }];
  }
}

/** The order is a child that a conditional one of ours gave birth to. */
export function triggeredNews(
  algoOrderId: VenueOrderId | null,
  childVenueOrderId: VenueOrderId,
  at: number,
): OrderUpdate {
  const venueOrderId = algoOrderId ?? childVenueOrderId;
  return { type: 'triggered', at, venueOrderId, reportedQuantity: null, childVenueOrderId };
}

function sourceOf(order: Fields): TriggerSource {
  return order['workingType'] === 'MARK_PRICE' ? 'mark' : 'last';
}

/** What kind of conditional order somebody else has placed; `type` is its type. */
export function algoTermsOf(order: Fields, type: string): OrderTerms {
  const triggerSource = sourceOf(order);
  const price = amountOrNull<Price>(order, 'price');
  const rate = amountOrNull(order, 'callbackRate');
  if (type === 'TRAILING_STOP_MARKET') {
    const trailingDeltaBps = (rate ?? new Decimal(0)).times(BPS_A_PERCENT).toNumber();
    return {
      type: 'trailing_stop',
      trailingDeltaBps,
      activationPrice: amountOrNull(order, 'activatePrice'),
      triggerSource,
    };
  }
  const triggerPrice = amountOf<Price>(order, 'triggerPrice');
  if (type.startsWith('TAKE_PROFIT')) return { type: 'take_profit', triggerPrice, triggerSource, price };
  if (price === null) return { type: 'stop_market', triggerPrice, triggerSource };
  return { type: 'stop_limit', triggerPrice, triggerSource, price, timeInForce: timeInForceOf(order) };
}

function timeInForceOf(order: Fields): TimeInForce {
  return TIMES_IN_FORCE.find((known) => known === order['timeInForce']) ?? 'GTC';
}

export function plainTermsOf(order: Fields): OrderTerms {
  const price = amountOrNull<Price>(order, 'price');
  if (price === null) return { type: 'market' };
  return { type: 'limit', price, timeInForce: timeInForceOf(order), postOnly: order['timeInForce'] === 'GTX' };
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/Current-All-Open-Orders */
export function workingOrderOf(order: Fields, at: number): WorkingOrder {
  const standing = standingOf(order);
  const clientOrderId = textOf(order, 'clientOrderId');
  return {
    clientOrderId,
    updates: newsOf(standing, [], at),
    foreign: {
      ...foreignIdentity(clientOrderId, standing.venueOrderId, textOf(order, 'symbol')),
      market: 'futures',
      side: sideOf(order),
      quantity: amountOf<Quantity>(order, 'origQty'),
      filledQuantity: standing.executed,
      terms: plainTermsOf(order),
      reduceOnly: order['reduceOnly'] === true,
    },
  };
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/Current-All-Algo-Open-Orders */
export function workingAlgoOf(order: Fields, at: number): WorkingOrder {
  const standing = algoStandingOf(order);
  const { clientOrderId, algoOrderId } = standing;
  return {
    clientOrderId,
    updates: algoNews(standing, at),
    foreign: {
      ...foreignIdentity(clientOrderId, algoOrderId, textOf(order, 'symbol')),
      market: 'futures',
      side: sideOf(order),
      quantity: amountOf<Quantity>(order, 'quantity'),
      filledQuantity: new Decimal(0) as Quantity,
      terms: algoTermsOf(order, textOf(order, 'orderType')),
      reduceOnly: order['reduceOnly'] === true || order['closePosition'] === true,
    },
  };
}

/** Free is what new orders may use: without profit that is not realised, and less what losses bind. */
export function balancesOf(account: unknown): AssetBalance[] {
  return listOf(fieldsOf(account)['assets']).map((asset) => {
    const wallet = amountOf(asset, 'walletBalance');
    const free = Decimal.min(wallet, amountOf(asset, 'availableBalance'));
    return { asset: textOf(asset, 'asset'), free, locked: wallet.minus(free) };
  });
}

/**
 * @param configs what symbolConfig says, by symbol: version 3 of the positions leaves leverage and margin mode out
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/Position-Information-V3
 */
export function positionOf(position: Fields, configs: ReadonlyMap<string, Fields>): VenuePosition | null {
  const amount = amountOf(position, 'positionAmt');
  if (amount.isZero()) return null;
  const symbol = textOf(position, 'symbol');
  const config = configs.get(symbol) ?? {};
  return {
    market: 'futures',
    symbol: asId<VenueSymbol>(symbol),
    side: amount.isPositive() ? 'long' : 'short',
    quantity: amount.abs() as Quantity,
    entryPrice: amountOf<Price>(position, 'entryPrice'),
    liquidationPrice: amountOrNull<Price>(position, 'liquidationPrice'),
    leverage: integerOf(config, 'leverage'),
    marginMode: textOf(config, 'marginType') === 'ISOLATED' ? 'isolated' : 'cross',
    unrealizedPnl: amountOf(position, 'unRealizedProfit'),
    isHedgeLeg: position['positionSide'] === 'LONG' || position['positionSide'] === 'SHORT',
  };
}

/**
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/account/rest-api/Get-Income-History
 * A transaction id is unique within one type of income; the symbol makes certain.
 */
export function fundingOf(income: Fields): FundingReport {
  const symbol = textOf(income, 'symbol');
  return {
    type: 'funding_paid',
    instrument: { market: 'futures', symbol: asId<VenueSymbol>(symbol) },
    incomeId: `${textOf(income, 'tranId')}:${symbol}`,
    amount: amountOf<Money>(income, 'income'),
    paidAt: integerOf(income, 'time'),
  };
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/account/rest-api/Notional-and-Leverage-Brackets */
export function bracketsOf(answer: unknown): ReadonlyMap<string, readonly LeverageBracket[]> {
  return new Map(
    listOf(answer)
      .filter(isFields)
      .map((entry) => [textOf(entry, 'symbol'), listOf(entry['brackets']).map(bracketOf)]),
  );
}

function bracketOf(bracket: Fields): LeverageBracket {
  return {
    notionalFloor: amountOf<Money>(bracket, 'notionalFloor'),
    notionalCap: amountOf<Money>(bracket, 'notionalCap'),
    maxLeverage: integerOf(bracket, 'initialLeverage'),
    maintenanceMarginRate: amountOf(bracket, 'maintMarginRatio'),
    maintenanceAmount: amountOf<Money>(bracket, 'cum'),
  };
}
