import type { Decimal, Money, Price, Quantity } from './decimal.ts';
import type { OrderId, VenueOrderId } from './ids.ts';
import type { InstrumentRef } from './instrument.ts';
import type { OrderSide } from './order/order.ts';

/** A fee in the asset that the venue took it in, with its worth in quote units at the fill's time. */
export interface Fee {
  readonly asset: string;
  /** Positive is paid, negative is a rebate. */
  readonly amount: Decimal;
  /** Quote units for one unit of `asset` at the fill's time: 1 for the quote asset, the fill's price for the base asset. */
  readonly rate: Decimal;
  /** `amount` x `rate`, in quote units. */
  readonly value: Money;
}

/** One execution as the venue reports it. */
export interface Fill extends InstrumentRef {
  /** The venue's trade id, unique per market and symbol. */
  readonly venueTradeId: string;
  readonly venueOrderId: VenueOrderId;
  /** Null when the fill belongs to an order that the program does not know. */
  readonly orderId: OrderId | null;
  readonly side: OrderSide;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly fee: Fee;
  readonly liquidity: 'maker' | 'taker';
  /** The venue's time, milliseconds UTC. */
  readonly time: number;
}

/** Under this key a fill is booked once, however often and from wherever it is reported. */
export function fillKey(fill: Pick<Fill, 'market' | 'symbol' | 'venueTradeId' | 'venueOrderId'>): string {
  return `${fill.market}:${fill.symbol}:${fill.venueTradeId}:${fill.venueOrderId}`;
}
