import { asId } from '../domain/ids.ts';
import type { OrderId, PositionId } from '../domain/ids.ts';
import { parseClientOrderId } from '../domain/order/client-order-id.ts';
import type { ClientOrderIdParts } from '../domain/order/client-order-id.ts';
import { newOrder } from '../domain/order/order.ts';
import type { OrderIntent } from '../domain/order/order.ts';
import type { OwnWorkingOrder } from '../ports/broker.ts';
import type { EngineContext } from './context.ts';
import type { OrderDesk } from './execution/order-desk.ts';
import type { PositionDesk } from './position-desk.ts';
import type { RiskDesk } from './risk-desk.ts';

interface StrayParts {
  readonly context: EngineContext;
  readonly orders: OrderDesk;
  readonly positions: PositionDesk;
  readonly risk: RiskDesk;
}

/**
 * A working order of ours that no book knows: a run before has ended between sending and storing it, or the store is another
 * one. The stop of an open position goes on as its stop; everything else is cancelled, as it locks units or would trade what
 * nobody wants any more.
 */
export function takeBack(parts: StrayParts, stray: OwnWorkingOrder): void {
  const { context, orders, positions, risk } = parts;
  const { clientOrderId, symbol, updates } = stray;
  const named = parseClientOrderId(clientOrderId);
  if (named === null) return;
  const position = [...context.books.positions.values()].find(({ id }) => id === named.subject);
  const intent = intentOf(context, stray, { named, positionId: position?.id ?? null });
  const isStop = named.leg === 'stop' && stray.terms.type === 'stop_market' && position !== undefined;
  if (isStop) positions.stopFound(position, intent);
  orders.adopt(newOrder(intent, clientOrderId), updates);
  // Asking makes the broker know whose its news are.
  if (isStop) orders.inquire(intent.id);
  else orders.cancel(intent.id);
  const what = `the ${named.leg} order ${clientOrderId}`;
  const message = isStop
    ? `${symbol}: ${what} works at the exchange and was in no book; it goes on as a stop of the position`
    : `${symbol}: ${what} works at the exchange and is in no book; it is cancelled`;
  context.books.noteCorrection(symbol, message);
  risk.raise({ type: 'anomaly_detected', severity: 'warning', message, details: { symbol } });
}

/** What the order was meant to be, as far as the venue shows it. */
function intentOf(
  { books, ids, clock, settings, broker }: EngineContext,
  { market, symbol, side, quantity, terms }: OwnWorkingOrder,
  { named, positionId }: { readonly named: ClientOrderIdParts; readonly positionId: PositionId | null },
): OrderIntent {
  // The id of an entry names its order; another attempt of it may be in the books.
  const isFree = named.leg === 'entry' && !books.orders.has(named.subject as OrderId);
  return {
    ...{ market, symbol, side, quantity, terms, positionId },
    id: isFree ? (named.subject as OrderId) : asId<OrderId>(ids.next()),
    userId: settings.userId,
    accountId: broker.account.id,
    reduceOnly: market === 'futures' && named.leg !== 'entry',
    leg: named.leg,
    traderId: null,
    agentId: null,
    signalId: null,
    parentOrderId: null,
    list: null,
    reason: 'found at the exchange',
    createdAt: clock.now(),
  };
}
