/**
 * MACD crosses its signal line in the direction of the hourly trend, from the side of zero where a pullback ends (G. Appel).
 * Crosses far from any trend are noise: ADX keeps the quiet market out, the hourly average keeps the wrong direction out.
 */

/** @type {Meta} */
export const meta = {
  name: 'MACD crossover with the trend',
  description: 'MACD crosses its signal below zero in an hourly uptrend (long), above zero in a downtrend (short).',
  timeframes: ['15m', '1h'],
  lookback: 250,
  params: {
    fast: { default: 12, min: 5, max: 20, step: 1, about: 'candles of the fast average' },
    slow: { default: 26, min: 15, max: 50, step: 1, about: 'candles of the slow average' },
    signal: { default: 9, min: 3, max: 20, step: 1, about: 'candles of the signal line' },
    trend: { default: 50, min: 20, max: 80, step: 5, about: 'hours of the average that gives the direction' },
    minAdx: { default: 15, min: 0, max: 40, step: 1, about: 'ADX(14) below it: no trend, no entry' },
  },
  exits: { stopLoss: '2atr', takeProfit: ['2r', '4r'], breakEven: '1.5r', maxHold: '2d' },
};

const figure = (x) => String(Number(x.toPrecision(6)));

/** @type {Check} */
export function check({ close, candles, params }) {
  const { macd, signal, histogram } = ta.macd(close, params.fast, params.slow, params.signal);
  plot('MACD histogram', histogram, 0);
  const adx = plot('ADX', ta.last(ta.adx(candles['15m'], 14).adx), params.minAdx);
  if (!(adx >= params.minAdx)) return null;

  const hourly = candles['1h'].close;
  const average = ta.last(ta.ema(hourly, params.trend));
  const isUp = ta.last(hourly) > average && ta.last(macd) < 0 && ta.crossover(macd, signal);
  const isDown = ta.last(hourly) < average && ta.last(macd) > 0 && ta.crossunder(macd, signal);
  if (!isUp && !isDown) return null;
  return {
    side: isUp ? 'long' : 'short',
    score: adx,
    conditions: [
      `MACD ${figure(ta.last(macd))} crossed ${isUp ? 'above' : 'below'} its signal ${figure(ta.last(signal))}`,
      `1h close ${figure(ta.last(hourly))} ${isUp ? 'above' : 'below'} its EMA ${params.trend} at ${figure(average)}`,
      `ADX ${adx.toFixed(1)}`,
    ],
  };
}

/** @type {Manage} */
export function manage({ close, position, params }) {
  const { macd, signal } = ta.macd(close, params.fast, params.slow, params.signal);
  const isOver = position.side === 'long' ? ta.crossunder(macd, signal) : ta.crossover(macd, signal);
  // A cross back at a loss is left to the stop: most of them cross once more.
  if (!isOver || position.profitPct <= 0) return null;
  return { close: 1, conditions: [`MACD ${figure(ta.last(macd))} crossed back at ${position.profitPct.toFixed(2)} %`] };
}
