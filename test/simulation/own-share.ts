import { Decimal } from '../../src/domain/decimal.ts';
import type { OrderSide } from '../../src/domain/order/order.ts';
import { MINUTE_MS } from '../../src/domain/time.ts';

/** So long a program that is up may not have seen a reduction by somebody else: one that is undone until then was none for it. */
const UNSEEN_MS = 3 * MINUTE_MS;

/** A fill of the account in a symbol. */
interface PositionFill {
  readonly isOwn: boolean;
  readonly side: OrderSide;
  readonly quantity: Decimal;
  readonly time: number;
}

/** What is ours of a futures position, as far as the fills tell. */
export interface OwnShare {
  /** Signed: negative for a short. */
  readonly held: Decimal;
  /** Units of ours, at least and at most: it depends on what the program saw in between. */
  readonly least: Decimal;
  readonly most: Decimal;
  /** When somebody else took units of ours the last time, milliseconds UTC; null: never. */
  readonly takenAt: number | null;
  /** What our orders have taken of positions that were not ours, although the program could see that they are not. */
  readonly overtaken: Decimal;
}

const ZERO = new Decimal(0);

/**
 * Follows one symbol of a futures account, where all fills make one position. What others take counts for what they have
 * added first.
 * @param start signed units at the start, all of others
 * @param fills of the symbol, in their order
 * @param upMs how long the program was up between two moments, milliseconds
 */
export function ownShare(
  start: Decimal,
  fills: readonly PositionFill[],
  upMs: (from: number, until: number) => number,
): OwnShare {
  let [held, least, most, overtaken] = [start, ZERO, ZERO, ZERO];
  let takenAt: number | null = null;
  /** When somebody took units of ours, which the program may not have seen yet. */
  let justTakenAt: number | null = null;
  let changedAt = -Infinity;
  /** What we have opened last. */
  let ourSide: OrderSide | null = null;
  /** What is left of our units once a reduction by others has been seen. */
  let unseen: { readonly most: Decimal; readonly at: number } | null = null;
  for (const { isOwn, side, quantity, time } of fills) {
    const before = held;
    held = before.plus(side === 'buy' ? quantity : quantity.negated());
    const isMore = before.isZero() || before.isPositive() === (side === 'buy');
    const isTurned = !before.isZero() && !held.isZero() && before.isPositive() !== held.isPositive();
    if (unseen !== null && upMs(unseen.at, time) > UNSEEN_MS) {
      most = Decimal.min(most, unseen.most);
      unseen = null;
    }
    if (justTakenAt !== null && (time - justTakenAt > UNSEEN_MS || (!isOwn && isMore))) {
      takenAt = time - justTakenAt > UNSEEN_MS ? justTakenAt : takenAt;
      justTakenAt = null;
    }
    if (!isOwn) changedAt = time;
    if (isOwn && unseen !== null) {
      const left: Decimal = isMore ? unseen.most.plus(quantity) : Decimal.max(unseen.most.minus(quantity), 0);
      unseen = { most: left, at: unseen.at };
    }
    if (isOwn && isMore) [least, most] = [least.plus(quantity), most.plus(quantity)];
    else if (isOwn) {
      // A resting stop does not know that its position has been closed by hand and another one opened.
      const isKnown = upMs(changedAt, time) > UNSEEN_MS;
      if (isKnown) overtaken = overtaken.plus(Decimal.max(quantity.minus(most), 0));
      [least, most] = [Decimal.max(least.minus(quantity), 0), Decimal.max(most.minus(quantity), 0)];
    } else {
      if (!isMore) {
        const left = isTurned ? ZERO : held.abs();
        if (left.lessThan(least)) justTakenAt = time;
        least = Decimal.min(least, left);
        unseen = { most: Decimal.min(unseen?.most ?? most, left), at: time };
      }
      const added = isMore ? quantity : isTurned ? held.abs() : ZERO;
      // Where the reduction was not seen yet, nobody can tell what undoes it from what is added.
      if (unseen !== null && side === ourSide) unseen = { most: Decimal.min(most, unseen.most.plus(added)), at: time };
    }
    if (isOwn && (isMore || isTurned)) ourSide = side;
    // Of what has turned by us, ours is at most what we have sent.
    if (isTurned && isOwn) [least, most, unseen] = [ZERO, held.abs(), null];
    if (held.isZero() && isOwn) [least, most, unseen] = [ZERO, ZERO, null];
  }
  return { held, least, most: Decimal.min(most, held.abs()), takenAt: justTakenAt ?? takenAt, overtaken };
}
