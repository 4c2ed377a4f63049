import type { PriceLevel } from '../book/price-level.ts';
import type { WorkingOrder } from '../orders/working-order.ts';
import { reducesOnly } from '../settlement/futures-settlement.ts';
import type { Core } from './core.ts';
import { endOrder } from './order-end.ts';
import type { SymbolMarket } from './symbol-market.ts';
import { executeTrade } from './trade.ts';

type Level = PriceLevel<WorkingOrder>;

/** Whether a limit price meets a level of the other side; market orders (NaN) meet every level. */
function meets(order: WorkingOrder, level: Level): boolean {
  return !(order.isBuy ? level.ticks > order.ticks : level.ticks < order.ticks);
}

/** Whether the order would trade at once if it came to the book now. */
export function wouldTake(order: WorkingOrder, market: SymbolMarket): boolean {
  const best = market.opposite(order.isBuy).best;
  return best !== undefined && meets(order, best);
}

/**
 * Trades an order against the book, best price first, at each price in the order of the queue, until it is done, the book
 * no longer meets it, or it has no means to go on (then it has ended).
 */
export function takeLiquidity(core: Core, market: SymbolMarket, taker: WorkingOrder): void {
  const side = market.opposite(taker.isBuy);
  for (let level = side.best; level !== undefined && meets(taker, level); level = side.best) {
    const wanted = core.settlement.capacity(taker, market, level.ticks);
    if (wanted === 0) {
      endOrder(core, taker, { change: 'expired', cause: core.settlement.shortage });
      return;
    }
    takeFromLevel(core, market, { taker, level, wanted });
    side.dropIfEmpty(level);
    if (taker.isDone) return;
  }
}

interface Take {
  readonly taker: WorkingOrder;
  readonly level: Level;
  readonly wanted: number;
}

/** One step at one price: the outside size in front, or the first order of the queue. */
function takeFromLevel(core: Core, market: SymbolMarket, { taker, level, wanted }: Take): void {
  const maker = level.first;
  const queued = maker === null ? level.outside : Math.min(level.outside, level.aheadOf(maker));
  const isTakerBuy = taker.isBuy;
  if (queued > 0) {
    const steps = Math.min(wanted, queued);
    level.consumeOutside(steps);
    executeTrade(core, market, { taker, maker: null, isTakerBuy, ticks: level.ticks, steps });
    return;
  }
  if (maker === null || preventsSelfTrade(core, taker, maker)) return;
  const offered = makerCapacity(core, market, maker);
  if (offered === 0) return;
  executeTrade(core, market, { taker, maker, isTakerBuy, ticks: level.ticks, steps: Math.min(wanted, offered) });
}

/** What a resting order may trade; one that has lost its means (nothing left to reduce) has ended. */
function makerCapacity(core: Core, market: SymbolMarket, maker: WorkingOrder): number {
  const offered = core.settlement.capacity(maker, market, maker.ticks);
  if (offered === 0) endOrder(core, maker, { change: 'expired', cause: core.settlement.shortage });
  return offered;
}

/** Ends whom the taker's mode names when both orders are of one account. @returns whether the two may not trade */
function preventsSelfTrade(core: Core, taker: WorkingOrder, maker: WorkingOrder): boolean {
  const mode = taker.request.selfTradePrevention;
  if (mode === 'none' || taker.request.accountId !== maker.request.accountId) return false;
  const how = { change: 'expired_in_match', cause: 'self_trade' } as const;
  if (mode !== 'expire_taker') endOrder(core, maker, how);
  if (mode !== 'expire_maker') endOrder(core, taker, how);
  return true;
}

/**
 * Whether the book could fill all of the order at once: what fill-or-kill asks. Counts no more than what would trade: of
 * orders that only reduce a position what their account can reduce, and nothing from where self-trade prevention would
 * end the taker.
 */
