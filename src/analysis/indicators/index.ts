/**
 * The functions of `ta`: columns in, fresh Float64Array of the same length out, NaN while warming up, TA-Lib's formulas
 * and seeding. It depends on nothing but the language, so it runs in a filter's isolate as well.
 */
import * as bands from './bands.ts';
import { ichimoku } from './ichimoku.ts';
import * as levels from './levels.ts';
import * as momentum from './momentum.ts';
import * as movingAverages from './moving-averages.ts';
import * as numbers from './numbers.ts';
import * as oscillators from './oscillators.ts';
import { psar } from './psar.ts';
import * as signals from './signals.ts';
import * as statistics from './statistics.ts';
import * as trend from './trend.ts';
import * as volatility from './volatility.ts';
import { volumeProfile } from './volume-profile.ts';
import * as volume from './volume.ts';

export type { CandleColumns, Column } from './column.ts';
export type { Indicator, IndicatorFunction, IndicatorState, Span } from './indicator.ts';

export * from './bands.ts';
export * from './ichimoku.ts';
export * from './levels.ts';
export * from './momentum.ts';
export * from './moving-averages.ts';
export * from './numbers.ts';
export * from './oscillators.ts';
export * from './psar.ts';
export * from './signals.ts';
export * from './statistics.ts';
export * from './trend.ts';
export * from './volatility.ts';
export * from './volume-profile.ts';
export * from './volume.ts';

/** Pine's spellings. */
export const bb = bands.bollinger;
export const kc = bands.keltner;
export const stoch = oscillators.stochastic;
export const wpr = oscillators.willr;
export const stdev = volatility.stddev;
export const sar = psar;
export const dmi = trend.adx;

/** Everything above as one object. */
export const ta = Object.freeze({
  ...movingAverages,
  ...momentum,
  ...oscillators,
  ...trend,
  ichimoku,
  psar,
  ...volatility,
  ...bands,
  ...volume,
  volumeProfile,
  ...statistics,
  ...levels,
  ...numbers,
  ...signals,
  ...{ bb, kc, stoch, wpr, stdev, sar, dmi },
});
