import { candleOpenTime, HOUR_MS, WEEK_MS } from '../../domain/time.ts';
import type { MarketConditions, SymbolConditions } from './conditions.ts';
import { STEADY_SHARE } from './conditions.ts';
import type { HourShape } from './hour-shapes.ts';
import { HOUR_MINUTES, shapeOf } from './hour-shapes.ts';
import type { SeriesKey } from './chance.ts';
import { drawAt, seriesKey, uniformAt } from './chance.ts';

const HOURS_PER_WEEK = WEEK_MS / HOUR_MS;

/** How far history goes back, weeks. */
const HISTORY_WEEKS = 520;

/** The figures of a symbol that history and stream share. */
export interface SymbolBehaviour {
  /** Standard deviation of the return of a day of average volatility. */
  readonly dailyVolatility: number;
  /** Share of the common factor in the returns, as a correlation: 0..1. */
  readonly marketCorrelation: number;
  readonly tradesPerSecond: number;
  /** Average size of a trade in lots. */
  readonly tradeLots: number;
}

/** One of the two random parts of an hour's path: what all symbols share, or the symbol's own. */
export interface PathPart {
  deviation: number;
  shape: HourShape;
  /** Added from the start of `jumpMinute` on; mostly 0. */
  jump: number;
  jumpMinute: number;
}

/** An hour of history: prices run along `open + move x time` plus, for both parts, `deviation x bridge` and the jump. */
export interface Hour {
  openTime: number;
  open: number;
  close: number;
  move: number;
  readonly common: PathPart;
  readonly own: PathPart;
  trades: number;
  lots: number;
  buyLots: number;
}

/** What drives an hour: all moves relative to its open. */
interface HourReturn {
  steady: number;
  commonJump: number;
  ownJump: number;
  commonDeviation: number;
  ownDeviation: number;
  /** Volatility relative to the symbol's average. */
  volatility: number;
}

/** The least trades of an hour: every minute must get one. */
const LEAST_TRADES = 160;
/** The least average size of a trade: buying and selling of every minute must be whole lots. */
const LEAST_TRADE_LOTS = 16;

function emptyHour(): Hour {
  const part = (): PathPart => ({ deviation: 0, shape: shapeOf(0), jump: 0, jumpMinute: 0 });
  return {
    ...{ openTime: -1, open: 0, close: 0, move: 0, common: part(), own: part() },
    ...{ trades: 0, lots: 0, buyLots: 0 },
  };
}

/** The week that was asked for last, of whichever symbol: one is kept for all, as 500 would fill the memory. */
const loaded: { owner: HistoryHours | null; week: number; readonly hours: Hour[] } = {
  owner: null,
  week: 0,
  hours: [],
};

/**
 * The hours of a symbol's history, backwards from its end. Any hour can be asked for; the prices of a week are found by
 * taking off the returns after it, once.
 */
