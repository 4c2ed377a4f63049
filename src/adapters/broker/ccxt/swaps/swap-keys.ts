import type { Exchange } from 'ccxt';

import type { MarginMode } from '../../../../domain/position/position.ts';
import type { WeightBudget } from '../../../../lib/weight-budget.ts';
import type { Secret } from '../../../../lib/secret.ts';
import type { Clock } from '../../../../ports/clock.ts';
import { ApiClient, TIMEOUT_MS } from '../connection/api-client.ts';
import type { VenueProtocol } from '../connection/api-client.ts';
import type { Transport } from '../connection/transport.ts';

/** What an account of swaps is reached with. */
export interface SwapKeys {
  /** The class of the venue in ccxt or ccxt.pro. */
  readonly venueClass: unknown;
  /** Of Hyperliquid the address of the account. */
  readonly apiKey: Secret;
  /** Of Hyperliquid the private key of the wallet that may trade for the account. */
  readonly secret: Secret;
  /** What the venue wants besides (OKX); null where it wants nothing. */
  readonly passphrase: Secret | null;
  /** Where the venue serves REST, without a slash at the end; null: its own host. */
  readonly restUrl: string | null;
  readonly clock: Clock;
  readonly budget: WeightBudget;
  readonly transport?: Transport | undefined;
  /** What the swaps are paid in: `USDT`, `USDC`. */
  readonly settleAsset: string;
  /** How positions are held: with some venues every order says it. */
  readonly marginMode: MarginMode;
}

type Config = Readonly<Record<string, unknown>>;
type VenueClass<Venue> = new (config: Config) => Venue;

/**
 * A client of the venue.
 * @param credentials under the library's names
 * @throws Error when `venueClass` is no class of ccxt
 */
export function openSwapClient<Venue extends Exchange>(
  { venueClass, restUrl, clock, budget, transport }: SwapKeys,
  protocol: VenueProtocol,
  credentials: Config,
): { readonly exchange: Venue; readonly client: ApiClient<Venue> } {
  const config = { ...credentials, enableRateLimit: false, timeout: TIMEOUT_MS };
  const exchange = new (venueClass as VenueClass<Venue>)(config);
  if (restUrl !== null) exchange.urls['api'] = { rest: restUrl, public: restUrl, private: restUrl };
  return { exchange, client: new ApiClient({ exchange, protocol, clock, budget, transport }) };
}
