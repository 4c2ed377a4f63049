import type { Candle } from '../../src/domain/candle.ts';
import type { Filter } from '../../src/domain/filter.ts';
import { asId } from '../../src/domain/ids.ts';

const SOURCE = `// Buys what fell too far.
export function check({ close }) {
\treturn ta.crossover(ta.rsi(close, 14), 30) ? { side: 'long', conditions: ['RSI crossed up through 30'] } : null;
}
`;

/** What the staged traders are made of. */
export const FILTER: Filter = {
  id: asId('filter'),
  userId: asId('user'),
  name: 'rsi-turn',
  meta: {
    name: 'RSI turn',
    description: '',
    timeframes: ['5m'],
    schedule: { kind: 'close' },
    lookback: 60,
    references: [],
    sides: ['long'],
    top: null,
    params: {},
    exits: { stopLoss: null, takeProfit: [], trailing: null, breakEven: null, maxHoldMs: null },
  },
  source: SOURCE,
  sourceHash: '',
  origin: 'shipped',
  createdAt: 0,
  updatedAt: 0,
};

/** Five hours of a market that swings around this price. */
export function someCandles(symbol: string, around: number, now: number): Candle[] {
  const priceAt = (at: number): number => around * (1 + 0.01 * Math.sin(at / 4) + 0.004 * Math.cos(at * 2));
  return Array.from({ length: 60 }, (_, at): Candle => {
    const [open, close] = [priceAt(at), priceAt(at + 1)];
    const figures = { volume: 1, quoteVolume: close, trades: 1, buyVolume: 1, sellVolume: 0 };
    return {
      symbol: asId(symbol),
      timeframe: '5m',
      openTime: now - (60 - at) * 300_000,
      ...{ open, close, high: Math.max(open, close) * 1.002, low: Math.min(open, close) * 0.998 },
      ...figures,
      closed: true,
    };
  });
}
