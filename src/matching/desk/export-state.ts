import type { Account } from '../account/account.ts';
import type { Holdings } from '../account/holdings.ts';
import type { FuturesSlot } from '../account/position.ts';
import type { Atoms } from '../atoms.ts';
import type { Scale } from '../book/scale.ts';
import type { Waiting } from '../orders/trigger-index.ts';
import type { Conditional, WorkingOrder } from '../orders/working-order.ts';
import type {
  AccountState,
  BalanceReport,
  MarketState,
  QueuedOrderState,
  SlotState,
  VenueState,
  WaitingState,
  WorkingOrderState,
} from '../venue-types.ts';
import type { Core } from './core.ts';
import type { SymbolMarket } from './symbol-market.ts';

/** What there is between two operations, for `importState` of a later run. */
export function exportState(core: Core): VenueState {
  const { outside, fees, insurance, clearing, funding } = core.house;
  return {
    now: core.now,
    lastIds: core.lastIds,
    markets: [...core.markets.values()].filter(isTouched).map(marketState),
    accounts: [...core.accounts.values()].map(accountState),
    house: {
      outside: balances(outside),
      fees: balances(fees),
      insurance: balances(insurance),
      clearing: balances(clearing),
      funding: balances(funding),
    },
    orders: [...core.orders.all()].map((order) => orderState(order, core.marketOf(order).scale)),
    algos: [...core.algos.all()].map((algo) => {
      const { algoId, request, placedAt, updatedAt, triggeredAt, status, cause } = algo;
      const waiting = waitingState(algo.waiting, core.marketOf(algo).scale);
      return { algoId, request, placedAt, updatedAt, triggeredAt, status, cause, waiting };
    }),
    lists: [...core.lists.all()].map(({ orderListId, listClientOrderId, orders, placedAt, updatedAt }) => {
      return { orderListId, listClientOrderId, orderIds: orders.map(({ orderId }) => orderId), placedAt, updatedAt };
    }),
  };
}

/** Whether anything of a symbol would be lost with it. */
function isTouched({ lastTicks, averageTicks, nextTradeId, contract, bids, asks }: SymbolMarket): boolean {
  const isPriced = !Number.isNaN(lastTicks) || !Number.isNaN(averageTicks) || (contract?.mark ?? 0n) !== 0n;
  return isPriced || nextTradeId > 1 || bids.best !== undefined || asks.best !== undefined;
}

function marketState(market: SymbolMarket): MarketState {
  const { symbol, scale, lastTicks, averageTicks, nextTradeId, contract } = market;
  return {
    symbol,
    priceUnit: scale.priceUnit,
    quantityUnit: scale.quantityUnit,
    last: amountOf(lastTicks, scale),
    average: amountOf(averageTicks, scale),
    nextTradeId,
    contract: contract && {
      mark: contract.mark,
      fundingRate: contract.fundingRate,
      outsideQuantity: scale.quantity(contract.outsideSteps),
      outsideCost: contract.outsideCost,
    },
    queue: queueOf(market),
  };
}

function queueOf({ bids, asks, scale }: SymbolMarket): QueuedOrderState[] {
  const queue: QueuedOrderState[] = [];
  for (const level of [...bids.levels(), ...asks.levels()]) {
    for (let order = level.first; order !== null; order = order.next) {
      const ahead = scale.quantity(level.aheadOf(order));
      queue.push({ orderId: order.orderId, ahead, isUnseen: level.isUnseen(order) });
    }
  }
  return queue;
}

function accountState(account: Account): AccountState {
  return {
    id: account.id,
    positionMode: account.positionMode,
    warned: [...account.warned],
    balances: balances(account.holdings),
    slots: [...account.allSlots()].map(slotState),
  };
}

function slotState({ contract, leverage, marginMode, legs }: FuturesSlot): SlotState {
  return {
    symbol: contract.symbol,
    leverage,
    marginMode,
    legs: legs.map(({ side, steps, entryNotional, entryFees, isolatedWallet, updatedAt }) => {
      return { side, quantity: contract.scale.quantity(steps), entryNotional, entryFees, isolatedWallet, updatedAt };
    }),
  };
}

function balances(holdings: Holdings): BalanceReport[] {
  return [...holdings.all()].map(({ asset, free, locked }) => ({ asset, free, locked }));
}

function orderState(order: WorkingOrder, scale: Scale): WorkingOrderState {
  const { orderId, request, placedAt, updatedAt, workingSince, status, executedQuote, bound, origin } = order;
  return {
    ...{ orderId, request, placedAt, updatedAt, workingSince, status, executedQuote, bound },
    total: scale.quantity(order.totalSteps),
    remaining: scale.quantity(order.remainingSteps),
    waiting: waitingState(order.waiting, scale),
    algoId: origin.algo?.algoId ?? null,
  };
}

function waitingState(waiting: Waiting<Conditional> | null, scale: Scale): WaitingState | null {
  if (waiting === null) return null;
  const { activatedAt, extreme, firesAt } = waiting;
  return { activatedAt, extreme: amountOf(extreme, scale), firesAt: amountOf(firesAt, scale) };
}

/** Ticks, also with a fraction (mark prices are finer), as an amount; null for NaN. */
function amountOf(ticks: number, scale: Scale): Atoms | null {
  if (Number.isNaN(ticks)) return null;
  return Number.isInteger(ticks) ? scale.price(ticks) : BigInt(Math.round(ticks * Number(scale.priceUnit)));
}
