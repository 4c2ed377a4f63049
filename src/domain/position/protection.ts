import type { Price } from '../decimal.ts';
import { AitraderError } from '../errors.ts';
import type { Position, Protection } from './position.ts';

/** Whether a stop at `candidate` risks no more than the one that was set last, lost or in place. */
export function isTighterOrEqual(position: Position, candidate: Price): boolean {
  const current = position.protection.stopPrice;
  if (current === null) return true;
  return position.side === 'long' ? candidate.greaterThanOrEqualTo(current) : candidate.lessThanOrEqualTo(current);
}

/** A protection in which somebody watches the stop. */
type Guard = Exclude<Protection, { guard: 'none' }>;

/**
 * The position under a guard. The guard may change and the stop may tighten, also when it was lost in between.
 * @param at milliseconds UTC
 * @throws AitraderError `STOP_LOOSENED`
 */
export function withProtection(position: Position, guard: Guard, at: number): Position {
  if (!isTighterOrEqual(position, guard.stopPrice)) {
    throw new AitraderError('STOP_LOOSENED', {
      symbol: position.symbol,
      given: guard.stopPrice.toFixed(),
      allowed: position.protection.stopPrice?.toFixed() ?? 'none',
    });
  }
  return { ...position, protection: guard, updatedAt: at };
}

/**
 * The position without a guard, for example because the exchange cancelled its stop. Where the stop belongs stays known.
 * Raising the alarm is for whoever handles the event.
 * @param at milliseconds UTC
 */
export function withoutGuard(position: Position, cause: string, at: number): Position {
  const { stopPrice } = position.protection;
  return { ...position, protection: { guard: 'none', since: at, cause, stopPrice }, updatedAt: at };
}

/**
 * Whether nothing is done for a position until its owner says so: somebody else has opened it, and nobody has given it a
 * stop. Positions of our own have one from their first fill.
 */
export function isLeftAlone({ protection }: Position): boolean {
  return protection.guard === 'none' && protection.stopPrice === null;
}

/** The position after its price stood at `seen`, which may be a new best or worst. The same object when it is neither. */
export function withPriceSeen(position: Position, seen: Price): Position {
  const { side, bestPrice, worstPrice } = position;
  const isBest = side === 'long' ? seen.greaterThan(bestPrice) : seen.lessThan(bestPrice);
  if (isBest) return { ...position, bestPrice: seen };
  const isWorst = side === 'long' ? seen.lessThan(worstPrice) : seen.greaterThan(worstPrice);
  return isWorst ? { ...position, worstPrice: seen } : position;
}
