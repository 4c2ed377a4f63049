/** A market in which nothing happens but what a test says: one price level on each side, and single trades. */
import { asId } from '../../src/domain/ids.ts';
import type { VenueSymbol } from '../../src/domain/ids.ts';
import type { Timeframe } from '../../src/domain/time.ts';
import { candleOpenTime, DAY_MS, timeframeMs } from '../../src/domain/time.ts';
import { simulatedInstrument } from '../../src/sim/market/instruments.ts';
import type {
  CandleColumns,
  CandleRange,
  DepthView,
  MarketEventSink,
  MarketSource,
  QuoteEvent,
  SourceSymbol,
} from '../../src/sim/market/source.ts';
import type { ShownQuote, ShownTrade } from '../../src/testkit/broker/harness.ts';

export const BASE_PRICE = 100;
const FUNDING_MS = 8 * 3_600_000;
const HISTORY_ROWS = 1_500;

/** A symbol of both markets that is worth about 100. */
export function sourceSymbol(symbol: string, base: string): SourceSymbol {
  const spec = {
    ...{ symbol, base, quote: 'USDT', tick: '0.01', step: '0.001', minNotional: '5' },
    ...{ referencePrice: BASE_PRICE, maxLeverage: 125, fundingIntervalHours: 8, listedAt: Date.UTC(2020, 0, 1) },
  };
  return {
    symbol: asId<VenueSymbol>(symbol),
    instruments: {
      spot: simulatedInstrument({ ...spec, market: 'spot' }),
      futures: simulatedInstrument({ ...spec, market: 'futures' }),
    },
    priceDecimals: 2,
    quantityDecimals: 3,
  };
}

type Happening = (timeMs: number, sink: MarketEventSink) => void;

export class ManualMarket implements MarketSource {
  readonly symbols: readonly SourceSymbol[] = [sourceSymbol('BTCUSDT', 'BTC'), sourceSymbol('BNBUSDT', 'BNB')];
  readonly rawStreams: ReadonlySet<string> = new Set();
  readonly startMs: number;
  fundingRate = 0.0001;
  readonly #quotes: (QuoteEvent | null)[] = [null, null];
  #waiting: { readonly timeMs: number; readonly happens: Happening }[] = [];
  #lastTradeId = 1_000;

  constructor(startMs: number) {
    this.startMs = startMs;
  }

  quote(timeMs: number, shown: ShownQuote, symbolIndex = 0): void {
    const event = { symbolIndex, timeMs, ...shown };
    this.#add(timeMs, (_, sink) => {
      this.#quotes[symbolIndex] = event;
      sink.quote(event);
    });
  }

  trade(timeMs: number, { price, quantity, buyerIsTaker }: ShownTrade, symbolIndex = 0): void {
    this.#lastTradeId += 1;
    const tradeId = this.#lastTradeId;
    const buyerIsMaker = !buyerIsTaker;
    this.#add(timeMs, (_, sink) => sink.trade({ symbolIndex, timeMs, price, quantity, buyerIsMaker, tradeId }));
  }

  mark(timeMs: number, markPrice: number, symbolIndex = 0): void {
    const nextFundingMs = (Math.floor(timeMs / FUNDING_MS) + 1) * FUNDING_MS;
    const { fundingRate } = this;
    this.#add(timeMs, (_, sink) => {
      sink.mark({ symbolIndex, timeMs, markPrice, indexPrice: markPrice, fundingRate, nextFundingMs });
    });
  }

  nextEventMs(): number {
    return this.#waiting[0]?.timeMs ?? Number.MAX_SAFE_INTEGER;
  }

  advanceTo(timeMs: number, sink: MarketEventSink): boolean {
    const due = this.#waiting.filter((waiting) => waiting.timeMs <= timeMs);
    this.#waiting = this.#waiting.filter((waiting) => waiting.timeMs > timeMs);
    for (const { timeMs: at, happens } of due) happens(at, sink);
    return true;
  }

  fill(): Promise<void> {
    return Promise.resolve();
  }

  depth(symbolIndex: number, { bids, asks }: DepthView): void {
    const quote = this.#quotes[symbolIndex];
    for (const side of [bids, asks]) side.count = quote === null ? 0 : 1;
    if (quote === null || quote === undefined) return;
    [bids.prices[0], bids.quantities[0]] = [quote.bid, quote.bidQuantity];
    [asks.prices[0], asks.quantities[0]] = [quote.ask, quote.askQuantity];
  }

  history(_symbolIndex: number, timeframe: Timeframe, { fromMs, toMs }: CandleRange): CandleColumns {
    const length = timeframeMs(timeframe);
    const first = Math.max(candleOpenTime(fromMs + length - 1, timeframe), this.startMs - HISTORY_ROWS * length);
    const rows = Math.max(0, Math.floor((Math.min(toMs, this.startMs - 1) - first) / length) + 1);
    const column = (value: (row: number) => number): Float64Array =>
      Float64Array.from({ length: rows }, (_, row) => value(row));
    const flat = (): Float64Array => column(() => BASE_PRICE);
    return {
      openTime: column((row) => candleOpenTime(first, timeframe) + row * length),
      ...{ open: flat(), high: flat(), low: flat(), close: flat() },
      ...{ volume: column(() => 10), quoteVolume: column(() => 10 * BASE_PRICE), trades: column(() => 5) },
      ...{ buyVolume: column(() => 6), buyQuoteVolume: column(() => 6 * BASE_PRICE) },
    };
  }

  pastFundingRate(): number {
    return this.fundingRate;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #add(timeMs: number, happens: Happening): void {
    this.#waiting.push({ timeMs, happens });
  }
}

/** A whole minute of some day, so that no funding falls due unless a test goes there. */
export const MARKET_START_MS = Date.UTC(2026, 2, 2) + DAY_MS / 12;
