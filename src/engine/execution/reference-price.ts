import { priceFromMarketData } from '../../domain/decimal.ts';
import type { Price } from '../../domain/decimal.ts';
import { AitraderError } from '../../domain/errors.ts';
import { err, ok } from '../../lib/result.ts';
import type { Result } from '../../lib/result.ts';
import type { EntryCandidate } from './candidate.ts';

/**
 * The price that levels and size are computed from: the limit, or the last price, once the market has shown to be alive
 * and not too wide.
 */
export function referencePrice(candidate: EntryCandidate): Result<Price, AitraderError> {
  const { proposal, facts, policy } = candidate;
  const { symbol } = proposal;
  const { last, bid, ask, time } = facts.quote;
  const isUsable = [last, bid, ask].every((price) => price > 0 && price < Infinity) && bid <= ask;
  if (!isUsable) return err(new AitraderError('PRICE_UNUSABLE', { symbol, last, bid, ask }));

  const ageMs = facts.now - time;
  // A time that is not a number is no proof of freshness either.
  if (!(ageMs <= policy.maxPriceAgeMs)) {
    return err(new AitraderError('PRICE_STALE', { symbol, given: ageMs, allowed: policy.maxPriceAgeMs }));
  }
  const spreadBps = ((ask - bid) / ((ask + bid) / 2)) * 10_000;
  if (spreadBps > policy.maxSpreadBps) {
    const given = spreadBps.toFixed(1);
    return err(new AitraderError('SPREAD_TOO_WIDE', { symbol, given, allowed: policy.maxSpreadBps }));
  }
  return ok(proposal.limitPrice ?? priceFromMarketData(last));
}
