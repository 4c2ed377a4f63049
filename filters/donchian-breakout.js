/**
 * The close breaks out of the channel of the candles before it, on more volume than usual: the turtles' entry
 * (R. Donchian; R. Dennis 1983). The stop follows the middle of a shorter channel.
 */

/** @type {Meta} */
export const meta = {
  name: 'Donchian breakout',
  description: 'Long above, short below the channel of the last candles, on high volume.',
  timeframes: ['15m'],
  lookback: 250,
  params: {
    channel: { default: 55, min: 10, max: 200, step: 5, about: 'candles of the channel that is broken' },
    trail: { default: 20, min: 5, max: 100, step: 5, about: 'candles of the channel that the stop follows' },
    volume: { default: 1.5, min: 0, max: 5, step: 0.1, about: 'volume of the breakout in averages of 20 candles' },
  },
  exits: { stopLoss: '2atr', maxHold: '3d' },
};

const figure = (x) => String(Number(x.toPrecision(6)));

/** @type {Check} */
export function check({ close, volume, candles, params }) {
  const { upper, lower } = ta.donchian(candles['15m'], params.channel);
  // The channel of the candles before: the last one is part of its own.
  const top = ta.last(upper, 1);
  const bottom = ta.last(lower, 1);
  const surge = plot('volume', ta.last(volume) / ta.last(ta.sma(volume, 20)), params.volume);
  const isUp = ta.last(close) > top && ta.last(close, 1) <= top;
  const isDown = ta.last(close) < bottom && ta.last(close, 1) >= bottom;
  if ((!isUp && !isDown) || !(surge >= params.volume)) return null;
  return {
    side: isUp ? 'long' : 'short',
    score: surge,
    conditions: [
      `close ${figure(ta.last(close))} ${isUp ? 'above the high' : 'below the low'} ${figure(isUp ? top : bottom)} of ${params.channel} candles`,
      `volume ${surge.toFixed(1)} times its average`,
    ],
  };
}

/** @type {Manage} */
export function manage({ candles, position, params }) {
  const middle = ta.last(ta.donchian(candles['15m'], params.trail).middle);
  const isTighter = position.side === 'long' ? middle > position.stopLoss : middle < position.stopLoss;
  return isTighter
    ? { stopLoss: middle, conditions: [`stop to the middle of the channel at ${figure(middle)}`] }
    : null;
}
