import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anchorTime,
  candleOpenTime,
  DAY_MS,
  nextUtcMidnight,
  parseDuration,
  TIMEFRAMES,
  timeframeMs,
  WEEK_MS,
} from './time.ts';

const moment = fc.integer({ min: 0, max: 4_000_000_000_000 });
const timeframe = fc.constantFrom(...TIMEFRAMES);

describe('candles', () => {
  it('cover the moment they are asked for', () => {
    fc.assert(
      fc.property(moment, timeframe, (at, length) => {
        const open = candleOpenTime(at, length);
        expect(open).toBeLessThanOrEqual(at);
        expect(at - open).toBeLessThan(timeframeMs(length));
        expect(candleOpenTime(open, length)).toBe(open);
        expect(candleOpenTime(open - 1, length)).toBe(open - timeframeMs(length));
      }),
    );
  });

  it('of a day and less open at multiples of their length since the epoch', () => {
    fc.assert(
      fc.property(moment, timeframe, (at, length) => {
        if (length !== '1w') expect(candleOpenTime(at, length) % timeframeMs(length)).toBe(0);
      }),
    );
  });

  it('of a week open on Monday 00:00 UTC', () => {
    fc.assert(
      fc.property(moment, (at) => {
        const open = new Date(candleOpenTime(at, '1w'));
        expect([open.getUTCDay(), open.toISOString().slice(10)]).toEqual([1, 'T00:00:00.000Z']);
      }),
    );
    expect(new Date(candleOpenTime(Date.UTC(2024, 11, 31, 12), '1w')).toISOString()).toBe('2024-12-30T00:00:00.000Z');
  });

  it('have the lengths that they are named after', () => {
    expect(TIMEFRAMES.map(timeframeMs).map((ms) => ms / 60_000)).toEqual([
      ...[1, 3, 5, 15, 30, 60, 120, 240, 360, 480, 720, 1_440, 10_080],
    ]);
  });
});

describe('the anchor of the columns of a filter', () => {
  const lookback = fc.integer({ min: 2, max: 500 });

  it('leaves from lookback to less than twice as many closed candles', () => {
    fc.assert(
      fc.property(moment, timeframe, lookback, (now, length, candles) => {
        const anchor = anchorTime(now, length, candles);
        expect(candleOpenTime(anchor, length)).toBe(anchor);
        const closed = (candleOpenTime(now, length) - anchor) / timeframeMs(length);
        expect(closed).toBeGreaterThanOrEqual(candles);
        expect(closed).toBeLessThan(2 * candles);
      }),
    );
  });

  it('stays for lookback candles, then moves on by as many', () => {
    fc.assert(
      fc.property(moment, timeframe, lookback, (now, length, candles) => {
        const spanMs = candles * timeframeMs(length);
        const anchor = anchorTime(now, length, candles);
        expect(anchorTime(anchor + spanMs, length, candles)).toBe(anchor);
        expect(anchorTime(anchor + 2 * spanMs - 1, length, candles)).toBe(anchor);
        expect(anchorTime(anchor + 2 * spanMs, length, candles)).toBe(anchor + spanMs);
      }),
    );
  });
});

describe('the next UTC midnight', () => {
  it('lies after the moment, at most a day', () => {
    fc.assert(
      fc.property(moment, (at) => {
        const midnight = nextUtcMidnight(at);
        expect(midnight % DAY_MS).toBe(0);
        expect(midnight - at).toBeGreaterThan(0);
        expect(midnight - at).toBeLessThanOrEqual(DAY_MS);
      }),
    );
  });
});

describe('durations', () => {
  it('are a whole number and a unit', () => {
    const examples = { '30s': 30_000, '5m': 300_000, '4h': 14_400_000, '1d': DAY_MS, '2w': 2 * WEEK_MS, '0s': 0 };
    for (const [text, ms] of Object.entries(examples)) expect(parseDuration(text)).toBe(ms);
  });

  it('are whole milliseconds, also the longest', () => {
    expect(Number.isSafeInteger(parseDuration('9999999w'))).toBe(true);
  });

  it('are nothing else', () => {
    const others = [
      '',
      '5',
      'm',
      '5M',
      '5 m',
      ' 5m',
      '5m ',
      '5m\n',
      '1.5h',
      '-5m',
      '1h30m',
      '5min',
      '1e3s',
      '10000000s',
      'NaNs',
    ];
    for (const text of others) expect(() => parseDuration(text), JSON.stringify(text)).toThrow(/is not a duration/);
  });
});
