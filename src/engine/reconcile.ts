import { Decimal } from '../domain/decimal.ts';
import type { Price } from '../domain/decimal.ts';
import type { ClientOrderId, OrderId, PositionId } from '../domain/ids.ts';
import { parseClientOrderId } from '../domain/order/client-order-id.ts';
import type { Order } from '../domain/order/order.ts';
import { hasBooked } from '../domain/position/ledger.ts';
import type { Position } from '../domain/position/position.ts';
import { SECOND_MS } from '../domain/time.ts';
import type { AccountSnapshot, FundingReport, OwnWorkingOrder, ReportedFill } from '../ports/broker.ts';
import type { Findings } from './ask-venue.ts';
import { compareHoldings } from './compare-holdings.ts';
import { comparePositions } from './compare-positions.ts';
import type { ComparisonParts } from './compare-positions.ts';
import { needsAnswer } from './execution/questions.ts';
import type { OrderDesk } from './execution/order-desk.ts';
import { filledOutside } from './filled-outside.ts';
import { noteTarget } from './guard.ts';
import { takeBack } from './own-strays.ts';
import { isReached } from './positions/stop-price.ts';

/** What was changed less than this ago may differ from what the venue says for good reasons. */
const SETTLED_MS = 2 * SECOND_MS;

export interface ReconcileParts extends ComparisonParts {
  readonly orders: OrderDesk;
}

type OrdersByClientId = ReadonlyMap<ClientOrderId, Order>;

/**
 * Holds the books against what the venue says, whose word is the truth: funding and fills that were missed are booked,
 * orders get their news, units that the venue does not hold any more leave the books, futures positions that no book knows
 * are taken in. Each correction stands in the audit log in words; a second look at the same account changes nothing more.
 */
export function reconcile(parts: ReconcileParts, findings: Findings): void {
  const { snapshot, fills, funding, askedAt } = findings;
  const { books, foreign } = parts.context;
  parts.doubts.begin();
  for (const { clientOrderId } of [...snapshot.ownOrders, ...fills]) {
    if (clientOrderId !== null) parts.orders.names.note(clientOrderId);
  }
  takeBalances(parts.context, snapshot);
  // Before the fills, so that theirs are booked as theirs.
  takeStraysBack(parts, snapshot);
  const byClientId = ordersByClientId(parts);
  parts.account.fundingBooked(findings.bookedFunding);
  // Before the fills: one of them may close the position that it was paid for.
  for (const payment of funding) bookMissedFunding(parts, payment);
  for (const reported of fills) bookMissedFill(parts, byClientId, reported);
  for (const own of snapshot.ownOrders) takeNews(parts, byClientId, own);
  askForMissing(parts, snapshot);
  if (parts.context.settings.market === 'futures') {
    comparePositions(parts, snapshot);
    foreign.compared(askedAt, { held: snapshot.positions, booked: [...books.positions.values()] });
  } else compareHoldings(parts, snapshot);
  // The stops of positions that were taken in just now.
  takeStraysBack(parts, snapshot);
  parts.orders.names.keepOnly(new Set([...books.positions.keys(), ...books.orders.keys()]));
}

/** The venue names what is held: an asset that it leaves out is gone. */
function takeBalances({ books }: ReconcileParts['context'], { balances, at }: AccountSnapshot): void {
  const told = new Set(balances.map(({ asset }) => asset));
  for (const balance of balances) books.putBalance(balance);
  for (const known of [...books.balances.values()]) {
    if (told.has(known.asset)) continue;
    books.putBalance({ ...known, free: new Decimal(0), locked: new Decimal(0), updatedAt: at });
  }
}

function ordersByClientId({ context }: ReconcileParts): OrdersByClientId {
  return new Map([...context.books.orders.values()].map((order) => [order.clientOrderId, order]));
}

function takeStraysBack(parts: ReconcileParts, snapshot: AccountSnapshot): void {
  const known = ordersByClientId(parts);
  for (const own of snapshot.ownOrders) {
    if (!known.has(own.clientOrderId) && !mayBelongToUnknown(parts, own, snapshot)) takeBack(parts, own);
  }
}

function bookMissedFunding({ context: { books }, account }: ReconcileParts, payment: FundingReport): void {
  if (!account.fundingPaid(payment)) return;
  const { instrument, amount, incomeId } = payment;
  const { symbol } = instrument;
  books.noteCorrection(symbol, `${symbol}: funding of ${amount.toFixed()} (${incomeId}) was missed and is booked now`);
}

