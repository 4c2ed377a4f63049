import type { VenueSymbol } from '../../domain/ids.ts';
import type { Market } from '../../domain/instrument.ts';
import type { Broker } from '../../ports/broker.ts';
import type { IdSource } from '../../ports/chance.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MarketFeed } from '../../ports/market-feed.ts';

/** What a desk trades in: a market, an account, and the time that both keep. */
export interface World {
  readonly market: Market;
  readonly quoteAsset: string;
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
  /** Calls `found` when another program like this one trades on the account: nothing may be opened any more. */
  readonly onIntruder?: (found: (reason: string) => void) => void;
  /** Lets go of the account. */
  close(): Promise<void>;
}
