/**
 * Price makes a lower low while RSI makes a higher one (or the mirror of it at the top): the move goes on, its force does
 * not (J. W. Wilder 1978). A divergence alone can stand for hours against a trend, so the entry waits for a close across a
 * short average. What remains weak: in a strong trend one divergence follows the other, and each is stopped.
 */

/** @type {Meta} */
export const meta = {
  name: 'RSI divergence',
  description: 'Long on a bullish, short on a bearish divergence of price and RSI, once the close crosses its EMA 9.',
  timeframes: ['15m'],
  lookback: 250,
  params: {
    period: { default: 14, min: 5, max: 30, step: 1, about: 'candles of RSI' },
    window: { default: 60, min: 20, max: 150, step: 5, about: 'candles in which the two swings are looked for' },
    low: { default: 40, min: 20, max: 50, step: 1, about: 'RSI must have been below it for a bullish divergence' },
    high: { default: 60, min: 50, max: 80, step: 1, about: 'RSI must have been above it for a bearish divergence' },
    swing: { default: 20, min: 5, max: 50, step: 1, about: 'candles whose extreme carries the stop' },
  },
  exits: { takeProfit: ['1.5r', '3r'], breakEven: '1r', maxHold: '24h' },
};

const figure = (x) => String(Number(x.toPrecision(6)));

/** Whether no close since the extreme lay beyond the trigger: one divergence gives one entry. */
function isFirst(extremes, extreme, isBeyond) {
  const age = ta.barsSince((i) => extremes[i] === extreme);
  const beyond = ta.barsSince((i) => i < extremes.length - 1 && isBeyond(i));
  return !(beyond <= age);
}

/** @type {Check} */
export function check({ close, high, low, params }) {
  const rsi = plot('RSI', ta.rsi(close, params.period), params.low);
  const trigger = ta.ema(close, 9);
  const depth = ta.min(rsi, params.swing);
  const height = ta.max(rsi, params.swing);

  // Lows are compared at lows and highs at highs: closes hide how far a swing went.
  if (ta.crossover(close, trigger) && depth < params.low) {
    const stopLoss = ta.min(low, params.swing);
    if (ta.divergence(low, rsi, params.window) !== 'bullish') return null;
    if (!isFirst(low, stopLoss, (i) => close[i] > trigger[i])) return null;
    return {
      side: 'long',
      score: 100 - depth,
      stopLoss,
      conditions: [
        `lower low of price, higher low of RSI (lowest ${depth.toFixed(1)}) in ${params.window} candles`,
        `close ${figure(ta.last(close))} crossed above its EMA 9 at ${figure(ta.last(trigger))}`,
      ],
    };
  }
  if (ta.crossunder(close, trigger) && height > params.high) {
    const stopLoss = ta.max(high, params.swing);
    if (ta.divergence(high, rsi, params.window) !== 'bearish') return null;
    if (!isFirst(high, stopLoss, (i) => close[i] < trigger[i])) return null;
    return {
      side: 'short',
      score: height,
      stopLoss,
      conditions: [
        `higher high of price, lower high of RSI (highest ${height.toFixed(1)}) in ${params.window} candles`,
        `close ${figure(ta.last(close))} crossed below its EMA 9 at ${figure(ta.last(trigger))}`,
      ],
    };
  }
  return null;
}

/** @type {Manage} */
export function manage({ close, high, low, position, params }) {
  // The opposite divergence takes the reason for the position away.
  const rsi = ta.rsi(close, params.period);
  const against =
    position.side === 'long'
      ? ta.divergence(high, rsi, params.window) === 'bearish' && ta.crossunder(close, ta.ema(close, 9))
      : ta.divergence(low, rsi, params.window) === 'bullish' && ta.crossover(close, ta.ema(close, 9));
  return against ? { close: 1, conditions: [`RSI ${ta.last(rsi).toFixed(1)} diverges against the position`] } : null;
}
