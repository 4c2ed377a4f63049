import { describe, expect, it } from 'vitest';
import { ta } from './index.ts';
import { sampleCandles } from './sample-candles.ts';

const DAY = 86_400_000;

describe('vwap', () => {
  const candles = sampleCandles(700);

  it('begins anew at each UTC midnight', () => {
    const vwap = ta.vwap(candles);
    for (const midnight of [0, 288, 576]) {
      const { high, low, close } = candles;
      const typical = (high[midnight]! + low[midnight]! + close[midnight]!) / 3;
      expect(candles.time[midnight]! % DAY).toBe(0);
      expect(vwap[midnight]).toBeCloseTo(typical, 9);
    }
  });

  it('is the mean typical price of the day so far, weighted by volume', () => {
    const { high, low, close, volume } = candles;
    let priced = 0;
    let traded = 0;
    for (let row = 288; row <= 400; row += 1) {
      priced += ((high[row]! + low[row]! + close[row]!) / 3) * volume[row]!;
      traded += volume[row]!;
    }
    expect(ta.vwap(candles)[400]).toBeCloseTo(priced / traded, 9);
  });
});

describe('cmf', () => {
  it('is 1 where every candle closes at its high, -1 at its low, 0 in the middle', () => {
    const low = [1, 2, 3, 4];
    const high = [3, 4, 5, 6];
    const volume = [10, 20, 5, 7];
    expect(Array.from(ta.cmf(high, low, high, volume, 3))).toEqual([NaN, NaN, 1, 1]);
    expect(Array.from(ta.cmf(high, low, low, volume, 3))).toEqual([NaN, NaN, -1, -1]);
    expect(Array.from(ta.cmf(high, low, [2, 3, 4, 5], volume, 3))).toEqual([NaN, NaN, 0, 0]);
  });
});

describe('volumeProfile', () => {
  it('spreads the volume of a candle evenly over its range', () => {
    const { levels } = ta.volumeProfile([14, 12], [10, 10], [11, 11], [8, 4], 2, 4);
    expect(levels.map(({ low, high, price, volume }) => [low, high, price, volume])).toEqual([
      [10, 11, 10.5, 4],
      [11, 12, 11.5, 4],
      [12, 13, 12.5, 2],
      [13, 14, 13.5, 2],
    ]);
  });

  it('keeps all of the volume', () => {
    const candles = sampleCandles(300);
    const { levels } = ta.volumeProfile(candles, 200, 37);
    const total = candles.volume.slice(-200).reduce((sum, each) => sum + each, 0);
    expect(levels.reduce((sum, { volume }) => sum + volume, 0)).toBeCloseTo(total, 6);
  });

  it('grows the value area from the point of control by the larger neighbour', () => {
    // One-price candles at 0.5 ... 4.5 in five rows: volumes 1, 6, 10, 3, 5 and 0.
    const price = [0, 1.5, 2.5, 3.5, 5];
    const profile = ta.volumeProfile(price, price, price, [1, 6, 10, 3, 5], 5, 5, 70);
    expect(profile.levels.map(({ volume }) => volume)).toEqual([1, 6, 10, 3, 5]);
    expect(profile).toMatchObject({ poc: 2.5, val: 1, vah: 4 });
  });

  it('has a single level where all was traded at one price', () => {
    const profile = ta.volumeProfile([7, 7], [7, 7], [7, 7], [2, 3]);
    expect(profile).toEqual({ poc: 7, vah: 7, val: 7, levels: [{ low: 7, high: 7, price: 7, volume: 5 }] });
  });

  it.each([
    ['fewer than n candles', [[2, 3], [1, 1], [1, 2], [5, 5], 3]],
    ['a gap', [[2, NaN], [1, 1], [1, 2], [5, 5], 2]],
    ['an unknown volume', [[2, 3], [1, 1], [1, 2], [5, NaN], 2]],
    ['no volume', [[2, 3], [1, 1], [1, 2], [0, 0], 2]],
    ['no candles', [[], [], [], []]],
  ])('is NaN with %s', (_, args) => {
    const profile = (ta.volumeProfile as (...all: unknown[]) => unknown)(...args);
    expect(profile).toEqual({ poc: NaN, vah: NaN, val: NaN, levels: [] });
  });
});
