import type { Order } from '../domain/order/order.ts';
import type { CloseReason } from '../domain/position/position.ts';

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
