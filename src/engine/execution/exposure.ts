import { Decimal, ZERO_MONEY } from '../../domain/decimal.ts';
import type { Money } from '../../domain/decimal.ts';
import { AitraderError } from '../../domain/errors.ts';
import { isInSymbol } from './candidate.ts';
import type { EntryCandidate, Funds, Holding } from './candidate.ts';

/** What a limit would hold after the entry, and what it allows; a limit that is off allows null. */
interface Exposure {
  readonly given: Money;
  readonly allowed: Decimal | null;
}

/**
 * Whether another `added` quote units are too much: for the symbol and for all positions against the account's equity,
 * for the portfolio's positions against the portfolio's.
 */
export function refuseExposure(candidate: EntryCandidate, added: Money): AitraderError | null {
  const { proposal, facts, policy } = candidate;
  const { maxPositionPct, maxExposurePct } = policy.limits;
  const after = (counts: (holding: Holding) => boolean): Money =>
    added.plus(notionalOf(facts.holdings, counts)) as Money;

  const inSymbol = {
    given: after((holding) => isInSymbol(holding, candidate)),
    allowed: shareOf(facts.account, maxPositionPct),
  };
  if (isExceeded(inSymbol)) {
    return new AitraderError('POSITION_TOO_LARGE', { symbol: proposal.symbol, ...textOf(inSymbol) });
  }
  const inPortfolio = {
    given: after((holding) => holding.portfolioId === proposal.portfolioId),
    allowed: facts.portfolio && shareOf(facts.portfolio, maxExposurePct),
  };
  if (isExceeded(inPortfolio)) return new AitraderError('PORTFOLIO_EXPOSURE_LIMIT', textOf(inPortfolio));
  const total = { given: after(() => true), allowed: shareOf(facts.account, maxExposurePct) };
  return isExceeded(total) ? new AitraderError('EXPOSURE_LIMIT', textOf(total)) : null;
}

/** Judges before the size is known: whether the smallest order that the exchange takes would still fit. */
export function refuseFullExposure(candidate: EntryCandidate): AitraderError | null {
  return refuseExposure(candidate, candidate.facts.instrument.rules.notional.min ?? ZERO_MONEY);
}

function notionalOf(holdings: readonly Holding[], counts: (holding: Holding) => boolean): Decimal {
  return holdings.reduce<Decimal>((sum, holding) => (counts(holding) ? sum.plus(holding.notional) : sum), ZERO_MONEY);
}

function shareOf(funds: Funds, percent: Decimal | null): Decimal | null {
  return percent && Decimal.max(funds.equity, 0).times(percent).dividedBy(100);
}

function isExceeded({ given, allowed }: Exposure): boolean {
  return allowed?.lessThan(given) ?? false;
}

function textOf({ given, allowed }: Exposure): { readonly given: string; readonly allowed: string } {
  return { given: given.toFixed(), allowed: allowed?.toFixed() ?? 'any' };
}
