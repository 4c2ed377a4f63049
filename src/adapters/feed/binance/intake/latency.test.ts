import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LatencyHistogram } from './latency.ts';

describe('the latency histogram', () => {
  it('gives percentiles to a millisecond below 128 ms, and to 10 % above', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.double({ min: 0, max: 128, noNaN: true }), fc.double({ min: 128, max: 100_000, noNaN: true })),
          { minLength: 1 },
        ),
        fc.constantFrom(0.01, 0.5, 0.95, 0.99, 1),
        (values, share) => {
          const histogram = new LatencyHistogram();
          for (const value of values) histogram.record(value);
          const sorted = values.toSorted((a, b) => a - b);
          const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;
          const told = histogram.percentile(share);
          expect(told).toBeGreaterThan(exact * 0.999_999);
          expect(told).toBeLessThanOrEqual(Math.max(exact + 1, exact * 1.1));
        },
      ),
    );
  });

  it('remembers one to two minutes', () => {
    const histogram = new LatencyHistogram();
    histogram.advance(0);
    histogram.record(5);
    histogram.advance(60_000);
    histogram.record(50);
    expect(histogram.percentile(0)).toBe(6);
    histogram.advance(120_000);
    expect(histogram.percentile(0)).toBe(51);
    histogram.advance(240_000);
    expect(histogram.percentile(0.5)).toBeNaN();
  });

  it('counts clocks that differ as no time, and leaves out messages without a time', () => {
    const histogram = new LatencyHistogram();
    histogram.record(NaN);
    expect(histogram.percentile(0.5)).toBeNaN();
    histogram.record(-40);
    expect(histogram.percentile(0.5)).toBe(1);
  });
});
