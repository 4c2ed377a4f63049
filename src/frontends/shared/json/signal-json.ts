import type { Signal } from '../../../domain/signal.ts';
import type { SignalForm } from '../wire/forms.ts';
import { figure, nameOf, plotJson } from './figures.ts';
import type { TraderNames } from './figures.ts';
import { levelOrNull, targetJson } from './level-json.ts';

export type SignalJson = SignalForm;

/** What the filter put into `metadata`; null when it is no JSON. */
function readMetadata(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** A signal as the API gives it. `price` and the plots are market data and therefore numbers. */
export function signalJson(signal: Signal, names: TraderNames): SignalForm {
  const { state } = signal;
  return {
    id: signal.id,
    traderId: signal.traderId,
    trader: nameOf(signal.traderId, names),
    market: signal.market,
    symbol: signal.symbol,
    side: signal.side,
    status: state.status,
    reason: state.reason,
    code: state.status === 'rejected' ? state.code : null,
    approvedBy: state.status === 'approved' ? state.approvedBy : null,
    orderId: 'orderId' in state ? state.orderId : null,
    conditions: signal.conditions,
    confidence: figure(signal.confidence),
    score: figure(signal.score),
    price: figure(signal.price),
    stopLoss: levelOrNull(signal.stopLoss),
    takeProfit: signal.takeProfit.map(targetJson),
    plots: signal.plots.map(plotJson),
    metadata: readMetadata(signal.metadata),
    checkedAt: signal.checkedAt,
    expiresAt: state.status === 'awaiting_approval' ? state.expiresAt : signal.expiresAt,
    createdAt: signal.createdAt,
    updatedAt: signal.updatedAt,
  };
}
