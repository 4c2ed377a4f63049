import type { Candle, Ticker } from '../../../domain/candle.ts';
import { SECOND_MS, timeframeMs } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { HistoryRequest } from '../../../ports/market-feed.ts';
import { readCandles } from './rest/candles.ts';
import { readExchangeInfo } from './rest/exchange-info.ts';
import type { ExchangeInfo } from './rest/exchange-info.ts';
import { RestHttp } from './rest/http.ts';
import { readTickers } from './rest/tickers.ts';
import type { RequestPriority, WeightBudget } from '../../../lib/weight-budget.ts';
import type { VenueMarket } from './venue.ts';

/** The venue is not asked for its time more often: many candles are asked for at once. */
const TIME_MAX_AGE_MS = SECOND_MS;

/** What everybody may ask the venue for. All methods throw RestError, or TypeError for an answer that makes no sense. */
export class MarketRest {
  readonly #venue: VenueMarket;
  readonly #clock: Clock;
  readonly #budget: WeightBudget;
  readonly #http: RestHttp;
  #clockOffsetMs = 0;
  /** The venue's time when it last told it, and when that was. */
  #toldTime = -Infinity;
  #toldAtMs = -Infinity;
  #measuring: Promise<void> | null = null;

  /** @param host without path */
  constructor(venue: VenueMarket, host: string, shared: { readonly clock: Clock; readonly budget: WeightBudget }) {
    this.#venue = venue;
    this.#clock = shared.clock;
    this.#budget = shared.budget;
    this.#http = new RestHttp(host, shared.clock, shared.budget);
  }

  /** What the venue's clock is ahead of ours, as last measured. */
  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  /** The venue's time now, as far as our clock can tell. */
  get venueNow(): number {
    return this.#clock.now() + this.#clockOffsetMs;
  }

  /**
   * Measures the offset of the clocks, to half the time that the answer takes. Calls at the same time share an answer.
   * @param tries as of `RequestCost`
   */
  async measureClock(tries?: number): Promise<void> {
    this.#measuring ??= this.#measure(tries).finally(() => (this.#measuring = null));
    return this.#measuring;
  }

  /** The symbols with their rules. Takes over the weight limit that the venue states. @param tries as of `RequestCost` */
  async exchangeInfo(tries?: number): Promise<ExchangeInfo> {
    const { market, rest, weights } = this.#venue;
    const cost = { weight: weights.exchangeInfo, priority: 'question', tries } as const;
    const answer = await this.#http.get(rest.exchangeInfo, {}, cost);
    const funding = rest.fundingInfo === null ? [] : await this.#http.get(rest.fundingInfo, {}, cost);
    const info = readExchangeInfo(market, answer, funding);
    if (info.weightPerMinute !== null) this.#budget.setLimit(info.weightPerMinute);
    return info;
  }

  /** @param tries as of `RequestCost` */
  async tickers(tries?: number): Promise<Ticker[]> {
    const { rest, weights } = this.#venue;
    const cost = { weight: weights.tickers, priority: 'question', tries } as const;
    return readTickers(await this.#http.get(rest.tickers, {}, cost));
  }

  /** Closed candles of a stretch, oldest first, in as many calls as it takes. */
  async candles(request: HistoryRequest, priority: RequestPriority): Promise<Candle[]> {
    const { symbol, timeframe } = request;
    const { rest, klinesPerCall, klinesWeight } = this.#venue;
    const stepMs = timeframeMs(timeframe);
    const toMs = Math.min(request.toMs, (await this.#timeFor(request.toMs + stepMs)) - stepMs);
    const candles: Candle[] = [];
    for (let fromMs = request.fromMs; fromMs <= toMs;) {
      const limit = Math.min(klinesPerCall, Math.floor((toMs - fromMs) / stepMs) + 1);
      const params = { symbol, interval: timeframe, startTime: fromMs, endTime: toMs, limit };
      const answer = await this.#http.get(rest.klines, params, { weight: klinesWeight(limit), priority });
      const page = readCandles(answer, request).filter(({ openTime }) => openTime >= fromMs && openTime <= toMs);
      const newest = page.at(-1);
      // Nothing from here on: the symbol was not listed yet, or is no more.
      if (newest === undefined) break;
      candles.push(...page);
      fromMs = newest.openTime + stepMs;
    }
    return candles;
  }

  close(): void {
    this.#http.close();
  }

  async #measure(tries: number | undefined): Promise<void> {
    const { rest, weights } = this.#venue;
    let askedAt = NaN;
    const onSend = (): void => {
      askedAt = this.#clock.now();
    };
    const cost = { weight: weights.time, priority: 'question', tries, onSend } as const;
    const answer = await this.#http.get(rest.time, {}, cost);
    const answeredAt = this.#clock.now();
    const serverTime =
      typeof answer === 'object' && answer !== null ? (answer as { serverTime?: unknown }).serverTime : null;
    if (typeof serverTime !== 'number') throw new TypeError('the answer to time holds no serverTime');
    this.#clockOffsetMs = Math.round(serverTime - (askedAt + answeredAt) / 2);
    this.#toldTime = serverTime;
    this.#toldAtMs = this.#clock.monotonicMs();
  }

  /**
   * A time that the venue has reached for certain: what ended before it is closed. Only the venue's own word counts, as our
   * clock may be set at any moment; it is asked unless it has told a time from `wantedMs` on, or any just now.
   */
  async #timeFor(wantedMs: number): Promise<number> {
    const isRecent = this.#clock.monotonicMs() - this.#toldAtMs < TIME_MAX_AGE_MS;
    if (this.#toldTime < wantedMs && !isRecent) await this.measureClock();
    return this.#toldTime;
  }
}
