import type { Candle } from '../../../../domain/candle.ts';
import { asId } from '../../../../domain/ids.ts';
import type { VenueSymbol } from '../../../../domain/ids.ts';
import { candleOpenTime } from '../../../../domain/time.ts';
import type { Timeframe } from '../../../../domain/time.ts';
import type { QuoteTick, TradeTick } from '../../../../ports/market-feed.ts';
import type { SymbolTable } from './symbol-table.ts';

/** Times outside 2001 .. 2128 are no times of a market in milliseconds (seconds and microseconds are not either). */
const EARLIEST_MS = 1e12;
const LATEST_MS = 5e12;

/** No price, quantity or volume of a market comes near it. */
const LARGEST_FIGURE = 1e18;

const PLAIN_DECIMAL = /^(?:0|[1-9]\d{0,39})(?:\.\d{1,40})?$/;

/** The float nearest to a plain decimal without sign and exponent, as the venue writes all its figures; else NaN. */
export function plainDecimal(text: string): number {
  return PLAIN_DECIMAL.test(text) ? Number(text) : NaN;
}

/** True for what can be an amount; false for NaN. */
export function isAmount(value: number): boolean {
  return value >= 0 && value <= LARGEST_FIGURE;
}

/** True for what can be a price; false for NaN. */
export function isPrice(value: number): boolean {
  return value > 0 && value <= LARGEST_FIGURE;
}

/** True for what can be a moment; false for NaN. */
export function isTime(value: number): boolean {
  return value >= EARLIEST_MS && value <= LATEST_MS;
}

/** The figures of a kline message, before they are judged; NaN where one is missing or no number. */
export interface KlineFigures {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly quoteVolume: number;
  readonly trades: number;
  /** Base units bought by takers. */
  readonly buyVolume: number;
}

/** Whether the figures can be those of a candle: on the grid of its timeframe, extremes in order, no side above the sum. */
export function isCandle(figures: KlineFigures, timeframe: Timeframe): boolean {
  const { openTime, open, high, low, close, volume, buyVolume } = figures;
  return (
    isTime(openTime) &&
    candleOpenTime(openTime, timeframe) === openTime &&
    isPrice(low) &&
    isPrice(high) &&
    low <= open &&
    low <= close &&
    high >= open &&
    high >= close &&
    isAmount(volume) &&
    isAmount(figures.quoteVolume) &&
    isAmount(figures.trades) &&
    buyVolume >= 0 &&
    buyVolume <= volume
  );
}

/** The candle of these figures. Sold is what was not bought: the venue tells one side only. */
export function candleOf(
  figures: KlineFigures,
  of: { readonly symbol: VenueSymbol; readonly timeframe: Timeframe; readonly closed: boolean },
): Candle {
  return {
    symbol: of.symbol,
    timeframe: of.timeframe,
    openTime: figures.openTime,
    open: figures.open,
    high: figures.high,
    low: figures.low,
    close: figures.close,
    volume: figures.volume,
    quoteVolume: figures.quoteVolume,
    trades: figures.trades,
    buyVolume: figures.buyVolume,
    sellVolume: figures.volume - figures.buyVolume,
    closed: of.closed,
  };
}

/** A message of one of the frequent kinds. */
export type FrequentKind = 'trade' | 'quote' | 'candle';

const NOT_YET = asId<VenueSymbol>('-');

/**
 * The frequent message that was read last, in objects used again for the next one. Both readers write their findings here
 * and ask `accept...`, so that they cannot differ in what they take for sense.
 */
export class MarketMessage {
  readonly symbols: SymbolTable;
  kind: FrequentKind = 'trade';
  symbolIndex = -1;
  /** The venue's event time, NaN where it gives none (spot bookTicker). */
  eventTime = NaN;
  /** Rises with each message of a kind and symbol: trade id, aggregate id or book update id. */
  sequence = NaN;
  readonly trade: TradeTick = {
    symbol: NOT_YET,
    price: NaN,
    quantity: NaN,
    trades: 1,
    buyerIsTaker: false,
    venueTradeId: NaN,
    time: NaN,
  };
  readonly quote: QuoteTick = {
    symbol: NOT_YET,
    bid: NaN,
    bidQuantity: NaN,
    ask: NaN,
    askQuantity: NaN,
    time: NaN,
  };
  candle: Candle | null = null;
  /** Ids of the first and last trade of the candle, NaN when it has none. */
  firstTradeId = NaN;
  lastTradeId = NaN;
  /** Stands in for the time of messages that carry none. */
  receivedAtMs = NaN;

  constructor(symbols: SymbolTable) {
    this.symbols = symbols;
  }

  /** Takes what was written to `trade`, unless it makes no sense. `symbolIndex`, `eventTime` and `sequence` are set before. */
  acceptTrade(): boolean {
    const { trade } = this;
    if (!isPrice(trade.price) || !isPrice(trade.quantity) || !isTime(trade.time) || !isTime(this.eventTime))
      return false;
    if (!(this.sequence >= 0) || !(trade.trades >= 1)) return false;
    trade.symbol = this.symbols.symbol(this.symbolIndex);
    trade.venueTradeId = this.sequence;
    this.kind = 'trade';
    return true;
  }

  /** Takes what was written to `quote`, unless it makes no sense. A price of zero means that nobody quotes. */
  acceptQuote(): boolean {
    const { quote } = this;
    if (!isAmount(quote.bid) || !isAmount(quote.ask) || !isAmount(quote.bidQuantity) || !isAmount(quote.askQuantity)) {
      return false;
    }
    if (!(this.sequence >= 0) || !isTime(quote.time)) return false;
    if (!isTime(this.eventTime) && !Number.isNaN(this.eventTime)) return false;
    if (quote.bid === 0) quote.bid = NaN;
    if (quote.ask === 0) quote.ask = NaN;
    if (quote.bid > quote.ask) return false;
    quote.symbol = this.symbols.symbol(this.symbolIndex);
    this.kind = 'quote';
    return true;
  }

  /** Takes a candle, unless it makes no sense. `symbolIndex`, `eventTime` and the trade ids are set before. */
  acceptCandle(figures: KlineFigures, timeframe: Timeframe, closed: boolean): boolean {
    if (!isTime(this.eventTime) || !isCandle(figures, timeframe)) return false;
    this.candle = candleOf(figures, { symbol: this.symbols.symbol(this.symbolIndex), timeframe, closed });
    this.sequence = this.eventTime;
    this.kind = 'candle';
    return true;
  }
}
