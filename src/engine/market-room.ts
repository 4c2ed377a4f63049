import { describeFailure } from '../domain/errors.ts';
import type { VenueSymbol } from '../domain/ids.ts';
import type { Instrument } from '../domain/instrument.ts';
import { candleOpenTime, MINUTE_MS, SECOND_MS, timeframeMs } from '../domain/time.ts';
import type { Timeframe } from '../domain/time.ts';
import type { FeedStatus, MarketFeed } from '../ports/market-feed.ts';
import type { EngineContext } from './context.ts';
import { CloseBarrier } from './market/close-barrier.ts';
import type { ClosedBoundary } from './market/close-barrier.ts';
import { InstrumentWatch } from './market/instrument-watch.ts';
import type { ClosedCandle } from './market/symbol-candles.ts';

/** How many symbols have their history loaded at once; the feed keeps to the venue's weights by itself. */
const LOADS_AT_ONCE = 4;
/** A symbol whose history could not be loaded is tried again after this. */
const RELOAD_MS = 30 * SECOND_MS;
/** How long a symbol with its history may go without a price before it is taken as it is. */
const FIRST_PRICE_MS = 5 * SECOND_MS;
/** When the minute of a symbol without trades is closed flat: before the close barrier stops waiting. */
const QUIET_FROM_MS = SECOND_MS;

export interface MarketNeeds {
  readonly symbols: readonly VenueSymbol[];
  readonly timeframes: readonly Timeframe[];
  readonly lookback: number;
  /** Symbols with an open position: on futures their mark prices are streamed. */
  readonly held: readonly VenueSymbol[];
}

export interface MarketRoomParts {
  readonly feed: MarketFeed;
  readonly later: (work: () => void) => void;
  /** A symbol's history is in the book, and its price is known. */
  readonly loaded: (symbol: VenueSymbol) => void;
  /** What the book holds of a symbol is gone; it is loaded again. */
  readonly lost: (symbol: VenueSymbol) => void;
  readonly boundary: (boundary: ClosedBoundary) => void;
  readonly late: (symbol: VenueSymbol, time: number) => void;
  readonly stale: (symbol: VenueSymbol, isStale: boolean) => void;
  readonly status: (status: FeedStatus) => void;
  /** Rules or status of a symbol are not what they were. */
  readonly changed: (instrument: Instrument, before: Instrument) => void;
}

/** Which symbols are followed, what is held of them, and whether it can be trusted. */
export class MarketRoom {
  readonly #context: EngineContext;
  readonly #parts: MarketRoomParts;
  readonly #barrier: CloseBarrier;
  readonly #instruments: InstrumentWatch;
  readonly #loaded = new Set<VenueSymbol>();
  readonly #stale = new Set<VenueSymbol>();
  /** Symbols with history and without a price, and since when: what a check would find could not be acted on. */
  readonly #unpriced = new Map<VenueSymbol, number>();
  #needs: MarketNeeds = { symbols: [], timeframes: [], lookback: 0, held: [] };
  /** Counts changes of what is needed: a load that was begun before the last one is not put into the book. */
  #generation = 0;
  #queue: VenueSymbol[] = [];
  /** Symbols whose history is on its way, and since which change of what is needed. */
  readonly #loading = new Map<VenueSymbol, number>();
  #isStopped = false;

