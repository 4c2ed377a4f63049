import type { OrderIntent } from '../../../domain/order/order.ts';
import type { RequestPriority } from '../../../lib/weight-budget.ts';

/** Whatever closes or protects goes before what opens. */
export function priorityOf({ leg }: Pick<OrderIntent, 'leg'>): RequestPriority {
  return leg === 'entry' ? 'entry' : 'exit';
}
