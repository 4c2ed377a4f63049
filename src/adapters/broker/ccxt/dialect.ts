import type { Balance } from '../../../domain/account.ts';
import type { Decimal, Quantity } from '../../../domain/decimal.ts';
import type { InstrumentRef, LeverageBracket } from '../../../domain/instrument.ts';
import { asId } from '../../../domain/ids.ts';
import type { VenueOrderId, VenueSymbol } from '../../../domain/ids.ts';
import { parseClientOrderId } from '../../../domain/order/client-order-id.ts';
import type { ForeignOrder, Order, OrderSide } from '../../../domain/order/order.ts';
import type { OrderUpdate } from '../../../domain/order/update.ts';
import type { MarginMode } from '../../../domain/position/position.ts';
import type { BrokerCapabilities, FundingReport, Submission, VenuePosition } from '../../../ports/broker.ts';
import type { VenueTrade } from './fills.ts';
import { RefusedHere } from './connection/failures.ts';
import type { Fields } from './connection/fields.ts';
import { textOf } from './connection/fields.ts';

/** A working order as the venue lists it. */
export interface WorkingOrder {
  readonly clientOrderId: string;
  readonly updates: readonly OrderUpdate[];
  readonly foreign: Omit<ForeignOrder, 'seenAt'>;
}

/** What an order was meant to be, and under which id it was sent. */
export type KnownId = Pick<Order, 'intent' | 'clientOrderId'>;

/** An asset's balance without its account. */
export type AssetBalance = Pick<Balance, 'asset' | 'free' | 'locked'>;

/**
 * How one market of a venue is spoken to. Requests throw the failures of connection/failures.ts; what they mean for an
 * order is decided in one place, the broker.
 */
export interface Dialect {
  readonly capabilities: BrokerCapabilities;
  place(submission: Submission): Promise<readonly OrderUpdate[]>;
  placeList(submissions: readonly Submission[]): Promise<void>;
  cancel(order: Order): Promise<readonly OrderUpdate[]>;
  replace(order: Order, replacement: Submission): Promise<readonly OrderUpdate[]>;
  /** All that is known of an order; null when the venue does not know it. */
  find(order: KnownId): Promise<readonly OrderUpdate[] | null>;
  balances(): Promise<readonly AssetBalance[]>;
  positions(): Promise<readonly VenuePosition[]>;
  workingOrders(): Promise<readonly WorkingOrder[]>;
  /** Fills of the account in a symbol, oldest first. */
  trades(symbol: string, sinceMs: number): Promise<readonly VenueTrade[]>;
  funding(sinceMs: number): Promise<readonly FundingReport[]>;
  leverageBrackets(): Promise<ReadonlyMap<string, readonly LeverageBracket[]>>;
  setLeverage(instrument: InstrumentRef, leverage: number, marginMode: MarginMode): Promise<void>;
  /** Whether the venue refused an order because its client order id is that of a working one. */
  isDuplicate(failure: unknown): boolean;
}

/** `BUY` and `SELL`. @throws UnreadableAnswer */
export function sideOf(fields: Fields, name = 'side'): OrderSide {
  return textOf(fields, name) === 'BUY' ? 'buy' : 'sell';
}

export function venueSide(side: OrderSide): 'BUY' | 'SELL' {
  return side === 'buy' ? 'BUY' : 'SELL';
}

/** An amount as the venue reads it: digits, and no exponent. */
export function amountText(amount: Decimal): string {
  return amount.toFixed();
}

/** What names an order that is not ours. */
export function foreignIdentity(
  clientOrderId: string,
  venueOrderId: VenueOrderId,
  symbol: string,
): Pick<ForeignOrder, 'clientOrderId' | 'venueOrderId' | 'symbol' | 'instance'> {
  const instance = parseClientOrderId(clientOrderId)?.instance ?? null;
  return { clientOrderId, venueOrderId, symbol: asId<VenueSymbol>(symbol), instance };
}

/**
 * What must hold of a replacement whatever the venue says: the same symbol and side, and an entry never grows by it.
 * @throws RefusedHere
 */
export function checkReplacement({ intent: old, execution }: Order, { intent }: Submission): void {
  if (intent.symbol !== old.symbol || intent.side !== old.side) {
    throw new RefusedHere(
      'REPLACEMENT_MISPLACED',
      'the replacement is an order in another symbol or on the other side',
    );
  }
  const remaining = old.quantity.minus(execution.reportedQuantity);
  if (old.leg === 'entry' && intent.quantity.greaterThan(remaining)) {
    const growth = `an entry of ${remaining.toFixed()} cannot grow to ${intent.quantity.toFixed()}`;
    throw new RefusedHere('REPLACEMENT_TOO_LARGE', growth);
  }
}

/**
 * Of an order that was cancelled to be replaced, more was filled than the caller knew: what the replacement was reckoned
 * from is no longer true.
 * @throws RefusedHere
 */
export function checkFilledMeanwhile({ execution }: Order, executed: Quantity): void {
  const known = execution.reportedQuantity;
  if (!executed.greaterThan(known)) return;
  const problem = `${executed.toFixed()} are filled, and not ${known.toFixed()}: ask for the order first`;
  throw new RefusedHere('FILLED_MEANWHILE', problem);
}
