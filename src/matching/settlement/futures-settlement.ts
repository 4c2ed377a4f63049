import type { Account } from '../account/account.ts';
import { chargeCommission } from '../account/commission.ts';
import type { Contract } from '../account/contract.ts';
import { move } from '../account/holdings.ts';
import type { House } from '../account/house.ts';
import { legMargin, walletState, worstNotional } from '../account/margin.ts';
import { bookTrade, share } from '../account/position.ts';
import type { Position } from '../account/position.ts';
import { ceilDiv, times } from '../atoms.ts';
import type { Atoms } from '../atoms.ts';
import type { SymbolMarket } from '../desk/symbol-market.ts';
import type { WorkingOrder } from '../orders/working-order.ts';
import type { IncomeKind, RefusalReason } from '../venue-types.ts';
import type { Settled, Settlement, Trade } from './settlement.ts';

/** A change of a futures wallet for the income history. */
export interface Income {
  readonly account: Account;
  readonly kind: IncomeKind;
  readonly asset: string;
  readonly amount: Atoms;
  readonly symbol: string | null;
  readonly tradeId: number | null;
}

/** What a futures settlement shares with the rest of the venue. */
export interface FuturesBooks {
  readonly now: number;
  readonly house: House;
  readonly feeTokenPrices: ReadonlyMap<string, Atoms>;
  noteIncome(income: Income): void;
  /** A position has become flat or has turned: orders that only reduce it have lost their ground. */
  noteVacated(account: Account, position: Position): void;
}

/** USD-M futures: working orders need initial margin, trades move positions, and the wallet takes profit and commission. */
export class FuturesSettlement implements Settlement {
  readonly shortage = 'reduce_only';
  private readonly books: FuturesBooks;

  constructor(books: FuturesBooks) {
    this.books = books;
  }

  /**
   * Margin is asked for what the order adds to the account's initial margin, plus the loss that it would open with against
   * the mark price.
   */
  reserve(order: WorkingOrder, market: SymbolMarket): RefusalReason | null {
    if (reducesOnly(order)) return null;
    const contract = contractOf(market);
    const { account } = order;
    const position = positionOf(contract, order);
    const price = marginPrice(order, market);
    if (price === 0n) return 'no_liquidity';
    const before = legMargin(position).openOrders;
    const { availableBalance } = walletState(account, contract.marginAsset);
    bindNotional(position, order, times(market.scale.quantity(order.remainingSteps), price));
    const added = legMargin(position).openOrders - before;
    if (added <= 0n) return null;
    const openLoss = openingLoss(order, market, price);
    const isTooLarge = worstNotional(position) > contract.maxNotional(position.slot.leverage);
    const refusal = isTooLarge ? 'max_position_notional' : 'insufficient_margin';
    if (!isTooLarge && added + openLoss <= availableBalance) return null;
    bindNotional(position, order, 0n);
    return refusal;
  }

  /** Order lists exist on spot alone. */
  reserveList(): RefusalReason {
    return 'unsupported_combination';
  }

  refit(order: WorkingOrder, market: SymbolMarket): void {
    if (reducesOnly(order)) return;
    const position = positionOf(contractOf(market), order);
    bindNotional(position, order, share(order.bound, order.remainingSteps, order.boundSteps));
  }

  bind(order: WorkingOrder, market: SymbolMarket, amount: Atoms): void {
    if (order.bound !== amount) bindNotional(positionOf(contractOf(market), order), order, amount);
  }

  capacity(order: WorkingOrder, market: SymbolMarket): number {
    if (!reducesOnly(order)) return order.remainingSteps;
    const position = positionOf(contractOf(market), order);
    return Math.min(order.remainingSteps, position.reducibleSteps(order.isBuy));
  }

  settle(trade: Trade): { buyer: Settled | null; seller: Settled | null } {
    const { buyer, seller } = trade;
    return {
      buyer: buyer === null ? this.bookOutside(trade, 1) : this.settleSide(trade, buyer),
      seller: seller === null ? this.bookOutside(trade, -1) : this.settleSide(trade, seller),
    };
  }

  private bookOutside(trade: Trade, sign: 1 | -1): null {
    const contract = contractOf(trade.market);
    contract.outsideSteps += sign * trade.steps;
    contract.outsideCost += BigInt(sign) * trade.quote;
    return null;
  }