function bookMissedFill(
  { context, orders, positions }: ReconcileParts,
  byClientId: OrdersByClientId,
  { fill, clientOrderId }: ReportedFill,
): void {
  const { books } = context;
  const named = clientOrderId === null ? null : parseClientOrderId(clientOrderId);
  if (clientOrderId === null || named === null) return;
  const { symbol } = fill;
  const what = `${symbol}: the ${fill.side} of ${fill.quantity.toFixed()} at ${fill.price.toFixed()} (trade ${fill.venueTradeId})`;
  const entry = named.leg === 'entry' ? books.orders.get(named.subject as OrderId) : undefined;
  const order = byClientId.get(clientOrderId as ClientOrderId) ?? entry;
  if (order !== undefined) {
    if (order.execution.venueTradeIds.includes(fill.venueTradeId)) return;
    books.noteCorrection(symbol, `${what} was missed and is booked now`);
    orders.update(order.intent.id, { type: 'fill', at: context.clock.now(), fill });
    return;
  }
  const position = books.positions.get(named.subject as PositionId);
  // An entry is known before it is sent: one that is not at hand any more has been booked long ago.
  if (named.leg === 'entry' || position === undefined) return;
  if (hasBooked(position, fill)) return;
  books.noteCorrection(symbol, `${what} was missed, and its order too; it is booked now`);
  // A target whose close was sent and never stored is not to be taken a second time.
  const target = named.leg === 'exit' ? targetTaken(position, fill.price) : -1;
  if (target >= 0) noteTarget(context, position, target);
  const reason = named.leg === 'stop' ? 'stop' : target >= 0 ? 'target' : 'manual';
  const outside = { fill, quantity: fill.quantity, reason } as const;
  filledOutside({ context, positions }, books.positions.get(position.id) ?? position, outside);
}

/** The place of the target in the plan that a close at this price was for; -1 for another close. */
function targetTaken({ plan, side }: Position, at: Price): number {
  const next = plan.targets.findIndex(({ reachedAt }) => reachedAt === null);
  const price = plan.targets[next]?.price;
  const isTaken = price !== undefined && isReached(side, price, { price: at, use: 'profit' });
  return isTaken ? next : -1;
}

/** What the venue's list says of an order in the books. */
function takeNews(
  { context: { books }, orders }: ReconcileParts,
  byClientId: OrdersByClientId,
  { clientOrderId, updates, symbol }: OwnWorkingOrder,
): void {
  const id = byClientId.get(clientOrderId)?.intent.id;
  if (id === undefined) return;
  const before = books.orders.get(id);
  for (const update of updates) orders.update(id, update);
  const after = books.orders.get(id);
  if (after === before || before === undefined || after === undefined) return;
  const change = `${before.state.status} in the books and is ${after.state.status} by the list of the exchange`;
  books.noteCorrection(symbol, `${symbol}: order ${clientOrderId} was ${change}`);
}

/**
 * An order that works by the books and not by the venue has ended unheard: a position may lack its stop. And one of which
 * nothing was heard for long is asked for rarely by now: as the venue answers again, so it may for this one.
 */
function askForMissing({ context, orders }: ReconcileParts, { ownOrders, at }: AccountSnapshot): void {
  const working = new Set<string>(ownOrders.map(({ clientOrderId }) => clientOrderId));
  for (const order of context.books.orders.values()) {
    const isWorking = order.state.status === 'open' || order.state.status === 'partial' || needsAnswer(order);
    const isSettled = at - order.updatedAt >= SETTLED_MS;
    if (isWorking && isSettled && !working.has(order.clientOrderId)) orders.inquire(order.intent.id);
  }
}

/** A stop or exit in a symbol of which the venue holds a position that is about to be taken in. */
function mayBelongToUnknown(
  { context }: ReconcileParts,
  { symbol, clientOrderId }: OwnWorkingOrder,
  { positions }: AccountSnapshot,
): boolean {
  const isUnknown = ![...context.books.positions.values()].some((position) => position.symbol === symbol);
  const isHeld = positions.some((position) => position.symbol === symbol);
  return isHeld && isUnknown && parseClientOrderId(clientOrderId)?.leg === 'stop';
}
