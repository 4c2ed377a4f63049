import { Decimal, ZERO_QUANTITY } from '../domain/decimal.ts';
import type { Quantity } from '../domain/decimal.ts';
import type { Fill } from '../domain/fill.ts';
import type { Position } from '../domain/position/position.ts';

interface Traded {
  /** Units that the venue holds now on the side of the position. */
  readonly held: Quantity;
  /** Units that others had added before. */
  readonly foreign: Quantity;
  /** Fills of others that the books have not counted, in their order. */
  readonly fills: readonly Pick<Fill, 'side' | 'quantity'>[];
}

/**
 * What is still ours of a futures position in which others have traded, where all fills make one position. What they take
 * counts for what they had added first; once it was closed, or turned, what stands there is theirs. Where more is held than the
 * fills explain, others had added it before; where less is held, as some fill is not told yet, what others have added is theirs.
 */
export function unitsLeft(
  { side, quantity }: Pick<Position, 'side' | 'quantity'>,
  { held, foreign, fills }: Traded,
): Quantity {
  const changes = fills.map((fill) =>
    (fill.side === 'buy') === (side === 'long') ? fill.quantity : fill.quantity.neg(),
  );
  const explained = changes.reduce<Decimal>((sum, change) => sum.plus(change), quantity.plus(foreign));
  const before = foreign.plus(Decimal.max(held.minus(explained), 0));
  let [standing, ours, theirs]: [Decimal, Decimal, Decimal] = [quantity.plus(before), quantity, before];
  for (const change of changes) {
    standing = standing.plus(change);
    if (!standing.greaterThan(0)) return ZERO_QUANTITY;
    if (change.isPositive()) theirs = theirs.plus(change);
    else ours = Decimal.min(ours, standing);
  }
  const most = standing.equals(held) ? held : Decimal.max(held.minus(theirs), 0);
  return Decimal.min(ours, most) as Quantity;
}