  constructor(context: EngineContext, parts: MarketRoomParts) {
    this.#context = context;
    this.#parts = parts;
    const { feed, later } = parts;
    this.#instruments = new InstrumentWatch({
      feed,
      clock: context.clock,
      logger: context.logger,
      onChanged: (instrument, before) => later(() => parts.changed(instrument, before)),
    });
    this.#barrier = new CloseBarrier({
      clock: context.clock,
      awaited: () => [...this.#loaded].filter((symbol) => !this.#stale.has(symbol)),
      onClosed: (boundary) => parts.later(() => parts.boundary(boundary)),
      onLate: (symbol, time) => parts.later(() => parts.late(symbol, time)),
    });
  }

  get symbols(): readonly VenueSymbol[] {
    return this.#needs.symbols;
  }

  /** How many symbols have their history, of how many. */
  get progress(): { readonly loaded: number; readonly wanted: number } {
    return { loaded: this.#loaded.size, wanted: this.#needs.symbols.length };
  }

  instrument(symbol: VenueSymbol): Instrument | null {
    return this.#instruments.instruments.get(symbol) ?? null;
  }

  isStale(symbol: VenueSymbol): boolean {
    return this.#stale.has(symbol);
  }

  /** An order was refused: when its code speaks of old rules, the instruments are read again. */
  orderRefused(code: string): void {
    this.#instruments.orderRefused(Number(code));
  }

  /** Learns of the venue's symbols, and begins to receive. */
  async start(): Promise<void> {
    await this.#instruments.start();
    this.#parts.feed.onStatus((status) => this.#parts.later(() => this.#parts.status(status)));
    await this.#parts.feed.connect(this.#context.market);
    this.#barrier.start();
  }

  /** Follows these symbols with these candles. Other candles than before mean that every history is loaded anew. */
  need(needs: MarketNeeds): void {
    const { market } = this.#context;
    const before = this.#needs;
    const { timeframes, lookback } = this.#needs;
    const isMore = needs.lookback > lookback || needs.timeframes.some((each) => !timeframes.includes(each));
    const wanted = isMore ? needs : { ...needs, timeframes, lookback };
    this.#needs = wanted;
    if (isMore) {
      this.#generation += 1;
      market.hold({ timeframes: wanted.timeframes, lookback: wanted.lookback });
      for (const symbol of before.symbols) this.#forget(symbol);
    }
    for (const symbol of before.symbols) {
      if (wanted.symbols.includes(symbol)) continue;
      this.#forget(symbol);
      market.unfollow(symbol);
    }
    for (const symbol of wanted.symbols) market.follow(symbol);
    this.#parts.feed.subscribe({
      symbols: wanted.symbols,
      timeframes: ['1m', ...wanted.timeframes.filter((each) => each === '1d' || each === '1w')],
      markSymbols: this.#context.settings.market === 'futures' ? wanted.held : [],
    });
    const isComing = (symbol: VenueSymbol): boolean => this.#loading.get(symbol) === this.#generation;
    this.#queue = wanted.symbols.filter((symbol) => !this.#loaded.has(symbol) && !isComing(symbol));
    this.#loadNext();
  }

  candlesClosed(symbol: VenueSymbol, closed: readonly ClosedCandle[]): void {
    if (!this.#loaded.has(symbol)) return;
    for (const { timeframe, openTime } of closed) {
      if (timeframe === '1m') this.#barrier.delivered(symbol, openTime + MINUTE_MS);
    }
  }

  /** Looks after silence: symbols that have gone quiet, and minutes in which nobody traded. To be called every second. */
  timePassed(): void {
    const now = this.#context.clock.now();
    const boundary = Math.floor(now / MINUTE_MS) * MINUTE_MS;
    const settlesQuiet = now - boundary >= QUIET_FROM_MS && now - boundary < QUIET_FROM_MS + SECOND_MS;
    for (const [symbol, since] of this.#unpriced) {
      const known = this.#context.market.get(symbol);
      const isPriced = known !== undefined && known.last > 0 && known.bid > 0 && known.ask > 0;
      if (isPriced || now - since >= FIRST_PRICE_MS) this.#tellLoaded(symbol);
    }
    for (const symbol of this.#loaded) {
      const known = this.#context.market.get(symbol);
      if (known === undefined) continue;
      const isStale = now - known.heardAt > this.#context.settings.staleMs;
      if (isStale !== this.#stale.has(symbol)) this.#turn(symbol, isStale);
      if (settlesQuiet && !isStale) this.#context.market.settleQuietMinute(symbol, boundary);
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#instruments.stop();
    this.#barrier.stop();
  }

  #turn(symbol: VenueSymbol, isStale: boolean): void {
    if (isStale) {
      this.#stale.add(symbol);
      this.#barrier.excused(symbol);
    } else this.#stale.delete(symbol);
    this.#parts.stale(symbol, isStale);
  }

  #tellLoaded(symbol: VenueSymbol): void {
    this.#unpriced.delete(symbol);
    this.#parts.loaded(symbol);
  }

  #forget(symbol: VenueSymbol): void {
    this.#loaded.delete(symbol);
    if (!this.#unpriced.delete(symbol)) this.#parts.lost(symbol);
    this.#stale.delete(symbol);
    this.#barrier.excused(symbol);
  }

  #loadNext(): void {
    while (this.#loading.size < LOADS_AT_ONCE && !this.#isStopped) {
      const symbol = this.#queue.shift();
      if (symbol === undefined) return;
      const generation = this.#generation;
      this.#loading.set(symbol, generation);
      void this.#load(symbol, generation).finally(() => {
        if (this.#loading.get(symbol) === generation) this.#loading.delete(symbol);
        this.#loadNext();
      });
    }
  }

  async #load(symbol: VenueSymbol, generation: number): Promise<void> {
    try {
      const timeframes = new Set<Timeframe>(['1m', ...this.#needs.timeframes]);
      const histories = await Promise.all(
        [...timeframes].map(async (timeframe) => {
          const span = this.#span(timeframe);
          const isAny = span.fromMs <= span.toMs;
          return { timeframe, candles: isAny ? await this.#parts.feed.history({ symbol, timeframe, ...span }) : [] };
        }),
      );
      this.#parts.later(() => {
        const known = this.#context.market.get(symbol);
        if (generation !== this.#generation || known === undefined) return;
        // Minutes first: the buckets of live minutes grow on what the longer series end with.
        for (const { timeframe, candles } of histories) known.candles.load(timeframe, candles);
        if (known.heardAt === -Infinity) known.heardAt = this.#context.clock.now();
        this.#loaded.add(symbol);
        this.#unpriced.set(symbol, this.#context.clock.now());
      });
    } catch (failure) {
      // The end closes the feed under it; a timer would hold the process up.
      if (this.#isStopped) return;
      this.#context.logger.warn(`the history of ${symbol} could not be loaded: ${describeFailure(failure)}`);
      this.#context.clock.setTimer(RELOAD_MS, () => {
        if (generation !== this.#generation || this.#isStopped) return;
        this.#queue.push(symbol);
        this.#loadNext();
      });
    }
  }

  /** Twice the lookback, and of minutes at least those of the longest bucket that is being built. */
  #span(timeframe: Timeframe): { readonly fromMs: number; readonly toMs: number } {
    const stepMs = timeframeMs(timeframe);
    const current = candleOpenTime(this.#context.clock.now(), timeframe);
    const built = this.#needs.timeframes.filter((each) => each !== '1d' && each !== '1w').map(timeframeMs);
    const longestMs = Math.max(0, ...built);
    const count =
      timeframe === '1m' ? Math.max(2 * this.#needs.lookback, longestMs / MINUTE_MS) : 2 * this.#needs.lookback;
    return { fromMs: current - count * stepMs, toMs: current - stepMs };
  }
}
