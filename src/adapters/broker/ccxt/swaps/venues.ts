import { SECOND_MS } from '../../../../domain/time.ts';
import { Bybit } from './bybit/bybit.ts';
import { RECV_WINDOW_MS as BYBIT_WINDOW_MS } from './bybit/client.ts';
import { EXPIRES_AFTER_MS as HYPERLIQUID_WINDOW_MS } from './hyperliquid/client.ts';
import { Hyperliquid } from './hyperliquid/hyperliquid.ts';
import { ARRIVES_WITHIN_MS as OKX_WINDOW_MS } from './okx/client.ts';
import { Okx } from './okx/okx.ts';
import type { SwapKeys } from './swap-keys.ts';
import type { SwapVenue } from './swap-venue.ts';

/** The venues whose swaps can be traded with real money, which is experimental. */
export type SwapVenueName = keyof typeof VENUES;

/** These venues take orders first and list them a moment later; this is far beyond the usual. */
const LISTED_WITHIN_MS = 5 * SECOND_MS;

/** What differs between the venues besides their words. */
interface VenueTerms {
  /** Until when after it was signed a request can reach the venue, and what came of it be listed. */
  readonly knownWithinMs: number;
  /** What our requests may weigh in a minute, which is less than the venue takes of one address. */
  readonly weightPerMinute: number;
  /** How often news are asked for while own orders work. */
  readonly newsEveryMs: number;
}

interface VenueKind extends VenueTerms {
  readonly open: (keys: SwapKeys) => SwapVenue;
}

const VENUES = {
  bybit: {
    open: Bybit.open,
    knownWithinMs: BYBIT_WINDOW_MS + LISTED_WITHIN_MS,
    weightPerMinute: 600,
    newsEveryMs: 2 * SECOND_MS,
  },
  okx: {
    open: Okx.open,
    knownWithinMs: OKX_WINDOW_MS + LISTED_WITHIN_MS,
    weightPerMinute: 600,
    newsEveryMs: 2 * SECOND_MS,
  },
  hyperliquid: {
    open: (keys) => new Hyperliquid(keys),
    knownWithinMs: HYPERLIQUID_WINDOW_MS + LISTED_WITHIN_MS,
    weightPerMinute: 1_200,
    // A look at the working orders weighs twenty.
    newsEveryMs: 4 * SECOND_MS,
  },
} as const satisfies Record<string, VenueKind>;

export function isSwapVenue(name: string): name is SwapVenueName {
  return Object.hasOwn(VENUES, name);
}

/** @throws Error when the keys' `venueClass` is no class of ccxt */
export function openSwapVenue(name: SwapVenueName, keys: SwapKeys): SwapVenue {
  return VENUES[name].open(keys);
}

export function swapVenueTerms(name: SwapVenueName): VenueTerms {
  return VENUES[name];
}
