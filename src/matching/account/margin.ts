import { ceilDiv, ONE } from '../atoms.ts';
import type { Atoms } from '../atoms.ts';
import type { PositionReport, WalletReport } from '../venue-types.ts';
import type { Account } from './account.ts';
import type { FuturesSlot, Position } from './position.ts';

function max(a: Atoms, b: Atoms): Atoms {
  return a > b ? a : b;
}

function abs(a: Atoms): Atoms {
  return a < 0n ? -a : a;
}

/** The largest notional that the position could have if its open orders filled on their worse side. */
export function worstNotional(position: Position, notional = position.notional): Atoms {
  const { openBuy, openSell } = position;
  const signed = position.isLong ? notional : -notional;
  return max(abs(signed + openBuy), abs(signed - openSell));
}

/** Margin figures of one leg at the mark price. Initial margins are raised to an atom. */
export interface LegMargin {
  readonly notional: Atoms;
  readonly unrealizedPnl: Atoms;
  readonly initial: Atoms;
  /** On top of `initial`, for open orders. */
  readonly openOrders: Atoms;
  readonly maintenance: Atoms;
}

const NO_MARGIN: LegMargin = { notional: 0n, unrealizedPnl: 0n, initial: 0n, openOrders: 0n, maintenance: 0n };

/**
 * Initial margin is notional / leverage. Open orders need what the worse side adds to it: orders that would close the
 * position first need nothing.
 */
export function legMargin(position: Position): LegMargin {
  const { slot, openBuy, openSell } = position;
  if (position.isFlat && openBuy === 0n && openSell === 0n) return NO_MARGIN;
  const leverage = BigInt(slot.leverage);
  const { notional } = position;
  const initial = ceilDiv(notional, leverage);
  return {
    notional,
    unrealizedPnl: position.unrealizedPnl,
    initial,
    openOrders: ceilDiv(worstNotional(position, notional), leverage) - initial,
    maintenance: position.isFlat ? 0n : slot.contract.maintenanceMargin(notional),
  };
}

/** A wallet with everything that margin checks and reports ask of it, at the mark prices of now. */
export function walletState(account: Account, asset: string): WalletReport {
  const walletBalance = account.holdings.of(asset).free;
  let crossWalletBalance = walletBalance;
  let unrealizedPnl = 0n;
  let crossUnrealizedPnl = 0n;
  let maintenanceMargin = 0n;
  let positionInitialMargin = 0n;
  let openOrderInitialMargin = 0n;
  let bound = 0n;
  for (const slot of account.allSlots()) {
    if (slot.contract.marginAsset !== asset) continue;
    for (const leg of slot.legs) {
      const margin = legMargin(leg);
      if (margin === NO_MARGIN) continue;
      unrealizedPnl += margin.unrealizedPnl;
      maintenanceMargin += margin.maintenance;
      positionInitialMargin += margin.initial;
      openOrderInitialMargin += margin.openOrders;
      bound += margin.openOrders;
      if (slot.marginMode === 'cross') {
        crossUnrealizedPnl += margin.unrealizedPnl;
        bound += margin.initial;
      }
      crossWalletBalance -= leg.isolatedWallet;
    }
  }
  return {
    asset,
    walletBalance,
    crossWalletBalance,
    unrealizedPnl,
    crossUnrealizedPnl,
    marginBalance: walletBalance + unrealizedPnl,
    maintenanceMargin,
    positionInitialMargin,
    openOrderInitialMargin,
    availableBalance: max(crossWalletBalance + crossUnrealizedPnl - bound, 0n),
  };
}

/** The money that stands behind the positions of one pool, and what they must keep. */
export interface PoolHealth {
  readonly marginBalance: Atoms;
  readonly maintenance: Atoms;
}

/** An isolated leg stands for itself. */
export function isolatedHealth(position: Position): PoolHealth {
  const { unrealizedPnl, maintenance } = legMargin(position);
  return { marginBalance: position.isolatedWallet + unrealizedPnl, maintenance };
}

