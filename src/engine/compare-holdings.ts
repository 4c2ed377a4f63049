import { Decimal, ZERO } from '../domain/decimal.ts';
import type { Quantity } from '../domain/decimal.ts';
import { removeVanished } from '../domain/position/ledger.ts';
import type { Position } from '../domain/position/position.ts';
import type { AccountSnapshot } from '../ports/broker.ts';
import { isUnclear } from './compare-positions.ts';
import type { ComparisonParts } from './compare-positions.ts';

/**
 * Holds the lots of spot positions against the balances of the account. Units that it does not hold any more leave the
 * books, the newest first; what it holds beyond them is its owner's and is left alone.
 */
export function compareHoldings(parts: ComparisonParts, snapshot: AccountSnapshot): void {
  const byBase = Map.groupBy(parts.context.books.positions.values(), ({ base }) => base);
  for (const [base, positions] of byBase) compareAsset(parts, positions, { base, snapshot });
}

function compareAsset(
  parts: ComparisonParts,
  positions: readonly Position[],
  { base, snapshot }: { readonly base: string; readonly snapshot: AccountSnapshot },
): void {
  const { context, positions: desk, risk, doubts } = parts;
  const balance = snapshot.balances.find(({ asset }) => asset === base);
  const held = balance === undefined ? ZERO : balance.free.plus(balance.locked);
  const booked = positions.reduce((sum, { quantity }) => sum.plus(quantity), ZERO);
  if (booked.lessThanOrEqualTo(held)) return;
  const doubt = `holding ${base}`;
  if (positions.some(({ symbol }) => isUnclear(parts, { symbol, doubt }, snapshot))) return;
  const versions = positions.map(({ id, lots, exits }) => `${id} ${lots.length} ${exits.length}`).join(' ');
  const difference = `${booked.minus(held).toFixed()} of ${booked.toFixed()} ${versions}`;
  if (!doubts.isReal(doubt, { difference, at: snapshot.at })) return;
  let missing = booked.minus(held);
  for (const position of positions.toSorted((a, b) => b.openedAt - a.openedAt)) {
    const taken = Decimal.min(missing, position.quantity) as Quantity;
    missing = missing.minus(taken);
    if (taken.isZero()) continue;
    const { symbol, quantity } = position;
    const figures = `the books hold ${quantity.toFixed()} ${base}, the account ${held.toFixed()}`;
    const message = `${symbol}: ${figures}; ${taken.toFixed()} left it by another way and leave the books, the newest first`;
    context.books.noteCorrection(symbol, message);
    risk.raise({ type: 'anomaly_detected', severity: 'critical', message, details: { symbol } });
    desk.unitsMoved(removeVanished(position, taken, context.clock.now()), 'vanished');
  }
}
