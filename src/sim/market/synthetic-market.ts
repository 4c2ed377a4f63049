import { Decimal } from '../../domain/decimal.ts';
import { asId } from '../../domain/ids.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { Market } from '../../domain/instrument.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import { normalAt, seriesKey } from './chance.ts';
import { MarketConditions, SymbolConditions } from './conditions.ts';
import { Funding } from './funding.ts';
import { SymbolHistory } from './history.ts';
import type { SymbolBehaviour } from './history-hours.ts';
import { simulatedInstrument } from './instruments.ts';
import type { SymbolProfile } from './profiles.ts';
import { DEFAULT_SYMBOLS, symbolProfiles } from './profiles.ts';
import type { Grid } from './price-grid.ts';
import { gridOf } from './price-grid.ts';
import type { CandleColumns, CandleRange, DepthView, MarketEventSink, MarketSource, SourceSymbol } from './source.ts';
import { SyntheticDepth } from './synthetic-depth.ts';
import { SyntheticStream } from './synthetic-stream.ts';

export interface SyntheticMarketOptions {
  /** Whole number; the same seed, start and symbols give the same market. */
  readonly seed: number;
  /** Names in the venue's form, or how many of the largest. A symbol is the same whatever others there are. */
  readonly symbols?: number | readonly string[];
  readonly markets?: readonly Market[];
  /** When the stream begins, milliseconds UTC; taken down to a whole minute. */
  readonly startMs: number;
}

/** How far the price at the start lies from the reference price, by seed: standard deviation of its logarithm. */
const START_SPREAD = 0.08;

/** A symbol with everything that history, stream and depth are made of. */
interface Symbol {
  readonly profile: SymbolProfile;
  readonly prices: Grid;
  readonly quantities: Grid;
  readonly behaviour: SymbolBehaviour;
  readonly own: SymbolConditions;
  readonly startTicks: number;
  readonly funding: Funding;
}

function coarser(steps: readonly string[]): Grid {
  return gridOf(Decimal.max(...steps));
}

function symbolOf(profile: SymbolProfile, options: { seed: number; markets: readonly Market[] }): Symbol {
  const prices = coarser(options.markets.map((market) => profile.tick[market]));
  const quantities = coarser(options.markets.map((market) => profile.step[market]));
  const lift = START_SPREAD * normalAt(seriesKey(options.seed, `${profile.symbol}/start`), 0);
  const price = profile.referencePrice * Math.exp(lift);
  const tradeQuote = profile.dailyQuoteVolume / (DAY_MS / SECOND_MS) / profile.tradesPerSecond;
  return {
    ...{ profile, prices, quantities },
    behaviour: {
      dailyVolatility: profile.dailyVolatility,
      marketCorrelation: profile.marketCorrelation,
      tradesPerSecond: profile.tradesPerSecond,
      tradeLots: Math.round((tradeQuote / price) * (quantities.scale / quantities.stepUnits)),
    },
    own: new SymbolConditions(options.seed, profile.symbol),
    startTicks: Math.round((price * prices.scale) / prices.stepUnits),
    funding: new Funding(options.seed, profile.symbol, profile.fundingIntervalHours * HOUR_MS),
  };
}

/** The usual width between bid and ask in ticks: the more is traded, the narrower. */
function spreadTicks(symbol: Symbol): number {
  const share = 0.00003 * Math.pow(1e9 / symbol.profile.dailyQuoteVolume, 0.6);
  return Math.max(1, share * symbol.startTicks);
}

function depthOf(symbol: Symbol, seed: number): SyntheticDepth {
  return new SyntheticDepth(seriesKey(seed, `${symbol.profile.symbol}/depth`), {
    ...symbol,
    gapTicks: Math.max(1, Math.round(symbol.startTicks * 0.00001)),
    levelLots: symbol.behaviour.tradeLots * 4,
  });
}

