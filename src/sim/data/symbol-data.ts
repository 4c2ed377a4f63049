import type { Instrument, Market } from '../../domain/instrument.ts';
import type { Timeframe } from '../../domain/time.ts';
import { candleOpenTime, DAY_MS, MINUTE_MS, SECOND_MS, timeframeMs } from '../../domain/time.ts';
import type { DepthView, MarkEvent, MarketSource, QuoteEvent, SourceSymbol } from '../market/source.ts';
import type { CandleRow } from './candle-row.ts';
import { mergeRow, rowOf, rowsOf } from './candle-row.ts';
import { DepthBook, emptyDepthView } from './depth-book.ts';
import { LiveCandles } from './live-candles.ts';
import type { NumberFormat } from './number-format.ts';
import { numberFormat } from './number-format.ts';
import type { PublicTrade } from './trade-ring.ts';
import { TradeRing } from './trade-ring.ts';

/** Statistics of the last 24 hours, by whole minutes and the forming one. */
export interface DayStatistics {
  readonly openTime: number;
  readonly closeTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly volume: number;
  readonly quoteVolume: number;
  readonly trades: number;
}

/** A year of hourly fundings. */
const KEPT_FUNDINGS = 8_760;

/** Where update ids begin, of the venue's order of magnitude. */
const FIRST_UPDATE_ID = 1_000_000_000;

/** What everybody sees of one symbol. One stream of trades and quotes serves its spot and its futures market. */
export class SymbolData {
  readonly index: number;
  readonly source: SourceSymbol;
  readonly trades = new TradeRing();
  readonly candles: LiveCandles;
  readonly depthBook: DepthBook;
  readonly #market: MarketSource;
  readonly #instruments: Record<Market, Instrument | null>;
  readonly #formats: Record<Market, NumberFormat | null>;
  readonly #view: DepthView = emptyDepthView();
  #bookMs = -Infinity;
  #bookQuoteMs = -1;
  #closedDay: { readonly minute: number; readonly row: CandleRow | null } | null = null;

  lastPrice: number;
  lastQuantity = 0;
  lastTradeId = 0;
  lastTradeMs = 0;
  bid = Number.NaN;
  bidQuantity = 0;
  ask = Number.NaN;
  askQuantity = 0;
  quoteMs = 0;
  markPrice: number;
  indexPrice: number;
  markMs = 0;
  fundingRate = 0;
  nextFundingMs = 0;
  /** The last update ids of depth streams that come as recorded; null where depth is made here. */
  readonly rawDepthIds: Record<Market, number | null> = { spot: null, futures: null };
  #forcedRate: number | null = null;
  /** Fundings since the stream began, by their time. */
  readonly #fundings = new Map<number, { readonly rate: number; readonly markPrice: number }>();

