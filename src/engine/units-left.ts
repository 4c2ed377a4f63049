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
 * counts for what they had added first; once it was closed, or turned, what stands there is theirs. Where the fills do not
 * explain what is held, as some are not told yet, the units that others have added are theirs.
 */
export function unitsLeft(
  { side, quantity }: Pick<Position, 'side' | 'quantity'>,
  { held, foreign, fills }: Traded,
): Quantity {
  let [explained, ours, theirs]: [Decimal, Decimal, Decimal] = [quantity.plus(foreign), quantity, foreign];
  for (const fill of fills) {
    if ((fill.side === 'buy') === (side === 'long')) {
      explained = explained.plus(fill.quantity);
      theirs = theirs.plus(fill.quantity);
      continue;
    }
    explained = explained.minus(fill.quantity);
    if (!explained.greaterThan(0)) return ZERO_QUANTITY;
    ours = Decimal.min(ours, explained);
  }
  const most = explained.equals(held) ? held : Decimal.max(held.minus(theirs), 0);
  return Decimal.min(ours, most) as Quantity;
}
