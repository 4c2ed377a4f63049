/**
 * Bollinger bands that lie inside the Keltner channel: the market holds its breath. When they come out again the move goes
 * where momentum points (J. Carter's squeeze). Most squeezes end in nothing: the stop is near, and the position is given
 * up as soon as momentum fades.
 */

/** @type {Meta} */
export const meta = {
  name: 'Bollinger squeeze',
  description: 'Enters in the direction of momentum when a squeeze of the Bollinger bands inside Keltner ends.',
  timeframes: ['15m'],
  lookback: 250,
  params: {
    period: { default: 20, min: 10, max: 50, step: 1, about: 'candles of both channels and of momentum' },
    bands: { default: 2, min: 1, max: 3, step: 0.1, about: 'standard deviations of the Bollinger bands' },
    channel: { default: 1.5, min: 1, max: 3, step: 0.1, about: 'average ranges of the Keltner channel' },
    candles: { default: 6, min: 2, max: 40, step: 1, about: 'candles that the squeeze must have lasted' },
  },
  exits: { stopLoss: '1.5atr', takeProfit: [{ at: '2r', part: 0.5 }], trailing: '3atr', maxHold: '24h' },
};

const figure = (x) => String(Number(x.toPrecision(6)));

/** How far the close lies from the middle of range and average, smoothed by a line: Carter's momentum. */
function momentum({ candles, close }, period) {
  const { middle } = ta.donchian(candles['15m'], period);
  const average = ta.sma(close, period);
  return ta.linreg(
    ta.column((i) => close[i] - (middle[i] + average[i]) / 2),
    period,
  );
}

/** @type {Check} */
export function check(context) {
  const { candles, close, params } = context;
  const bands = ta.bollinger(close, params.period, params.bands);
  const channel = ta.keltner(candles['15m'], params.period, params.channel);
  // Above 1 the bands lie outside.
  const opening = ta.column((i) => (bands.upper[i] - bands.lower[i]) / (channel.upper[i] - channel.lower[i]));
  plot('bands / channel', opening, 1);
  if (!ta.crossover(opening, 1)) return null;

  let squeezed = 0;
  while (ta.last(opening, squeezed + 1) <= 1) squeezed += 1;
  if (squeezed < params.candles) return null;

  const push = momentum(context, params.period);
  const now = ta.last(push);
  const isUp = now > 0 && now > ta.last(push, 1);
  const isDown = now < 0 && now < ta.last(push, 1);
  if (!isUp && !isDown) return null;
  return {
    side: isUp ? 'long' : 'short',
    score: squeezed,
    conditions: [
      `squeeze of ${squeezed} candles ended: bands ${ta.last(opening).toFixed(2)} times the channel`,
      `momentum ${figure(now)} and ${isUp ? 'rising' : 'falling'}`,
    ],
  };
}

/** @type {Manage} */
export function manage(context) {
  const { position, params } = context;
  const push = momentum(context, params.period);
  const sign = position.side === 'long' ? 1 : -1;
  const [now, before, earlier] = [ta.last(push), ta.last(push, 1), ta.last(push, 2)];
  // Two candles in a row: one is noise.
  const isFading = sign * now < sign * before && sign * before < sign * earlier;
  if (!isFading || position.profitPct <= 0) return null;
  return { close: 1, conditions: [`momentum fades: ${figure(earlier)}, ${figure(before)}, ${figure(now)}`] };
}
