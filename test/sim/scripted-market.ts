/** A market that does what a test says: prices stand still until they are moved. */
import { asId } from '../../src/domain/ids.ts';
import type { VenueSymbol } from '../../src/domain/ids.ts';
import type { Timeframe } from '../../src/domain/time.ts';
import { candleOpenTime, HOUR_MS, SECOND_MS, timeframeMs } from '../../src/domain/time.ts';
import { simulatedInstrument } from '../../src/sim/market/instruments.ts';
import type {
  CandleColumns,
  CandleRange,
  DepthSide,
  DepthView,
  MarketEventSink,
  MarketSource,
  SourceSymbol,
} from '../../src/sim/market/source.ts';

interface SymbolScript {
  readonly symbol: string;
  readonly base: string;
  readonly price: number;
  readonly tick: string;
  readonly step: string;
  /** Base units at each level of the book. */
  readonly levelQuantity: number;
}

const SCRIPTS: readonly SymbolScript[] = [
  { symbol: 'BTCUSDT', base: 'BTC', price: 60_000, tick: '0.1', step: '0.001', levelQuantity: 2 },
  { symbol: 'ETHUSDT', base: 'ETH', price: 3_000, tick: '0.01', step: '0.001', levelQuantity: 20 },
  { symbol: 'BNBUSDT', base: 'BNB', price: 500, tick: '0.01', step: '0.01', levelQuantity: 100 },
];
const LEVELS = 20;
const EVENT_MS = 200;

function sourceSymbol(script: SymbolScript): SourceSymbol {
  const spec = {
    symbol: script.symbol,
    base: script.base,
    quote: 'USDT',
    tick: script.tick,
    step: script.step,
    minNotional: '5',
    referencePrice: script.price,
    maxLeverage: 125,
    fundingIntervalHours: 8,
    listedAt: Date.UTC(2020, 0, 1),
  };
  return {
    symbol: asId<VenueSymbol>(script.symbol),
    instruments: {
      spot: simulatedInstrument({ ...spec, market: 'spot' }),
      futures: simulatedInstrument({ ...spec, market: 'futures', minNotional: '100' }),
    },
    priceDecimals: 2,
    quantityDecimals: 3,
  };
}

export class ScriptedMarket implements MarketSource {
  readonly symbols = SCRIPTS.map(sourceSymbol);
  readonly startMs: number;
  readonly rawStreams: ReadonlySet<string> = new Set();
  readonly #prices = SCRIPTS.map(({ price }) => price);
  readonly #tradeIds = SCRIPTS.map(() => 1_000);
  #nextMs: number;
  #turn = 0;
  #markNextMs: number;
  fundingRate = 0.0001;

  constructor(startMs: number) {
    this.startMs = startMs;
    this.#nextMs = startMs;
    this.#markNextMs = startMs;
  }

  /** Moves a price; the market shows it with its next events. */
  setPrice(symbol: string, price: number): void {
    this.#prices[SCRIPTS.findIndex((script) => script.symbol === symbol)] = price;
  }

  nextEventMs(): number {
    return Math.min(this.#nextMs, this.#markNextMs);
  }

  advanceTo(timeMs: number, sink: MarketEventSink): boolean {
    while (this.nextEventMs() <= timeMs) {
      if (this.#markNextMs <= this.#nextMs) this.#marks(sink);
      else this.#trades(sink);
    }
    return true;
  }

  fill(): Promise<void> {
    return Promise.resolve();
  }

  depth(symbolIndex: number, view: DepthView): void {
    const script = SCRIPTS[symbolIndex];
    const price = this.#prices[symbolIndex];
    if (script === undefined || price === undefined) return;
    const tick = Number(script.tick);
    const fill = (side: DepthSide, sign: number): void => {
      side.count = LEVELS;
      for (let level = 0; level < LEVELS; level += 1) {
        side.prices[level] = Number((price + sign * tick * (level + 1)).toFixed(2));
        side.quantities[level] = script.levelQuantity;
      }
    };
    fill(view.bids, -1);
    fill(view.asks, 1);
  }

  history(symbolIndex: number, timeframe: Timeframe, { fromMs, toMs }: CandleRange): CandleColumns {
    const length = timeframeMs(timeframe);
    const first = Math.max(candleOpenTime(fromMs + length - 1, timeframe), this.startMs - 2_000 * length);
    const last = Math.min(toMs, this.startMs - 1);
    const rows = Math.max(0, Math.floor((last - first) / length) + 1);
    const price = SCRIPTS[symbolIndex]?.price ?? 1;
    const column = (value: (row: number) => number): Float64Array =>
      Float64Array.from({ length: rows }, (_, row) => value(row));
    return {
      openTime: column((row) => candleOpenTime(first, timeframe) + row * length),
      open: column(() => price),
      high: column(() => price * 1.01),
      low: column(() => price * 0.99),
      close: column(() => price),
      volume: column(() => 10),
      quoteVolume: column(() => 10 * price),
      trades: column(() => 5),
      buyVolume: column(() => 6),
      buyQuoteVolume: column(() => 6 * price),
    };
  }

  pastFundingRate(): number {
    return 0.0001;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #marks(sink: MarketEventSink): void {
    const timeMs = this.#markNextMs;
    const nextFundingMs = (Math.floor(timeMs / (8 * HOUR_MS)) + 1) * 8 * HOUR_MS;
    for (const [symbolIndex, markPrice] of this.#prices.entries()) {
      sink.mark({
        symbolIndex,
        timeMs,
        markPrice,
        indexPrice: markPrice,
        fundingRate: this.fundingRate,
        nextFundingMs,
      });
    }
    this.#markNextMs += SECOND_MS;
  }

  #trades(sink: MarketEventSink): void {
    const timeMs = this.#nextMs;
    for (const [symbolIndex, script] of SCRIPTS.entries()) {
      const price = this.#prices[symbolIndex] ?? script.price;
      const tick = Number(script.tick);
      const bid = Number((price - tick).toFixed(2));
      const ask = Number((price + tick).toFixed(2));
      const size = script.levelQuantity;
      sink.quote({ symbolIndex, timeMs, bid, bidQuantity: size, ask, askQuantity: size });
      const buyerIsMaker = this.#turn % 2 === 0;
      const tradeId = (this.#tradeIds[symbolIndex] ?? 0) + 1;
      this.#tradeIds[symbolIndex] = tradeId;
      const quantity = Number(script.step) * 10;
      sink.trade({ symbolIndex, timeMs, price: buyerIsMaker ? bid : ask, quantity, buyerIsMaker, tradeId });
    }
    this.#turn += 1;
    this.#nextMs += EVENT_MS;
  }
}
