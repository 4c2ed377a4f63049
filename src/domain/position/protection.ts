import type { Price } from '../decimal.ts';
import { AitraderError } from '../errors.ts';
import type { Position, Protection } from './position.ts';

/** The stop that guards the position now, null when there is none. */
export function stopPriceOf(position: Position): Price | null {
  return position.protection.guard === 'none' ? null : position.protection.stopPrice;
}

/** Whether a stop at `candidate` risks no more than the one in place. */
export function isTighterOrEqual(position: Position, candidate: Price): boolean {
  const current = stopPriceOf(position);
  if (current === null) return true;
  return position.side === 'long' ? candidate.greaterThanOrEqualTo(current) : candidate.lessThanOrEqualTo(current);
}

/**
 * The position under its new guard. The guard may change and the stop may tighten; losing the stop is noted, for example
 * when the exchange cancelled it, and is an alarm of whoever handles the event.
 * @param at milliseconds UTC
 * @throws AitraderError `STOP_LOOSENED`
 */
export function withProtection(position: Position, protection: Protection, at: number): Position {
  if (protection.guard !== 'none' && !isTighterOrEqual(position, protection.stopPrice)) {
    throw new AitraderError('STOP_LOOSENED', {
      symbol: position.symbol,
      given: protection.stopPrice.toFixed(),
      allowed: stopPriceOf(position)?.toFixed() ?? 'none',
    });
  }
  return { ...position, protection, updatedAt: at };
}
