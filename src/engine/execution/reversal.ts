import { AitraderError } from '../../domain/errors.ts';
import type { PositionId } from '../../domain/ids.ts';
import { err, ok } from '../../lib/result.ts';
import type { Result } from '../../lib/result.ts';
import { isInSymbol, isOwn } from './candidate.ts';
import type { EntryCandidate } from './candidate.ts';

/** The trader's own position on the other side is to be closed. */
export interface Reversal {
  readonly positionId: PositionId;
  /** Once it is flat, the proposal is judged again: sized on the equity that the close has left. */
  readonly thenEnter: boolean;
}

/**
 * An opposite proposal closes the trader's position, and turns it when the trader reverses. On spot nothing turns short:
 * a short closes the trader's long or is refused.
 * @returns null when there is nothing to close and the proposal is an entry
 */
export function reversalOf(candidate: EntryCandidate): Result<Reversal | null, AitraderError> {
  const { market, symbol, side, reverse } = candidate.proposal;
  const isShortOnSpot = market === 'spot' && side === 'short';
  for (const holding of candidate.facts.holdings) {
    const isOpposite = isInSymbol(holding, candidate) && isOwn(holding, candidate) && holding.side !== side;
    if (isOpposite && holding.positionId !== null) {
      return ok({ positionId: holding.positionId, thenEnter: reverse && !isShortOnSpot });
    }
  }
  return isShortOnSpot ? err(new AitraderError('SHORT_ON_SPOT', { symbol })) : ok(null);
}
