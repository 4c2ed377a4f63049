import type { Order } from '../domain/order/order.ts';
import type { CloseReason, Position } from '../domain/position/position.ts';
import type { EngineContext } from './context.ts';
import { stopReason } from './positions/stop-price.ts';

const CLOSE_REASONS: ReadonlySet<string> = new Set<CloseReason>([
  'stop',
  'target',
  'trailing',
  'break_even',
  'time_limit',
  'signal',
  'reversal',
  'manual',
  'kill',
  'liquidation',
  'external',
  'end',
]);

/** The reason that an exit was written down with. */
export function namedReason({ intent }: Order): CloseReason {
  if (intent.leg === 'target') return 'target';
  return CLOSE_REASONS.has(intent.reason) ? (intent.reason as CloseReason) : 'stop';
}

/** Why a fill of this order reduces its position; a stop is named by what brought it to where it stands. */
export function closeReasonOf(context: EngineContext, position: Position, order: Order): CloseReason {
  const { leg, terms } = order.intent;
  const instrument = context.instrument(position.symbol);
  if (leg !== 'stop' || terms.type !== 'stop_market') return namedReason(order);
  return instrument === null ? 'stop' : stopReason(position, terms.triggerPrice, instrument.rules);
}
