/**
 * A candle with several times the usual volume that closes near its end and beyond the candles before it: somebody large
 * is in a hurry. It follows the candle; its other end is the stop. A spike that leaves a long wick is the opposite story
 * and is left alone.
 */

/** @type {Meta} */
export const meta = {
  name: 'Volume spike breakout',
  description: 'Follows a candle of unusual volume that closes near its end and beyond the range before it.',
  timeframes: ['5m'],
  lookback: 250,
  top: 3,
  params: {
    average: { default: 50, min: 10, max: 200, step: 5, about: 'candles of the usual volume' },
    spike: { default: 2.5, min: 1.5, max: 10, step: 0.25, about: 'volume of the candle in averages' },
    body: { default: 0.6, min: 0.3, max: 0.95, step: 0.05, about: 'share of the range that the body must fill' },
    range: { default: 20, min: 5, max: 100, step: 5, about: 'candles whose range the close must leave' },
  },
  exits: { takeProfit: ['1.5r', '3r'], breakEven: '1r', maxHold: '4h' },
};

const figure = (x) => String(Number(x.toPrecision(6)));

/** @type {Check} */
export function check({ open, high, low, close, volume, params }) {
  // The candle itself would lift the average that it is measured against: the one before counts.
  const usual = ta.last(ta.sma(volume, params.average), 1);
  const surge = plot('volume in averages', ta.last(volume) / usual, params.spike);
  if (!(surge >= params.spike) || surge === Infinity) return null;

  const [top, bottom, end] = [ta.last(high), ta.last(low), ta.last(close)];
  const body = (end - ta.last(open)) / (top - bottom);
  const ceiling = ta.last(ta.highest(high, params.range), 1);
  const floor = ta.last(ta.lowest(low, params.range), 1);
  const isUp = body >= params.body && end > ceiling;
  const isDown = -body >= params.body && end < floor;
  if (!isUp && !isDown) return null;
  return {
    side: isUp ? 'long' : 'short',
    score: surge,
    confidence: Math.min(90, 40 + 10 * surge),
    stopLoss: isUp ? bottom : top,
    conditions: [
      `volume ${surge.toFixed(1)} times the average of ${params.average} candles`,
      `body ${(100 * Math.abs(body)).toFixed(0)} % of the candle`,
      `close ${figure(end)} ${isUp ? `above the high ${figure(ceiling)}` : `below the low ${figure(floor)}`} of ${params.range} candles`,
    ],
  };
}