  constructor(market: MarketSource, index: number, source: SourceSymbol) {
    this.index = index;
    this.source = source;
    this.#market = market;
    this.#instruments = { ...source.instruments };
    this.#formats = { spot: formatOf(source.instruments.spot), futures: formatOf(source.instruments.futures) };
    const last = this.#lastHistoryRow('1m');
    this.lastPrice = last?.close ?? Number.NaN;
    this.markPrice = this.lastPrice;
    this.indexPrice = this.lastPrice;
    this.candles = new LiveCandles(market.startMs, (timeframe) => this.#formingAtStart(timeframe), this.lastPrice);
    this.depthBook = new DepthBook(FIRST_UPDATE_ID);
  }

  get symbol(): string {
    return this.source.symbol;
  }

  instrument(market: Market): Instrument | null {
    return this.#instruments[market];
  }

  /** Puts other rules or another status in force. */
  changeInstrument(instrument: Instrument): void {
    this.#instruments[instrument.market] = instrument;
    this.#formats[instrument.market] = numberFormat(instrument);
  }

  /** @throws Error when the symbol does not exist on the market */
  format(market: Market): NumberFormat {
    const format = this.#formats[market];
    if (format === null) throw new Error(`${this.symbol} has no ${market} market; look it up by market first`);
    return format;
  }

  trade(trade: PublicTrade): void {
    this.lastPrice = trade.price;
    this.lastQuantity = trade.quantity;
    this.lastTradeId = trade.id;
    this.lastTradeMs = trade.timeMs;
    this.trades.push(trade);
    this.candles.trade(trade);
  }

  quote(event: Readonly<QuoteEvent>): void {
    this.bid = event.bid;
    this.bidQuantity = event.bidQuantity;
    this.ask = event.ask;
    this.askQuantity = event.askQuantity;
    this.quoteMs = event.timeMs;
  }

  /** The next funding is at this rate, whatever the market says. */
  forceFundingRate(rate: number): void {
    this.#forcedRate = rate;
    this.fundingRate = rate;
  }

  mark(event: Readonly<MarkEvent>): void {
    const dueMs = this.nextFundingMs;
    if (dueMs > 0 && event.timeMs >= dueMs) this.#settleFunding(dueMs);
    this.markMs = event.timeMs;
    this.markPrice = event.markPrice;
    this.indexPrice = event.indexPrice;
    this.fundingRate = this.#forcedRate ?? event.fundingRate;
    this.nextFundingMs = event.nextFundingMs;
  }

  /** The rate that was applied at a funding time that has passed. */
  fundingRateAt(fundingMs: number): number {
    return this.#fundings.get(fundingMs)?.rate ?? this.#market.pastFundingRate(this.index, fundingMs);
  }

  /** The mark price of a funding time that has passed; the price of the minute where the mark is not known. */
  fundingMarkPrice(fundingMs: number): number {
    const known = this.#fundings.get(fundingMs)?.markPrice;
    return known ?? this.klines('1m', fundingMs - MINUTE_MS, fundingMs - MINUTE_MS)[0]?.close ?? this.markPrice;
  }

  /** The levels of the book now; valid until the next call. */
  depth(): DepthView {
    this.#market.depth(this.index, this.#view);
    return this.#view;
  }

  /** Brings the public book up to date: after every quote, and once a second for what changes deeper in it. */
  refreshBook(nowMs: number): void {
    if (this.quoteMs === this.#bookQuoteMs && nowMs - this.#bookMs < SECOND_MS) return;
    this.#bookQuoteMs = this.quoteMs;
    this.#bookMs = nowMs;
    this.depthBook.update(this.depth());
  }

  /** Candles of a timeframe by open time, both ends included, the forming one last. */
  klines(timeframe: Timeframe, fromMs: number, toMs: number): CandleRow[] {
    const { startMs } = this.#market;
    const historyTo = Math.min(toMs, startMs - timeframeMs(timeframe));
    const past =
      fromMs <= historyTo ? rowsOf(this.#market.history(this.index, timeframe, { fromMs, toMs: historyTo })) : [];
    const rows = [...past, ...this.candles.closed(timeframe, fromMs, toMs)];
    const forming = this.candles.forming(timeframe);
    if (forming.openTime >= fromMs && forming.openTime <= toMs) rows.push(forming);
    return rows;
  }

  /** Statistics of the 24 hours up to `nowMs`. */
  day(nowMs: number): DayStatistics {
    const minute = this.candles.minute.openTime;
    if (this.#closedDay?.minute !== minute) this.#closedDay = { minute, row: this.#sumClosedDay(minute) };
    const row: CandleRow = this.#closedDay.row === null ? { ...this.candles.minute } : { ...this.#closedDay.row };
    if (this.#closedDay.row !== null) mergeRow(row, this.candles.minute);
    return { ...row, openTime: nowMs - DAY_MS, closeTime: nowMs };
  }

  #settleFunding(dueMs: number): void {
    this.#forcedRate = null;
    this.#fundings.set(dueMs, { rate: this.fundingRate, markPrice: this.markPrice });
    const [oldest] = this.#fundings.keys();
    if (this.#fundings.size > KEPT_FUNDINGS && oldest !== undefined) this.#fundings.delete(oldest);
  }

  #sumClosedDay(minute: number): CandleRow | null {
    const rows = this.klines('1m', minute - DAY_MS + MINUTE_MS, minute - MINUTE_MS);
    const [first, ...rest] = rows;
    if (first === undefined) return null;
    const sum = { ...first };
    for (const row of rest) mergeRow(sum, row);
    return sum;
  }

  #lastHistoryRow(timeframe: Timeframe): CandleRow | null {
    const toMs = this.#market.startMs - 1;
    const columns = this.#market.history(this.index, timeframe, { fromMs: toMs - timeframeMs(timeframe), toMs });
    return columns.openTime.length === 0 ? null : rowOf(columns, columns.openTime.length - 1);
  }

  #formingAtStart(timeframe: Timeframe): CandleRow | null {
    const { startMs } = this.#market;
    const openTime = candleOpenTime(startMs, timeframe);
    if (openTime === startMs) return null;
    const columns = this.#market.history(this.index, timeframe, { fromMs: openTime, toMs: openTime });
    return columns.openTime.length === 0 ? null : rowOf(columns, 0);
  }
}

function formatOf(instrument: Instrument | null): NumberFormat | null {
  return instrument === null ? null : numberFormat(instrument);
}
