import { AitraderError, describeFailure } from '../../../../domain/errors.ts';
import type { VenueSymbol } from '../../../../domain/ids.ts';
import { WeightBudget } from '../../../../lib/weight-budget.ts';
import type { KeyRights } from '../account-check.ts';
import { JudgedRefusal, NotSent } from '../connection/failures.ts';
import type { SwapKeys } from './swap-keys.ts';
import type { SwapVenueName } from './venues.ts';
import { openSwapVenue, swapVenueTerms } from './venues.ts';

/** What the account is to be fit for. */
export interface SwapAccountTerms {
  readonly venue: SwapVenueName;
  readonly keys: Omit<SwapKeys, 'budget'> & { readonly budget?: WeightBudget };
  /** Any that trades there. */
  readonly symbol: VenueSymbol;
}

/**
 * Finds out before the first order whether the key is known, may trade, and finds the account as the program needs it. Nothing
 * is changed.
 * @returns what else the key may do
 * @throws AitraderError `KEYS_REFUSED`, `KEY_NOT_PERMITTED`, `CLOCK_REFUSED`, `ACCOUNT_LOCKED`, `HEDGE_MODE`,
 *   `MARGIN_MODE_DIFFERS`, `EXCHANGE_UNREACHABLE`
 */
export async function checkSwapAccount({ venue, keys, symbol }: SwapAccountTerms): Promise<KeyRights> {
  const budget = keys.budget ?? new WeightBudget(keys.clock, swapVenueTerms(venue).weightPerMinute);
  try {
    return await openSwapVenue(venue, { ...keys, budget }).examine(symbol);
  } catch (failure) {
    throw failure instanceof AitraderError ? failure : faultOf(failure, venue);
  }
}

function faultOf(failure: unknown, venue: string): AitraderError {
  const problem = describeFailure(failure);
  // With a key that is no key, nothing can be signed.
  if (failure instanceof NotSent && failure.retryAfterMs === null) {
    return new AitraderError('KEYS_REFUSED', { venue, problem });
  }
  const meaning = failure instanceof JudgedRefusal ? failure.meaning : null;
  if (meaning === 'keys') return new AitraderError('KEYS_REFUSED', { venue, problem });
  if (meaning === 'clock') return new AitraderError('CLOCK_REFUSED', { venue, problem });
  if (meaning === 'locked') return new AitraderError('ACCOUNT_LOCKED', { venue, problem });
  if (meaning === 'permission') {
    const permission = 'reading and trading of derivatives';
    return new AitraderError('KEY_NOT_PERMITTED', { venue, market: 'futures', problem, permission });
  }
  return new AitraderError('EXCHANGE_UNREACHABLE', { venue, problem }, { cause: failure });
}
