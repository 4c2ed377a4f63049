declare const brand: unique symbol;

/** A string that only its own constructor makes, so that one kind of id is never passed where another is meant. */
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type UserId = Branded<'UserId'>;
export type AccountId = Branded<'AccountId'>;
export type PortfolioId = Branded<'PortfolioId'>;
export type FilterId = Branded<'FilterId'>;
export type TraderId = Branded<'TraderId'>;
export type SignalId = Branded<'SignalId'>;
export type OrderId = Branded<'OrderId'>;
export type OrderListId = Branded<'OrderListId'>;
export type PositionId = Branded<'PositionId'>;
export type TradeId = Branded<'TradeId'>;
export type RiskEventId = Branded<'RiskEventId'>;
export type JournalEntryId = Branded<'JournalEntryId'>;
/** The id under which an order is known at the venue before the venue has answered; see order/client-order-id.ts. */
export type ClientOrderId = Branded<'ClientOrderId'>;
/** The venue's own id of an order: digits on Binance, other forms elsewhere. */
export type VenueOrderId = Branded<'VenueOrderId'>;
/** The venue's symbol, as everywhere outside ccxt adapters: `BTCUSDT`. */
export type VenueSymbol = Branded<'VenueSymbol'>;

export type AnyId =
  | UserId
  | AccountId
  | PortfolioId
  | FilterId
  | TraderId
  | SignalId
  | OrderId
  | OrderListId
  | PositionId
  | TradeId
  | RiskEventId
  | JournalEntryId
  | ClientOrderId
  | VenueOrderId
  | VenueSymbol;

/**
 * Marks `text` as an id of the expected kind. Used where an id enters the program: from an id source, a database row,
 * a venue's answer or a user's input.
 * @throws RangeError when `text` is empty
 */
export function asId<Id extends AnyId>(text: string): Id {
  if (text.length === 0) throw new RangeError('an id is empty; ids come from the id source, the store or the venue');
  return text as Id;
}
