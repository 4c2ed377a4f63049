/** A market with few events and rough manners, for simulations: prices walk and jump, books are thin at times. */
import { asId } from '../../src/domain/ids.ts';
import type { VenueSymbol } from '../../src/domain/ids.ts';
import type { Timeframe } from '../../src/domain/time.ts';
import { candleOpenTime, HOUR_MS, MINUTE_MS, timeframeMs } from '../../src/domain/time.ts';
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
import type { Draw } from './draw.ts';

const FUNDING_MS = 8 * HOUR_MS;
const HISTORY_ROWS = 60;
const LEVELS = 5;

export interface RoughSymbol {
  readonly base: string;
  readonly price: number;
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
  readonly everyMs: number;
  /** Standard deviation of one step, as a share of the price. */
  readonly roughness: number;
  /** Chance of a jump with a step. */
  readonly jumps: number;
}

interface Walk {
  readonly terms: RoughSymbol;
  readonly index: number;
  /** In units of the last decimal. */
  mid: number;
  dueMs: number;
  spread: number;
  /** Base units at the best price. */
  size: number;
  tradeId: number;
  /** Prices are multiples of so many units. */
  grid: number;
}

function sourceSymbol(terms: RoughSymbol): SourceSymbol {
  const spec = {
    ...{ symbol: `${terms.base}USDT`, base: terms.base, quote: 'USDT', minNotional: '5', maxLeverage: 50 },
    tick: (10 ** -terms.priceDecimals).toFixed(terms.priceDecimals),
    step: (10 ** -terms.quantityDecimals).toFixed(terms.quantityDecimals),
    ...{ referencePrice: terms.price, fundingIntervalHours: 8, listedAt: Date.UTC(2020, 0, 1) },
  };
  return {
    symbol: asId<VenueSymbol>(spec.symbol),
    instruments: {
      spot: simulatedInstrument({ ...spec, market: 'spot' }),
      futures: simulatedInstrument({ ...spec, market: 'futures' }),
    },
    priceDecimals: terms.priceDecimals,
    quantityDecimals: terms.quantityDecimals,
  };
}

export class RoughMarket implements MarketSource {
  readonly symbols: readonly SourceSymbol[];
  readonly rawStreams: ReadonlySet<string> = new Set();
  readonly startMs: number;
  /** Hears everything beside the one who asks for it. */
  listener: MarketEventSink | null = null;
  readonly #walks: readonly Walk[];
  readonly #draw: Draw;