  private settleSide(trade: Trade, order: WorkingOrder): Settled {
    const { steps, quote, tradeId, market } = trade;
    const contract = contractOf(market);
    const { account } = order;
    const position = positionOf(contract, order);
    const wallet = account.holdings.of(contract.marginAsset);
    const stepsBefore = position.steps;
    const change = bookTrade(position, { isBuy: order.isBuy, steps, notional: quote });
    move(this.books.house.clearing.of(wallet.asset), wallet, change.realizedPnl);
    const commission = chargeCommission(
      account.fees,
      {
        isMaker: order.isBuy === trade.isBuyerMaker,
        from: wallet,
        amount: quote,
        notional: quote,
        feeTokenPrice: this.books.feeTokenPrices.get(wallet.asset) ?? null,
      },
      { account: account.holdings, fees: this.books.house.fees },
    );
    if (commission.asset === wallet.asset) position.entryFees += share(commission.amount, change.openedSteps, steps);
    this.refit(order, market);
    setIsolatedAside(account, position, change.openedNotional);
    const income = { account, symbol: contract.symbol, tradeId };
    if (change.realizedPnl !== 0n) {
      this.books.noteIncome({ ...income, kind: 'realized_pnl', asset: wallet.asset, amount: change.realizedPnl });
    }
    if (commission.amount !== 0n) {
      this.books.noteIncome({ ...income, kind: 'commission', asset: commission.asset, amount: -commission.amount });
    }
    // A liquidation is covered as a whole, when all that it closes is closed.
    if (!order.origin.isLiquidation) coverDeficit(this.books, { account, position, floor: 0n });
    account.notePosition(position, this.books.now);
    if (stepsBefore !== 0 && Math.sign(position.steps) !== Math.sign(stepsBefore)) {
      this.books.noteVacated(account, position);
    }
    return { commission, realizedPnl: change.realizedPnl };
  }
}

/** Whether the order may only make its position smaller: by request, or in hedge mode by its side. */
export function reducesOnly(order: WorkingOrder): boolean {
  const { positionSide, reduceOnly } = order.request;
  return reduceOnly || (positionSide === 'long' && !order.isBuy) || (positionSide === 'short' && order.isBuy);
}

export function contractOf(market: SymbolMarket): Contract {
  return market.contract as Contract;
}

function positionOf(contract: Contract, order: WorkingOrder): Position {
  return order.account.leg(contract, order.request.positionSide);
}

function bindNotional(position: Position, order: WorkingOrder, notional: Atoms): void {
  if (order.isBuy) position.openBuy += notional - order.bound;
  else position.openSell += notional - order.bound;
  order.bound = notional;
  order.boundSteps = order.remainingSteps;
}

/** The price that an order is margined at: its own; a sell's at least the best bid; the book's for a market order. */
function marginPrice(order: WorkingOrder, market: SymbolMarket): Atoms {
  const { contract, scale } = market;
  const bestTicks = market.opposite(order.isBuy).best?.ticks;
  const best = bestTicks === undefined ? (contract?.mark ?? 0n) : scale.price(bestTicks);
  if (order.isMarket) return best;
  const own = scale.price(order.ticks);
  return order.isBuy || own > best ? own : best;
}

function openingLoss(order: WorkingOrder, market: SymbolMarket, price: Atoms): Atoms {
  const mark = contractOf(market).mark;
  const perUnit = order.isBuy ? price - mark : mark - price;
  return perUnit > 0n && mark > 0n ? times(market.scale.quantity(order.remainingSteps), perUnit) : 0n;
}

/** Isolated: what a fill opened takes its initial margin out of the cross wallet, as far as that goes. */
export function setIsolatedAside(account: Account, position: Position, openedNotional: Atoms): void {
  const { slot } = position;
  if (slot.marginMode !== 'isolated' || openedNotional === 0n) return;
  const cross = crossWallet(account, slot.contract.marginAsset);
  const need = ceilDiv(openedNotional, BigInt(slot.leverage));
  position.isolatedWallet += cross <= 0n ? 0n : need < cross ? need : cross;
}

/** What of a wallet is not set aside for isolated positions. */
export function crossWallet(account: Account, asset: string): Atoms {
  let cross = account.holdings.of(asset).free;
  for (const slot of account.allSlots()) {
    if (slot.contract.marginAsset !== asset) continue;
    for (const leg of slot.legs) cross -= leg.isolatedWallet;
  }
  return cross;
}

/**
 * Whatever a position has cost, the cross wallet ends at `floor` or above: first the position's own isolated margin pays,
 * then the insurance fund. So no wallet is ever below zero, and a liquidated isolated position costs its margin at most.
 */
export function coverDeficit(
  books: Pick<FuturesBooks, 'house' | 'noteIncome'>,
  loss: { readonly account: Account; readonly position: Position; readonly floor: Atoms },
): Atoms {
  const { account, position, floor } = loss;
  const { symbol, marginAsset: asset } = position.slot.contract;
  let deficit = floor - crossWallet(account, asset);
  if (deficit <= 0n) return 0n;
  const own = position.isolatedWallet < deficit ? position.isolatedWallet : deficit;
  position.isolatedWallet -= own;
  deficit -= own;
  if (deficit === 0n) return 0n;
  move(books.house.insurance.of(asset), account.holdings.of(asset), deficit);
  books.noteIncome({ account, kind: 'insurance_clear', asset, amount: deficit, symbol, tradeId: null });
  return deficit;
}
