/**
 * Supertrend turns (O. Seban): the close breaks through a band of several average ranges. The line is entry and stop in
 * one, and the stop follows it. A long average keeps turns against the larger move out; in a range it turns again and
 * again, which no parameter mends.
 */

/** @type {Meta} */
export const meta = {
  name: 'Supertrend',
  description: 'Follows a turn of supertrend on the side of a long average; the stop follows the line.',
  timeframes: ['1h'],
  lookback: 250,
  params: {
    period: { default: 10, min: 5, max: 30, step: 1, about: 'candles of the average range' },
    multiple: { default: 3, min: 1, max: 6, step: 0.25, about: 'average ranges between price and line' },
    trend: { default: 50, min: 20, max: 80, step: 5, about: 'candles of the average that gives the direction' },
  },
  exits: { takeProfit: [{ at: '3r', part: 0.5 }], maxHold: '7d' },
};

const figure = (x) => String(Number(x.toPrecision(6)));

/** @type {Check} */
export function check({ candles, close, params }) {
  const { line, direction } = ta.supertrend(candles['1h'], params.period, params.multiple);
  const average = ta.last(ta.ema(close, params.trend));
  const price = plot('close to supertrend', ta.last(close), ta.last(line));
  const isUp = ta.crossover(direction, 0) && price > average;
  const isDown = ta.crossunder(direction, 0) && price < average;
  if (!isUp && !isDown) return null;
  return {
    side: isUp ? 'long' : 'short',
    score: (100 * Math.abs(price - average)) / average,
    stopLoss: ta.last(line),
    conditions: [
      `supertrend turned ${isUp ? 'up' : 'down'}, line at ${figure(ta.last(line))}`,
      `close ${figure(price)} ${isUp ? 'above' : 'below'} its EMA ${params.trend} at ${figure(average)}`,
    ],
  };
}

/** @type {Manage} */
export function manage({ candles, position, params }) {
  const { line, direction } = ta.supertrend(candles['1h'], params.period, params.multiple);
  const isLong = position.side === 'long';
  if (ta.last(direction) === (isLong ? -1 : 1)) {
    return { close: 1, conditions: [`supertrend turned ${isLong ? 'down' : 'up'}`] };
  }
  const stop = ta.last(line);
  const isTighter = isLong ? stop > position.stopLoss : stop < position.stopLoss;
  return isTighter ? { stopLoss: stop, conditions: [`stop to supertrend at ${figure(stop)}`] } : null;
}
