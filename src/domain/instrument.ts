import type { Decimal, Money, Price, Quantity } from './decimal.ts';
import type { VenueSymbol } from './ids.ts';

export type Market = 'spot' | 'futures';

/** How the exchange treats the symbol now. Only `trading` takes new orders; `halted` may come back, `delisted` will not. */
export type InstrumentStatus = 'trading' | 'halted' | 'pre_trading' | 'delisted';

/** A bound that the venue leaves out is null: no such limit. */
interface Range<Value> {
  readonly min: Value | null;
  readonly max: Value | null;
}

/**
 * PERCENT_PRICE and PERCENT_PRICE_BY_SIDE: between how many times the reference price a limit price may lie, by side.
 * Null: no such bound; futures bound buys from above and sells from below only.
 */
interface PercentPriceRule {
  readonly bidMultiplierUp: Decimal | null;
  readonly bidMultiplierDown: Decimal | null;
  readonly askMultiplierUp: Decimal | null;
  readonly askMultiplierDown: Decimal | null;
}

/** TRAILING_DELTA: the allowed distance of a trailing stop in basis points, above and below the market. */
interface TrailingDeltaRule {
  readonly minAboveBps: number;
  readonly maxAboveBps: number;
  readonly minBelowBps: number;
  readonly maxBelowBps: number;
}

/** What the venue demands of an order in this symbol (its "filters"; here called exchange rules). */
export interface ExchangeRules {
  /** PRICE_FILTER: prices are multiples of the tick. */
  readonly tick: Price;
  readonly price: Range<Price>;
  /** LOT_SIZE: quantities are multiples of the step, which is above zero. */
  readonly step: Quantity;
  readonly quantity: Range<Quantity>;
  /** MARKET_LOT_SIZE: its own step (null: as above) and bounds for market orders. */
  readonly marketStep: Quantity | null;
  readonly marketQuantity: Range<Quantity>;
  /** NOTIONAL / MIN_NOTIONAL: price times quantity, and whether market orders are held to it too. */
  readonly notional: Range<Money>;
  readonly notionalAppliesToMarket: { readonly min: boolean; readonly max: boolean };
  readonly percentPrice: PercentPriceRule | null;
  readonly trailingDelta: TrailingDeltaRule | null;
  readonly maxOrders: number | null;
  /** MAX_NUM_ALGO_ORDERS: working conditional orders. */
  readonly maxAlgoOrders: number | null;
}

/** A maintenance margin bracket of a futures symbol: up to `notionalCap`, `maxLeverage` and the rates hold. */
export interface LeverageBracket {
  readonly notionalFloor: Money;
  readonly notionalCap: Money;
  readonly maxLeverage: number;
  readonly maintenanceMarginRate: Decimal;
  /** What is taken off notional x rate, so that the margin is continuous over brackets (Binance: `cum`). */
  readonly maintenanceAmount: Money;
}

/** What futures have beyond spot. */
export interface FuturesTerms {
  /** `equity_perpetual`: on a share of a company, which rests when the stock exchange does. */
  readonly kind: 'perpetual' | 'equity_perpetual' | 'delivery';
  readonly marginAsset: string;
  /** Highest notional last; empty while the venue has not told (it needs a key). */
  readonly leverageBrackets: readonly LeverageBracket[];
  readonly fundingIntervalMs: number;
}

/** A tradable symbol of one market at one venue. */
export interface Instrument {
  readonly venue: string;
  readonly market: Market;
  readonly symbol: VenueSymbol;
  readonly base: string;
  readonly quote: string;
  readonly status: InstrumentStatus;
  readonly rules: ExchangeRules;
  readonly futures: FuturesTerms | null;
  /** When trading began, milliseconds UTC, null when the venue does not say. */
  readonly listedAt: number | null;
}

/** Names one instrument across markets: orders, fills and positions carry it. */
export interface InstrumentRef {
  readonly market: Market;
  readonly symbol: VenueSymbol;
}
