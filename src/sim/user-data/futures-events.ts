import type {
  AccountUpdateReason,
  OrderCause,
  OrderChange,
  OrderReport,
  PositionReport,
  VenueEvent,
} from '../../matching/venue-types.ts';
import { atomsText } from '../../matching/atoms.ts';
import type { Decimals } from '../futures/order-answers.ts';
import {
  ALGO_STATUS,
  algoTypeOf,
  clientIdOf,
  futuresTimeInForce,
  futuresTypeOf,
  positionSideText,
  triggerPriceOf,
  workingTypeOf,
} from '../futures/order-answers.ts';
import { limitPriceOf, PREVENTION, STATUS } from '../spot/order-answers.ts';
import { averageText, fixedText } from '../state/amount-text.ts';

type OrderEvent = Extract<VenueEvent, { type: 'order' }>;
type AlgoEvent = Extract<VenueEvent, { type: 'algo_order' }>;
type AccountEvent = Extract<VenueEvent, { type: 'futures_account' }>;

const EXECUTION: Readonly<Record<OrderChange, string>> = {
  new: 'NEW',
  trade: 'TRADE',
  triggered: 'NEW',
  amended: 'AMENDMENT',
  cancelled: 'CANCELED',
  expired: 'EXPIRED',
  expired_in_match: 'EXPIRED',
};

const REASON: Readonly<Record<AccountUpdateReason, string>> = {
  order: 'ORDER',
  funding: 'FUNDING_FEE',
  deposit: 'DEPOSIT',
  withdraw: 'WITHDRAW',
  margin_transfer: 'MARGIN_TRANSFER',
  margin_mode: 'MARGIN_TYPE_CHANGE',
  leverage: 'ADJUSTMENT',
  liquidation: 'ORDER',
  insurance: 'INSURANCE_CLEAR',
};

/** The venue's reasons for an order's end: "Expiry Reason" of ORDER_TRADE_UPDATE. */
function expiryReason(cause: OrderCause | null, order: OrderReport): string {
  switch (cause) {
    case 'self_trade':
      return '1';
    case 'no_liquidity':
    case 'fill_or_kill':
      return order.execution.type === 'market' ? '9' : '2';
    case 'reduce_only':
      return '4';
    case 'liquidation':
      return '5';
    case 'delisted':
      return '7';
    case 'requested':
    case 'replaced':
    case 'list':
    case 'post_only':
    case 'insufficient_funds':
    case null:
      return '0';
  }
}

/** A message of a private stream; `e` is its type. */
export interface UserEvent {
  readonly e: string;
  readonly [key: string]: unknown;
}

