/**
 * Averages of 8, 13, 21, 34 and 55 candles that lie in order are a trend; a candle that dips into them and closes beyond
 * the fastest one is a chance to join it. The stop follows the slowest average. It earns in trends and pays for it in
 * ranges, where the ribbon is in order for a few candles at a time: `age` keeps the youngest ones out.
 */

/** @type {Meta} */
export const meta = {
  name: 'EMA ribbon trend',
  description: 'Joins a trend of ordered averages after a pullback into the ribbon; the stop follows the slowest.',
  timeframes: ['15m'],
  lookback: 300,
  params: {
    age: { default: 12, min: 2, max: 60, step: 1, about: 'candles for which the ribbon must have been in order' },
    depth: {
      default: 2,
      min: 0,
      max: 3,
      step: 1,
      about: 'average that the pullback must touch: 0 is the 8, 3 is the 34',
    },
    minAdx: { default: 20, min: 0, max: 40, step: 1, about: 'ADX(14) below it: no trend' },
  },
  exits: { takeProfit: [{ at: '3r', part: 0.5 }], breakEven: '1.5r', maxHold: '3d' },
};

const PERIODS = [8, 13, 21, 34, 55];
const figure = (x) => String(Number(x.toPrecision(6)));

/** Whether the averages lie in order at a row: sign 1 fastest on top, -1 fastest at the bottom. */
function inOrder(ribbon, back, sign) {
  return ribbon.every((line, i) => i === 0 || sign * ta.last(ribbon[i - 1], back) > sign * ta.last(line, back));
}

/** @type {Check} */
export function check({ candles, close, high, low, params }) {
  const ribbon = ta.emaRibbon(close, PERIODS);
  const sign = ta.last(ribbon[0]) > ta.last(ribbon[4]) ? 1 : -1;
  const adx = plot('ADX', ta.last(ta.adx(candles['15m'], 14).adx), params.minAdx);
  plot('close to the fastest average', close, ta.last(ribbon[0]));
  if (!(adx >= params.minAdx)) return null;

  const isBack = sign === 1 ? ta.crossover(close, ribbon[0]) : ta.crossunder(close, ribbon[0]);
  if (!isBack) return null;
  for (let back = 0; back < params.age; back += 1) if (!inOrder(ribbon, back, sign)) return null;

  const touched = ta.last(ribbon[params.depth]);
  const reach = sign === 1 ? ta.min(low, 3) : ta.max(high, 3);
  const slowest = ta.last(ribbon[4]);
  if (sign * reach > sign * touched || sign * reach < sign * slowest) return null;
  return {
    side: sign === 1 ? 'long' : 'short',
    score: adx,
    stopLoss: slowest,
    conditions: [
      `EMA ${PERIODS.join(', ')} in order for ${params.age} candles, ADX ${adx.toFixed(1)}`,
      `pullback to ${figure(reach)} touched the EMA ${PERIODS[params.depth]} at ${figure(touched)}`,
      `close ${figure(ta.last(close))} back ${sign === 1 ? 'above' : 'below'} the EMA 8 at ${figure(ta.last(ribbon[0]))}`,
    ],
  };
}

/** @type {Manage} */
export function manage({ close, position }) {
  const slowest = ta.last(ta.ema(close, 55));
  const sign = position.side === 'long' ? 1 : -1;
  const isTighter = sign * slowest > sign * position.stopLoss && sign * slowest < sign * ta.last(close);
  return isTighter ? { stopLoss: slowest, conditions: [`stop to the EMA 55 at ${figure(slowest)}`] } : null;
}
