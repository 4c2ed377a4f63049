import type { Account, Balance } from '../domain/account.ts';
import type { Decimal, Price, Quantity } from '../domain/decimal.ts';
import type { AccountEvent } from '../domain/event.ts';
import type { Fill } from '../domain/fill.ts';
import type { ClientOrderId, OrderId } from '../domain/ids.ts';
import type { Instrument, InstrumentRef, Market } from '../domain/instrument.ts';
import type { ForeignOrder, Order, OrderIntent, OrderTerms, TriggerSource } from '../domain/order/order.ts';
import type { OrderUpdate } from '../domain/order/update.ts';
import type { MarginMode, PositionSide } from '../domain/position/position.ts';
import type { RiskApproved } from '../domain/risk-approval.ts';

/** What a venue can do; what it cannot is done by the engine itself or refused, never silently left out. */
export interface BrokerCapabilities {
  readonly orderTypes: Readonly<Record<Market, ReadonlySet<OrderTerms['type']>>>;
  /** Stops rest at the venue and survive this program. */
  readonly residentStops: boolean;
  /** One-cancels-other lists, which spot needs for a stop and a target over the same units. */
  readonly oco: boolean;
  /** A working order can be changed without giving up its protection in between. */
  readonly atomicReplace: boolean;
  /** The prices that can set off a conditional order; others are refused. */
  readonly triggerSources: ReadonlySet<TriggerSource>;
  /** The widest trailing stop the venue itself guards, in basis points; null: none. */
  readonly maxTrailingDeltaBps: number | null;
  /** Account news arrive over a stream; otherwise only by asking. */
  readonly accountStream: boolean;
  readonly selfTradePrevention: boolean;
}

/**
 * What came of a request that changes something at the venue, by the table of architecture decision 6. The updates go into
 * the order as they are; `retryAfterMs` says how long entries wait.
 */
export type RequestOutcome =
  | { readonly kind: 'answered'; readonly updates: readonly OrderUpdate[] }
  | { readonly kind: 'unknown'; readonly cause: string; readonly notFoundFinalAt: number }
  | { readonly kind: 'not_executed'; readonly cause: string; readonly retryAfterMs: number }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string };

/** The answer to "what became of this order": news, or that the venue does not know it. */
export type OrderAnswer =
  | { readonly kind: 'found'; readonly updates: readonly OrderUpdate[] }
  /** `final`: the venue's clock has passed the moment after which the request can no longer arrive. */
  | { readonly kind: 'not_found'; readonly final: boolean }
  | { readonly kind: 'no_answer'; readonly cause: string };

/** A futures position as the venue counts it. */
export interface VenuePosition extends InstrumentRef {
  readonly side: PositionSide;
  readonly quantity: Quantity;
  readonly entryPrice: Price;
  readonly liquidationPrice: Price | null;
  readonly leverage: number;
  readonly marginMode: MarginMode;
  readonly unrealizedPnl: Decimal;
  /** One of the two that a symbol has in hedge mode: nothing of this program's, which trades one-way accounts alone. */
  readonly isHedgeLeg?: boolean;
}

/** A working order of ours as the venue lists it: also one that a run before did not live to store can be told and ended. */
export interface OwnWorkingOrder extends InstrumentRef, Pick<OrderIntent, 'side' | 'quantity' | 'terms'> {
  readonly clientOrderId: ClientOrderId;
  readonly updates: readonly OrderUpdate[];
}

/** Everything the venue says of the account at one moment: what reconciliation holds the books against. */
export interface AccountSnapshot {
  readonly at: number;
  readonly balances: readonly Balance[];
  readonly positions: readonly VenuePosition[];
  /** Working own orders with their news, conditional ones included. */
  readonly ownOrders: readonly OwnWorkingOrder[];
  readonly foreignOrders: readonly ForeignOrder[];
}

/** A fill of the account with the client order id it was made under. */
export interface ReportedFill {
  readonly fill: Fill;
  readonly clientOrderId: string | null;
}

/** A request to send an order that the risk engine has let pass. */
export interface Submission {
  readonly intent: RiskApproved<OrderIntent>;
  readonly clientOrderId: ClientOrderId;
  readonly attempt: number;
}

/** One funding payment of the income history. */
export type FundingReport = Extract<AccountEvent, { type: 'funding_paid' }>;

/**
 * One account at one venue, or the paper one. Contract suite: testkit/broker-suite.
 *
 * No method throws for what a venue or network does; that is part of the answers. A submission with a client order id that
 * is already working is answered with that order, never executed twice.
 */
export interface Broker {
  readonly account: Account;
  readonly capabilities: BrokerCapabilities;
  instruments(): Promise<readonly Instrument[]>;
  submit(submission: Submission): Promise<RequestOutcome>;
  /** Sends the list as one: at the venue either all of its orders work or none does. */
  submitList(submissions: readonly Submission[]): Promise<RequestOutcome>;
  cancel(order: Order): Promise<RequestOutcome>;
  /** Replaces a working order; the new one never adds to what the old one could still fill. */
  replace(order: Order, replacement: Submission): Promise<RequestOutcome>;
  query(order: Order): Promise<OrderAnswer>;
  snapshot(): Promise<AccountSnapshot>;
  fillsSince(instrument: InstrumentRef, sinceMs: number): Promise<readonly ReportedFill[]>;
  fundingSince(sinceMs: number): Promise<readonly FundingReport[]>;
  setLeverage(instrument: InstrumentRef, leverage: number, marginMode: MarginMode): Promise<void>;
  /** News of the account as they come in, in the order in which they came. Returns the way to stop listening. */
  onEvent(listener: (event: AccountEvent) => void): () => void;
  /** Whose order a client order id belongs to, null for foreign ones. */
  ownerOf(clientOrderId: string): OrderId | null;
  close(): Promise<void>;
}
