import type { Account } from '../account/account.ts';
import type { Holdings } from '../account/holdings.ts';
import type { FuturesSlot } from '../account/position.ts';
import type { Atoms } from '../atoms.ts';
import { Scale } from '../book/scale.ts';
import { compileRules } from '../orders/order-rules.ts';
import { AlgoOrder, OrderList, PLAIN_ORIGIN, WorkingOrder } from '../orders/working-order.ts';
import type { Conditional } from '../orders/working-order.ts';
import { contractOf } from '../settlement/futures-settlement.ts';
import type {
  AccountState,
  AlgoOrderState,
  BalanceReport,
  HouseHolder,
  LegState,
  MarketState,
  OrderListState,
  OrderRequest,
  SlotState,
  Trigger,
  VenueState,
  WaitingState,
  WorkingOrderState,
} from '../venue-types.ts';
import { triggerPriceOf } from './check-request.ts';
import type { Core } from './core.ts';
import { marketNamed } from './market-data.ts';
import { commonUnit } from './symbol-market.ts';
import { waitForTrigger } from './triggers.ts';

/**
 * Lets a fresh venue, its symbols listed and its accounts opened, go on where another run's `exportState` left off. Nothing
 * is told, and nothing fills: the outside is out of sight until it shows itself again, and orders keep their places.
 * @throws RangeError when an account, or a symbol with orders or a position, is not there
 */
export function importState(core: Core, state: VenueState): void {
  core.now = Math.max(core.now, state.now);
  core.skipIds(state.lastIds);
  for (const market of state.markets) importMarket(core, market);
  for (const holder of Object.keys(state.house) as HouseHolder[]) {
    importBalances(core.house[holder], state.house[holder]);
  }
  for (const account of state.accounts) importAccount(core, account);
  for (const algo of state.algos) importAlgo(core, algo);
  for (const order of state.orders) importOrder(core, order);
  for (const list of state.lists) importList(core, list);
  for (const { symbol, queue } of state.markets) {
    for (const { orderId, ahead, isUnseen } of queue) {
      const order = core.orders.withId(orderId) as WorkingOrder;
      const market = marketNamed(core, symbol);
      order.level = market.own(order.isBuy).comeBack(order, order.ticks, {
        ahead: market.scale.steps(ahead),
        isUnseen,
      });
    }
  }
  // That the orders have locked their balances again is no news.
  for (const account of core.changed) {
    account.holdings.takeChanged();
    account.settleChanges();
  }
  core.changed = [];
}

/** The units become fine enough for what was counted in the old ones. */
function importMarket(core: Core, state: MarketState): void {
  const market = core.markets.get(state.symbol);
  if (market === undefined) return;
  const { contract } = market;
  const scale = new Scale(
    commonUnit(market.scale.priceUnit, state.priceUnit),
    commonUnit(market.scale.quantityUnit, state.quantityUnit),
  );
  market.scale = scale;
  market.rules = compileRules(market.instrument, scale);
  market.lastTicks = ticksOf(state.last, scale);
  market.averageTicks = ticksOf(state.average, scale);
  market.nextTradeId = state.nextTradeId;
  if (contract === null || state.contract === null) return;
  contract.scale = scale;
  contract.mark = state.contract.mark;
  contract.fundingRate = state.contract.fundingRate;
  contract.outsideSteps = signedSteps(state.contract.outsideQuantity, scale);
  contract.outsideCost = state.contract.outsideCost;
}

/** What was locked is locked again by the orders. */
function importBalances(holdings: Holdings, balances: readonly BalanceReport[]): void {
  for (const { asset, free, locked } of balances) holdings.of(asset).free = free + locked;
}

function importAccount(core: Core, state: AccountState): void {
  const account = accountNamed(core, state.id);
  account.positionMode = state.positionMode;
  for (const pool of state.warned) account.warned.add(pool);
  importBalances(account.holdings, state.balances);
  for (const slot of state.slots) {
    const isEmpty = slot.legs.every(({ quantity }) => quantity === 0n);
    if (isEmpty && !core.markets.has(slot.symbol)) continue;
    importSlot(account.slotIn(contractOf(marketNamed(core, slot.symbol))), slot);
  }
}

