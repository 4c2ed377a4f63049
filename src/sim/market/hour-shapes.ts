import { Draws, seriesKey } from './chance.ts';

/**
 * Ready-made paths through an hour, so that history can be asked for by the hour or by the minute and is the same either
 * way, without drawing the minutes of years.
 *
 * A path of an hour is `open + move x time + deviation x bridge`, where time runs from 0 to 1 and the bridge is a standard
 * Brownian bridge (0 at both ends), drawn independently of the move: such a path is a random walk.
 */

export const HOUR_MINUTES = 60;
const SHAPES = 256;

/** In single precision, so that the library stays in the processor's cache. */
export interface HourShape {
  /** The bridge at the ends of minutes, index 0 is the hour's start. Length 61. */
  readonly bridge: Float32Array;
  /** How far each minute's path reaches beyond its ends if these are level, in deviations of a minute. */
  readonly upperReach: Float32Array;
  readonly lowerReach: Float32Array;
  /** Shares of the hour's volume up to the end of each minute, 0 first and 1 last. Length 61. */
  readonly volumeShares: Float32Array;
  /** The same for volume bought by aggressors: more where the bridge rises. */
  readonly buyShares: Float32Array;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

/**
 * For each minute, its move in every shape. The columns are made orthogonal and of equal length (Gram-Schmidt), so that
 * over the library as a whole no minute's move tells anything linear about another's: a plain sample of this size would
 * have correlations of half a percent, the same in every market.
 */
function minuteMoves(draws: Draws): Float64Array[] {
  const columns: Float64Array[] = [];
  for (let minute = 0; minute < HOUR_MINUTES; minute += 1) {
    const column = Float64Array.from({ length: SHAPES }, () => draws.normal());
    for (const earlier of columns) {
      const share = dot(column, earlier) / dot(earlier, earlier);
      earlier.forEach((value, i) => (column[i] = (column[i] ?? 0) - share * value));
    }
    const length = Math.sqrt((dot(column, column) * HOUR_MINUTES) / SHAPES);
    columns.push(column.map((value) => value / length));
  }
  return columns;
}

/** Running totals that begin with 0. */
function runningTotals(parts: Float64Array): Float64Array {
  const totals = new Float64Array(parts.length + 1);
  parts.forEach((part, i) => (totals[i + 1] = (totals[i] ?? 0) + part));
  return totals;
}

/** Shares that add up to 1, as running totals. */
function runningShares(parts: Float64Array): Float32Array {
  const totals = runningTotals(parts);
  const sum = totals[parts.length] ?? 1;
  return Float32Array.from(totals, (total) => total / sum);
}

/** @param moves standard Brownian moves of the minutes of an hour */
function makeShape(draws: Draws, moves: Float64Array): HourShape {
  const mean = moves.reduce((sum, move) => sum + move, 0) / HOUR_MINUTES;
  const tied = moves.map((move) => move - mean);
  const bridge = runningTotals(tied);
  bridge[HOUR_MINUTES] = 0;
  const rises = tied.map((move) => move * Math.sqrt(HOUR_MINUTES));
  const volumes = rises.map((rise) => 0.5 + 0.5 * Math.abs(rise) + 0.3 * draws.exponential());
  const reach = (): Float32Array => Float32Array.from(moves, () => Math.sqrt(draws.exponential() / 2));
  return {
    ...{ bridge: Float32Array.from(bridge), upperReach: reach(), lowerReach: reach() },
    volumeShares: runningShares(volumes),
    buyShares: runningShares(volumes.map((volume, i) => volume * (1 + 0.25 * Math.tanh(rises[i] ?? 0)))),
  };
}

/** The same shape upside down. */
function mirrored(shape: HourShape): HourShape {
  return {
    bridge: shape.bridge.map((value) => -value),
    ...{ upperReach: shape.lowerReach, lowerReach: shape.upperReach, volumeShares: shape.volumeShares },
    buyShares: shape.buyShares.map((share, i) => 2 * (shape.volumeShares[i] ?? 0) - share),
  };
}

let library: readonly HourShape[] | null = null;

/** All shapes, each beside its mirror image; made on first use and the same in every market. */
function hourShapes(): readonly HourShape[] {
  if (library !== null) return library;
  const draws = new Draws(seriesKey(0, 'hour-shapes'));
  const moves = minuteMoves(draws);
  library = Array.from({ length: SHAPES }, (_, i) => {
    const shape = makeShape(
      draws,
      Float64Array.from(moves, (column) => column[i] ?? 0),
    );
    return [shape, mirrored(shape)];
  }).flat();
  return library;
}

/** The shape that 32 random bits choose. */
export function shapeOf(bits: number): HourShape {
  const shapes = hourShapes();
  return shapes[(bits >>> 0) % shapes.length] as HourShape;
}
