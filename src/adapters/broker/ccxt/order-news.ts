import type { Quantity } from '../../../domain/decimal.ts';
import type { Fill } from '../../../domain/fill.ts';
import type { VenueOrderId } from '../../../domain/ids.ts';
import type { OrderUpdate } from '../../../domain/order/update.ts';
import { UnreadableAnswer } from './connection/failures.ts';

/** Where an order stands by the venue's word. */
export interface OrderStanding {
  /** `NEW`, `PARTIALLY_FILLED` ... as both markets write it. */
  readonly status: string;
  readonly venueOrderId: VenueOrderId;
  readonly executed: Quantity;
  /** Why it ended, in the venue's words. */
  readonly reason: string;
}

/**
 * How an order ended. Null while it works.
 * @throws UnreadableAnswer for a status that is not known
 */
function endingOf({ status, venueOrderId, executed, reason }: OrderStanding, at: number): OrderUpdate | null {
  const news = { at, venueOrderId, reportedQuantity: executed };
  switch (status) {
    case 'NEW':
    case 'PENDING_NEW':
    case 'PARTIALLY_FILLED':
    case 'PENDING_CANCEL':
      return null;
    case 'FILLED':
      return { type: 'filled', ...news };
    case 'CANCELED':
      return { type: 'cancelled', ...news, reason };
    case 'EXPIRED':
      return { type: 'expired', ...news, reason };
    case 'EXPIRED_IN_MATCH':
      return { type: 'expired_in_match', ...news };
    case 'REJECTED':
      return { type: 'rejected', at, code: 'REJECTED', reason };
    default:
      throw new UnreadableAnswer(`an order of status "${status}"`);
  }
}

/** Everything that is known of an order, in the order in which it happened: taken, filled, ended. */
export function newsOf(standing: OrderStanding, fills: readonly Fill[], at: number): OrderUpdate[] {
  const { venueOrderId, executed } = standing;
  const ending = endingOf(standing, at);
  return [
    { type: 'accepted', at, venueOrderId, reportedQuantity: executed },
    ...fills.map((fill) => ({ type: 'fill', at, fill }) as const),
    ...(ending === null ? [] : [ending]),
  ];
}

const ENDINGS: ReadonlySet<OrderUpdate['type']> = new Set<OrderUpdate['type']>([
  ...(['filled', 'cancelled', 'expired', 'expired_in_match', 'rejected'] as const),
]);

/** Whether the news tell of the end of their order. */
export function hasEnded(news: readonly OrderUpdate[]): boolean {
  return news.some(({ type }) => ENDINGS.has(type));
}
