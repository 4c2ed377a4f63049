import type { AccountEvent } from '../../../../domain/event.ts';
import type { Fields } from '../connection/fields.ts';
import type { AssetBalance } from '../dialect.ts';
import type { VenueNotice } from '../options.ts';
import type { StreamSource } from './user-stream.ts';

/** What a message of the account stream means. */
export type StreamNews =
  | { readonly kind: 'account'; readonly event: AccountEvent }
  | { readonly kind: 'balance'; readonly balance: AssetBalance }
  | { readonly kind: 'notice'; readonly notice: VenueNotice }
  /** The balances have changed, and the message does not say to what. */
  | { readonly kind: 'balances_changed' }
  /** Funding was paid; the message does not hold the id under which it is booked. */
  | { readonly kind: 'funding_changed' }
  | { readonly kind: 'connection_ends'; readonly cause: string };

/** How the account stream of one market is spoken and read. */
export interface StreamDialect {
  readonly source: StreamSource;
  /** @throws UnreadableAnswer */
  newsOf(event: Fields): Promise<readonly StreamNews[]>;
}
