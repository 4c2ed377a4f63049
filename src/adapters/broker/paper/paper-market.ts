import type { VenueSymbol } from '../../../domain/ids.ts';
import type { Instrument } from '../../../domain/instrument.ts';
import { atomsFromMarketData } from '../../../matching/atoms.ts';
import type { Venue } from '../../../matching/venue.ts';
import type { MarketSink, MarkTick, QuoteTick, TradeTick } from '../../../ports/market-feed.ts';

/** What the market input hears: three methods of a MarketSink. Until a funding rate is told, nothing is paid. */
export type PaperMarketInput = Pick<MarketSink, 'trade' | 'quote' | 'mark'>;

/** What of the account waits for the prices of a symbol. */
export interface Interest {
  /** Orders in the book: every quote and trade can fill them. */
  resting: boolean;
  /** Orders that wait for a trigger: trades and mark prices can set them off. */
  waiting: boolean;
  /** A futures position, which mark prices can liquidate. */
  position: boolean;
}

/** The last that was heard of a symbol, and whether the venue model knows it. Plain fields, written on every message. */
class SeenSymbol implements QuoteTick, Interest {
  readonly symbol: VenueSymbol;
  readonly minPrice: number;
  readonly maxPrice: number;
  readonly maxQuantity: number;
  bid = NaN;
  bidQuantity = 0;
  ask = NaN;
  askQuantity = 0;
  time = 0;
  last = NaN;
  markPrice = NaN;
  fundingRate = NaN;
  isQuoteShown = true;
  isLastShown = true;
  isMarkShown = true;
  resting = false;
  waiting = false;
  position = false;

  constructor({ symbol, rules }: Instrument) {
    this.symbol = symbol;
    this.minPrice = rules.tick.toNumber();
    this.maxPrice = this.minPrice * MOST_COUNTED;
    this.maxQuantity = rules.step.toNumber() * MOST_COUNTED;
  }
}

/**
 * So many ticks or steps are counted at the most; a Float64 counts twice as far. Larger quantities count as this many: their
 * price is as real as any other.
 */
const MOST_COUNTED = 2 ** 52;

/** How the market reaches the venue model. */
interface Door {
  /** Lets the model's clock catch up. False: nothing may happen now. */
  enter(): boolean;
  /** What the symbol's prices have caused is written down and told. */
  leave(symbol: VenueSymbol): void;
}

/**
 * Remembers the last prices of every symbol and drives the venue model with those that can matter: a symbol without
 * orders and position costs a look-up and some writes. What makes no sense (NaN, negative, beyond any market) is no price.
 */
export class PaperMarket implements PaperMarketInput {
  readonly #venue: Venue;
  readonly #door: Door;
  readonly #isFutures: boolean;
  readonly #seen: ReadonlyMap<string, SeenSymbol>;

  constructor(venue: Venue, instruments: readonly Instrument[], door: Door) {
    this.#venue = venue;
    this.#door = door;
    this.#isFutures = instruments[0]?.market === 'futures';
    this.#seen = new Map(instruments.map((instrument) => [instrument.symbol, new SeenSymbol(instrument)]));
  }

  trade(tick: Readonly<TradeTick>): void {
    const seen = this.#seen.get(tick.symbol);
    if (seen === undefined || !isPrice(seen, tick.price) || !isQuantity(tick.quantity)) return;
    if (tick.quantity === 0) return;
    seen.last = tick.price;
    seen.isLastShown = false;
    if (!(seen.resting || seen.waiting) || !this.#door.enter()) return;
    this.#showQuote(seen);
    seen.isLastShown = true;
    const isCountable = tick.quantity <= seen.maxQuantity;
    this.#venue.trade(isCountable ? tick : { ...tick, quantity: seen.maxQuantity });
    this.#door.leave(seen.symbol);
  }

  quote(tick: Readonly<QuoteTick>): void {
    const seen = this.#seen.get(tick.symbol);
    if (seen === undefined) return;
    const hasBid = isPrice(seen, tick.bid) && isQuantity(tick.bidQuantity);
    const hasAsk = isPrice(seen, tick.ask) && isQuantity(tick.askQuantity);
    seen.bid = hasBid ? tick.bid : NaN;
    seen.bidQuantity = hasBid ? Math.min(tick.bidQuantity, seen.maxQuantity) : 0;
    seen.ask = hasAsk ? tick.ask : NaN;
    seen.askQuantity = hasAsk ? Math.min(tick.askQuantity, seen.maxQuantity) : 0;
    seen.isQuoteShown = false;
    if (!seen.resting || !this.#door.enter()) return;
    this.#showQuote(seen);
    this.#door.leave(seen.symbol);
  }

  mark({ symbol, price, fundingRate }: Readonly<MarkTick>): void {
    const seen = this.#seen.get(symbol);
    if (seen === undefined || !isPrice(seen, price)) return;
    seen.markPrice = price;
    seen.isMarkShown = false;
    const isFollowed = seen.resting || seen.waiting || seen.position;
    // What is due until now is paid at the rate of until now.
    if (isFollowed && !this.#door.enter()) return;
    if (fundingRate !== seen.fundingRate) this.#setFundingRate(seen, fundingRate);
    if (!isFollowed) return;
    this.#showQuote(seen);
    this.#showMark(seen);
    this.#door.leave(seen.symbol);
  }

  #setFundingRate(seen: SeenSymbol, rate: number): void {
    if (!this.#isFutures || !(Math.abs(rate) < 1)) return;
    seen.fundingRate = rate;
    const size = atomsFromMarketData(Math.abs(rate));
    this.#venue.setFundingRate(seen.symbol, rate < 0 ? -size : size);
  }

  /** Shows the venue model a symbol as it is now, for an order that comes to it. */
  show(symbol: string): void {
    const seen = this.#seen.get(symbol);
    if (seen === undefined) return;
    if (!seen.isLastShown) {
      seen.isLastShown = true;
      // Without a quantity a trade tells the price and takes nothing from the book.
      this.#venue.trade({ symbol, price: seen.last, quantity: 0, buyerIsTaker: true });
    }
    this.#showQuote(seen);
    this.#showMark(seen);
  }

  /** From now on this matters in the symbol. */
  follow(symbol: string, interest: Partial<Interest>): void {
    const seen = this.#seen.get(symbol);
    if (seen !== undefined) Object.assign(seen, interest);
  }

  #showQuote(seen: SeenSymbol): void {
    if (seen.isQuoteShown) return;
    seen.isQuoteShown = true;
    this.#venue.quote(seen);
  }

  #showMark(seen: SeenSymbol): void {
    if (seen.isMarkShown || !this.#isFutures) return;
    seen.isMarkShown = true;
    this.#venue.mark(seen.symbol, seen.markPrice);
  }
}

function isPrice({ minPrice, maxPrice }: SeenSymbol, price: number): boolean {
  return price >= minPrice && price <= maxPrice;
}

/** More units than this change hands nowhere: such a message makes no sense. */
const MOST_UNITS = 1e15;

function isQuantity(quantity: number): boolean {
  return quantity >= 0 && quantity <= MOST_UNITS;
}
