import { decimal, money, price, quantity, ZERO_MONEY, ZERO_QUANTITY } from '../../../domain/decimal.ts';
import type { Price, Quantity } from '../../../domain/decimal.ts';
import { asId } from '../../../domain/ids.ts';
import type { AccountId, OrderId, PositionId, SignalId, TraderId, VenueSymbol } from '../../../domain/ids.ts';
import type {
  CloseReason,
  ExitPlan,
  FuturesMargin,
  Lot,
  Position,
  PositionState,
  Protection,
} from '../../../domain/position/position.ts';
import type { PositionForm } from '../../shared/wire/forms.ts';
import { idOf, levelOf, priceOf, REMOTE_USER, shareOf, worthOf } from './values.ts';

/** What the API says about all of its positions elsewhere. */
export interface PositionSurroundings {
  readonly accountId: AccountId;
  readonly quoteAsset: string;
}

/**
 * The position that a form of the API tells of. Of what it was made of, the form tells no more than the average entry, so that
 * there is one lot and no exit in it; the first risk is not told.
 */
export function readPosition(form: PositionForm, { accountId, quoteAsset }: PositionSurroundings): Position {
  const left = quantity(form.quantity);
  const entry = priceOf(form.entryPrice);
  return {
    id: asId<PositionId>(form.id),
    userId: REMOTE_USER,
    accountId,
    portfolioId: null,
    traderId: idOf<TraderId>(form.traderId),
    signalId: idOf<SignalId>(form.signalId),
    market: form.market,
    symbol: asId<VenueSymbol>(form.symbol),
    side: form.side,
    base: baseOf(form.symbol, quoteAsset),
    quote: quoteAsset,
    state: readState(form),
    quantity: left,
    openCost: worthOf(left, entry),
    lots: entry === null ? [] : [lotOf(form, left, entry)],
    exits: [],
    totals: {
      entryQuantity: left,
      entryNotional: worthOf(left, entry),
      exitQuantity: ZERO_QUANTITY,
      exitNotional: ZERO_MONEY,
      // The form's profit of the closed parts is net of fees and with funding.
      grossPnl: money(decimal(form.realizedPnl).plus(form.fees).minus(form.funding)),
      fees: money(form.fees),
      funding: money(form.funding),
    },
    futures: readMargin(form),
    protection: readProtection(form),
    plan: readPlan(form),
    bestPrice: price(form.bestPrice),
    worstPrice: price(form.worstPrice),
    initialRisk: null,
    openReason: form.reason,
    openedAt: form.openedAt,
    updatedAt: form.updatedAt,
  };
}

/** A delivery contract (`BTCUSDT_261225`) has its quote asset in the middle. */
function baseOf(symbol: string, quoteAsset: string): string {
  const at = symbol.indexOf(quoteAsset, 1);
  return at === -1 ? symbol : symbol.slice(0, at);
}

function lotOf({ id, openedAt }: PositionForm, left: Quantity, entry: Price): Lot {
  return { fillKey: id, price: entry, openedQuantity: left, remainingQuantity: left, openedAt };
}

function readState({ status, closedAt, closeReason, updatedAt }: PositionForm): PositionState {
  switch (status) {
    case 'open':
      return { status };
    case 'closed':
      return { status, closedAt: closedAt ?? updatedAt, reason: (closeReason ?? 'end') as CloseReason, dust: null };
    case 'liquidated':
      return { status, closedAt: closedAt ?? updatedAt };
  }
}

/** What is no guard that this version knows is none: the alarm is the safe mistake. */
function readProtection({ guard, guardCause, stopLoss, stopOrderId, updatedAt }: PositionForm): Protection {
  const stopPrice = priceOf(stopLoss);
  const cause = guardCause ?? '';
  if (guard === 'venue' && stopPrice !== null && stopOrderId !== null) {
    return { guard, stopPrice, stopOrderId: asId<OrderId>(stopOrderId) };
  }
  if (guard === 'local' && stopPrice !== null) return { guard, stopPrice, cause };
  return { guard: 'none', since: updatedAt, cause, stopPrice };
}

function readPlan({ takeProfit, trailing, breakEvenAt, closeAt, stopIsDefault }: PositionForm): ExitPlan {
  return {
    targets: takeProfit.map(({ price: at, part, orderId, reachedAt }) => ({
      price: price(at),
      part: shareOf(part),
      orderId: idOf<OrderId>(orderId),
      reachedAt,
    })),
    trailing: levelOf(trailing),
    breakEvenAt: priceOf(breakEvenAt),
    closeAt,
    stopIsDefault,
  };
}

function readMargin({ leverage, marginMode, liquidationPrice }: PositionForm): FuturesMargin | null {
  if (leverage === null || marginMode === null) return null;
  return { leverage, marginMode, liquidationPrice: priceOf(liquidationPrice) };
}
