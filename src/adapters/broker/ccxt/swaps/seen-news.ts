import type { Fill } from '../../../../domain/fill.ts';
import { asId } from '../../../../domain/ids.ts';
import type { VenueSymbol } from '../../../../domain/ids.ts';
import type { OrderUpdate } from '../../../../domain/order/update.ts';
import { parseClientOrderId } from '../../../../domain/order/client-order-id.ts';
import type { WorkingOrder } from '../dialect.ts';
import type { SeenOrder } from './swap-venue.ts';

/** How an order ended; null while it works. */
function endingOf({ standing, venueOrderId, executed, reason }: SeenOrder, at: number): OrderUpdate | null {
  const news = { at, venueOrderId, reportedQuantity: executed };
  switch (standing) {
    case 'working':
      return null;
    case 'filled':
    case 'expired_in_match':
      return { type: standing, ...news };
    case 'cancelled':
    case 'expired':
      return { type: standing, ...news, reason };
    case 'rejected':
      return { type: 'rejected', at, code: 'REJECTED', reason };
  }
}

/** Everything that is known of an order, in the order in which it happened: taken, triggered, filled, ended. */
export function newsOfSeen(seen: SeenOrder, fills: readonly Fill[], at: number): OrderUpdate[] {
  const { venueOrderId, childVenueOrderId, executed: reportedQuantity } = seen;
  const ending = endingOf(seen, at);
  return [
    { type: 'accepted', at, venueOrderId, reportedQuantity },
    ...(childVenueOrderId === null
      ? []
      : [{ type: 'triggered', at, venueOrderId, reportedQuantity, childVenueOrderId } as const]),
    ...fills.map((fill) => ({ type: 'fill', at, fill }) as const),
    ...(ending === null ? [] : [ending]),
  ];
}

/** A working order as a snapshot lists it. */
export function workingOf(seen: SeenOrder, at: number): WorkingOrder {
  const { clientOrderId, venueOrderId, side, quantity, terms, reduceOnly } = seen;
  return {
    clientOrderId,
    updates: newsOfSeen(seen, [], at),
    foreign: {
      ...{ clientOrderId, venueOrderId, side, quantity, terms, reduceOnly },
      ...{ market: 'futures', symbol: asId<VenueSymbol>(seen.symbol), filledQuantity: seen.executed },
      instance: parseClientOrderId(clientOrderId)?.instance ?? null,
    },
  };
}
