import type { Quantity } from '../../../../domain/decimal.ts';
import type { ClientOrderId, VenueOrderId, VenueSymbol } from '../../../../domain/ids.ts';
import type { InstrumentRef } from '../../../../domain/instrument.ts';
import type { OrderSide, OrderTerms } from '../../../../domain/order/order.ts';
import type { MarginMode } from '../../../../domain/position/position.ts';
import type { BrokerCapabilities, FundingReport, Submission, VenuePosition } from '../../../../ports/broker.ts';
import type { KeyRights } from '../account-check.ts';
import type { AssetBalance, KnownId } from '../dialect.ts';
import type { MinuteRate, VenueTrade } from '../fills.ts';

/** Our refusal of a symbol that the venue does not list (any more). */
export const SYMBOL_UNKNOWN = 'SYMBOL_UNKNOWN';

/** Where an order stands. `working` is also said of a conditional one that waits for its price. */
export type Standing = 'working' | 'filled' | 'cancelled' | 'expired' | 'expired_in_match' | 'rejected';

/** An order as a venue shows it. */
export interface SeenOrder {
  /** Empty when it was sent without one. */
  readonly clientOrderId: string;
  readonly venueOrderId: VenueOrderId;
  /** Of a conditional order whose price has come: under which id it trades. */
  readonly childVenueOrderId: VenueOrderId | null;
  readonly symbol: string;
  readonly side: OrderSide;
  /** Base units, as all quantities. */
  readonly quantity: Quantity;
  readonly executed: Quantity;
  readonly terms: OrderTerms;
  readonly reduceOnly: boolean;
  readonly standing: Standing;
  /** Why it ended, in the venue's words. */
  readonly reason: string;
  /** When the venue took it, where the search for its fills needs that. */
  readonly placedAt?: number;
}

/**
 * What one venue of perpetual swaps is asked, with one position a symbol, and in which words. All of it may throw the failures
 * of connection/failures.ts. Symbols and quantities go by the program's names and units.
 */
export interface SwapVenue {
  readonly capabilities: BrokerCapabilities;
  /**
   * Looks whether key and account are fit to trade `symbol`, and changes nothing.
   * @returns what else the key may do
   * @throws AitraderError `KEY_NOT_PERMITTED`, `ACCOUNT_LOCKED`, `HEDGE_MODE`, `MARGIN_MODE_DIFFERS`
   */
  examine(symbol: VenueSymbol): Promise<KeyRights>;
  /** Takes note of an order of an earlier run, where the venue's ids do not say all that ours do. */
  remember?(clientOrderId: ClientOrderId): void;
  /** Sends an order. That the venue has taken the request need not mean that the order stands. */
  send(submission: Submission): Promise<VenueOrderId>;
  withdraw(order: KnownId): Promise<void>;
  /** Null when the venue does not know the order. */
  look(order: KnownId): Promise<SeenOrder | null>;
  /** All working orders of the account, conditional ones among them. */
  working(): Promise<readonly SeenOrder[]>;
  fillsOf(order: SeenOrder): Promise<readonly VenueTrade[]>;
  /** All fills of the account in a symbol since then, at most half a year back, in any order. */
  trades(symbol: string, sinceMs: number): Promise<readonly VenueTrade[]>;
  /** Under which id an order was made, where fills do not always say it; null when that is not known any more. */
  nameOf?(symbol: string, venueOrderId: string): Promise<string | null>;
  balances(): Promise<readonly AssetBalance[]>;
  positions(): Promise<readonly VenuePosition[]>;
  funding(sinceMs: number): Promise<readonly FundingReport[]>;
  /** @throws AitraderError `HEDGE_MODE` */
  setLeverage(instrument: InstrumentRef, leverage: number, marginMode: MarginMode): Promise<void>;
  readonly minuteRate: MinuteRate;
}
