/** Best bid and ask with their sizes, Float64 as feeds give it; NaN where a side is empty. */
export interface QuoteUpdate {
  readonly symbol: string;
  readonly bid: number;
  readonly bidQuantity: number;
  readonly ask: number;
  readonly askQuantity: number;
}

/** Absolute sizes of outside levels: `[price, quantity]`, zero removes a level. */
export interface DepthUpdate {
  readonly symbol: string;
  readonly bids: readonly (readonly [price: number, quantity: number])[];
  readonly asks: readonly (readonly [price: number, quantity: number])[];
  /** True: what is not named is gone. */
  readonly isSnapshot: boolean;
}

/** A trade of the outside world. */
export interface TradeUpdate {
  readonly symbol: string;
  readonly price: number;
  readonly quantity: number;
  readonly buyerIsTaker: boolean;
}
