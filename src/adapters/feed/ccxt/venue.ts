import type { Exchange } from 'ccxt';

/** The class of a venue in ccxt.pro. */
type VenueClass = new (config: { readonly enableRateLimit: boolean }) => Exchange;

/**
 * A venue for a feed of its own, without keys.
 * @param venueClass what the module of the venue in ccxt.pro has as its default
 */
export function openVenue(venueClass: unknown): Exchange {
  return new (venueClass as VenueClass)({ enableRateLimit: true });
}
