import { AitraderError } from '../domain/errors.ts';
import type { VenueSymbol } from '../domain/ids.ts';
import type { StoreHealth } from '../ports/store/store.ts';
import type { ForeignUnits } from './foreign-units.ts';
import type { HedgeWatch } from './hedge-watch.ts';

export interface OpeningFacts {
  readonly isEnding: boolean;
  /** The books were held against the venue. */
  readonly isReconciled: boolean;
  readonly foreign: ForeignUnits;
  readonly hedge: HedgeWatch;
  readonly store: StoreHealth;
}

/** Why nothing may be opened in a symbol now, besides what is judged for each entry; null when something may. */
export function hindranceOf(
  { isEnding, isReconciled, foreign, hedge, store }: OpeningFacts,
  symbol: VenueSymbol,
): AitraderError | null {
  if (isEnding) {
    return new AitraderError('OPENING_PAUSED', { reason: 'the program is ending', remedy: 'Start it again.' });
  }
  if (!isReconciled) {
    const reason = 'the account has not been held against the exchange yet';
    return new AitraderError('OPENING_PAUSED', { reason, remedy: 'It is tried again until the exchange answers.' });
  }
  if (foreign.mayBeIn(symbol)) {
    return new AitraderError('SYMBOL_TAKEN', { symbol, holder: 'units that are not of this program' });
  }
  return hedge.hindrance ?? (store.status === 'in_service' ? null : store.error);
}
