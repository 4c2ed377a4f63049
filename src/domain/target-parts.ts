import { Decimal, ZERO } from './decimal.ts';
import type { Target } from './exits.ts';
import type { Level } from './levels.ts';

/** A target that knows its share of the position. */
export interface SharedTarget {
  readonly at: Level;
  /** Above 0; of all targets together at most 1. */
  readonly part: Decimal;
}

/**
 * Gives every target its part: those without one share equally what the others leave.
 * @returns null when a part is not above 0, when together they are more than 1, or when nothing is left to share
 */
export function shareParts(targets: readonly Target[]): readonly SharedTarget[] | null {
  const given = targets.reduce<Decimal>((sum, { part }) => sum.plus(part ?? ZERO), ZERO);
  const sharing = targets.filter(({ part }) => part === null).length;
  const share = sharing === 0 ? ZERO : new Decimal(1).minus(given).dividedBy(sharing);
  const shared = targets.map(({ at, part }) => ({ at, part: part ?? share }));
  return given.lessThanOrEqualTo(1) && shared.every(({ part }) => part.greaterThan(0)) ? shared : null;
}

/** The parts as they were written, for messages. */
export function partsText(targets: readonly Target[]): string {
  return targets.map(({ part }) => part?.toFixed() ?? 'the rest').join(', ');
}
