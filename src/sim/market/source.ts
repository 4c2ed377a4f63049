import type { Instrument, Market } from '../../domain/instrument.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { Timeframe } from '../../domain/time.ts';

/**
 * A symbol of a market source. Events name it by its place in `MarketSource.symbols`.
 *
 * One stream of trades and quotes serves both markets of a symbol: its prices and quantities lie on the coarser of the
 * two grids and so are valid on either.
 */
export interface SourceSymbol {
  readonly symbol: VenueSymbol;
  /** Null where the symbol does not exist on that market. */
  readonly instruments: Readonly<Record<Market, Instrument | null>>;
  /** No price of the stream has more decimals: `Math.round(price * 10 ** priceDecimals)` is exact. */
  readonly priceDecimals: number;
  /** The same for quantities. */
  readonly quantityDecimals: number;
}

/** A trade, in an object that the source reuses: read it at once, keep nothing of it. */
export interface TradeEvent {
  /** Place in `MarketSource.symbols`. */
  symbolIndex: number;
  /** Market time, whole milliseconds UTC. */
  timeMs: number;
  /** The float nearest to the venue's decimal text, as are all prices and quantities here. */
  price: number;
  /** Base units. */
  quantity: number;
  /** True when the seller was the aggressor (Binance: `m`). */
  buyerIsMaker: boolean;
  /** Rises by one from trade to trade of a symbol on synthetic markets; the venue's own on tapes. */
  tradeId: number;
}

/** A change of the best bid or ask, or of their quantities, in an object that the source reuses. */
export interface QuoteEvent {
  symbolIndex: number;
  timeMs: number;
  bid: number;
  bidQuantity: number;
  ask: number;
  askQuantity: number;
}

/** Mark price and funding of a symbol on futures, once every market second, in an object that the source reuses. */
export interface MarkEvent {
  symbolIndex: number;
  timeMs: number;
  markPrice: number;
  indexPrice: number;
  /** The rate that the next funding would apply: 0.0001 is 1 basis point, longs pay shorts when positive. */
  fundingRate: number;
  /** A funding is due when the market time reaches it; the rate of the last event before it applies. */
  nextFundingMs: number;
}

/**
 * A stream message as the venue sent it, from a recorded tape, in an object that the source reuses. Its effect on trades
 * and quotes follows as events of their own.
 */
export interface RawEvent {
  timeMs: number;
  /** Where it was recorded: the other market has streams of the same names. */
  market: Market;
  /** The stream as clients name it: `btcusdt@trade`. The same string object for the same stream. */
  stream: string;
  /** `bytes[dataStart, dataEnd)` is the message without its combined-stream frame. Valid during the call only. */
  bytes: Buffer;
  dataStart: number;
  dataEnd: number;
  /** `bytes[frameStart, frameEnd)` is the message in its combined-stream frame; empty where it was recorded without. */
  frameStart: number;
  frameEnd: number;
}

/** Where a source writes. Called for every event: nothing may be awaited in it, and little allocated. */
export interface MarketEventSink {
  trade(event: Readonly<TradeEvent>): void;
  quote(event: Readonly<QuoteEvent>): void;
  mark(event: Readonly<MarkEvent>): void;
  raw(event: Readonly<RawEvent>): void;
}

/** Levels in a depth view of a source. */
export const DEPTH_LEVELS = 20;

/** One side of a book, best price first; rows from `count` on mean nothing. Filled by `MarketSource.depth`. */
export interface DepthSide {
  count: number;
  readonly prices: Float64Array;
  readonly quantities: Float64Array;
}

export interface DepthView {
  readonly bids: DepthSide;
  readonly asks: DepthSide;
}

/**
 * Candles as columns of equal length, oldest first. Sums of base units are exact in the decimals of the symbol as far as
 * a float holds them; those of quote units may differ in the last digits.
 */
export interface CandleColumns {
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Base units. */
  readonly volume: Float64Array;
  readonly quoteVolume: Float64Array;
  readonly trades: Float64Array;
  /** Base units bought by aggressors; the rest of `volume` was sold by them. */
  readonly buyVolume: Float64Array;
  /** Quote units bought by aggressors. */
  readonly buyQuoteVolume: Float64Array;
}

/** A range of candles by open time, both ends included, milliseconds UTC. */
export interface CandleRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Market data for the simulated exchange: what the world outside trades and quotes. It has no clock: whoever drives it
 * says how far market time goes.
 *
 * Kept by every source:
 * - events come in time order, and for the same source the same events whatever steps it is driven in;
 * - bid < ask; the depth view begins with the last quote;
 * - on synthetic markets and candle tapes a trade happens at the last quote's bid (seller the aggressor) or ask;
 * - history and the candles built from the trades of the stream are parts of one series, whose timeframes are exact
 *   aggregations of one another. Candles before `startMs` come from `history`, later ones from the trades.
 */
export interface MarketSource {
  readonly symbols: readonly SourceSymbol[];
  /** Where the stream begins and history ends; a whole minute, milliseconds UTC. */
  readonly startMs: number;
  /** Streams whose messages come as recorded (`raw`), under the names of `RawEvent.stream`; empty if synthetic. */
  readonly rawStreams: ReadonlySet<string>;

  /** Time of the next event, Infinity when the source has ended, NaN when `fill` must be awaited to know it. */
  nextEventMs(): number;
  /**
   * Sends the events up to and including `timeMs` to the sink. A synthetic market never ends: it takes finite times only.
   * @returns true when all of them were sent (or the source has ended); false when some must be fetched first: await
   *   `fill` and call again
   * @throws AitraderError `TAPE_REFUSED` after too many malformed lines
   */
  advanceTo(timeMs: number, sink: MarketEventSink): boolean;
  /** Fetches what the next `advanceTo` needs. Settles at once when nothing is missing. */
  fill(): Promise<void>;

  /** The first 20 levels of each side at the time reached, in line with the last quote. Overwrites `view`. */
  depth(symbolIndex: number, view: DepthView): void;
  /**
   * Candles that open before `startMs`. One that is still forming at `startMs` (a week seldom begins there) is the last
   * row and holds what came before: trades of the stream are to be added to it.
   */
  history(symbolIndex: number, timeframe: Timeframe, range: CandleRange): CandleColumns;
  /** The rate that was applied at a funding time before `startMs`. */
  pastFundingRate(symbolIndex: number, fundingMs: number): number;
  /** Closes files. The source is of no use afterwards. */
  close(): Promise<void>;
}
