import { describe, expect, it } from 'vitest';
import { ta } from './index.ts';
import { sampleCandles } from './sample-candles.ts';

const candles = sampleCandles(60);
const { high, low, close, volume } = candles;

/** A function of ta as plain JavaScript calls it. */
const untyped = (run: unknown) => run as (...args: unknown[]) => unknown;

/** The message of the error that a call throws, with its kind. */
function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof Error) return `${error.name}: ${error.message}`;
  }
  return 'no error';
}

describe('a call of ta', () => {
  it('takes a candle set for its columns, x being the close', () => {
    expect(ta.atr(candles, 14)).toEqual(ta.atr(high, low, close, 14));
    expect(ta.stochastic(candles, 5, 3, 2)).toEqual(ta.stochastic(high, low, close, 5, 3, 2));
    expect(ta.vwma(candles, 10)).toEqual(ta.vwma(close, volume, 10));
    expect(ta.rsi(candles, 10)).toEqual(ta.rsi(close, 10));
    expect(ta.ichimoku(candles)).toEqual(ta.ichimoku(high, low, close));
  });

  it('takes arrays of numbers as well', () => {
    expect(ta.sma(Array.from(close), 5)).toEqual(ta.sma(close, 5));
    expect(ta.sma([1, 2, 3, 4], 2)).toEqual(Float64Array.of(NaN, 1.5, 2.5, 3.5));
    expect(ta.sma(Float32Array.of(1, 2, 3), 3)).toEqual(Float64Array.of(NaN, NaN, 2));
  });

  it('fills in the usual parameters', () => {
    expect(ta.rsi(close)).toEqual(ta.rsi(close, 14));
    expect(ta.macd(close)).toEqual(ta.macd(close, 12, 26, 9));
    expect(ta.bollinger(close, 10)).toEqual(ta.bollinger(close, 10, 2));
    expect(ta.supertrend(candles)).toEqual(ta.supertrend(high, low, close, 10, 3));
  });

  it.each([2.5, 0, -1, NaN, Infinity, 100_001, '14', null])('refuses %s as a period', (n) => {
    const given = typeof n === 'string' ? '"14"' : String(n);
    expect(refusal(() => ta.rsi(close, n as number))).toBe(
      `RangeError: rsi: n must be a whole number from 1 to 100000, got ${given}`,
    );
  });

  it('refuses a missing period where none is usual', () => {
    const sma = untyped(ta.sma);
    expect(refusal(() => sma(close))).toBe('RangeError: sma: n must be a whole number from 1 to 100000, got undefined');
  });

  it.each([-1, NaN, Infinity, '2'])('refuses %s as a multiple', (mult) => {
    expect(refusal(() => ta.bollinger(close, 20, mult as number))).toMatch(
      /^RangeError: bollinger: mult must be a number/,
    );
  });

  it('names the column that is missing and how to write the call', () => {
    const atr = untyped(ta.atr);
    expect(refusal(() => atr(close, 14))).toBe(
      'TypeError: atr: low must be a column, got 14; write ta.atr(high, low, close, n = 14) or ta.atr(candles, n = 14)',
    );
    expect(refusal(() => atr({ high, low }))).toMatch(/^TypeError: atr: close must be a column, got undefined/);
    expect(refusal(() => atr())).toMatch(/^TypeError: atr: high must be a column, got undefined/);
    expect(refusal(() => untyped(ta.vwma)(close, 20))).toMatch(/^TypeError: vwma: volume must/);
    expect(refusal(() => untyped(ta.ema)('BTC', 20))).toMatch(/got "BTC"; write ta.ema\(x, n\)$/);
  });

  it('refuses columns of different lengths', () => {
    expect(refusal(() => ta.tr(high, low.slice(1), close))).toBe(
      'RangeError: tr: its columns must be of one length, got 60 values of high and 59 of low',
    );
  });

  it('refuses more arguments than it takes', () => {
    const rsi = untyped(ta.rsi);
    expect(refusal(() => rsi(close, 14, 3))).toBe('TypeError: rsi: too many arguments; write ta.rsi(x, n = 14)');
  });

  it('lets an optional column be left out', () => {
    const without = ta.ichimoku(high, low);
    expect(without.conversion).toEqual(ta.ichimoku(candles).conversion);
    expect(without.lagging.every((value) => Number.isNaN(value))).toBe(true);
    expect(untyped(ta.ichimoku)(high, low, undefined, 5)).toEqual(untyped(ta.ichimoku)(high, low, 5));
  });
});

describe('ta', () => {
  it('has every function of the filter contract', () => {
    const wanted = [
      ...['sma', 'ema', 'wma', 'dema', 'tema', 'hma', 'rma', 'vwma'],
      ...['rsi', 'stochastic', 'stochRsi', 'cci', 'roc', 'mom', 'willr', 'mfi', 'macd'],
      ...['adx', 'supertrend', 'ichimoku', 'psar', 'emaRibbon'],
      ...['tr', 'atr', 'natr', 'bollinger', 'keltner', 'donchian', 'stddev'],
      ...['vwap', 'obv', 'cmf', 'volumeProfile', 'linreg', 'zscore', 'percentRank'],
      ...['pivots', 'pivotHigh', 'pivotLow', 'fibonacci', 'highest', 'lowest', 'column'],
      ...['last', 'max', 'min', 'sum', 'change', 'slope', 'barsSince', 'crossover', 'crossunder', 'divergence'],
      ...['bb', 'stoch', 'stdev', 'wpr', 'sar', 'dmi', 'kc'],
    ];
    expect(Object.keys(ta).toSorted()).toEqual(wanted.toSorted());
  });

  it('cannot be altered', () => {
    expect(Object.isFrozen(ta)).toBe(true);
    expect(Object.isFrozen(ta.rsi)).toBe(true);
    expect(Object.isFrozen(ta.rsi.indicator)).toBe(true);
    expect(Object.isFrozen(ta.rsi.indicator.parameters[0])).toBe(true);
  });

  it("spells Pine's names as well", () => {
    expect([ta.bb, ta.stoch, ta.stdev, ta.wpr, ta.sar, ta.dmi, ta.kc]).toEqual([
      ...[ta.bollinger, ta.stochastic, ta.stddev, ta.willr, ta.psar, ta.adx, ta.keltner],
    ]);
  });
});
