import type { Clock } from '../../../ports/clock.ts';
import type { VenueClient } from './connection/venue-client.ts';
import type { FillMaker } from './fills.ts';
import type { OwnOrders } from './orders.ts';
import type { StreamSource } from './stream/user-stream.ts';

/** What reading the account stream of a market needs. */
export interface StreamParts {
  readonly source: StreamSource;
  readonly orders: OwnOrders;
  readonly fills: FillMaker;
  readonly clock: Clock;
}

/** What speaking to a market over REST needs. */
export interface DialectParts extends Omit<StreamParts, 'source'> {
  readonly client: VenueClient;
}
