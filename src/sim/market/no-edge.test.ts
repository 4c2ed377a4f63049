import { describe, expect, it } from 'vitest';

import { DAY_MS, MINUTE_MS } from '../../domain/time.ts';
import type { MarketSource } from './source.ts';
import { createSyntheticMarket } from './synthetic-market.ts';

/** The first one leads: it has the largest part of the common factor. */
const SYMBOLS = ['BTCUSDT', 'SOLUSDT', 'XLMUSDT'];
const SEEDS = 100;
const WARM_UP = 61;

interface Candles {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** Minute candles made of the trades of the stream. */
function streamed(source: MarketSource, minutes: number): Candles[] {
  const empty = (): Float64Array => new Float64Array(minutes).fill(NaN);
  const all = SYMBOLS.map(() => ({ open: empty(), high: empty(), low: empty(), close: empty() }));
  const ignore = (): void => undefined;
  source.advanceTo(source.startMs + minutes * MINUTE_MS - 1, {
    trade({ symbolIndex, timeMs, price }) {
      const candles = all[symbolIndex];
      const at = Math.floor((timeMs - source.startMs) / MINUTE_MS);
      if (candles === undefined) return;
      const { open, high, low, close } = candles;
      if (Number.isNaN(open[at])) open[at] = high[at] = low[at] = price;
      high[at] = Math.max(high[at] ?? 0, price);
      low[at] = Math.min(low[at] ?? 0, price);
      close[at] = price;
    },
    ...{ quote: ignore, mark: ignore, raw: ignore },
  });
  for (const { open, high, low, close } of all) {
    for (let at = 1; at < minutes; at += 1) {
      if (Number.isNaN(open[at])) open[at] = high[at] = low[at] = close[at] = close[at - 1] ?? NaN;
    }
  }
  return all;
}

function ofHistory(source: MarketSource, minutes: number): Candles[] {
  const range = { fromMs: source.startMs - minutes * MINUTE_MS, toMs: source.startMs };
  return SYMBOLS.map((_, symbolIndex) => source.history(symbolIndex, '1m', range));
}

type Rule = (at: number, own: Candles, leader: Candles) => number;

const change = (values: Float64Array, at: number, back: number): number => (values[at] ?? 0) - (values[at - back] ?? 0);

function relativeStrength(close: Float64Array, at: number): number {
  let [ups, downs] = [0, 0];
  for (let i = at - 13; i <= at; i += 1) {
    const move = change(close, i, 1);
    if (move > 0) ups += move;
    else downs -= move;
  }
  return ups / (ups + downs || 1);
}

function breakout({ high, low, close }: Candles, at: number): number {
  const last = close[at] ?? 0;
  if (last > Math.max(...high.subarray(at - 30, at))) return 1;
  return last < Math.min(...low.subarray(at - 30, at)) ? -1 : 0;
}

/** Each gives the side to take at the close of a minute: 1 long, -1 short, 0 none. */
const RULES: Record<string, Rule> = {
  'last minute goes on': (at, own) => Math.sign(change(own.close, at, 1)),
  'quarter of an hour goes on': (at, own) => Math.sign(change(own.close, at, 15)),
  'hour goes on': (at, own) => Math.sign(change(own.close, at, 60)),
  'large move turns': (at, own) => {
    const move = change(own.close, at, 1) / (own.close[at] ?? 1);
    return Math.abs(move) > 0.003 ? -Math.sign(move) : 0;
  },
  'oversold turns': (at, own) => {
    const strength = relativeStrength(own.close, at);
    return strength < 0.3 ? 1 : strength > 0.7 ? -1 : 0;
  },
  'breakout goes on': (at, own) => breakout(own, at),
  'leader is followed': (at, _own, leader) => Math.sign(change(leader.close, at, 1)),
  'laggard catches up': (at, own, leader) =>
    Math.sign(change(leader.close, at, 5) / (leader.close[at] ?? 1) - change(own.close, at, 5) / (own.close[at] ?? 1)),
  'wick is rejected': (at, { open, high, low, close }) => {
    const [top, bottom] = [Math.max(open[at] ?? 0, close[at] ?? 0), Math.min(open[at] ?? 0, close[at] ?? 0)];
    return Math.sign(bottom - (low[at] ?? 0) - ((high[at] ?? 0) - top));
  },
  'always long': () => 1,
};

/** Knows the next move in one minute of twenty: an edge that the test must see. */
const ORACLE: Rule = (at, own) =>
  at % 20 === 0 ? Math.sign((own.open[at + 2] ?? 0) - (own.open[at + 1] ?? 0)) : Math.sign(change(own.close, at, 1));

/**
 * The mean result of a rule in standard deviations of a minute's return: decided at a close, filled at the next open,
 * held for `hold` minutes, without fees.
 */
function result(rule: Rule, all: readonly Candles[], hold: number): number {
  let [sum, count] = [0, 0];
  for (const own of all) {
    const moves = [...own.open].slice(1).map((open, i) => open / (own.open[i] ?? 1) - 1);
    const deviation = Math.sqrt(moves.reduce((total, move) => total + move * move, 0) / moves.length);
    for (let at = WARM_UP; at + 1 + hold < own.open.length; at += 1) {
      const side = rule(at, own, all[0] ?? own);
      const move = (own.open[at + 1 + hold] ?? 0) / (own.open[at + 1] ?? 1) - 1;
      sum += (side * move) / (deviation * Math.sqrt(hold));
      count += 1;
    }
  }
  return sum / count;
}

/** Student's t of the hypothesis that the mean is 0. */
function tStatistic(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return mean / Math.sqrt(variance / values.length);
}

function deviationsFromMean(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [left, right] = [deviationsFromMean(a), deviationsFromMean(b)];
  const product = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  return product(left, right) / Math.sqrt(product(left, left) * product(right, right));
}

function returnsOf({ close }: Candles): number[] {
  return [...close].slice(1).map((value, i) => value / (close[i] ?? 1) - 1);
}

function markets(take: (source: MarketSource) => Candles[]): Candles[][] {
  return Array.from({ length: SEEDS }, (_, i) =>
    take(
      createSyntheticMarket({
        ...{ seed: 1_000 + i, symbols: SYMBOLS, markets: ['spot'] },
        startMs: Date.UTC(2026, 0, 1) + i * 3 * DAY_MS,
      }),
    ),
  );
}

const KINDS = [
  { kind: 'stream', all: markets((source) => streamed(source, 360)) },
  { kind: 'history', all: markets((source) => ofHistory(source, 1_000)) },
];

describe.each(KINDS)('the synthetic $kind', ({ all }) => {
  it.each(Object.keys(RULES))('has no edge for the rule "%s"', (name) => {
    const rule = RULES[name] as Rule;
    for (const hold of [1, 10]) {
      expect(Math.abs(tStatistic(all.map((candles) => result(rule, candles, hold))))).toBeLessThan(3.3);
    }
  });

  it('would show an edge if there was one', () => {
    expect(tStatistic(all.map((candles) => result(ORACLE, candles, 1)))).toBeGreaterThan(8);
  });

  it('has returns without memory, of a size that keeps for a while', () => {
    const statistic = (of: (returns: number[]) => number) => all.map((candles) => of(returnsOf(candles[1] as Candles)));
    const next = (values: number[], lag: number) => correlation(values.slice(lag), values.slice(0, -lag));
    const memory = statistic((returns) => next(returns, 1));
    const clustering = statistic((returns) => next(returns.map(Math.abs), 1));
    const laterClustering = statistic((returns) => next(returns.map(Math.abs), 30));
    expect(Math.abs(tStatistic(memory))).toBeLessThan(3.3);
    expect(tStatistic(clustering)).toBeGreaterThan(8);
    expect(tStatistic(laterClustering)).toBeGreaterThan(4);
  });

  it('has symbols that move together, the leader most of all', () => {
    const together = all.map((candles) =>
      correlation(returnsOf(candles[0] as Candles), returnsOf(candles[1] as Candles)),
    );
    const mean = together.reduce((sum, value) => sum + value, 0) / together.length;
    expect(mean).toBeGreaterThan(0.5);
    expect(mean).toBeLessThan(0.9);
  });

  it('moves as much as its symbols really do: some percent a day, with more extremes than a normal distribution', () => {
    const days = all.map((candles) => {
      const returns = returnsOf(candles[1] as Candles);
      return (returns.reduce((sum, value) => sum + value * value, 0) / returns.length) * 1_440;
    });
    const daily = Math.sqrt(days.reduce((sum, value) => sum + value, 0) / days.length);
    expect(daily).toBeGreaterThan(0.035);
    expect(daily).toBeLessThan(0.07);
    const kurtosis = all.map((candles) => {
      const returns = returnsOf(candles[1] as Candles);
      const power = (exponent: number) => returns.reduce((sum, value) => sum + value ** exponent, 0) / returns.length;
      return power(4) / power(2) ** 2;
    });
    expect(kurtosis.reduce((sum, value) => sum + value, 0) / kurtosis.length).toBeGreaterThan(5);
  });
});
