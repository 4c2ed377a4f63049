import { orderReport } from '../orders/working-order.ts';
import type { WorkingOrder } from '../orders/working-order.ts';
import type { PlacedOrder, VenueFill } from '../venue-types.ts';
import type { Core } from './core.ts';
import { canFillAtOnce, takeLiquidity } from './match.ts';
import { endOrder } from './order-end.ts';
import type { SymbolMarket } from './symbol-market.ts';
import { executeTrade } from './trade.ts';

/** Lets an order act on the book and says what came of it. */
export function workAnswering(core: Core, order: WorkingOrder): PlacedOrder {
  const market = core.marketOf(order);
  const outer = core.answering;
  const fills: VenueFill[] = [];
  core.answering = { order, fills };
  work(core, order, market);
  core.answering = outer;
  return { order: orderReport(order, market.scale), fills };
}

/** Lets an order act on the book: it takes what meets it, and what is left rests, expires or goes beyond the book. */
export function work(core: Core, order: WorkingOrder, market: SymbolMarket): void {
  const { execution } = order.request;
  if (execution.type === 'limit' && execution.timeInForce === 'FOK' && !canFillAtOnce(core, market, order)) {
    endOrder(core, order, { change: 'expired', cause: 'fill_or_kill' });
    return;
  }
  takeLiquidity(core, market, order);
  if (order.isDone) return;
  if (execution.type === 'market') tradeBeyondBook(core, order, market);
  else if (execution.timeInForce === 'GTC') rest(order, market);
  if (!order.isDone && order.level === null) {
    endOrder(core, order, { change: 'expired', cause: 'no_liquidity' });
  }
}

function rest(order: WorkingOrder, market: SymbolMarket): void {
  order.level = market.own(order.isBuy).rest(order, order.ticks);
}

/** Fills what the visible book left of a market order at the last price moved against it, where the venue is set to. */
function tradeBeyondBook(core: Core, order: WorkingOrder, market: SymbolMarket): void {
  const bps = core.slippageBeyondBookBps;
  if (bps === null || Number.isNaN(market.lastTicks)) return;
  const ticks = slippedTicks(market, order.isBuy ? bps : -bps);
  const steps = core.settlement.capacity(order, market, ticks);
  if (steps > 0) executeTrade(core, market, { taker: order, maker: null, isTakerBuy: order.isBuy, ticks, steps });
  endOrder(core, order, { change: 'expired', cause: core.settlement.shortage });
}

/** The last price moved by basis points, to the next tick away from it; at least one tick. */
function slippedTicks(market: SymbolMarket, bps: number): number {
  const { every } = market.rules.price;
  const exact = (market.lastTicks * (10_000 + bps)) / 10_000 / every;
  return Math.max(bps < 0 ? Math.floor(exact) : Math.ceil(exact), 1) * every;
}
