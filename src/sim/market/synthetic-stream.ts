import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../domain/time.ts';
import type { MarketConditions, SymbolConditions } from './conditions.ts';
import { STEADY_SHARE } from './conditions.ts';
import { Draws, seriesKey } from './chance.ts';
import { EventBatch, TopsOfBook } from './event-batch.ts';
import type { Funding } from './funding.ts';
import type { SymbolBehaviour } from './history-hours.ts';
import type { Grid } from './price-grid.ts';
import { onGrid } from './price-grid.ts';
import type { MarketEventSink, QuoteEvent } from './source.ts';

/** One symbol of the stream as it begins. */
export interface StreamSymbol {
  readonly name: string;
  readonly behaviour: SymbolBehaviour;
  readonly own: SymbolConditions;
  readonly prices: Grid;
  readonly quantities: Grid;
  /** Price at the start, in ticks. */
  readonly startTicks: number;
  /** Average width between bid and ask, ticks. */
  readonly spreadTicks: number;
  /** Null where the symbol has no futures. */
  readonly funding: Funding | null;
}

/** All prices move at the same moments, so that no symbol ever lags behind another. */
const STEP_MS = 1_000;
/** Bounds the work of one step; the rest of a burst does not happen. */
const MOST_TRADES = 40;
/** Average size of the best level, in average trades. */
const TOP_TRADES = 6;
/** A price this low does not fall any further. */
const LEAST_TICKS = 20;

/** A symbol in motion. */
interface Lane {
  readonly symbol: StreamSymbol;
  readonly draws: Draws;
  /** The value that bid and ask enclose, in ticks with a fraction: a martingale. */
  value: number;
  bid: number;
  ask: number;
  bidLots: number;
  askLots: number;
  tradeId: number;
  /** For the minute under way: deviations of a step's common and own move, of both together, trades of a step. */
  commonDeviation: number;
  ownDeviation: number;
  deviation: number;
  tradesPerStep: number;
  spreadTicks: number;
}

/**
 * The stream of a synthetic market, in steps of a second. At the start of a step the values of all symbols move at once,
 * by simple returns with mean 0 whatever came before: a common and an own part, and now and then a jump. The trades of
 * the step then happen at the bid or ask around the value.
 */
export class SyntheticStream {
  readonly #market: MarketConditions;
  readonly #marketDraws: Draws;
  readonly #lanes: readonly Lane[];
  readonly #batch: EventBatch;
  readonly #tops: TopsOfBook;
  #nextStepMs: number;

  /** @param market the seed, the conditions that all symbols share, and the start: a whole minute */
  constructor(
    symbols: readonly StreamSymbol[],
    market: { readonly seed: number; readonly conditions: MarketConditions; readonly startMs: number },
  ) {
    this.#market = market.conditions;
    this.#marketDraws = new Draws(seriesKey(market.seed, 'market/stream'));
    this.#lanes = symbols.map((symbol) => lane(symbol, market.seed));
    this.#tops = new TopsOfBook(symbols.length);
    this.#batch = new EventBatch(STEP_MS, this.#tops);
    this.#nextStepMs = market.startMs;
  }

  /** The last quotes sent. */
  get tops(): TopsOfBook {
    return this.#tops;
  }

