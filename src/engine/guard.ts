import type { Price } from '../domain/decimal.ts';
import type { OrderId } from '../domain/ids.ts';
import type { Order } from '../domain/order/order.ts';
import { isTighterOrEqual, withoutGuard, withProtection } from '../domain/position/protection.ts';
import type { Position } from '../domain/position/position.ts';
import type { EngineContext } from './context.ts';

/** This program watches the stop from now on. */
export function guardHere(
  { books, clock }: EngineContext,
  position: Position,
  guard: { readonly stopPrice: Price; readonly cause: string },
): void {
  const isNews = position.protection.stopPrice?.equals(guard.stopPrice) !== true;
  const after = withProtection(position, { guard: 'local', ...guard }, clock.now());
  books.putPosition(after, isNews ? 'stop moved' : 'guarded here');
}

/** A stop works at the venue. One that is looser than where the stop stands by now does not count as the guard. */
export function guardAtVenue(
  { books, clock }: EngineContext,
  position: Position,
  { stopPrice, stopOrderId }: { readonly stopPrice: Price; readonly stopOrderId: OrderId },
): void {
  const { protection } = position;
  const isKnown = protection.guard === 'venue' && protection.stopOrderId === stopOrderId;
  if (isKnown || !isTighterOrEqual(position, stopPrice)) return;
  const after = withProtection(position, { guard: 'venue', stopPrice, stopOrderId }, clock.now());
  books.putPosition(after, 'guarded at the exchange');
}

/** A stop has ended, its position has not, and none is left at the exchange: this program watches from now on. */
export function guardLost(context: EngineContext, position: Position, { state }: Order): void {
  const { protection } = position;
  if (protection.guard !== 'venue') return;
  const cause = `the stop at the exchange is ${state.status}`;
  const lost = withoutGuard(position, cause, context.clock.now());
  context.books.putPosition(lost, 'unguarded');
  guardHere(context, lost, { stopPrice: protection.stopPrice, cause });
}

/** A target of the plan was reached, and what it closes is on its way. */
export function noteTarget({ books, clock }: EngineContext, position: Position, target: number): void {
  const reachedAt = clock.now();
  const targets = position.plan.targets.map((each, index) => (index === target ? { ...each, reachedAt } : each));
  books.putPosition({ ...position, plan: { ...position.plan, targets } }, 'target reached');
}