  constructor(startMs: number, symbols: readonly RoughSymbol[], draw: Draw) {
    this.startMs = startMs;
    this.#draw = draw;
    this.symbols = symbols.map(sourceSymbol);
    this.#walks = symbols.map((terms, index) => ({
      ...{ terms, index, spread: 1, grid: 1, tradeId: 1_000, dueMs: startMs + 1 + index * 137 },
      mid: Math.round(terms.price * 10 ** terms.priceDecimals),
      size: 2_000 / terms.price,
    }));
  }

  nextEventMs(): number {
    return Math.min(...this.#walks.map(({ dueMs }) => dueMs));
  }

  advanceTo(timeMs: number, sink: MarketEventSink): boolean {
    for (;;) {
      const next = this.#walks.reduce((first, walk) => (walk.dueMs < first.dueMs ? walk : first));
      if (next.dueMs > timeMs) return true;
      this.#step(next, sink);
    }
  }

  fill(): Promise<void> {
    return Promise.resolve();
  }

  depth(symbolIndex: number, { bids, asks }: DepthView): void {
    const walk = this.#walkOf(symbolIndex);
    this.#fillSide(bids, walk, -1);
    this.#fillSide(asks, walk, 1);
  }

  /** Before the start nothing has moved. */
  history(symbolIndex: number, timeframe: Timeframe, { fromMs, toMs }: CandleRange): CandleColumns {
    const { price } = this.#walkOf(symbolIndex).terms;
    const length = timeframeMs(timeframe);
    const first = Math.max(candleOpenTime(fromMs + length - 1, timeframe), this.startMs - HISTORY_ROWS * length);
    const rows = Math.max(0, Math.floor((Math.min(toMs, this.startMs - 1) - first) / length) + 1);
    const column = (value: (row: number) => number): Float64Array =>
      Float64Array.from({ length: rows }, (_, row) => value(row));
    return {
      openTime: column((row) => candleOpenTime(first, timeframe) + row * length),
      ...{ open: column(() => price), high: column(() => price * 1.002) },
      ...{ low: column(() => price * 0.998), close: column(() => price) },
      ...{ volume: column(() => 10), quoteVolume: column(() => 10 * price), trades: column(() => 5) },
      ...{ buyVolume: column(() => 6), buyQuoteVolume: column(() => 6 * price) },
    };
  }

  pastFundingRate(): number {
    return 0.0001;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** From now on the price stands so many times as high. */
  jump(symbol: string, factor: number): void {
    const walk = this.#walks.find(({ index }) => this.symbols[index]?.symbol === symbol);
    if (walk !== undefined) walk.mid = Math.max(LEVELS * 4, Math.round((walk.mid * factor) / walk.grid)) * walk.grid;
  }

  /** From now on prices are multiples of so many units of the last decimal. */
  regrid(symbol: string, grid: number): void {
    const walk = this.#walks.find(({ index }) => this.symbols[index]?.symbol === symbol);
    if (walk !== undefined) walk.grid = grid;
  }

  /** Nothing is heard of the symbol any more. */
  silence(symbol: string): void {
    const walk = this.#walks.find(({ index }) => this.symbols[index]?.symbol === symbol);
    if (walk !== undefined) walk.dueMs = Infinity;
  }

  #step(walk: Walk, sink: MarketEventSink): void {
    const { terms, index, dueMs: timeMs } = walk;
    const draw = this.#draw;
    walk.dueMs += terms.everyMs;
    const isJump = draw.isTrue(terms.jumps);
    // The sum of three uniform draws is near enough to a bell.
    const bell = (draw.next() + draw.next() + draw.next() - 1.5) * 2;
    const move = bell * terms.roughness * (isJump ? 20 : 1);
    const { grid } = walk;
    walk.mid = Math.max(LEVELS * 4, Math.round((walk.mid * (1 + move)) / grid)) * grid;
    walk.spread = (draw.isTrue(0.9) ? 1 : draw.whole(1, 4)) * grid;
    walk.size = draw.between(200, 4_000) / terms.price / (draw.isTrue(0.05) ? 40 : 1);
    const scale = 10 ** terms.priceDecimals;
    const [bid, ask] = [(walk.mid - walk.spread) / scale, (walk.mid + walk.spread) / scale];
    const unit = 10 ** terms.quantityDecimals;
    const size = Math.max(1, Math.round(walk.size * unit)) / unit;
    const buyerIsMaker = draw.isTrue(0.5);
    const quantity = Math.max(1, Math.round(walk.size * draw.between(0.1, 2) * unit)) / unit;
    walk.tradeId += 1;
    const nextFundingMs = (Math.floor(timeMs / FUNDING_MS) + 1) * FUNDING_MS;
    const mark = { symbolIndex: index, timeMs, markPrice: walk.mid / scale, indexPrice: walk.mid / scale };
    const price = buyerIsMaker ? bid : ask;
    for (const to of [sink, this.listener]) {
      if (to === null) continue;
      to.quote({ symbolIndex: index, timeMs, bid, bidQuantity: size, ask, askQuantity: size });
      to.mark({ ...mark, fundingRate: 0.0001, nextFundingMs });
      to.trade({ symbolIndex: index, timeMs, price, quantity, buyerIsMaker, tradeId: walk.tradeId });
    }
  }

  #fillSide(side: DepthSide, { terms, mid, spread, size, grid }: Walk, direction: 1 | -1): void {
    const scale = 10 ** terms.priceDecimals;
    const unit = 10 ** terms.quantityDecimals;
    side.count = LEVELS;
    for (let level = 0; level < LEVELS; level += 1) {
      side.prices[level] = (mid + direction * (spread + level * 2 * grid)) / scale;
      side.quantities[level] = Math.max(1, Math.round(size * (level + 1) * unit)) / unit;
    }
  }

  #walkOf(index: number): Walk {
    const walk = this.#walks[index];
    if (walk === undefined) throw new RangeError(`no symbol ${index}`);
    return walk;
  }
}

/** A whole minute shortly before a funding time, or far from one. */
export function startTime(draw: Draw): number {
  const day = Date.UTC(2026, 2, 2);
  return draw.isTrue(0.5) ? day + 8 * HOUR_MS - draw.whole(2, 8) * MINUTE_MS : day + 2 * HOUR_MS;
}
