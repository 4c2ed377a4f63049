import type { Market } from '../../domain/instrument.ts';
import { atomsFromMarketData } from '../../matching/atoms.ts';
import type { Venue } from '../../matching/venue.ts';
import type { MarketData, MarketListener } from '../data/market-data.ts';
import type { SymbolData } from '../data/symbol-data.ts';
import type { PublicTrade } from '../data/trade-ring.ts';
import { averagePrice } from '../streams/message-text.ts';

const FEE_TOKEN_SYMBOL = 'BNBUSDT';

/**
 * Keeps the venue model in line with the world outside. The model hears of a symbol's market only while orders or
 * positions make it matter; before an order it is shown the book anew.
 */
export class MarketMirror implements Pick<MarketListener, 'onTrade' | 'onQuote' | 'onMark'> {
  readonly #market: Market;
  readonly #venue: Venue;
  readonly #data: () => MarketData;
  /** Symbols whose market the venue must follow. */
  readonly #followed = new Set<string>();

  /** @param data asked when needed: the market data is made with its listeners */
  constructor(market: Market, venue: Venue, data: () => MarketData) {
    this.#market = market;
    this.#venue = venue;
    this.#data = data;
  }

  onTrade(data: SymbolData, trade: PublicTrade): void {
    if (!this.#followed.has(data.symbol)) return;
    this.#venue.advanceTo(trade.timeMs);
    const { price, quantity, buyerIsMaker } = trade;
    this.#venue.trade({ symbol: data.symbol, price, quantity, buyerIsTaker: !buyerIsMaker });
    if (data.symbol === FEE_TOKEN_SYMBOL) this.#showFeeToken();
  }

  onQuote(data: SymbolData): void {
    if (!this.#followed.has(data.symbol)) return;
    this.#venue.advanceTo(data.quoteMs);
    const { symbol, bid, bidQuantity, ask, askQuantity } = data;
    this.#venue.quote({ symbol, bid, bidQuantity, ask, askQuantity });
  }

  onMark(data: SymbolData): void {
    if (this.#market !== 'futures' || !this.#followed.has(data.symbol)) return;
    this.#venue.advanceTo(data.markMs);
    this.#showMark(data);
  }

  /**
   * Shows the venue a symbol's market as it is now, and lets it follow from here on.
   * @param bookSize base units that each side is to hold, at its best price; null: what the market shows
   */
  show(data: SymbolData, bookSize: number | null = null): void {
    const { symbol } = data;
    this.#venue.advanceTo(this.#data().nowMs);
    this.#showFeeToken();
    const { bids, asks } = data.depth();
    const levels = ({ count, prices, quantities }: typeof bids): [number, number][] =>
      bookSize !== null
        ? [[prices[0] ?? 0, bookSize]]
        : Array.from({ length: count }, (_, row) => [prices[row] ?? 0, quantities[row] ?? 0]);
    const isNew = !this.#followed.has(symbol);
    // Before the book is shown, because a trade takes from it.
    if (isNew && data.lastPrice > 0) this.#showLastPrice(data);
    this.#venue.depth({ symbol, bids: levels(bids), asks: levels(asks), isSnapshot: true });
    if (this.#market === 'spot') this.#venue.setAveragePrice(symbol, averagePrice(data));
    else this.#showMark(data);
    this.#followed.add(symbol);
  }

  /** The last price is told by a trade of the smallest size. */
  #showLastPrice(data: SymbolData): void {
    const quantity = data.instrument(this.#market)?.rules.step.toNumber() ?? 0;
    this.#venue.trade({
      symbol: data.symbol,
      price: data.lastPrice,
      quantity,
      buyerIsTaker: data.lastPrice >= data.ask,
    });
  }

  #showMark(data: SymbolData): void {
    if (!(data.markPrice > 0)) return;
    this.#venue.setFundingRate(data.symbol, signedAtoms(data.fundingRate));
    this.#venue.mark(data.symbol, data.markPrice);
  }

  #showFeeToken(): void {
    const price = this.#data().find('spot', FEE_TOKEN_SYMBOL)?.lastPrice ?? Number.NaN;
    if (price > 0) this.#venue.setFeeTokenPrice('USDT', price);
  }
}

function signedAtoms(value: number): bigint {
  const size = atomsFromMarketData(Math.abs(value));
  return value < 0 ? -size : size;
}
