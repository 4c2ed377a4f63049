import type { Atoms } from '../atoms.ts';
import type { WorkingOrder } from '../orders/working-order.ts';
import { orderReport } from '../orders/working-order.ts';
import type { Settled } from '../settlement/settlement.ts';
import type { VenueFill } from '../venue-types.ts';
import type { Core } from './core.ts';
import { completeOrder, dissolveList } from './order-end.ts';
import type { SymbolMarket } from './symbol-market.ts';

/** Who trades with whom. Null: the outside world; at least one side is an order. */
export interface Match {
  readonly taker: WorkingOrder | null;
  readonly maker: WorkingOrder | null;
  readonly isTakerBuy: boolean;
  readonly ticks: number;
  readonly steps: number;
}

/** Executes one trade: quantities, payment, events, and what the new last price sets off. */
export function executeTrade(core: Core, market: SymbolMarket, match: Match): void {
  const { taker, maker, isTakerBuy, ticks, steps } = match;
  const [buyer, seller] = isTakerBuy ? [taker, maker] : [maker, taker];
  const quote = market.scale.notional(ticks, steps);
  for (const order of [taker, maker]) {
    if (order === null) continue;
    dissolveList(core, order);
    reduceOrder(order, market, { ticks, steps, quote });
    order.updatedAt = core.now;
  }
  const tradeId = market.nextTradeId;
  market.nextTradeId += 1;
  const isBuyerMaker = !isTakerBuy;
  const settled = core.settlement.settle({ market, tradeId, steps, quote, buyer, seller, isBuyerMaker });
  const price = market.scale.price(ticks);
  const quantity = market.scale.quantity(steps);
  core.events.push({
    type: 'market_trade',
    at: core.now,
    symbol: market.symbol,
    tradeId,
    price,
    quantity,
    buyerIsMaker: isBuyerMaker,
    buyOrderId: buyer?.orderId ?? null,
    sellOrderId: seller?.orderId ?? null,
  });
  const side = { tradeId, price, quantity, quoteQuantity: quote, time: core.now };
  const [takerSettled, makerSettled] = isTakerBuy ? [settled.buyer, settled.seller] : [settled.seller, settled.buyer];
  if (taker !== null) tellFill(core, taker, { ...side, ...flat(takerSettled), isMaker: false });
  if (maker !== null) tellFill(core, maker, { ...side, ...flat(makerSettled), isMaker: true });
  setLastPrice(core, market, ticks);
}

/**
 * Takes a trade off an order. One by quote quantity grows by the trade instead, and is filled when what is left buys no
 * further lot at this price.
 */
function reduceOrder(
  order: WorkingOrder,
  market: SymbolMarket,
  { ticks, steps, quote }: { readonly ticks: number; readonly steps: number; readonly quote: Atoms },
): void {
  let isFilled: boolean;
  if (order.quoteLeft === null) {
    // A resting order is counted in its level as well.
    if (order.level === null) order.remainingSteps -= steps;
    else order.level.reduce(order, steps);
    isFilled = order.remainingSteps === 0;
  } else {
    order.totalSteps += steps;
    order.quoteLeft -= quote;
    isFilled = market.scale.affordableSteps(order.quoteLeft, ticks) < market.rules.quantity.every;
  }
  order.executedQuote += quote;
  order.status = isFilled ? 'filled' : 'partially_filled';
}

function flat(settled: Settled | null): Pick<VenueFill, 'commission' | 'commissionAsset' | 'realizedPnl'> {
  const { commission, realizedPnl } = settled as Settled;
  return { commission: commission.amount, commissionAsset: commission.asset, realizedPnl };
}

function tellFill(core: Core, order: WorkingOrder, fill: VenueFill): void {
  if (core.answering?.order === order) core.answering.fills.push(fill);
  const report = orderReport(order, core.marketOf(order).scale);
  core.events.push({ type: 'order', at: core.now, change: 'trade', order: report, fill, cause: null });
  if (order.status === 'filled') completeOrder(core, order);
}

/** The last price is this now: triggers that watch it may fire. */
export function setLastPrice(core: Core, market: SymbolMarket, ticks: number): void {
  market.lastTicks = ticks;
  const fired = market.triggers.last.fire(ticks, core.now);
  if (fired.length > 0) core.fired.push(...fired);
}
