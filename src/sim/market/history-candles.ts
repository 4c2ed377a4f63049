import { MINUTE_MS } from '../../domain/time.ts';
import type { TickCandle } from './candle-builder.ts';
import { emptyTickCandle } from './candle-builder.ts';
import type { Hour, PathPart } from './history-hours.ts';
import { HOUR_MINUTES } from './hour-shapes.ts';

/** A price in whole ticks, at least one: zero is no price. */
function ticks(value: number): number {
  return Math.max(1, Math.round(value));
}

function addJump(points: Float64Array, part: Readonly<PathPart>): void {
  if (part.jump === 0) return;
  for (let i = part.jumpMinute + 1; i < HOUR_MINUTES; i += 1) points[i] = (points[i] ?? 0) + part.jump;
}

/** Writes the prices at the ends of an hour's minutes, its open first, in the hour's unit. */
export function fillPath(points: Float64Array, hour: Readonly<Hour>): void {
  const { open, move, common, own } = hour;
  const [commonBridge, ownBridge] = [common.shape.bridge, own.shape.bridge];
  for (let i = 0; i < HOUR_MINUTES; i += 1) {
    const random = common.deviation * (commonBridge[i] ?? 0) + own.deviation * (ownBridge[i] ?? 0);
    points[i] = open + (move * i) / HOUR_MINUTES + random;
  }
  addJump(points, common);
  addJump(points, own);
  points[HOUR_MINUTES] = hour.close;
}

/** The standard deviation of a minute's move. */
function minuteDeviation(hour: Readonly<Hour>): number {
  const variance = hour.common.deviation * hour.common.deviation + hour.own.deviation * hour.own.deviation;
  return Math.sqrt(variance / HOUR_MINUTES);
}

/**
 * How far a minute's path goes beyond the further of its ends: the extreme of a Brownian bridge over `move`.
 * @param reach the same for a move of 0
 */
function wick(move: number, reach: number): number {
  return (Math.sqrt(move * move + 4 * reach * reach) - Math.abs(move)) / 2;
}

/** Parts of a whole number that add up to the whole: the difference of rounded running totals. */
function part(whole: number, shares: Float32Array, minute: number): number {
  return Math.floor(whole * (shares[minute + 1] ?? 0)) - Math.floor(whole * (shares[minute] ?? 0));
}

/** Makes candles of hours. Its candles are reused: read them before the next call. */
export class HistoryCandles {
  /** Prices at the ends of the minutes, as they are and in whole ticks. */
  readonly #points = new Float64Array(HOUR_MINUTES + 1);
  readonly #ticks = new Float64Array(HOUR_MINUTES + 1);
  readonly #minutes = Array.from({ length: HOUR_MINUTES }, emptyTickCandle);
  readonly #hour = emptyTickCandle();

  /** The hour as one candle, equal to its minutes taken together. */
  hour(hour: Readonly<Hour>): Readonly<TickCandle> {
    const candle = this.#hour;
    this.#walk(hour);
    candle.openTime = hour.openTime;
    candle.open = ticks(hour.open);
    candle.close = ticks(hour.close);
    this.#fillExtremes(candle, hour);
    candle.volume = hour.lots;
    candle.trades = hour.trades;
    candle.buyVolume = hour.buyLots;
    candle.quoteVolume = this.#quoteOf(hour.lots, hour.own.shape.volumeShares);
    candle.buyQuoteVolume = this.#quoteOf(hour.buyLots, hour.own.shape.buyShares);
    return candle;
  }

  /** The hour's 60 minutes. */
  minutes(hour: Readonly<Hour>): readonly Readonly<TickCandle>[] {
    this.#walk(hour);
    this.#minutes.forEach((candle, minute) => this.#fillMinute(candle, hour, minute));
    return this.#minutes;
  }

  #walk(hour: Readonly<Hour>): void {
    fillPath(this.#points, hour);
    const [points, inTicks] = [this.#points, this.#ticks];
    for (let i = 0; i <= HOUR_MINUTES; i += 1) inTicks[i] = ticks(points[i] ?? 0);
  }

  /** What lots are worth, in ticks x lots: those of a minute at the middle of its open and close. */
  #quoteOf(lots: number, shares: Float32Array): number {
    const inTicks = this.#ticks;
    let quote = 0;
    let done = 0;
    for (let i = 0; i < HOUR_MINUTES; i += 1) {
      const next = Math.floor(lots * (shares[i + 1] ?? 0));
      quote += (next - done) * ((inTicks[i] ?? 0) + (inTicks[i + 1] ?? 0));
      done = next;
    }
    return quote / 2;
  }

  #fillExtremes(candle: TickCandle, hour: Readonly<Hour>): void {
    const { upperReach, lowerReach } = hour.own.shape;
    const deviation = minuteDeviation(hour);
    const points = this.#points;
    let open = hour.open;
    let high = open;
    let low = open;
    for (let i = 0; i < HOUR_MINUTES; i += 1) {
      const close = points[i + 1] ?? 0;
      const top = open > close ? open : close;
      const bottom = open > close ? close : open;
      const up = deviation * (upperReach[i] ?? 0);
      const down = deviation * (lowerReach[i] ?? 0);
      if (top + up > high) high = Math.max(high, top + wick(close - open, up));
      if (bottom - down < low) low = Math.min(low, bottom - wick(close - open, down));
      open = close;
    }
    candle.high = ticks(high);
    candle.low = ticks(low);
  }

  #fillMinute(candle: TickCandle, hour: Readonly<Hour>, minute: number): void {
    const { upperReach, lowerReach, volumeShares, buyShares } = hour.own.shape;
    const deviation = minuteDeviation(hour);
    const open = this.#points[minute] ?? 0;
    const close = this.#points[minute + 1] ?? 0;
    candle.openTime = hour.openTime + minute * MINUTE_MS;
    candle.open = this.#ticks[minute] ?? 0;
    candle.close = this.#ticks[minute + 1] ?? 0;
    candle.high = ticks(Math.max(open, close) + wick(close - open, deviation * (upperReach[minute] ?? 0)));
    candle.low = ticks(Math.min(open, close) - wick(close - open, deviation * (lowerReach[minute] ?? 0)));
    candle.volume = part(hour.lots, volumeShares, minute);
    candle.trades = part(hour.trades, volumeShares, minute);
    candle.buyVolume = part(hour.buyLots, buyShares, minute);
    candle.quoteVolume = (candle.volume * (candle.open + candle.close)) / 2;
    candle.buyQuoteVolume = (candle.buyVolume * (candle.open + candle.close)) / 2;
  }
}
