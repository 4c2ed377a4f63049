import { describe, expect, it } from 'vitest';

import { Draws, drawAt, normalAt, seriesKey, SmoothNormal, uniformAt } from './chance.ts';

const COUNT = 200_000;

function moments(draw: (i: number) => number): { mean: number; variance: number } {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < COUNT; i += 1) {
    const value = draw(i);
    sum += value;
    squares += value * value;
  }
  return { mean: sum / COUNT, variance: squares / COUNT - (sum / COUNT) ** 2 };
}

describe('chance', () => {
  it('gives the same draws for the same seed and name, and others for others', () => {
    const series = (seed: number, name: string) =>
      Array.from({ length: 50 }, (_, i) => drawAt(seriesKey(seed, name), i));
    expect(series(1, 'a')).toEqual(series(1, 'a'));
    expect(series(1, 'a')).not.toEqual(series(2, 'a'));
    expect(series(1, 'a')).not.toEqual(series(1, 'b'));
    const generated = (seed: number) => {
      const draws = new Draws(seriesKey(seed, 'a'));
      return Array.from({ length: 50 }, () => draws.bits());
    };
    expect(generated(1)).toEqual(generated(1));
    expect(generated(1)).not.toEqual(generated(2));
  });

  it('draws uniform and normal values with the right mean and variance, hashed and generated', () => {
    const key = seriesKey(3, 'moments');
    const draws = new Draws(key);
    for (const draw of [(i: number) => uniformAt(key, i), () => draws.uniform()]) {
      const { mean, variance } = moments(draw);
      expect(mean).toBeCloseTo(0.5, 2);
      expect(variance).toBeCloseTo(1 / 12, 2);
    }
    for (const draw of [(i: number) => normalAt(key, i), () => draws.normal()]) {
      const { mean, variance } = moments(draw);
      expect(Math.abs(mean)).toBeLessThan(0.01);
      expect(Math.abs(variance - 1)).toBeLessThan(0.02);
    }
  });

  it('draws positive values of mean 1', () => {
    const draws = new Draws(seriesKey(4, 'positive'));
    expect(moments(() => draws.exponential()).mean).toBeCloseTo(1, 1);
    expect(moments(() => draws.logNormal()).mean).toBeCloseTo(1, 1);
  });

  it('does not let one series follow another', () => {
    const [a, b] = [seriesKey(5, 'BTCUSDT/hour'), seriesKey(5, 'ETHUSDT/hour')];
    for (const shift of [0, 1, -1, 24]) {
      const { mean } = moments((i) => normalAt(a, i) * normalAt(b, i + shift));
      expect(Math.abs(mean)).toBeLessThan(0.012);
    }
  });

  it('draws a curve without steps that is standard normal everywhere', () => {
    const curve = new SmoothNormal(seriesKey(6, 'curve'));
    for (let x = 0; x < 300; x += 1 / 64) {
      expect(Math.abs(curve.at(x + 1 / 64) - curve.at(x))).toBeLessThan(0.25);
    }
    for (const part of [0, 0.3, 0.5]) {
      const { mean, variance } = moments((i) => curve.at(i + part));
      expect(Math.abs(mean)).toBeLessThan(0.015);
      expect(Math.abs(variance - 1)).toBeLessThan(0.03);
    }
  });
});
