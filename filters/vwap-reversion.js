/**
 * A quiet market that strayed far from the day's volume-weighted average price tends to come back to it: it is what most of
 * the day's volume paid. Entry when the distance shrinks again, target at VWAP itself, stop beyond the extreme. Not in a
 * trend (ADX), and not in the first hours of the UTC day, when VWAP has seen too little.
 */

/** @type {Meta} */
export const meta = {
  name: 'VWAP reversion',
  description: 'Back to the VWAP of the UTC day from a stretch of 2 deviations, in a market without a trend.',
  timeframes: ['5m'],
  // A UTC day has 288 candles: VWAP always sees the whole of it.
  lookback: 300,
  params: {
    deviations: { default: 2, min: 1, max: 4, step: 0.1, about: 'distance from VWAP in standard deviations' },
    window: { default: 60, min: 20, max: 200, step: 5, about: 'candles of the deviation' },
    maxAdx: { default: 25, min: 10, max: 60, step: 1, about: 'ADX(14) above it: a trend, no entry' },
    hours: { default: 3, min: 0, max: 12, step: 1, about: 'hours of the UTC day to wait' },
    swing: { default: 6, min: 2, max: 30, step: 1, about: 'candles whose extreme carries the stop' },
  },
  exits: { breakEven: '1r', maxHold: '6h' },
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const figure = (x) => String(Number(x.toPrecision(6)));

/** @type {Check} */
export function check({ now, candles, close, high, low, params }) {
  const set = candles['5m'];
  const vwap = ta.vwap(set);
  const distance = ta.column((i) => close[i] - vwap[i]);
  const stray = ta.stddev(distance, params.window);
  const stretch = ta.column((i) => (stray[i] > 0 ? distance[i] / stray[i] : NaN));
  plot('deviations from VWAP', stretch, ta.last(stretch) < 0 ? -params.deviations : params.deviations);
  if (now % DAY_MS < params.hours * HOUR_MS) return null;

  const isUp = ta.crossover(stretch, -params.deviations);
  const isDown = ta.crossunder(stretch, params.deviations);
  if (!isUp && !isDown) return null;
  const adx = ta.last(ta.adx(set, 14).adx);
  if (!(adx <= params.maxAdx)) return null;

  const [price, target] = [ta.last(close), ta.last(vwap)];
  const stopLoss = isUp ? ta.min(low, params.swing) : ta.max(high, params.swing);
  // Less to win than to lose: not worth the fees.
  if (Math.abs(target - price) < Math.abs(price - stopLoss)) return null;
  return {
    side: isUp ? 'long' : 'short',
    score: Math.abs(ta.last(stretch, 1)),
    stopLoss,
    takeProfit: target,
    conditions: [
      `close ${figure(price)} came back to ${ta.last(stretch).toFixed(1)} deviations from VWAP ${figure(target)}`,
      `ADX ${adx.toFixed(1)}, no trend`,
    ],
  };
}

/** @type {Manage} */
export function manage({ candles, position, params }) {
  const adx = ta.last(ta.adx(candles['5m'], 14).adx);
  // A trend against the position: the way back is not coming.
  if (!(adx > params.maxAdx + 10) || position.profitPct >= 0) return null;
  return { close: 1, conditions: [`ADX ${adx.toFixed(1)}: a trend has begun`] };
}
