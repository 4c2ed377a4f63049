import type { Money } from '../../domain/decimal.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { Market } from '../../domain/instrument.ts';
import type { Broker } from '../../ports/broker.ts';
import type { IdSource } from '../../ports/chance.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MarketFeed } from '../../ports/market-feed.ts';

/** What a desk trades in: a market, an account, and the time that both keep. */
export interface World {
  readonly market: Market;
  /** What the account is kept in. */
  readonly quoteAsset: string;
  /** What an entry is for where neither trader nor user says; left out or null: what the configuration says. */
  readonly entrySize?: Money | null;
  readonly leverage: number;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly feed: MarketFeed;
  readonly broker: Broker;
  /** The four characters of this program instance. */
  readonly instance: string;
  /** The symbols that are watched, the most traded first. */
  readonly symbols: readonly VenueSymbol[];
  /** How many checks run at once. */
  readonly parallelChecks: number;
  /**
   * Lets time pass until the signal, or until the world ends by itself; what settles says why it ended. A world on real time
   * needs no driving and ends by the signal alone.
   */
  run(signal: AbortSignal): Promise<string>;
  /** True when a recorded market has come to its end: nothing moves any more, and what is there can be looked at. */
  readonly hasPlayedOut?: () => boolean;
  /** What there is to know of the market now, for the header; null: nothing. */
  readonly notice?: () => string | null;
  /** Calls `found` when another program like this one trades on the account: nothing may be opened any more. */
  readonly onIntruder?: (found: (reason: string) => void) => void;
  /** Lets go of the account. */
  close(): Promise<void>;
}
