import type { Candle, Ticker } from '../../domain/candle.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { Instrument } from '../../domain/instrument.ts';
import { candleOpenTime, DAY_MS, timeframeMs } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import type { CandleRow } from '../data/candle-row.ts';
import { rowOf, rowsOf } from '../data/candle-row.ts';
import { LiveCandles } from '../data/live-candles.ts';
import type { MarketSource, QuoteEvent, TradeEvent } from '../market/source.ts';
import { DayFigures } from './day-figures.ts';

/** What everybody knows of one symbol now. */
export class InsideSymbol {
  readonly symbol: VenueSymbol;
  readonly instrument: Instrument;
  readonly #source: MarketSource;
  readonly #index: number;
  readonly #candles: LiveCandles;
  readonly #day: DayFigures;
  /** 10 ^ decimals of quantities: sums of floats are put back on the grid of the exchange. */
  readonly #quantityScale: number;
  #last: number;
  #bid = NaN;
  #ask = NaN;
  /** NaN on spot, and until it was heard. */
  markPrice = NaN;

  constructor(source: MarketSource, index: number, instrument: Instrument) {
    const { startMs } = source;
    const minutes = source.history(index, '1m', { fromMs: startMs - DAY_MS, toMs: startMs - 1 });
    this.symbol = instrument.symbol;
    this.instrument = instrument;
    this.#source = source;
    this.#index = index;
    this.#last = minutes.close.at(-1) ?? NaN;
    this.#candles = new LiveCandles(startMs, (timeframe) => formingAtStart(source, index, timeframe), this.#last);
    this.#day = new DayFigures(minutes, startMs);
    this.#quantityScale = 10 ** (source.symbols[index]?.quantityDecimals ?? 0);
  }

  trade(event: Readonly<TradeEvent>): void {
    this.#last = event.price;
    this.#candles.trade(event);
  }

  quote({ bid, ask }: Readonly<QuoteEvent>): void {
    this.#bid = bid;
    this.#ask = ask;
  }

  /**
   * Ends the forming minute.
   * @returns the timeframes whose candle ended with it
   */
  closeMinute(): readonly Timeframe[] {
    this.#day.push(this.#candles.minute);
    return this.#candles.closeMinute();
  }

  /** The candle that closed last since the stream began; null before the first. */
  lastClosed(timeframe: Timeframe): Candle | null {
    const row = this.#candles.lastClosed(timeframe);
    return row === null ? null : this.#candle(row, timeframe, true);
  }

  forming(timeframe: Timeframe): Candle {
    return this.#candle(this.#candles.forming(timeframe), timeframe, false);
  }

  ticker(timeMs: number): Ticker {
    const day = this.#day.with(this.#candles.minute);
    return {
      symbol: this.symbol,
      time: timeMs,
      last: this.#last,
      bid: this.#bid,
      ask: this.#ask,
      mark: this.markPrice,
      ...day,
      changePct: (100 * (this.#last - day.open)) / day.open,
    };
  }

  /**
   * Closed candles by open time, both ends included, oldest first. Of what closed since the stream began the last 2,048
   * exist; where older ones would be missing in the middle, those before them are left out too.
   */
  history(timeframe: Timeframe, fromMs: number, toMs: number): Candle[] {
    const { startMs } = this.#source;
    const live = this.#candles.closed(timeframe, fromMs, toMs);
    const firstLiveMs = Math.max(fromMs, candleOpenTime(startMs, timeframe));
    const [oldest] = live;
    const isJoined = oldest === undefined || oldest.openTime < firstLiveMs + timeframeMs(timeframe);
    const range = { fromMs, toMs: Math.min(toMs, startMs - timeframeMs(timeframe)) };
    const past = isJoined && fromMs <= range.toMs ? rowsOf(this.#source.history(this.#index, timeframe, range)) : [];
    return [...past, ...live].map((row) => this.#candle(row, timeframe, true));
  }

  #candle(row: Readonly<CandleRow>, timeframe: Timeframe, closed: boolean): Candle {
    const volume = this.#onGrid(row.volume);
    const buyVolume = this.#onGrid(row.buyVolume);
    return {
      symbol: this.symbol,
      timeframe,
      openTime: row.openTime,
      open: row.open,
      high: row.high,
      low: row.low,
      close: row.close,
      volume,
      quoteVolume: row.quoteVolume,
      trades: row.trades,
      buyVolume,
      sellVolume: this.#onGrid(volume - buyVolume),
      closed,
    };
  }

  #onGrid(quantity: number): number {
    return Math.round(quantity * this.#quantityScale) / this.#quantityScale;
  }
}

/** What came before the stream of the candle that is forming where it begins; null when one begins there. */
function formingAtStart(source: MarketSource, index: number, timeframe: Timeframe): CandleRow | null {
  const openTime = candleOpenTime(source.startMs, timeframe);
  if (openTime === source.startMs) return null;
  const columns = source.history(index, timeframe, { fromMs: openTime, toMs: openTime });
  return columns.openTime.length === 0 ? null : rowOf(columns, 0);
}
