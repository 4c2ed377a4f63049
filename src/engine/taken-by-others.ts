import { Decimal } from '../domain/decimal.ts';
import type { Quantity } from '../domain/decimal.ts';
import type { Fill } from '../domain/fill.ts';
import { hasBooked } from '../domain/position/ledger.ts';
import { isLeftAlone } from '../domain/position/protection.ts';
import type { Position } from '../domain/position/position.ts';
import type { EngineContext } from './context.ts';
import { filledOutside } from './filled-outside.ts';
import type { PositionDesk } from './position-desk.ts';
import type { RiskDesk } from './risk-desk.ts';

export interface TakenParts {
  readonly context: EngineContext;
  readonly positions: PositionDesk;
  readonly risk: RiskDesk;
}

/** Books what a fill of somebody else has taken of a position, and tells it: the venue's own in a liquidation, or a hand. */
export function bookTaken(
  parts: TakenParts,
  position: Position,
  { fill, quantity }: { readonly fill: Fill; readonly quantity: Quantity },
): void {
  const { symbol, price } = fill;
  const isForced = parts.context.broker.account.money !== 'live' || isBeyondLiquidation(position, fill);
  const how = isForced ? 'was liquidated' : 'was reduced by an order that is not ours';
  const message = `${symbol}: the position ${how}, ${quantity.toFixed()} at ${price.toFixed()}`;
  const severity = isLeftAlone(position) && !isForced ? 'info' : 'critical';
  parts.risk.raise({ type: 'anomaly_detected', severity, message, details: { symbol } });
  filledOutside(parts, position, { fill, quantity, reason: isForced ? 'liquidation' : 'external' });
}

/**
 * Books what the venue does not hold any more by the fills of others that were told, the latest first: the ones before may
 * have taken units of others, which go before ours.
 * @returns what they do not explain
 */
export function bookTakenBy(parts: TakenParts, taken: readonly Fill[], { position, missing }: Missing): Quantity {
  let left = missing;
  for (const fill of taken.toReversed()) {
    const current = parts.context.books.positions.get(position.id);
    if (current === undefined || left.isZero()) break;
    const isReduction = (fill.side === 'sell') === (current.side === 'long');
    if (!isReduction || fill.time < current.openedAt || hasBooked(current, fill)) continue;
    const quantity = Decimal.min(left, fill.quantity) as Quantity;
    left = left.minus(quantity) as Quantity;
    bookTaken(parts, current, { fill, quantity });
  }
  return left;
}

interface Missing {
  readonly position: Position;
  readonly missing: Quantity;
}

/** Whether a fill came where the venue said that it would liquidate. */
function isBeyondLiquidation({ side, futures }: Position, { price }: Fill): boolean {
  const at = futures?.liquidationPrice ?? null;
  if (at === null) return false;
  return side === 'long' ? price.lessThanOrEqualTo(at) : price.greaterThanOrEqualTo(at);
}