/** What the venue's event does not know of an order. */
export interface FuturesContext extends Decimals {
  readonly publicTradeId: number;
  readonly marginAsset: string;
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Event-Order-Update */
export function orderTradeUpdate({ at, change, order, fill, cause }: OrderEvent, context: FuturesContext): UserEvent {
  const { priceDecimals, quantityDecimals } = context;
  const price = (amount: bigint): string => fixedText(amount, priceDecimals);
  const quantity = (amount: bigint): string => fixedText(amount, quantityDecimals);
  return {
    e: 'ORDER_TRADE_UPDATE',
    E: at,
    T: at,
    o: {
      s: order.symbol,
      c: clientIdOf(order),
      S: order.side.toUpperCase(),
      o: order.isLiquidation ? 'LIQUIDATION' : futuresTypeOf(order),
      f: futuresTimeInForce(order),
      q: quantity(order.quantity),
      p: price(limitPriceOf(order)),
      ap: averageText(order.executedQuote, order.executedQuantity, priceDecimals + 1),
      sp: price(0n),
      x: order.isLiquidation && change === 'trade' ? 'CALCULATED' : EXECUTION[change],
      X: STATUS[order.status],
      i: order.orderId,
      l: quantity(fill?.quantity ?? 0n),
      z: quantity(order.executedQuantity),
      L: price(fill?.price ?? 0n),
      N: fill?.commissionAsset ?? context.marginAsset,
      n: fill === null ? '0' : atomsText(fill.commission),
      T: order.updatedAt,
      t: fill === null ? 0 : context.publicTradeId,
      b: '0',
      a: '0',
      m: fill?.isMaker ?? false,
      R: order.reduceOnly,
      wt: 'CONTRACT_PRICE',
      ot: futuresTypeOf(order),
      ps: positionSideText(order.positionSide),
      cp: order.closePosition,
      pP: false,
      si: 0,
      ss: 0,
      rp: fill === null ? '0' : atomsText(fill.realizedPnl),
      V: PREVENTION[order.selfTradePrevention],
      pm: 'NONE',
      gtd: 0,
      er: expiryReason(cause, order),
    },
  };
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Event-Trade-Lite */
export function tradeLite({ at, order, fill }: OrderEvent, context: FuturesContext): UserEvent | null {
  if (fill === null) return null;
  return {
    e: 'TRADE_LITE',
    E: at,
    T: fill.time,
    s: order.symbol,
    q: fixedText(order.quantity, context.quantityDecimals),
    p: fixedText(limitPriceOf(order), context.priceDecimals),
    m: fill.isMaker,
    c: clientIdOf(order),
    S: order.side.toUpperCase(),
    L: fixedText(fill.price, context.priceDecimals),
    l: fixedText(fill.quantity, context.quantityDecimals),
    t: context.publicTradeId,
    i: order.orderId,
  };
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Event-Algo-Order-Update */
export function algoUpdate({ at, order }: AlgoEvent, decimals: Decimals): UserEvent {
  const { size, trigger } = order;
  const isTrailing = trigger.type === 'trailing';
  const activation = isTrailing ? trigger.activationPrice : null;
  return {
    e: 'ALGO_UPDATE',
    T: at,
    E: at,
    o: {
      caid: order.clientAlgoId,
      aid: order.algoId,
      at: 'CONDITIONAL',
      o: algoTypeOf(order),
      s: order.symbol,
      S: order.side.toUpperCase(),
      ps: positionSideText(order.positionSide),
      f: futuresTimeInForce(order),
      q: fixedText(size.type === 'quantity' ? size.quantity : 0n, decimals.quantityDecimals),
      X: ALGO_STATUS[order.status],
      ai: order.childOrderId === null ? '' : String(order.childOrderId),
      ap: averageText(order.childExecutedQuote, order.childExecutedQuantity, decimals.priceDecimals + 1),
      aq: fixedText(order.childExecutedQuantity, decimals.quantityDecimals),
      act: order.childOrderId === null ? '0' : order.execution.type.toUpperCase(),
      tp: fixedText(triggerPriceOf(trigger), decimals.priceDecimals),
      p: fixedText(limitPriceOf(order), decimals.priceDecimals),
      V: PREVENTION[order.selfTradePrevention],
      wt: workingTypeOf(trigger),
      pm: 'NONE',
      cp: size.type === 'position',
      pP: false,
      R: order.reduceOnly,
      ...(isTrailing
        ? {
            AP: activation === null ? '' : fixedText(activation, decimals.priceDecimals),
            cr: String(trigger.deltaBps / 100),
          }
        : {}),
      tt: order.triggeredAt ?? 0,
      gtd: 0,
      rm: order.cause ?? '',
    },
  };
}

function positionText(position: PositionReport, decimals: Decimals): object {
  return {
    s: position.symbol,
    ma: position.marginAsset,
    pa: fixedText(position.quantity, decimals.quantityDecimals),
    ep: fixedText(position.entryPrice, 8),
    bep: fixedText(position.breakEvenPrice, 8),
    cr: '0',
    up: atomsText(position.unrealizedPnl),
    mt: position.marginMode,
    iw: atomsText(position.isolatedWallet),
    ps: positionSideText(position.positionSide),
  };
}

/**
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Event-Balance-and-Position-Update
 * Funding of a cross position names no position.
 */
export function accountUpdate(event: AccountEvent, decimalsOf: (symbol: string) => Decimals): UserEvent {
  const { at, reason, wallets } = event;
  const positions = event.positions.filter(({ marginMode }) => reason !== 'funding' || marginMode === 'isolated');
  const fundedSymbol = reason === 'funding' ? event.positions[0]?.symbol : undefined;
  return {
    e: 'ACCOUNT_UPDATE',
    E: at,
    T: at,
    a: {
      m: REASON[reason],
      B: wallets.map((wallet) => ({
        a: wallet.asset,
        wb: atomsText(wallet.walletBalance),
        cw: atomsText(wallet.crossWalletBalance),
        bc: atomsText(wallet.balanceChange),
      })),
      P: positions.map((position) => positionText(position, decimalsOf(position.symbol))),
      ...(fundedSymbol === undefined ? {} : { S: fundedSymbol }),
    },
  };
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Event-Account-Configuration-Update-previous-Leverage-Update */
export function accountConfigUpdate(symbol: string, leverage: number, at: number): UserEvent {
  return { e: 'ACCOUNT_CONFIG_UPDATE', E: at, T: at, ac: { s: symbol, l: leverage } };
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Event-Margin-Call */
export function marginCall(
  positions: readonly PositionReport[],
  decimalsOf: (symbol: string) => Decimals,
  context: { readonly crossWallet: bigint; readonly at: number },
): UserEvent {
  const isCross = positions.some(({ marginMode }) => marginMode === 'cross');
  return {
    e: 'MARGIN_CALL',
    E: context.at,
    ...(isCross ? { cw: atomsText(context.crossWallet) } : {}),
    p: positions.map((position) => ({
      s: position.symbol,
      ps: positionSideText(position.positionSide),
      pa: fixedText(position.quantity, decimalsOf(position.symbol).quantityDecimals),
      mt: position.marginMode === 'cross' ? 'CROSSED' : 'ISOLATED',
      iw: atomsText(position.isolatedWallet),
      mp: atomsText(position.markPrice),
      up: atomsText(position.unrealizedPnl),
      mm: atomsText(position.maintenanceMargin),
    })),
  };
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Event-User-Data-Stream-Expired */
export function listenKeyExpired(listenKey: string, at: number): UserEvent {
  return { e: 'listenKeyExpired', E: at, listenKey };
}
