import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import type { SeriesKey } from './chance.ts';
import { drawAt, normalAt, seriesKey, SmoothNormal, uniformAt } from './chance.ts';

/**
 * How lively a synthetic market is at any time: pure functions of seed, symbol and time, so that history and stream are
 * parts of one market and any moment can be asked for without the ones before it.
 *
 * Volatility is a product of random factors that change over minutes, hours and weeks (after the multifractal model of
 * Calvet and Fisher, 2004): quiet and wild times cluster at every scale. It says nothing about direction.
 */

interface Layer {
  readonly curve: SmoothNormal;
  readonly spanMs: number;
  /** Standard deviation of the logarithm of the factor. */
  readonly weight: number;
}

const LARGEST_VOLATILITY = 4;
const LEAST_VOLATILITY = 0.2;

function layers(seed: number, name: string, spans: readonly (readonly [number, number])[]): Layer[] {
  return spans.map(([spanMs, weight]) => {
    const curve = new SmoothNormal(seriesKey(seed, `${name}/${spanMs}`));
    return { curve, spanMs, weight };
  });
}

/** The product of the layers' factors at a time; the mean of its square is 1. */
function product(of: readonly Layer[], timeMs: number): number {
  let logarithm = 0;
  for (const { curve, spanMs, weight } of of) logarithm += weight * (curve.at(timeMs / spanMs) - weight);
  return Math.exp(logarithm);
}

/** Calm, usual and wild market for a day or so at a time: share of the time and volatility. Mean square 1. */
const REGIMES = [
  { share: 0.4, volatility: 0.7 },
  { share: 0.4, volatility: 0.95 },
  { share: 0.2, volatility: 1.476 },
] as const;
const REGIME_MS = 20 * HOUR_MS;

function regimeVolatility(key: SeriesKey, timeMs: number): number {
  let rest = uniformAt(key, Math.floor(timeMs / REGIME_MS));
  for (const { share, volatility } of REGIMES) {
    if (rest < share) return volatility;
    rest -= share;
  }
  return 1;
}

const DAY_SWING = 0.28;

/** The day's rhythm: most happens around 15:00 UTC, least at night in Europe. Mean square 1. */
function dayShape(timeMs: number): number {
  const angle = (2 * Math.PI * ((timeMs % DAY_MS) - 15 * HOUR_MS)) / DAY_MS;
  return (1 + DAY_SWING * Math.cos(angle)) / Math.sqrt(1 + (DAY_SWING * DAY_SWING) / 2);
}

function bounded(volatility: number): number {
  return Math.min(LARGEST_VOLATILITY, Math.max(LEAST_VOLATILITY, volatility));
}

/** Sudden moves: how many a day on average, and their scale as a share of a day's standard deviation. */
interface Jumps {
  readonly perDay: number;
  readonly scale: number;
}

const MARKET_JUMPS: Jumps = { perDay: 0.4, scale: 0.2 };
const SYMBOL_JUMPS: Jumps = { perDay: 1.5, scale: 0.2 };

/** Share of the variance that is left to the steady part of the moves. */
export const STEADY_SHARE = 0.78;

/** A symmetric jump in standard deviations of a day, made of one uniform draw; mostly 0. */
function jumpOf(uniform: number, spanMs: number, jumps: Jumps): number {
  const probability = (jumps.perDay * spanMs) / DAY_MS;
  if (uniform >= probability) return 0;
  const signed = (2 * uniform) / probability - 1;
  return Math.sign(signed) * jumps.scale * (0.5 + Math.min(3, -Math.log(1 - Math.abs(signed))));
}

/**
 * The common factor in an hour: its volatility, its steady move (standard normal), its jump in deviations of a day, and
 * random bits that choose its path and the minute of the jump.
 */
interface HourConditions {
  readonly volatility: number;
  readonly move: number;
  readonly jump: number;
  readonly detail: number;
}

