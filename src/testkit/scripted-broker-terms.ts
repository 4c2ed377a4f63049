import type { Account } from '../domain/account.ts';
import type { Money, Quantity } from '../domain/decimal.ts';
import type { OrderId, VenueOrderId } from '../domain/ids.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { OrderIntent } from '../domain/order/order.ts';
import type { OrderUpdate } from '../domain/order/update.ts';
import type { BrokerCapabilities } from '../ports/broker.ts';
import type { Clock } from '../ports/clock.ts';

/** What becomes of a submission. Without a script the venue does as its rules say. */
export type Fate =
  | { readonly kind: 'usual' }
  /** Works, and is not filled by itself. */
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly code: string; readonly reason?: string }
  | { readonly kind: 'not_executed'; readonly retryAfterMs: number }
  /** The answer is lost; whether the order has arrived is another question. */
  | { readonly kind: 'unknown'; readonly arrives: boolean }
  /** No answer ever comes. */
  | { readonly kind: 'silence'; readonly arrives: boolean }
  | { readonly kind: 'throws' };

/** An order as the venue knows it. */
export interface VenueOrder {
  readonly clientOrderId: string;
  readonly orderId: OrderId;
  readonly intent: OrderIntent;
  readonly venueOrderId: VenueOrderId;
  readonly history: OrderUpdate[];
  filled: Quantity;
  isWorking: boolean;
}

export interface ScriptedBrokerOptions {
  readonly account: Account;
  readonly clock: Clock;
  readonly instruments: readonly Instrument[];
  readonly instance: string;
  readonly cash: Money;
  readonly feeBps?: number;
  /** On spot: buys pay their fee in the base asset. */
  readonly feeInBase?: boolean;
  readonly capabilities?: Partial<BrokerCapabilities>;
}

const TYPES = new Set(['market', 'limit', 'stop_market'] as const);

export const SCRIPTED_CAPABILITIES: BrokerCapabilities = {
  orderTypes: { spot: TYPES, futures: TYPES },
  residentStops: true,
  oco: false,
  atomicReplace: true,
  triggerSources: new Set(['last', 'mark'] as const),
  maxTrailingDeltaBps: null,
  accountStream: true,
  selfTradePrevention: false,
};