function importSlot(slot: FuturesSlot, state: SlotState): void {
  slot.leverage = state.leverage;
  slot.marginMode = state.marginMode;
  for (const leg of state.legs) importLeg(slot, leg);
}

function importLeg(slot: FuturesSlot, { side, quantity, ...state }: LegState): void {
  const leg = slot[side];
  leg.steps = signedSteps(quantity, slot.contract.scale);
  leg.entryNotional = state.entryNotional;
  leg.entryFees = state.entryFees;
  leg.isolatedWallet = state.isolatedWallet;
  leg.updatedAt = state.updatedAt;
}

function importAlgo(core: Core, state: AlgoOrderState): void {
  const { algoId, placedAt } = state;
  const request = state.request as OrderRequest & { readonly trigger: Trigger };
  const market = marketNamed(core, request.symbol);
  const account = accountNamed(core, request.accountId);
  const algo = new AlgoOrder({ algoId, account, at: placedAt }, request);
  algo.updatedAt = state.updatedAt;
  algo.triggeredAt = state.triggeredAt;
  algo.status = state.status;
  algo.cause = state.cause;
  importWaiting(core, algo, state.waiting);
  core.algos.add(account.id, algo);
  if (state.status !== 'new') return;
  if (algo.waiting !== null) market.triggers[request.trigger.source].add(algo.waiting);
  account.countsIn(market.symbol).algoOrders += 1;
}

function importOrder(core: Core, state: WorkingOrderState): void {
  const { orderId, request, placedAt } = state;
  const { execution, trigger } = request;
  const market = marketNamed(core, request.symbol);
  const { scale } = market;
  const account = accountNamed(core, request.accountId);
  const algo = state.algoId === null ? null : (core.algos.withId(state.algoId) ?? null);
  const order = new WorkingOrder({ orderId, account, at: placedAt, origin: { ...PLAIN_ORIGIN, algo } }, request, {
    ticks: execution.type === 'limit' ? scale.ticks(execution.price) : NaN,
    steps: scale.steps(state.total),
  });
  if (algo !== null) algo.child = order;
  order.updatedAt = state.updatedAt;
  order.workingSince = state.workingSince;
  order.status = state.status;
  order.remainingSteps = scale.steps(state.remaining);
  order.executedQuote = state.executedQuote;
  importWaiting(core, order, state.waiting);
  core.settlement.bind(order, market, state.bound);
  core.orders.add(account.id, order);
  const counts = account.countsIn(market.symbol);
  counts.orders += 1;
  if (trigger === null) return;
  counts.algoOrders += 1;
  const isWaiting = order.waiting !== null && order.workingSince === null;
  if (isWaiting) market.triggers[trigger.source].add(order.waiting as NonNullable<typeof order.waiting>);
}

function importWaiting(core: Core, owner: Conditional, state: WaitingState | null): void {
  const { trigger } = owner.request;
  if (state === null || trigger === null) return;
  const { scale } = core.marketOf(owner);
  const triggerPrice = triggerPriceOf(trigger);
  const waiting = waitForTrigger(core, owner, {
    trigger,
    triggerTicks: triggerPrice === null ? NaN : scale.ticks(triggerPrice),
  });
  waiting.activatedAt = state.activatedAt;
  waiting.extreme = ticksOf(state.extreme, scale);
  waiting.firesAt = ticksOf(state.firesAt, scale);
}

function importList(core: Core, { orderIds, ...state }: OrderListState): void {
  const orders = orderIds.flatMap((id) => core.orders.withId(id) ?? []);
  const list = new OrderList({ ...state, at: state.placedAt }, orders);
  list.updatedAt = state.updatedAt;
  for (const order of orders) order.list = list;
  const [first] = orders;
  if (first !== undefined) core.lists.add(first.request.accountId, list);
}

function accountNamed(core: Core, id: string): Account {
  const account = core.accounts.get(id);
  if (account === undefined) throw new RangeError(`there is no account ${id}; open it first`);
  return account;
}

function ticksOf(price: Atoms | null, scale: Scale): number {
  return price === null ? NaN : scale.fractionalTicks(price);
}

function signedSteps(quantity: Atoms, scale: Scale): number {
  return quantity < 0n ? -scale.steps(-quantity) : scale.steps(quantity);
}
