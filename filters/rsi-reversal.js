/**
 * RSI turns up out of oversold while the market as a whole (BTC, one hour) rises: a dip that is bought, not a fall.
 * The stop lies under the low of the dip. The position is given up when RSI comes back down from overbought.
 */

/** @type {Meta} */
export const meta = {
  name: 'RSI reversal with the market',
  description: 'Long when RSI crosses up through oversold and BTC stands above its 1h EMA 50.',
  timeframes: ['5m', '1h'],
  lookback: 250,
  references: ['BTCUSDT'],
  sides: ['long'],
  top: 3,
  params: {
    period: { default: 14, min: 5, max: 30, step: 1, about: 'candles of RSI' },
    oversold: { default: 30, min: 10, max: 45, step: 1, about: 'RSI must have been below it' },
    overbought: { default: 70, min: 55, max: 90, step: 1, about: 'RSI that falls back through it ends the position' },
    swing: { default: 10, min: 3, max: 50, step: 1, about: 'candles in which the low of the dip is looked for' },
  },
  exits: { takeProfit: ['1.5r', '3r'], breakEven: '1r', maxHold: '12h' },
};

const figure = (x) => String(Number(x.toPrecision(6)));

/** @type {Check} */
export function check({ close, low, others, params }) {
  const rsi = plot('RSI', ta.rsi(close, params.period), params.oversold);
  const market = others.BTCUSDT['1h'].close;
  const average = ta.last(ta.ema(market, 50));
  if (!(ta.last(market) > average)) return null;
  if (!ta.crossover(rsi, params.oversold)) return null;
  return {
    side: 'long',
    // The deeper RSI was, the better.
    score: 100 - ta.last(rsi, 1),
    stopLoss: ta.min(low, params.swing),
    conditions: [
      `RSI crossed up through ${params.oversold}, from ${ta.last(rsi, 1).toFixed(1)} to ${ta.last(rsi).toFixed(1)}`,
      `BTC ${figure(ta.last(market))} above its 1h EMA 50 at ${figure(average)}`,
    ],
  };
}

/** @type {Manage} */
export function manage({ close, params }) {
  const rsi = ta.rsi(close, params.period);
  if (!ta.crossunder(rsi, params.overbought)) return null;
  return { close: 1, conditions: [`RSI fell back through ${params.overbought}`] };
}
