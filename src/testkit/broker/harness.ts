import type { Decimal, Quantity } from '../../domain/decimal.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { Broker } from '../../ports/broker.ts';

/** The best prices as a test shows them to the market. */
export interface ShownQuote {
  readonly bid: number;
  readonly bidQuantity: number;
  readonly ask: number;
  readonly askQuantity: number;
}

export interface ShownTrade {
  readonly price: number;
  readonly quantity: number;
  readonly buyerIsTaker: boolean;
}

/** A broker with a fresh account that holds quote units enough for the tests, and the means to move its market and time. */
export interface BrokerHarness {
  readonly broker: Broker;
  /** The four characters in own client order ids. */
  readonly instance: string;
  /** Orders are sent in this symbol. */
  readonly instrument: Instrument;
  /** The price, a multiple of the tick, that the tests trade around; prices up to 20 % away are shown. */
  readonly basePrice: Decimal;
  /** A quantity on the step that is worth trading; the tests send up to 10 of it. */
  readonly unit: Quantity;
  /** What a taker pays, as a fraction of the notional. */
  readonly takerRate: Decimal;
  /** The outside shows these best prices and no others. */
  readonly quote: (quote: ShownQuote) => Promise<void>;
  /** The outside trades; on futures the mark price goes along. */
  readonly trade: (trade: ShownTrade) => Promise<void>;
  /** Lets time pass for requests to arrive and be answered. */
  readonly passTime: (ms: number) => Promise<void>;
  /** Ends what the harness has started; the broker is closed by the test or here. */
  readonly dispose: () => Promise<void>;
}

/** Opens a harness for one test. */
export type OpenBroker = () => Promise<BrokerHarness>;
