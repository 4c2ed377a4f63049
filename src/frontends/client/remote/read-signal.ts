import { asId } from '../../../domain/ids.ts';
import type { OrderId, SignalId, TraderId, VenueSymbol } from '../../../domain/ids.ts';
import type { Signal, SignalState } from '../../../domain/signal.ts';
import type { SignalForm } from '../../shared/wire/forms.ts';
import { figureOf, levelOf, plotOf, REMOTE_USER, targetOf } from './values.ts';

/** The signal that a form of the API tells of. */
export function readSignal(form: SignalForm): Signal {
  return {
    id: asId<SignalId>(form.id),
    userId: REMOTE_USER,
    traderId: asId<TraderId>(form.traderId),
    market: form.market,
    symbol: asId<VenueSymbol>(form.symbol),
    side: form.side,
    conditions: form.conditions,
    confidence: figureOf(form.confidence),
    score: figureOf(form.score),
    stopLoss: levelOf(form.stopLoss),
    takeProfit: form.takeProfit.map(targetOf),
    plots: form.plots.map(plotOf),
    metadata: JSON.stringify(form.metadata ?? null),
    price: figureOf(form.price),
    checkedAt: form.checkedAt,
    expiresAt: form.expiresAt,
    state: readState(form),
    createdAt: form.createdAt,
    updatedAt: form.updatedAt,
  };
}

function readState(form: SignalForm): SignalState {
  const { status, reason, updatedAt: at, expiresAt } = form;
  // The states with an order name it.
  const orderId = asId<OrderId>(form.orderId ?? '-');
  switch (status) {
    case 'pending':
      return { status, reason };
    case 'analyzing':
      return { status, reason, since: at };
    case 'awaiting_approval':
      return { status, reason, since: at, expiresAt };
    case 'approved':
      return { status, reason, approvedBy: form.approvedBy ?? 'rule' };
    case 'rejected':
      return { status, reason, code: form.code ?? '', at };
    case 'executing':
      return { status, reason, orderId };
    case 'executed':
      return { status, reason, orderId, at };
    case 'cancelled':
    case 'expired':
      return { status, reason, at };
  }
}
