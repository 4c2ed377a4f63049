import { AitraderError } from '../../domain/errors.ts';
import { isInSymbol, isOwn } from './candidate.ts';
import type { EntryCandidate } from './candidate.ts';

/** One open position per symbol and account, whoever holds it; an entry that is being placed counts. */
export function refuseTakenSymbol(candidate: EntryCandidate): AitraderError | null {
  const holding = candidate.facts.holdings.find((each) => isInSymbol(each, candidate));
  if (holding === undefined) return null;
  const whose = isOwn(holding, candidate) ? 'an entry of this trader' : 'a position of another trader';
  const holder = holding.traderId === null ? 'a position that no trader opened' : whose;
  return new AitraderError('SYMBOL_TAKEN', { symbol: candidate.proposal.symbol, holder });
}
