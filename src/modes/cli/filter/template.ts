/** What `filter new` writes: a filter that passes `filter check`, and says at each place what may stand there. */
export function template(name: string): string {
  return TEXT.replace('NAME', () => name);
}

const TEXT = `/**
 * What the filter looks for, and why that should be followed by a move. What it is bad at.
 */

/** @type {Meta} */
export const meta = {
  name: 'NAME',
  description: 'One sentence for lists.',
  timeframes: ['15m'], // the first one is the clock: a check at each of its closes
  lookback: 250, // candles that each timeframe must have, 2 to 500
  sides: ['long', 'short'],
  params: {
    fast: { default: 20, min: 5, max: 50, step: 1, about: 'candles of the fast average' },
    slow: { default: 50, min: 20, max: 80, step: 5, about: 'candles of the slow average' },
  },
  exits: { stopLoss: '2atr', takeProfit: ['1.5r', '3r'], breakEven: '1r', maxHold: '24h' },
};

/**
 * Called for each symbol: what would be bought or sold now? Columns hold closed candles, oldest first; \`ta.last(x)\` is the
 * newest value. Only what is given here may decide: no clock, no chance, nothing remembered from call to call.
 * @type {Check}
 */
export function check({ close, params }) {
  // plot() shows the figure beside the level that it waits for.
  const fast = ta.ema(close, params.fast);
  const slow = ta.ema(close, params.slow);
  plot('fast average', fast, ta.last(slow));

  const isUp = ta.crossover(fast, slow);
  const isDown = ta.crossunder(fast, slow);
  if (!isUp && !isDown) return null; // no signal

  return {
    side: isUp ? 'long' : 'short',
    score: Math.abs(ta.change(close, params.fast)) / ta.last(close), // the best come first
    conditions: [\`EMA \${params.fast} crossed \${isUp ? 'above' : 'below'} EMA \${params.slow}\`],
  };
}

/**
 * Called for each open position of this filter at the same times; leave it out if \`exits\` is enough.
 * @type {Manage}
 */
export function manage({ close, position, params }) {
  const [fast, slow] = [ta.ema(close, params.fast), ta.ema(close, params.slow)];
  const isOver = position.side === 'long' ? ta.crossunder(fast, slow) : ta.crossover(fast, slow);
  return isOver ? { close: 1, conditions: ['the averages crossed back'] } : null;
}
`;