/** What all symbols of a market share: the common factor of their returns and its volatility. */
export class MarketConditions {
  readonly #volatility: Layer[];
  readonly #regime: SeriesKey;
  readonly #factor: SeriesKey;
  readonly #jump: SeriesKey;
  readonly #detail: SeriesKey;
  /** At most one entry for each hour of history. */
  readonly #hours = new Map<number, HourConditions>();

  constructor(seed: number) {
    const spans = [[45 * MINUTE_MS, 0.25] as const, [5 * HOUR_MS, 0.28] as const, [9 * DAY_MS, 0.25] as const];
    this.#volatility = layers(seed, 'market/volatility', spans);
    this.#regime = seriesKey(seed, 'market/regime');
    this.#factor = seriesKey(seed, 'market/hour');
    this.#jump = seriesKey(seed, 'market/jump');
    this.#detail = seriesKey(seed, 'market/detail');
  }

  /** Volatility of the common factor relative to its average. */
  volatilityAt(timeMs: number): number {
    const regime = regimeVolatility(this.#regime, timeMs);
    return bounded(product(this.#volatility, timeMs) * regime * dayShape(timeMs));
  }

  /** The common factor in an hour of history, counted since the epoch. */
  hour(hour: number): HourConditions {
    let known = this.#hours.get(hour);
    if (known === undefined) {
      known = {
        volatility: this.volatilityAt((hour + 0.5) * HOUR_MS),
        move: normalAt(this.#factor, hour),
        jump: jumpOf(uniformAt(this.#jump, hour), HOUR_MS, MARKET_JUMPS),
        detail: drawAt(this.#detail, hour),
      };
      this.#hours.set(hour, known);
    }
    return known;
  }

  /** The common factor's jump in a span of the stream, from a uniform draw. */
  jump(uniform: number, spanMs: number): number {
    return jumpOf(uniform, spanMs, MARKET_JUMPS);
  }
}

/** A symbol's own part of the market. */
export class SymbolConditions {
  readonly #volatility: Layer[];
  readonly #activity: Layer[];
  readonly #hour: SeriesKey;
  readonly #jump: SeriesKey;

  constructor(seed: number, symbol: string) {
    const spans = [[80 * MINUTE_MS, 0.24] as const, [9 * HOUR_MS, 0.22] as const, [13 * DAY_MS, 0.22] as const];
    this.#volatility = layers(seed, `${symbol}/volatility`, spans);
    this.#activity = layers(seed, `${symbol}/activity`, [[11 * MINUTE_MS, 0.2] as const, [26 * HOUR_MS, 0.2] as const]);
    this.#hour = seriesKey(seed, `${symbol}/hour`);
    this.#jump = seriesKey(seed, `${symbol}/jump`);
  }

  /** Volatility of the symbol's own moves relative to its average; wild markets make wild symbols. */
  volatilityAt(timeMs: number, marketVolatility: number): number {
    return bounded(product(this.#volatility, timeMs) * Math.sqrt(marketVolatility));
  }

  /** Trading relative to its average: more by day and when prices move. */
  activityAt(timeMs: number, volatility: number): number {
    const activity = product(this.#activity, timeMs) * dayShape(timeMs) * Math.pow(volatility, 0.8);
    return Math.min(6, Math.max(0.4, activity));
  }

  /** The symbol's own steady move over an hour of history: standard normal. */
  hourMove(hour: number): number {
    return normalAt(this.#hour, hour);
  }

  /** The symbol's own jump in an hour of history, in standard deviations of a day. */
  hourJump(hour: number): number {
    return jumpOf(uniformAt(this.#jump, hour), HOUR_MS, SYMBOL_JUMPS);
  }

  /** The symbol's own jump in a span of the stream, from a uniform draw. */
  jump(uniform: number, spanMs: number): number {
    return jumpOf(uniform, spanMs, SYMBOL_JUMPS);
  }
}
