import { ZERO_QUANTITY } from '../domain/decimal.ts';
import type { Quantity } from '../domain/decimal.ts';
import { asId } from '../domain/ids.ts';
import type { ClientOrderId, OrderId, PositionId, VenueSymbol } from '../domain/ids.ts';
import { fillKey } from '../domain/fill.ts';
import { parseClientOrderId } from '../domain/order/client-order-id.ts';
import { newOrder } from '../domain/order/order.ts';
import type { Order } from '../domain/order/order.ts';
import type { OrderUpdate } from '../domain/order/update.ts';
import type { Position } from '../domain/position/position.ts';
import { MINUTE_MS, SECOND_MS } from '../domain/time.ts';
import type { AccountSnapshot, ReportedFill } from '../ports/broker.ts';
import type { EngineContext } from './context.ts';
import { isOver, needsAnswer } from './execution/questions.ts';
import type { OrderDesk } from './execution/order-desk.ts';
import { reduction } from './exit-desk.ts';
import type { PositionDesk } from './position-desk.ts';
import type { RiskDesk } from './risk-desk.ts';

/** Fills are asked for from so long before the oldest thing that is not settled, or before the last time. */
const OVERLAP_MS = MINUTE_MS;
/** What was changed less than this ago may differ from what the venue says for good reasons. */
const SETTLED_MS = 2 * SECOND_MS;

/** What the venue says of the account, gathered while the engine went on. */
export interface Findings {
  readonly snapshot: AccountSnapshot;
  readonly fills: readonly ReportedFill[];
}

/**
 * Asks the venue for balances, working orders, positions, and the fills of everything that is not settled.
 * @param coveredUntil when the venue was asked the last time, milliseconds UTC: fills before are known
 */
export async function askVenue({ broker, books }: EngineContext, coveredUntil: number): Promise<Findings> {
  const since = new Map<VenueSymbol, number>();
  const note = (symbol: VenueSymbol, at: number): void => {
    since.set(symbol, Math.min(Math.max(at, coveredUntil), since.get(symbol) ?? Infinity));
  };
  // Whatever a run before did not live to store can be as old as the position.
  for (const { symbol, openedAt } of books.positions.values()) note(symbol, openedAt);
  const unfinished = [...books.orders.values()].filter((order) => !isOver(order));
  for (const { intent } of unfinished) note(intent.symbol, intent.createdAt);
  const { market } = broker.account;
  const [snapshot, ...fills] = await Promise.all([
    broker.snapshot(),
    ...[...since].map(([symbol, at]) => broker.fillsSince({ market, symbol }, at - OVERLAP_MS)),
  ]);
  return { snapshot, fills: fills.flat() };
}

export interface ReconcileParts {
  readonly context: EngineContext;
  readonly orders: OrderDesk;
  readonly positions: PositionDesk;
  readonly risk: RiskDesk;
  /** What the venue was missing of each position at the last look, by position. */
  readonly missing: Map<PositionId, Missing>;
}

/** A difference that is believed when it is found again, with nothing booked in between. */
interface Missing {
  readonly quantity: Quantity;
  readonly updatedAt: number;
}

/**
 * Holds the books against what the venue says: fills that were missed are booked, orders get their news, units that the
 * venue does not hold any more leave the books, and what cannot be explained is told to a person. It sends nothing but the
 * cancel of stops and exits that are ours and in no book.
 */
export function reconcile(parts: ReconcileParts, { snapshot, fills }: Findings): void {
  const { books } = parts.context;
  const byClientId = new Map<string, Order>([...books.orders.values()].map((order) => [order.clientOrderId, order]));
  for (const { clientOrderId } of [...snapshot.ownOrders, ...fills]) {
    if (clientOrderId !== null) parts.orders.names.note(clientOrderId);
  }
  for (const balance of snapshot.balances) books.putBalance(balance);
  for (const reported of fills) bookMissedFill(parts, byClientId, reported);
  for (const { clientOrderId, updates } of snapshot.ownOrders) {
    const order = byClientId.get(clientOrderId);
    if (order !== undefined) for (const update of updates) parts.orders.update(order.intent.id, update);
    else takeBack(parts, clientOrderId, updates);
  }
  askForMissing(parts, snapshot);
  if (parts.context.settings.market === 'futures') comparePositions(parts, snapshot);
}

/** An order that works by the books and not by the venue has ended unheard: a position may lack its stop. */
function askForMissing({ context, orders }: ReconcileParts, { ownOrders, at }: AccountSnapshot): void {
  const working = new Set<string>(ownOrders.map(({ clientOrderId }) => clientOrderId));
  for (const order of context.books.orders.values()) {
    const isWorking = order.state.status === 'open' || order.state.status === 'partial';
    const isSettled = at - order.updatedAt >= SETTLED_MS;
    if (isWorking && isSettled && !working.has(order.clientOrderId)) orders.inquire(order.intent.id);
  }
}

