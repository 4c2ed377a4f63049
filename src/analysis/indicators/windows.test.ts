/** Figures over a window, against their definition computed afresh for every row. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ta } from './index.ts';

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
const weightedMean = (values: readonly number[]) =>
  values.reduce((sum, value, at) => sum + (at + 1) * value, 0) / ((values.length * (values.length + 1)) / 2);

function lineEnd(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const slope =
    values.reduce((sum, value, at) => sum + (at - middle) * value, 0) /
    values.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
  return mean(values) + (values.length > 1 ? slope * middle : 0);
}

const definitions: Record<string, [(x: Float64Array, n: number) => Float64Array, (values: number[]) => number]> = {
  sma: [ta.sma, mean],
  wma: [ta.wma, weightedMean],
  stddev: [ta.stddev, deviation],
  highest: [ta.highest, (values) => Math.max(...values)],
  lowest: [ta.lowest, (values) => Math.min(...values)],
  linreg: [ta.linreg, lineEnd],
  zscore: [
    ta.zscore,
    (values) => {
      const spread = deviation(values);
      // Where the plain formula finds nothing but its own rounding there is no deviation.
      const still = values.every((value) => value === values[0]);
      return still ? NaN : (values.at(-1)! - mean(values)) / spread;
    },
  ],
};

const columns = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: -100_000, max: 100_000 }).map((ticks) => ticks / 1_000) },
    fc.constant(NaN),
  ),
);
const periods = fc.integer({ min: 1, max: 12 });

function fresh(x: readonly number[], n: number, figure: (values: number[]) => number): number[] {
  return x.map((_, row) => (row < n - 1 ? NaN : figure(x.slice(row - n + 1, row + 1))));
}

describe('a figure over the last n values', () => {
  it.each(Object.entries(definitions))(
    '%s is its definition in every window, a NaN spoiling those it is in',
    (_, pair) => {
      const [run, figure] = pair;
      fc.assert(
        fc.property(columns, periods, (x, n) => {
          const got = run(Float64Array.from(x), n);
          fresh(x, n, figure).forEach((wanted, row) => {
            if (Number.isNaN(wanted)) expect(got[row]).toBeNaN();
            else expect(Math.abs(got[row]! - wanted)).toBeLessThan(1e-6 * Math.max(1, Math.abs(wanted)));
          });
        }),
      );
    },
  );

  it('percentRank is the share of the n values before that are at most as high', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 })), periods, (x, n) => {
        const got = Array.from(ta.percentRank(x, n));
        const wanted = x.map((value, row) =>
          row < n ? NaN : (100 * x.slice(row - n, row).filter((each) => each <= value).length) / n,
        );
        expect(got).toEqual(wanted);
      }),
    );
  });
});

describe('a huge value that left the window', () => {
  const x = Float64Array.from({ length: 60 }, (_, row) => (row === 20 ? 1e300 : 1 + (row % 3)));
  const without = x.map((value, row) => (row === 20 ? 1 : value));

  it.each(Object.entries(definitions))('has left no trace in %s', (_, [run]) => {
    expect(run(x, 7).slice(27)).toEqual(run(without, 7).slice(27));
  });
});

describe('a long series on a high level', () => {
  const rows = 300_000;
  const x = Float64Array.from({ length: rows }, (_, row) => 1e9 + Math.sin(row) * 10);
  const lastWindow = Array.from(x.slice(-50));

  it.each(Object.entries(definitions))('%s is as exact at its end as at its beginning', (_, [run, figure]) => {
    const origin = lastWindow.map((value) => value - 1e9);
    const level = run === ta.stddev || run === ta.zscore ? 0 : 1e9;
    const wanted = figure(origin) + level;
    const got = run(x, 50)[rows - 1]!;
    expect(Math.abs(got - wanted)).toBeLessThan(1e-5);
  });
});
