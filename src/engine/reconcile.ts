import type { VenueSymbol } from '../domain/ids.ts';
import { fillKey } from '../domain/fill.ts';
import { parseClientOrderId } from '../domain/order/client-order-id.ts';
import { isFinal } from '../domain/order/order.ts';
import type { Order } from '../domain/order/order.ts';
import type { Position } from '../domain/position/position.ts';
import { MINUTE_MS } from '../domain/time.ts';
import type { AccountSnapshot, ReportedFill } from '../ports/broker.ts';
import type { EngineContext } from './context.ts';
import type { OrderDesk } from './execution/order-desk.ts';
import type { PositionDesk } from './position-desk.ts';
import type { RiskDesk } from './risk-desk.ts';

/** Fills are asked for from so long before the oldest thing that is not settled. */
const OVERLAP_MS = MINUTE_MS;

/** What the venue says of the account, gathered while the engine went on. */
export interface Findings {
  readonly snapshot: AccountSnapshot;
  readonly fills: readonly ReportedFill[];
}

/** Asks the venue for balances, working orders, positions, and the fills of everything that is not settled. */
export async function askVenue({ broker, books }: EngineContext): Promise<Findings> {
  const since = new Map<VenueSymbol, number>();
  const note = (symbol: VenueSymbol, at: number): void => {
    since.set(symbol, Math.min(at, since.get(symbol) ?? Infinity));
  };
  for (const { symbol, updatedAt } of books.positions.values()) note(symbol, updatedAt);
  const unfinished = [...books.orders.values()].filter(({ state }) => !isFinal(state.status));
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
}

/**
 * Holds the books against what the venue says: fills that were missed are booked, orders get their news, and what cannot be
 * explained is told to a person. Nothing is ever opened or closed by it.
 */
export function reconcile(parts: ReconcileParts, { snapshot, fills }: Findings): void {
  const { books } = parts.context;
  const byClientId = new Map<string, Order>([...books.orders.values()].map((order) => [order.clientOrderId, order]));
  for (const balance of snapshot.balances) books.putBalance(balance);
  for (const reported of fills) bookMissedFill(parts, byClientId, reported);
  for (const { clientOrderId, updates } of snapshot.ownOrders) {
    const order = byClientId.get(clientOrderId);
    parts.orders.noteClientOrderId(clientOrderId);
    if (order !== undefined) for (const update of updates) parts.orders.update(order.intent.id, update);
    else tellUnknownOrder(parts, clientOrderId);
  }
  if (parts.context.settings.market === 'futures') comparePositions(parts, snapshot);
}

function bookMissedFill(
  { context, orders, positions }: ReconcileParts,
  byClientId: ReadonlyMap<string, Order>,
  { fill, clientOrderId }: ReportedFill,
): void {
  if (clientOrderId === null) return;
  const order = byClientId.get(clientOrderId);
  if (order !== undefined) {
    const isBooked = order.execution.venueTradeIds.includes(fill.venueTradeId);
    if (!isBooked) orders.update(order.intent.id, { type: 'fill', at: context.clock.now(), fill });
    return;
  }
  const parts = parseClientOrderId(clientOrderId);
  const position = [...context.books.positions.values()].find(({ id }) => id === parts?.subject);
  if (parts === null || position === undefined) return;
  orders.noteClientOrderId(clientOrderId);
  const key = fillKey(fill);
  const isBooked = position.exits.some((exit) => exit.fillKey === key);
  if (!isBooked) positions.filledOutside(position, fill, parts.leg === 'stop' ? 'stop' : 'manual');
}

function tellUnknownOrder({ risk }: ReconcileParts, clientOrderId: string): void {
  const message = `the exchange holds order ${clientOrderId} of this program, which the books do not know; cancel it there`;
  risk.raise({ type: 'anomaly_detected', severity: 'warning', message });
}

function comparePositions({ context, positions, risk }: ReconcileParts, snapshot: AccountSnapshot): void {
  for (const position of [...context.books.positions.values()]) {
    const atVenue = snapshot.positions.find(({ symbol }) => symbol === position.symbol);
    if (atVenue !== undefined) positions.liquidationKnown(position, atVenue.liquidationPrice);
    const isSame = atVenue?.side === position.side && atVenue.quantity.equals(position.quantity);
    // Fills that came while the venue was asked make a difference for a moment; one that stays is told.
    const isSettled = context.clock.now() - position.updatedAt > OVERLAP_MS;
    if (!isSame && isSettled) tellDifference(risk, position, atVenue?.quantity.toFixed() ?? 'nothing');
  }
}

function tellDifference(risk: RiskDesk, { symbol, side, quantity }: Position, atVenue: string): void {
  const message = `${symbol}: the books hold ${side} ${quantity.toFixed()}, the exchange ${atVenue}`;
  risk.raise({ type: 'anomaly_detected', severity: 'critical', message, details: { symbol } });
}
