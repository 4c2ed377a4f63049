import { describe, expect, it } from 'vitest';

import { simulationOptions } from './simulation-options.ts';

describe('the options of a simulation', () => {
  it('are twenty symbols, a market minute a second and the first seed unless said otherwise', () => {
    expect(simulationOptions({})).toEqual({ speed: 60, seed: 1, tapes: [], symbols: 20, endAfterMs: null });
  });

  it('count --for by the wall, and at full speed by the market', () => {
    expect(simulationOptions({ for: 5_000 }).endAfterMs).toBeNull();
    expect(simulationOptions({ speed: 'max', for: 5_000 }).endAfterMs).toBe(5_000);
  });

  it('take a number of symbols or their names', () => {
    expect(simulationOptions({ symbols: '7' }).symbols).toBe(7);
    expect(simulationOptions({ symbols: 'top:7' }).symbols).toBe(7);
    expect(simulationOptions({ symbols: 'BTC, ETHUSDT' }).symbols).toEqual(['BTC', 'ETHUSDT']);
  });

  it.each([
    [{ speed: 'fast' }, '--speed fast'],
    [{ speed: '0' }, '--speed 0'],
    [{ seed: '-1' }, '--seed -1'],
    [{ tape: ['a.gz'], symbols: '3' }, '--symbols beside --tape'],
  ])('refuse %j', (texts, problem) => {
    expect(() => simulationOptions(texts)).toThrow(problem);
  });
});
