import { AitraderError } from '../../../../domain/errors.ts';
import { RefusedHere, VenueRefusal } from '../connection/failures.ts';

/** The order is not known, or its symbol is not any more: then it does not work either. */
const NOT_FOUND: ReadonlySet<number | null> = new Set([-2013, -1121]);
const GONE: ReadonlySet<number | null> = new Set([-2011, -2013, -1121]);
const OTHER_POSITION_MODE = -4061;

/** Whether the venue knows no such order. */
export function isNotFound(failure: unknown): failure is VenueRefusal {
  return failure instanceof VenueRefusal && NOT_FOUND.has(failure.code);
}

/** Whether there is nothing to cancel. */
export function isGone(failure: unknown): failure is VenueRefusal {
  return failure instanceof VenueRefusal && GONE.has(failure.code);
}

/** An order names no position side; where it has to, the refusal becomes `HEDGE_MODE`, which says what to do. */
export function namedRefusal(failure: unknown): unknown {
  if (!(failure instanceof VenueRefusal) || failure.code !== OTHER_POSITION_MODE) return failure;
  return new RefusedHere('HEDGE_MODE', new AitraderError('HEDGE_MODE', { venue: 'binance' }).message);
}
