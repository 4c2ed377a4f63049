import { Decimal, notional, priceFromMarketData } from '../../../domain/decimal.ts';
import type { Price } from '../../../domain/decimal.ts';
import { averageEntryPrice, realizedPnl, unrealizedPnl } from '../../../domain/position/ledger.ts';
import type { ExitPlan, Position, Protection } from '../../../domain/position/position.ts';
import type { MarketRow } from '../../../ports/engine-handle.ts';
import type { PositionForm } from '../wire/forms.ts';
import { amountOrNull, amountText, figure, nameOf, ratioNumber } from './figures.ts';
import type { TraderNames } from './figures.ts';
import { levelOrNull } from './level-json.ts';

export type PositionJson = PositionForm;

/** What a position is worth by: the mark price on futures, else the last one. Null: no price is known. */
export function priceNow(position: Position, market: MarketRow | null): Price | null {
  if (market === null) return null;
  const now = position.market === 'futures' && market.mark > 0 ? market.mark : market.last;
  return now > 0 && now < Infinity ? priceFromMarketData(now) : null;
}

function profitJson(position: Position, now: Price | null) {
  if (now === null || position.state.status !== 'open') {
    return { currentPrice: null, notional: null, unrealizedPnl: null, unrealizedPnlPct: null };
  }
  const pnl = unrealizedPnl(position, now);
  const { openCost } = position;
  return {
    currentPrice: amountText(now),
    notional: amountText(notional(now, position.quantity)),
    unrealizedPnl: amountText(pnl),
    unrealizedPnlPct: openCost.isZero() ? null : figure(ratioNumber(pnl.dividedBy(openCost).times(100))),
  };
}

/** `guard`: who watches the stop; `none` is an alarm. */
function protectionJson(protection: Protection) {
  return {
    stopLoss: amountOrNull(protection.stopPrice),
    guard: protection.guard,
    guardCause: protection.guard === 'venue' ? null : protection.cause,
    stopOrderId: protection.guard === 'venue' ? protection.stopOrderId : null,
  };
}

function planJson(plan: ExitPlan) {
  return {
    takeProfit: plan.targets.map(({ price, part, orderId, reachedAt }) => ({
      price: amountText(price),
      part: ratioNumber(part),
      orderId,
      reachedAt,
    })),
    trailing: levelOrNull(plan.trailing),
    breakEvenAt: amountOrNull(plan.breakEvenAt),
    closeAt: plan.closeAt,
    stopIsDefault: plan.stopIsDefault,
  };
}

function endingJson({ state }: Position) {
  switch (state.status) {
    case 'open':
      return { closedAt: null, closeReason: null };
    case 'closed':
      return { closedAt: state.closedAt, closeReason: state.reason };
    case 'liquidated':
      return { closedAt: state.closedAt, closeReason: 'liquidation' as const };
  }
}

/** Everything that was entered, at its average. */
function entryOfAll({ totals }: Position): Decimal | null {
  return totals.entryQuantity.isZero() ? null : new Decimal(totals.entryNotional).dividedBy(totals.entryQuantity);
}

/**
 * A position as the API gives it.
 * @param market the market of its symbol now, null when nothing runs; profits of the open part are then null
 */
export function positionJson(position: Position, names: TraderNames, market: MarketRow | null): PositionForm {
  const { totals, futures } = position;
  return {
    id: position.id,
    traderId: position.traderId,
    trader: nameOf(position.traderId, names),
    signalId: position.signalId,
    market: position.market,
    symbol: position.symbol,
    side: position.side,
    status: position.state.status,
    quantity: amountText(position.quantity),
    entryPrice: amountOrNull(averageEntryPrice(position) ?? entryOfAll(position)),
    ...profitJson(position, priceNow(position, market)),
    realizedPnl: amountText(realizedPnl(position)),
    fees: amountText(totals.fees),
    funding: amountText(totals.funding),
    ...protectionJson(position.protection),
    ...planJson(position.plan),
    leverage: futures?.leverage ?? null,
    marginMode: futures?.marginMode ?? null,
    liquidationPrice: amountOrNull(futures?.liquidationPrice ?? null),
    bestPrice: amountText(position.bestPrice),
    worstPrice: amountText(position.worstPrice),
    reason: position.openReason,
    openedAt: position.openedAt,
    ...endingJson(position),
    updatedAt: position.updatedAt,
  };
}
