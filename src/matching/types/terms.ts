import type { Instrument, Market } from '../../domain/instrument.ts';
import type { Atoms } from '../atoms.ts';
import type { VenueEvent } from './events.ts';

/** Commission rates of an account, as fractions in atoms (0.001 is 100_000n). */
export interface FeeTerms {
  readonly makerRate: Atoms;
  readonly takerRate: Atoms;
  /** Pays in this asset while its balance suffices, at a discount on the rate (Binance: BNB, 0.25 on spot, 0.1 on futures). */
  readonly feeToken: { readonly asset: string; readonly discount: Atoms } | null;
}

/** A symbol to trade, with what of its terms is not in the instrument. */
export interface Listing {
  readonly instrument: Instrument;
  /** The first trade id that the venue gives; ids of a tape stay below it. Default 1. */
  readonly firstTradeId?: number;
  /** Futures: taken of the notional at liquidation, in atoms (Binance: 0.0125 is 1_250_000n). Default 0. */
  readonly liquidationFeeRate?: Atoms;
}

export interface VenueOptions {
  readonly market: Market;
  /** Where the clock starts, milliseconds UTC. */
  readonly startMs: number;
  readonly onEvent: (event: VenueEvent) => void;
  readonly firstOrderId?: number;
  /**
   * What market orders get beyond the visible size: the last visible price moved against them by so many basis points.
   * Null: the rest expires, as at the venue.
   */
  readonly slippageBeyondBookBps?: number | null;
}
