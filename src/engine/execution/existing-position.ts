import { AitraderError } from '../../domain/errors.ts';
import { isInSymbol, isOwn } from './candidate.ts';
import type { EntryCandidate } from './candidate.ts';

/** A trader that holds the symbol on the same side, or is about to, is not served again. */
export function refuseSameSide(candidate: EntryCandidate): AitraderError | null {
  const { symbol, side } = candidate.proposal;
  const isHeld = candidate.facts.holdings.some(
    (holding) => isInSymbol(holding, candidate) && isOwn(holding, candidate) && holding.side === side,
  );
  return isHeld ? new AitraderError('POSITION_EXISTS', { symbol, side }) : null;
}