export function canFillAtOnce(core: Core, market: SymbolMarket, taker: WorkingOrder): boolean {
  const wanted = taker.remainingSteps;
  if (core.settlement.capacity(taker, market, taker.ticks) < wanted) return false;
  const { selfTradePrevention: mode, accountId } = taker.request;
  const counted = new Map<string, number>();
  let found = 0;
  for (const level of market.opposite(taker.isBuy).levels()) {
    if (!meets(taker, level) || found >= wanted) break;
    let outside = level.outside;
    for (let maker = level.first; maker !== null; maker = maker.next) {
      const owner = maker.request.accountId;
      const isOwn = owner === accountId;
      if (isOwn && mode === 'expire_maker') continue;
      if (isOwn && mode !== 'none') {
        outside = Math.min(outside, level.aheadOf(maker));
        return found + outside >= wanted;
      }
      const capacity = core.settlement.capacity(maker, market, maker.ticks);
      const offered = capacity - (reducesOnly(maker) ? (counted.get(owner) ?? 0) : 0);
      if (offered <= 0 || (isOwn && reducesOnly(maker))) continue;
      counted.set(owner, (counted.get(owner) ?? 0) + offered);
      found += offered;
    }
    found += outside;
  }
  return found >= wanted;
}

/**
 * A trade of the outside world. Orders that it traded through are filled whole at their price; at its own price it is used
 * up along the queue of the side that was hit: outside size in front, then orders, as far as its size goes.
 */
export function applyOutsideTrade(
  core: Core,
  market: SymbolMarket,
  trade: { readonly ticks: number; readonly steps: number; readonly isTakerBuy: boolean },
): void {
  for (const isTakerBuy of [true, false]) fillTradedThrough(core, market, { ...trade, isTakerBuy });
  const level = market.opposite(trade.isTakerBuy).at(trade.ticks);
  if (level !== undefined) consumeQueue(core, market, { ...trade, level });
}

function fillTradedThrough(
  core: Core,
  market: SymbolMarket,
  { ticks, isTakerBuy }: { readonly ticks: number; readonly isTakerBuy: boolean },
): void {
  const side = market.opposite(isTakerBuy);
  // The level of now leaves the side when its last order fills; those after it keep their places.
  for (const level of side.levels()) {
    if (!side.isBetter(level.ticks, ticks)) return;
    for (let maker = level.first; maker !== null; maker = level.first) {
      const steps = makerCapacity(core, market, maker);
      if (steps > 0) executeTrade(core, market, { taker: null, maker, isTakerBuy, ticks: level.ticks, steps });
    }
  }
}

function consumeQueue(
  core: Core,
  market: SymbolMarket,
  trade: { readonly level: Level; readonly steps: number; readonly isTakerBuy: boolean },
): void {
  const { level, isTakerBuy } = trade;
  let left = trade.steps;
  while (left > 0) {
    const maker = level.first;
    const queued = maker === null ? left : Math.min(left, level.aheadOf(maker));
    level.consumeOutside(queued);
    left -= queued;
    if (maker === null || left === 0) break;
    const steps = Math.min(left, makerCapacity(core, market, maker));
    if (steps > 0) executeTrade(core, market, { taker: null, maker, isTakerBuy, ticks: level.ticks, steps });
    left -= steps;
  }
  market.opposite(isTakerBuy).dropIfEmpty(level);
}

/**
 * After the outside has shown new sizes: where they meet orders of the accounts, whoever stands there outside comes as a
 * taker, and trades as far as its size goes.
 */
export function uncross(core: Core, market: SymbolMarket): void {
  const bid = market.bids.best;
  const ask = market.asks.best;
  if (bid === undefined || ask === undefined || bid.ticks < ask.ticks) return;
  for (const isTakerBuy of [true, false]) {
    const makers = market.opposite(isTakerBuy);
    const takers = market.own(isTakerBuy);
    for (;;) {
      const level = firstWithOrders(makers.levels());
      const against = firstWithOutside(takers.levels());
      if (level === undefined || against === undefined || makers.isBetter(against.ticks, level.ticks)) break;
      const maker = level.first as WorkingOrder;
      const steps = Math.min(against.outside, makerCapacity(core, market, maker));
      if (steps === 0) continue;
      against.consumeOutside(steps);
      takers.dropIfEmpty(against);
      executeTrade(core, market, { taker: null, maker, isTakerBuy, ticks: level.ticks, steps });
    }
  }
}

function firstWithOrders(levels: Iterable<Level>): Level | undefined {
  for (const level of levels) if (level.first !== null) return level;
  return undefined;
}

function firstWithOutside(levels: Iterable<Level>): Level | undefined {
  for (const level of levels) if (level.outside > 0) return level;
  return undefined;
}