function sourceSymbol(symbol: Symbol, markets: readonly Market[], listedAt: number): SourceSymbol {
  const { profile } = symbol;
  const instrument = (market: Market) =>
    markets.includes(market)
      ? simulatedInstrument({
          ...profile,
          market,
          ...{ tick: profile.tick[market], step: profile.step[market], minNotional: profile.minNotional[market] },
          listedAt,
        })
      : null;
  return {
    symbol: asId<VenueSymbol>(profile.symbol),
    instruments: { spot: instrument('spot'), futures: instrument('futures') },
    priceDecimals: symbol.prices.decimals,
    quantityDecimals: symbol.quantities.decimals,
  };
}

/** A seeded market without built-in edge: prices are martingales, whatever rule looks at whatever past. */
class SyntheticMarket implements MarketSource {
  readonly startMs: number;
  readonly symbols: readonly SourceSymbol[];
  readonly rawStreams: ReadonlySet<string> = new Set();
  readonly #symbols: readonly Symbol[];
  readonly #histories: readonly SymbolHistory[];
  readonly #depths: readonly SyntheticDepth[];
  readonly #stream: SyntheticStream;
  #reachedMs: number;

  constructor(profiles: readonly SymbolProfile[], options: Required<SyntheticMarketOptions>) {
    const { seed, markets } = options;
    this.startMs = Math.floor(options.startMs / MINUTE_MS) * MINUTE_MS;
    this.#reachedMs = this.startMs;
    const conditions = new MarketConditions(seed);
    this.#symbols = profiles.map((profile) => symbolOf(profile, { seed, markets }));
    this.#depths = this.#symbols.map((symbol) => depthOf(symbol, seed));
    this.#histories = this.#symbols.map(
      (symbol) =>
        new SymbolHistory({
          ...{ seed, name: symbol.profile.symbol, market: conditions },
          ...symbol,
          ...{ endMs: this.startMs, endTicks: symbol.startTicks },
        }),
    );
    const listedAt = this.#histories[0]?.startMs ?? this.startMs;
    this.symbols = this.#symbols.map((symbol) => sourceSymbol(symbol, markets, listedAt));
    const lanes = this.#symbols.map((symbol) => ({
      ...symbol,
      name: symbol.profile.symbol,
      spreadTicks: spreadTicks(symbol),
      funding: markets.includes('futures') ? symbol.funding : null,
    }));
    this.#stream = new SyntheticStream(lanes, { seed, conditions, startMs: this.startMs });
  }

  nextEventMs(): number {
    return this.#stream.nextEventMs();
  }

  advanceTo(timeMs: number, sink: MarketEventSink): boolean {
    if (!Number.isFinite(timeMs)) throw new RangeError(`a synthetic market cannot be driven to ${timeMs}`);
    this.#stream.advanceTo(timeMs, sink);
    this.#reachedMs = Math.max(this.#reachedMs, timeMs);
    return true;
  }

  async fill(): Promise<void> {}

  depth(symbolIndex: number, view: DepthView): void {
    view.bids.count = view.asks.count = 0;
    const top = this.#stream.tops.get(symbolIndex);
    if (top !== null) this.#depths[symbolIndex]?.fill(view, top, this.#reachedMs);
  }

  history(symbolIndex: number, timeframe: Timeframe, range: CandleRange): CandleColumns {
    return at(this.#histories, symbolIndex).candles(timeframe, range);
  }

  pastFundingRate(symbolIndex: number, fundingMs: number): number {
    return at(this.#symbols, symbolIndex).funding.rateAt(fundingMs);
  }

  async close(): Promise<void> {}
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no symbol ${index}: the market has ${items.length}`);
  return item;
}

/**
 * A seeded market of 1 to 500 symbols. Without `symbols` the 20 largest, without `markets` both.
 * @throws AitraderError `USAGE` for a symbol that cannot be, or too many
 */
export function createSyntheticMarket(options: SyntheticMarketOptions): MarketSource {
  const profiles = symbolProfiles(options.symbols ?? DEFAULT_SYMBOLS);
  return new SyntheticMarket(profiles, { symbols: [], markets: ['spot', 'futures'], ...options });
}