/** All cross positions of one margin asset stand together. */
export function crossHealth(account: Account, asset: string): PoolHealth {
  let marginBalance = account.holdings.of(asset).free;
  let maintenance = 0n;
  for (const slot of account.allSlots()) {
    if (slot.contract.marginAsset !== asset) continue;
    for (const leg of slot.legs) {
      marginBalance -= leg.isolatedWallet;
      if (slot.marginMode !== 'cross' || leg.isFlat) continue;
      const margin = legMargin(leg);
      marginBalance += margin.unrealizedPnl;
      maintenance += margin.maintenance;
    }
  }
  return { marginBalance, maintenance };
}

/**
 * The mark price at which the margin balance falls to the maintenance margin, all other symbols unchanged:
 * P = (E_long - E_short - W - c) / (Q_long (1 - r_long) - Q_short (1 + r_short)), with entry notional E, quantity Q, rate r
 * and amount c of the bracket of now, and W the pool's money without this symbol. Both legs of a hedged cross symbol
 * count; null where no price above zero does it.
 * https://www.binance.com/en/support/faq/detail/b3c689c1f50a44cabb3a84e663b81d93
 */
function liquidationPrice(account: Account, position: Position): Atoms | null {
  if (position.isFlat) return null;
  const { slot } = position;
  const isIsolated = slot.marginMode === 'isolated';
  const legs = isIsolated ? [position] : slot.legs.filter((leg) => !leg.isFlat);
  let entry = 0n;
  let slope = 0n;
  let amounts = 0n;
  for (const leg of legs) {
    const { rate, amount } = slot.contract.bracketOf(leg.notional);
    entry += leg.signedCost;
    slope += leg.isLong ? leg.quantity * (ONE - rate) : -leg.quantity * (ONE + rate);
    amounts += amount;
  }
  if (slope === 0n) return null;
  const money = isIsolated ? position.isolatedWallet : otherMoney(account, slot);
  const price = ((entry - money - amounts) * ONE * ONE) / slope;
  return price > 0n ? price : null;
}

/** What the cross pool has without the positions of one symbol: balance and profit less what the others must keep. */
function otherMoney(account: Account, slot: FuturesSlot): Atoms {
  const { marginBalance, maintenance } = crossHealth(account, slot.contract.marginAsset);
  const own = slot.legs.map(legMargin);
  const ownPnl = own.reduce((sum, leg) => sum + leg.unrealizedPnl, 0n);
  const ownMaintenance = own.reduce((sum, leg) => sum + leg.maintenance, 0n);
  return marginBalance - ownPnl - (maintenance - ownMaintenance);
}

/** The position as it stands now. */
export function positionReport(account: Account, position: Position): PositionReport {
  const { slot, steps, entryNotional, entryFees } = position;
  const { contract } = slot;
  const margin = legMargin(position);
  const quantity = position.quantity;
  const perUnit = (amount: Atoms): Atoms => (quantity === 0n ? 0n : (amount * ONE) / quantity);
  return {
    symbol: contract.symbol,
    positionSide: position.side,
    quantity: steps < 0 ? -quantity : quantity,
    entryNotional,
    entryPrice: perUnit(entryNotional),
    breakEvenPrice: perUnit(steps < 0 ? entryNotional - entryFees : entryNotional + entryFees),
    markPrice: contract.mark,
    unrealizedPnl: margin.unrealizedPnl,
    notional: steps < 0 ? -margin.notional : margin.notional,
    leverage: slot.leverage,
    marginMode: slot.marginMode,
    marginAsset: contract.marginAsset,
    isolatedWallet: position.isolatedWallet,
    initialMargin: margin.initial,
    openOrderInitialMargin: margin.openOrders,
    maintenanceMargin: margin.maintenance,
    liquidationPrice: liquidationPrice(account, position),
    updatedAt: Math.max(position.updatedAt, 0),
  };
}