export class HistoryHours {
  readonly #behaviour: SymbolBehaviour;
  readonly #market: MarketConditions;
  readonly #own: SymbolConditions;
  readonly #detail: SeriesKey;
  readonly #return: HourReturn = {
    ...{ steady: 0, commonJump: 0, ownJump: 0, commonDeviation: 0, ownDeviation: 0, volatility: 1 },
  };
  readonly #lastWeekMs: number;
  readonly #endMs: number;
  /** Price at the end of the week that began so many weeks before the last one. */
  #weekEnds: number[] = [1];

  /**
   * @param symbol its name and `behaviour`, the conditions it lives in, and the end of the last hour. Prices end at 1
   *   until `rescale` says otherwise
   */
  constructor(symbol: {
    readonly seed: number;
    readonly name: string;
    readonly behaviour: SymbolBehaviour;
    readonly market: MarketConditions;
    readonly own: SymbolConditions;
    readonly endMs: number;
  }) {
    this.#behaviour = symbol.behaviour;
    this.#market = symbol.market;
    this.#own = symbol.own;
    this.#detail = seriesKey(symbol.seed, `${symbol.name}/detail`);
    this.#endMs = symbol.endMs;
    this.#lastWeekMs = candleOpenTime(symbol.endMs - 1, '1w');
  }

  /** When history begins, milliseconds UTC: a Monday. */
  get startMs(): number {
    return this.#lastWeekMs - (HISTORY_WEEKS - 1) * WEEK_MS;
  }

  /** Multiplies all prices. */
  rescale(factor: number): void {
    this.#weekEnds = this.#weekEnds.map((price) => price * factor);
    if (loaded.owner === this) loaded.owner = null;
  }

  /** The hour that opens at `openMs`, which lies in history. The object is reused: read it before the next call. */
  at(openMs: number): Readonly<Hour> {
    const week = Math.ceil((this.#lastWeekMs - openMs) / WEEK_MS);
    if (week !== loaded.week || loaded.owner !== this) this.#load(week);
    const hour = loaded.hours[Math.round((openMs - this.#lastWeekMs) / HOUR_MS) + week * HOURS_PER_WEEK];
    if (hour === undefined || hour.openTime !== openMs) throw new RangeError(`${openMs} is no hour of history`);
    return hour;
  }

  #load(week: number): void {
    for (let known = this.#weekEnds.length; known <= week; known += 1) {
      this.#weekEnds.push(this.#openOfWeek(known - 1));
    }
    loaded.owner = this;
    loaded.week = week;
    while (loaded.hours.length < HOURS_PER_WEEK) loaded.hours.push(emptyHour());
    const weekMs = this.#lastWeekMs - week * WEEK_MS;
    const last = Math.min(weekMs + WEEK_MS, this.#endMs) - HOUR_MS;
    for (const hour of loaded.hours) hour.openTime = -1;
    let close = this.#weekEnds[week] ?? 0;
    for (let openMs = last; openMs >= weekMs; openMs -= HOUR_MS) {
      const hour = loaded.hours[Math.round((openMs - weekMs) / HOUR_MS)];
      if (hour === undefined) break;
      this.#fill(hour, openMs, close);
      close = hour.open;
    }
  }

  #openOfWeek(week: number): number {
    const weekMs = this.#lastWeekMs - week * WEEK_MS;
    const endMs = Math.min(weekMs + WEEK_MS, this.#endMs);
    let price = this.#weekEnds[week] ?? 0;
    for (let openMs = endMs - HOUR_MS; openMs >= weekMs; openMs -= HOUR_MS) {
      const { steady, commonJump, ownJump } = this.#returnOf(openMs);
      price /= 1 + steady + commonJump + ownJump;
    }
    return price;
  }

  /** The returns of an hour have mean 0 whatever came before: as simple returns, so that prices have no drift. */
  #returnOf(openMs: number): HourReturn {
    const hour = openMs / HOUR_MS;
    const middleMs = openMs + HOUR_MS / 2;
    const { dailyVolatility, marketCorrelation: share } = this.#behaviour;
    const rest = Math.sqrt(1 - share * share);
    const market = this.#market.hour(hour);
    const ownVolatility = this.#own.volatilityAt(middleMs, market.volatility);
    const hourly = dailyVolatility * Math.sqrt((STEADY_SHARE * HOUR_MS) / (24 * HOUR_MS));
    const common = share * market.volatility;
    const own = rest * ownVolatility;
    const result = this.#return;
    result.volatility = Math.sqrt(common * common + own * own);
    result.commonDeviation = hourly * common;
    result.ownDeviation = hourly * own;
    result.steady = hourly * (common * market.move + own * this.#own.hourMove(hour));
    result.commonJump = dailyVolatility * share * market.jump;
    result.ownJump = dailyVolatility * rest * this.#own.hourJump(hour);
    return result;
  }

  #fill(hour: Hour, openMs: number, close: number): void {
    const { steady, commonJump, ownJump, commonDeviation, ownDeviation, volatility } = this.#returnOf(openMs);
    const open = close / (1 + steady + commonJump + ownJump);
    hour.openTime = openMs;
    hour.open = open;
    hour.close = close;
    hour.move = open * steady;
    hour.common.deviation = open * commonDeviation;
    hour.common.jump = open * commonJump;
    hour.own.deviation = open * ownDeviation;
    hour.own.jump = open * ownJump;
    choosePath(hour.common, this.#market.hour(openMs / HOUR_MS).detail);
    choosePath(hour.own, drawAt(this.#detail, openMs / HOUR_MS));
    this.#fillVolume(hour, volatility);
  }

  #fillVolume(hour: Hour, volatility: number): void {
    const { tradesPerSecond, tradeLots } = this.#behaviour;
    const activity = this.#own.activityAt(hour.openTime + HOUR_MS / 2, volatility);
    const noise = uniformAt(this.#detail, ~(hour.openTime / HOUR_MS));
    hour.trades = Math.max(LEAST_TRADES, Math.round(tradesPerSecond * (HOUR_MS / 1_000) * activity));
    hour.lots = Math.round(hour.trades * Math.max(LEAST_TRADE_LOTS, tradeLots * (0.85 + 0.3 * noise)));
    const pull = (hour.close - hour.open) / (hour.common.deviation + hour.own.deviation);
    hour.buyLots = Math.round(hour.lots * (0.5 + 0.05 * Math.min(2, Math.max(-2, pull))));
  }
}

function choosePath(part: PathPart, bits: number): void {
  part.shape = shapeOf(bits);
  part.jumpMinute = (bits >>> 16) % HOUR_MINUTES;
}
