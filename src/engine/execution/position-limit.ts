import { AitraderError } from '../../domain/errors.ts';
import { isOwn } from './candidate.ts';
import type { EntryCandidate } from './candidate.ts';

/** How many positions may be open or being opened: of the account, and of the trader. */
export function refusePositionCount(candidate: EntryCandidate): AitraderError | null {
  const { facts, policy, proposal } = candidate;
  const open = facts.holdings.length;
  const { maxOpenPositions } = policy.limits;
  if (open >= maxOpenPositions) {
    return new AitraderError('POSITION_LIMIT', { given: open, allowed: maxOpenPositions });
  }
  const own = facts.holdings.filter((holding) => isOwn(holding, candidate)).length;
  if (proposal.maxPositions !== null && own >= proposal.maxPositions) {
    return new AitraderError('TRADER_POSITION_LIMIT', { given: own, allowed: proposal.maxPositions });
  }
  return null;
}