  /** Time of the next event: there always is one, as every step begins with quotes. */
  nextEventMs(): number {
    return Math.min(this.#batch.nextMs(), this.#nextStepMs);
  }

  /** Sends the events up to and including `timeMs`. */
  advanceTo(timeMs: number, sink: MarketEventSink): void {
    this.#batch.send(timeMs, sink);
    while (this.#nextStepMs <= timeMs) {
      this.#step(this.#nextStepMs);
      this.#nextStepMs += STEP_MS;
      this.#batch.send(timeMs, sink);
    }
  }

  #step(startMs: number): void {
    this.#batch.begin(startMs);
    if (startMs % MINUTE_MS === 0) this.#newMinute(startMs);
    const common = this.#marketDraws.normal();
    const commonJump = this.#market.jump(this.#marketDraws.uniform(), STEP_MS);
    this.#lanes.forEach((at, symbolIndex) => {
      const steady = at.commonDeviation * common + at.ownDeviation * at.draws.normal();
      move(at, steady + jumpOf(at, commonJump));
      renewQuote(at);
      writeQuote(at, this.#batch.quote(symbolIndex, startMs));
      this.#mark(at, symbolIndex, startMs);
      this.#trade(at, symbolIndex, { startMs, buyShare: 0.5 + 0.2 * Math.tanh(steady / at.deviation) });
    });
    this.#batch.sort();
  }

  #newMinute(timeMs: number): void {
    const marketVolatility = this.#market.volatilityAt(timeMs);
    for (const at of this.#lanes) {
      const { dailyVolatility, marketCorrelation: share, tradesPerSecond } = at.symbol.behaviour;
      const perStep = dailyVolatility * Math.sqrt((STEADY_SHARE * STEP_MS) / DAY_MS);
      const ownVolatility = at.symbol.own.volatilityAt(timeMs, marketVolatility);
      const [common, own] = [share * marketVolatility, Math.sqrt(1 - share * share) * ownVolatility];
      const volatility = Math.sqrt(common * common + own * own);
      at.commonDeviation = perStep * common;
      at.ownDeviation = perStep * own;
      at.deviation = perStep * volatility;
      at.tradesPerStep = (tradesPerSecond * at.symbol.own.activityAt(timeMs, volatility) * STEP_MS) / SECOND_MS;
      at.spreadTicks = at.symbol.spreadTicks * Math.sqrt(volatility);
    }
  }

  #mark(at: Lane, symbolIndex: number, timeMs: number): void {
    const { funding, prices } = at.symbol;
    if (funding === null) return;
    const event = this.#batch.mark(symbolIndex, timeMs);
    const index = onGrid(prices, at.value);
    event.indexPrice = Math.round(index * 1e8) / 1e8;
    event.markPrice = Math.round(index * (1 + funding.premiumAt(timeMs)) * 1e8) / 1e8;
    event.nextFundingMs = funding.nextAfter(timeMs);
    event.fundingRate = funding.rateAt(event.nextFundingMs);
  }

  #trade(at: Lane, symbolIndex: number, step: { readonly startMs: number; readonly buyShare: number }): void {
    const { draws, symbol } = at;
    const wanted = at.tradesPerStep * draws.exponential() + draws.uniform();
    const count = Math.min(MOST_TRADES, Math.floor(wanted));
    for (let i = 0; i < count; i += 1) {
      const timeMs = step.startMs + 1 + Math.floor(((i + draws.uniform()) * (STEP_MS - 1)) / count);
      const isBuy = draws.uniform() < step.buyShare;
      const available = isBuy ? at.askLots : at.bidLots;
      const lots = Math.min(available - 1, 1 + Math.floor(symbol.behaviour.tradeLots * draws.logNormal()));
      at.tradeId += 1;
      const event = this.#batch.trade(symbolIndex, timeMs);
      event.price = onGrid(symbol.prices, isBuy ? at.ask : at.bid);
      event.quantity = onGrid(symbol.quantities, lots);
      event.buyerIsMaker = !isBuy;
      event.tradeId = at.tradeId;
      const left = available - lots;
      const renewed = left > symbol.behaviour.tradeLots ? left : topLots(at);
      if (isBuy) at.askLots = renewed;
      else at.bidLots = renewed;
      writeQuote(at, this.#batch.quote(symbolIndex, timeMs));
    }
  }
}

function lane(symbol: StreamSymbol, seed: number): Lane {
  return {
    symbol,
    draws: new Draws(seriesKey(seed, `${symbol.name}/stream`)),
    value: symbol.startTicks,
    ...{ bid: 0, ask: 0, bidLots: 0, askLots: 0, tradeId: 0 },
    ...{ commonDeviation: 0, ownDeviation: 0, deviation: 0, tradesPerStep: 0, spreadTicks: 0 },
  };
}

function jumpOf(at: Lane, commonJump: number): number {
  const { dailyVolatility, marketCorrelation: share } = at.symbol.behaviour;
  const own = at.symbol.own.jump(at.draws.uniform(), STEP_MS);
  if (own === 0 && commonJump === 0) return 0;
  return dailyVolatility * (share * commonJump + Math.sqrt(1 - share * share) * own);
}

function move(at: Lane, change: number): void {
  at.value = Math.max(LEAST_TICKS, at.value * (1 + change));
}

function topLots(at: Lane): number {
  return 2 + Math.floor(at.symbol.behaviour.tradeLots * TOP_TRADES * (0.2 + 0.8 * at.draws.exponential()));
}

/** Bid and ask as nearly even around the value as the ticks allow. */
function renewQuote(at: Lane): void {
  const width = Math.max(1, Math.floor(at.spreadTicks * (0.5 + 0.5 * at.draws.exponential()) + at.draws.uniform()));
  at.bid = Math.round(at.value - width / 2);
  at.ask = at.bid + width;
  at.bidLots = topLots(at);
  at.askLots = topLots(at);
}

function writeQuote(at: Lane, event: QuoteEvent): void {
  const { prices, quantities } = at.symbol;
  event.bid = onGrid(prices, at.bid);
  event.bidQuantity = onGrid(quantities, at.bidLots);
  event.ask = onGrid(prices, at.ask);
  event.askQuantity = onGrid(quantities, at.askLots);
}