function bookMissedFill(
  { context, orders, positions }: ReconcileParts,
  byClientId: ReadonlyMap<string, Order>,
  { fill, clientOrderId }: ReportedFill,
): void {
  const parts = clientOrderId === null ? null : parseClientOrderId(clientOrderId);
  if (clientOrderId === null || parts === null) return;
  // An entry bears other ids in its later attempts; what an earlier one has executed is its own all the same.
  const entry = parts.leg === 'entry' ? context.books.orders.get(parts.subject as OrderId) : undefined;
  const order = byClientId.get(clientOrderId) ?? entry;
  if (order !== undefined) {
    const isBooked = order.execution.venueTradeIds.includes(fill.venueTradeId);
    if (!isBooked) orders.update(order.intent.id, { type: 'fill', at: context.clock.now(), fill });
    return;
  }
  const position = context.books.positions.get(parts.subject as PositionId);
  // An entry is known before it is sent: one that is not at hand any more has been booked long ago.
  if (parts.leg === 'entry' || position === undefined) return;
  const key = fillKey(fill);
  const isBooked = position.exits.some((exit) => exit.fillKey === key);
  if (!isBooked) positions.filledOutside(position, fill, parts.leg === 'stop' ? 'stop' : 'manual');
}

/**
 * A working order of ours that the books do not know: a run before has ended between sending and storing it. What belongs
 * to an open position is taken into the books, to be cancelled: it locks units that the position's own orders need.
 */
function takeBack(
  { context, orders, risk }: ReconcileParts,
  clientOrderId: ClientOrderId,
  updates: readonly OrderUpdate[],
): void {
  const parts = parseClientOrderId(clientOrderId);
  const position = [...context.books.positions.values()].find(({ id }) => id === parts?.subject);
  if (parts === null || parts.leg === 'entry' || position === undefined) {
    const message = `the exchange holds order ${clientOrderId} of this program, which the books do not know; cancel it there`;
    risk.raise({ type: 'anomaly_detected', severity: 'warning', message });
    return;
  }
  const intent = reduction(position, {
    id: asId<OrderId>(context.ids.next()),
    leg: parts.leg,
    quantity: position.quantity,
    terms: { type: 'market' },
    reason: 'found at the exchange',
    createdAt: context.clock.now(),
  });
  orders.adopt(newOrder(intent, clientOrderId), updates);
  orders.cancel(intent.id);
}

function comparePositions(parts: ReconcileParts, snapshot: AccountSnapshot): void {
  for (const id of parts.missing.keys()) if (!parts.context.books.positions.has(id)) parts.missing.delete(id);
  for (const position of [...parts.context.books.positions.values()]) {
    const atVenue = snapshot.positions.find(({ symbol }) => symbol === position.symbol);
    if (atVenue !== undefined) parts.positions.liquidationKnown(position, atVenue.liquidationPrice);
    const held = atVenue?.side === position.side ? atVenue.quantity : ZERO_QUANTITY;
    const missing = position.quantity.minus(held) as Quantity;
    if (missing.isZero()) parts.missing.delete(position.id);
    else if (!hasOrdersInDoubt(parts.context, position, snapshot))
      compare(parts, position, { missing, at: snapshot.at });
  }
}

/** Whether an order of the position may have done something that is not known yet. */
function hasOrdersInDoubt({ books }: EngineContext, { id }: Position, { ownOrders }: AccountSnapshot): boolean {
  const working = new Set<string>(ownOrders.map(({ clientOrderId }) => clientOrderId));
  return [...books.orders.values()].some((order) => {
    const isOpen = order.intent.positionId === id && !isOver(order);
    return isOpen && (needsAnswer(order) || !working.has(order.clientOrderId));
  });
}

/** Fills that came while the venue was asked make a difference for a moment; one that is found twice is real. */
function compare(
  { context, positions, risk, missing: known }: ReconcileParts,
  position: Position,
  { missing, at }: { readonly missing: Quantity; readonly at: number },
): void {
  const { id, symbol, side, quantity } = position;
  const { updatedAt } = context.books.positions.get(id) ?? position;
  const before = known.get(id);
  known.set(id, { quantity: missing, updatedAt });
  const isSame = before?.updatedAt === updatedAt && before.quantity.equals(missing);
  if (!isSame || at - updatedAt < SETTLED_MS) return;
  const atVenue = quantity.minus(missing).toFixed();
  const message = `${symbol}: the books hold ${side} ${quantity.toFixed()}, the exchange ${atVenue}`;
  risk.raise({ type: 'anomaly_detected', severity: 'critical', message, details: { symbol } });
  known.delete(id);
  const current = context.books.positions.get(id);
  if (missing.greaterThan(0) && current !== undefined) positions.vanished(current, missing);
}
