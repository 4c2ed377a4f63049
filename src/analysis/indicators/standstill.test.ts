/** Markets that stand still, that are too short, and whose figures divide by zero: NaN, never a wrong number. */
import { describe, expect, it } from 'vitest';
import { ta } from './index.ts';

const still = (price: number, rows = 120) => {
  const column = new Float64Array(rows).fill(price);
  const time = column.map((_, row) => row * 60_000);
  return { time, open: column, high: column, low: column, close: column, volume: column.map(() => 5) };
};

const allNaN = (column: Float64Array) => column.every((value) => Number.isNaN(value));

// 0.1 and 1e-8: multiples of these are not exact in binary, so sums of them round.
describe.each([0.1, 100, 1e-8, 68_123.45])('prices that stand still at %s', (price) => {
  const candles = still(price);
  const { close } = candles;

  it.each([
    ['rsi', ta.rsi(close)],
    ['stochastic.k', ta.stochastic(candles).k],
    ['stochastic.d', ta.stochastic(candles).d],
    ['stochRsi.k', ta.stochRsi(close).k],
    ['cci', ta.cci(candles)],
    ['willr', ta.willr(candles)],
    ['mfi', ta.mfi(candles)],
    ['adx', ta.adx(candles).adx],
    ['adx.plusDi', ta.adx(candles).plusDi],
    ['zscore', ta.zscore(close, 20)],
    ['bollinger.percentB', ta.bollinger(close).percentB],
  ])('give %s nothing to measure', (_, column) => {
    expect(allNaN(column)).toBe(true);
  });

  it('have a deviation, a range and a momentum of exactly 0', () => {
    for (const column of [ta.stddev(close, 20), ta.atr(candles), ta.macd(close).histogram, ta.bollinger(close).width])
      expect(new Set(column.slice(40))).toEqual(new Set([0]));
  });

  it('are their own average', () => {
    for (const average of [ta.sma, ta.ema, ta.rma, ta.wma, ta.hma, ta.dema, ta.tema, ta.linreg])
      for (const value of average(close, 9).slice(30)) expect(Math.abs(value - price)).toBeLessThan(1e-14 * price);
  });
});

describe('a market that moved once and then stands still for very long', () => {
  const rows = 30_000;
  const close = new Float64Array(rows).fill(100);
  close.set([100, 103, 101, 104, 99, 102]);
  const candles = { ...still(100, rows), close, high: close.map((price) => price + 0), low: close };

  it('keeps its RSI until no digit of the movement is left, then has none', () => {
    const rsi = ta.rsi(close, 5);
    const settled = rsi[10]!;
    const measured = rsi.slice(10).filter((value) => !Number.isNaN(value));
    for (const value of measured) expect(Math.abs(value - settled)).toBeLessThan(1e-6);
    expect(rsi[rows - 1]).toBeNaN();
  });

  it('has no stochastic RSI from the rounding of a constant RSI', () => {
    const { k } = ta.stochRsi(close, 5, 5, 3);
    expect(allNaN(k.slice(30))).toBe(true);
  });

  it('ends without directional movement', () => {
    const { adx, plusDi } = ta.adx(candles, 5);
    expect([adx[rows - 1], plusDi[rows - 1]]).toEqual([NaN, NaN]);
  });
});

describe('figures that divide by zero', () => {
  const zeros = new Float64Array(40);
  const rising = Float64Array.from({ length: 40 }, (_, row) => row + 1);

  it('give NaN where nothing was traded', () => {
    const candles = { ...still(1, 40), high: rising, volume: zeros };
    for (const column of [ta.vwma(candles, 5), ta.vwap(candles), ta.cmf(candles, 5), ta.mfi(candles, 5)])
      expect(allNaN(column)).toBe(true);
  });

  it('give NaN where the price is 0', () => {
    const candles = { ...still(0, 40), high: rising };
    expect(allNaN(ta.roc(zeros, 5))).toBe(true);
    expect(allNaN(ta.natr(candles, 5))).toBe(true);
    expect(allNaN(ta.bollinger(zeros, 5).width)).toBe(true);
  });

  it('take no side in a candle without a range', () => {
    const candles = { ...still(10, 30) };
    expect(Array.from(ta.cmf(candles, 5).slice(4))).toEqual(new Array(26).fill(0));
  });
});

describe('too few candles', () => {
  it('give NaN in every row', () => {
    const candles = still(100, 5);
    for (const column of [ta.sma(candles, 6), ta.rsi(candles, 5), ta.adx(candles, 3).adx, ta.highest(candles, 100_000)])
      expect([column.length, allNaN(column)]).toEqual([5, true]);
  });

  it('give an empty column for an empty column', () => {
    expect(ta.ema([], 3)).toEqual(new Float64Array(0));
    expect(ta.macd([]).signal).toEqual(new Float64Array(0));
  });
});
