/**
 * Structure and who is behind it: the close breaks the last confirmed swing, and over the candles before it aggressors
 * pushed the same way (their net volume is `buyVolume - sellVolume`). A break without them is often a hunt for stops.
 * Where the source does not tell the aggressors' volumes (most candle files), each candle's volume is split by where it
 * closed in its range: an estimate with a threshold of its own, and the condition says so.
 */

/** @type {Meta} */
export const meta = {
  name: 'Smart money flow',
  description: 'Break of the last swing that the net volume of aggressors confirms; the stop follows the swings.',
  timeframes: ['5m'],
  lookback: 250,
  top: 3,
  params: {
    swing: { default: 5, min: 2, max: 15, step: 1, about: 'candles on each side that make a swing' },
    flow: { default: 20, min: 5, max: 100, step: 1, about: 'candles whose net volume is summed' },
    share: { default: 0.06, min: 0.01, max: 0.5, step: 0.01, about: 'net aggressor volume as a share of all volume' },
    estimate: { default: 0.2, min: 0.02, max: 0.8, step: 0.02, about: 'the same where it is estimated from closes' },
  },
  exits: { takeProfit: ['2r', '4r'], breakEven: '1r', maxHold: '12h' },
};

const figure = (x) => String(Number(x.toPrecision(6)));

/** The last swing that was confirmed; the value never changes afterwards. */
function lastSwing(swings) {
  return swings.findLast((value) => !Number.isNaN(value)) ?? NaN;
}

/** Net aggressor volume of a candle, -volume to volume. */
function netVolume({ buyVolume, sellVolume, high, low, close, volume }, i) {
  const net = buyVolume[i] - sellVolume[i];
  if (!Number.isNaN(net)) return net;
  const range = high[i] - low[i];
  return range > 0 ? (volume[i] * (2 * close[i] - high[i] - low[i])) / range : 0;
}

/** @type {Check} */
export function check({ candles, close, high, low, volume, params }) {
  const set = candles['5m'];
  const top = lastSwing(ta.pivotHigh(high, params.swing, params.swing));
  const bottom = lastSwing(ta.pivotLow(low, params.swing, params.swing));
  plot('close to the swing high', close, top);
  const isUp = ta.crossover(close, top);
  const isDown = ta.crossunder(close, bottom);
  if (!isUp && !isDown) return null;

  // Only now: it takes a function call for each candle, and breaks are rare.
  const { flow } = params;
  const net = ta.column((i) => (i < volume.length - flow ? 0 : netVolume(set, i)));
  const isEstimate = Number.isNaN(ta.sum(set.buyVolume, flow));
  // Closes lie near the ends of candles far more often than one side has all the volume.
  const wanted = (isEstimate ? params.estimate : params.share) * (isUp ? 1 : -1);
  const share = plot('net flow', ta.sum(net, flow) / ta.sum(volume, flow), wanted);
  if (isUp ? !(share >= wanted) : !(share <= wanted)) return null;

  return {
    side: isUp ? 'long' : 'short',
    score: 100 * Math.abs(share),
    // The swing on the other side; the newest extreme where price went beyond it.
    stopLoss: isUp ? Math.min(bottom, ta.min(low, 3)) : Math.max(top, ta.max(high, 3)),
    conditions: [
      `close ${figure(ta.last(close))} broke the swing ${isUp ? 'high' : 'low'} ${figure(isUp ? top : bottom)}`,
      `net flow of ${flow} candles ${(100 * share).toFixed(0)} % of volume${isEstimate ? ' (estimated from closes)' : ''}`,
    ],
  };
}

/** @type {Manage} */
export function manage({ high, low, close, position, params }) {
  const isLong = position.side === 'long';
  const swing = lastSwing(
    isLong ? ta.pivotLow(low, params.swing, params.swing) : ta.pivotHigh(high, params.swing, params.swing),
  );
  const isTighter = isLong
    ? swing > position.stopLoss && swing < ta.last(close)
    : swing < position.stopLoss && swing > ta.last(close);
  return isTighter ? { stopLoss: swing, conditions: [`stop to the swing at ${figure(swing)}`] } : null;
}
