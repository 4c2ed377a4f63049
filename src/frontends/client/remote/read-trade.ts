import { money, price, quantity } from '../../../domain/decimal.ts';
import { asId } from '../../../domain/ids.ts';
import type { AccountId, PositionId, SignalId, TradeId, TraderId, VenueSymbol } from '../../../domain/ids.ts';
import type { CloseReason } from '../../../domain/position/position.ts';
import type { Trade } from '../../../domain/trade.ts';
import type { TradeForm } from '../../shared/wire/forms.ts';
import { idOf, priceOf, REMOTE_USER, shareOf } from './values.ts';

/** The trade that a form of the API tells of. */
export function readTrade(form: TradeForm, accountId: AccountId): Trade {
  return {
    id: asId<TradeId>(form.id),
    positionId: asId<PositionId>(form.positionId),
    userId: REMOTE_USER,
    accountId,
    portfolioId: null,
    traderId: idOf<TraderId>(form.traderId),
    signalId: idOf<SignalId>(form.signalId),
    market: form.market,
    symbol: asId<VenueSymbol>(form.symbol),
    side: form.side,
    entryTime: form.entryTime,
    entryPrice: price(form.entryPrice),
    exitTime: form.exitTime,
    exitPrice: priceOf(form.exitPrice),
    quantity: quantity(form.quantity),
    fees: money(form.fees),
    funding: money(form.funding),
    pnl: money(form.pnl),
    pnlPct: shareOf(form.pnlPct),
    reason: form.reason as CloseReason,
    conditions: form.conditions,
    exits: form.exits.map(({ time, price: at, quantity: amount, reason, grossPnl }) => ({
      fillKey: `${form.id}:${time}`,
      orderId: null,
      quantity: quantity(amount),
      price: price(at),
      time,
      reason: reason as CloseReason,
      grossPnl: money(grossPnl),
    })),
    dust: form.dust && { quantity: quantity(form.dust.quantity), cost: money(form.dust.cost) },
  };
}
