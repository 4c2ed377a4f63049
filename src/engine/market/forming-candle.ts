import type { Candle, CandleFigures } from '../../domain/candle.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import type { TradeTick } from '../../ports/market-feed.ts';

/**
 * The unfinished minute of one symbol, from two sources that count the same trades: the trades themselves and the venue's
 * own forming candle. Whichever has counted more volume is the newer one and is believed. Nothing is allocated per trade.
 */
export class FormingCandle {
  #openTime = NaN;
  #open = NaN;
  #high = NaN;
  #low = NaN;
  #close = NaN;
  #closeTime = -Infinity;
  #volume = 0;
  #quoteVolume = 0;
  #trades = 0;
  #buyVolume = 0;
  #venue: Candle | null = null;

  /** Open time of the minute, NaN before the first message. */
  get openTime(): number {
    return this.#openTime;
  }

  /** Counts a trade. One of an earlier minute is left out: that minute belongs to the venue's closed candle. */
  trade(tick: Readonly<TradeTick>): void {
    const minute = tick.time - (tick.time % MINUTE_MS);
    if (minute < this.#openTime) return;
    if (minute !== this.#openTime) this.#begin(minute, tick.price);
    else if (this.#trades === 0) this.#firstTrade(tick.price);
    if (tick.price > this.#high) this.#high = tick.price;
    if (tick.price < this.#low) this.#low = tick.price;
    if (tick.time >= this.#closeTime) {
      this.#close = tick.price;
      this.#closeTime = tick.time;
    }
    this.#volume += tick.quantity;
    this.#quoteVolume += tick.quantity * tick.price;
    this.#trades += tick.trades;
    if (tick.buyerIsTaker) this.#buyVolume += tick.quantity;
  }

  /** Takes in the venue's forming candle; an older one than is known changes nothing. */
  venueCandle(candle: Candle): void {
    if (candle.openTime < this.#openTime) return;
    if (candle.openTime !== this.#openTime) this.#begin(candle.openTime, NaN);
    if (this.#venue === null || candle.volume >= this.#venue.volume) this.#venue = candle;
  }

  /** The minute so far, null before its first trade. */
  figures(): CandleFigures | null {
    const venue = this.#venue;
    if (this.#trades === 0) return venue;
    const own = this.#own();
    if (venue === null) return own;
    const counted = venue.volume > own.volume ? venue : own;
    return {
      ...counted,
      open: venue.open,
      high: Math.max(own.high, venue.high),
      low: Math.min(own.low, venue.low),
    };
  }

  /** Whether a trade was seen in the minute that opened at `openTime`. */
  hasTradesSince(openTime: number): boolean {
    return this.#openTime >= openTime && (this.#trades > 0 || (this.#venue?.trades ?? 0) > 0);
  }

  #begin(minute: number, price: number): void {
    this.#openTime = minute;
    this.#venue = null;
    this.#volume = 0;
    this.#quoteVolume = 0;
    this.#trades = 0;
    this.#buyVolume = 0;
    this.#firstTrade(price);
  }

  #firstTrade(price: number): void {
    this.#open = price;
    this.#high = price;
    this.#low = price;
    this.#close = price;
    this.#closeTime = -Infinity;
  }

  #own(): CandleFigures {
    return {
      openTime: this.#openTime,
      open: this.#open,
      high: this.#high,
      low: this.#low,
      close: this.#close,
      volume: this.#volume,
      quoteVolume: this.#quoteVolume,
      trades: this.#trades,
      buyVolume: this.#buyVolume,
      sellVolume: this.#volume - this.#buyVolume,
    };
  }
}
