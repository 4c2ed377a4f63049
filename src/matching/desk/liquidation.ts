import type { Account } from '../account/account.ts';
import { feeOn } from '../account/commission.ts';
import { move } from '../account/holdings.ts';
import { crossHealth, isolatedHealth } from '../account/margin.ts';
import type { PoolHealth } from '../account/margin.ts';
import type { FuturesSlot, Position } from '../account/position.ts';
import { ONE } from '../atoms.ts';
import type { Atoms } from '../atoms.ts';
import type { WorkingOrder } from '../orders/working-order.ts';
import { contractOf, coverDeficit, crossWallet } from '../settlement/futures-settlement.ts';
import type { Core } from './core.ts';
import { takeLiquidity } from './match.ts';
import { endOrder } from './order-end.ts';
import { register } from './place.ts';
import type { SymbolMarket } from './symbol-market.ts';
import { executeTrade } from './trade.ts';
import { warnOfMargin } from './margin-call.ts';
import { venuesClose } from './venues-close.ts';

function mustClose({ marginBalance, maintenance }: PoolHealth): boolean {
  return maintenance > 0n && marginBalance <= maintenance;
}

/** After a new mark price: closes what has fallen to its maintenance margin, and warns of what comes near it. */
export function checkMargins(core: Core, market: SymbolMarket): void {
  for (const account of core.accounts.values()) {
    const slot = account.slotOf(market.symbol);
    if (slot === undefined || !slot.hasPosition) continue;
    if (slot.marginMode === 'cross') checkCross(core, account, slot);
    else for (const leg of slot.legs) checkIsolated(core, account, leg);
    warnOfMargin(core, account, slot);
  }
}

/** An isolated position costs its own margin at most: what is missing beyond it the insurance fund pays. */
function checkIsolated(core: Core, account: Account, leg: Position): void {
  if (leg.isFlat) return;
  const health = isolatedHealth(leg);
  if (!mustClose(health)) return;
  const { contract } = leg.slot;
  cancelOrdersOf(core, account, (symbol) => symbol === contract.symbol);
  closeLeg(core, account, { leg, money: health.marginBalance, floor: crossWallet(account, contract.marginAsset) });
}

/** Cross positions of one asset close one by one, the largest loss first, until the rest stands on its own again. */
function checkCross(core: Core, account: Account, { contract: { marginAsset } }: FuturesSlot): void {
  if (!mustClose(crossHealth(account, marginAsset))) return;
  cancelOrdersOf(core, account, (symbol) => core.markets.get(symbol)?.contract?.marginAsset === marginAsset);
  for (const leg of crossLegs(account, marginAsset)) {
    const health = crossHealth(account, marginAsset);
    if (!mustClose(health) && crossWallet(account, marginAsset) >= 0n) return;
    const isLast = crossLegs(account, marginAsset).length === 1;
    closeLeg(core, account, { leg, money: health.marginBalance, floor: isLast ? 0n : null });
  }
}

function crossLegs(account: Account, marginAsset: string): Position[] {
  const slots = [...account.allSlots()].filter(
    ({ contract, marginMode }) => contract.marginAsset === marginAsset && marginMode === 'cross',
  );
  const legs = slots.flatMap((slot) => slot.legs).filter((leg) => !leg.isFlat);
  return legs.sort((a, b) => (a.unrealizedPnl < b.unrealizedPnl ? -1 : a.unrealizedPnl > b.unrealizedPnl ? 1 : 0));
}

function cancelOrdersOf(core: Core, account: Account, isConcerned: (symbol: string) => boolean): void {
  for (const order of core.orders.ofAccount(account.id)) {
    if (isConcerned(order.request.symbol)) endOrder(core, order, { change: 'expired', cause: 'liquidation' });
  }
}

interface Closing {
  readonly leg: Position;
  /** Margin balance that stands behind the position. */
  readonly money: Atoms;
  /** What the cross wallet must be left with; null: settled when the last position of the pool is closed. */
  readonly floor: Atoms | null;
}

/**
 * Closes a leg: in the book as far as its money goes (to the bankruptcy price), the rest at the mark price. Of what is
 * left the insurance fund takes its fee; what is missing it pays.
 */
function closeLeg(core: Core, account: Account, { leg, money, floor }: Closing): void {
  const { contract, marginMode } = leg.slot;
  const { marginAsset: asset, mark, symbol } = contract;
  const market = core.markets.get(symbol) as SymbolMarket;
  const quantity = leg.isLong ? leg.quantity : -leg.quantity;
  const { notional } = leg;
  account.changeReason = 'liquidation';
  workClosingOrder(core, market, closingOrder(core, account, { leg, money }));
  const isCovered = floor !== null;
  const insurancePaid = isCovered ? coverDeficit(core, { account, position: leg, floor }) : 0n;
  const due = feeOn(notional, contract.liquidationFeeRate);
  const left = marginMode === 'cross' ? spareMoney(account, asset) : crossWallet(account, asset) - (floor ?? 0n);
  const fee = left <= 0n ? 0n : due < left ? due : left;
  if (fee > 0n) {
    move(account.holdings.of(asset), core.house.insurance.of(asset), fee);
    core.noteIncome({ account, kind: 'insurance_clear', asset, amount: -fee, symbol, tradeId: null });
  }
  core.events.push({
    type: 'liquidation',
    at: core.now,
    accountId: account.id,
    symbol,
    positionSide: leg.side,
    marginMode,
    quantity,
    markPrice: mark,
    fee,
    insurancePaid,
  });
}

/** What the cross pool can give without bringing the positions that it still holds to their maintenance margin. */
function spareMoney(account: Account, asset: string): Atoms {
  const { marginBalance, maintenance } = crossHealth(account, asset);
  const wallet = crossWallet(account, asset);
  const surplus = maintenance === 0n ? wallet : marginBalance - maintenance - 1n;
  return surplus < wallet ? surplus : wallet;
}

function closingOrder(
  core: Core,
  account: Account,
  { leg, money }: { readonly leg: Position; readonly money: Atoms },
): WorkingOrder {
  const { contract } = leg.slot;
  const perUnit = (money * ONE) / leg.quantity;
  const bankruptcy = contract.scale.fractionalTicks(leg.isLong ? contract.mark - perUnit : contract.mark + perUnit);
  const ticks = leg.isLong ? Math.ceil(bankruptcy) : Math.floor(bankruptcy);
  return venuesClose(core, { account, leg, ticks, name: 'autoclose', isLiquidation: true });
}

function workClosingOrder(core: Core, market: SymbolMarket, order: WorkingOrder): void {
  register(core, order, market);
  takeLiquidity(core, market, order);
  if (order.isDone) return;
  const { every } = market.rules.price;
  const mark = market.scale.fractionalTicks(contractOf(market).mark) / every;
  const ticks = Math.max(order.isBuy ? Math.ceil(mark) : Math.floor(mark), 1) * every;
  const { isBuy: isTakerBuy, remainingSteps: steps } = order;
  executeTrade(core, market, { taker: order, maker: null, isTakerBuy, ticks, steps });
}
