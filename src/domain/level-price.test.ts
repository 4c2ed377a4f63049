import { describe, expect, it } from 'vitest';
import { exchangeRules } from '../testkit/builders/instruments.ts';
import { decimal, price } from './decimal.ts';
import { levelPrice } from './level-price.ts';
import type { DistanceBasis } from './level-price.ts';
import { parseLevel } from './levels.ts';

const BASIS: DistanceBasis = { from: price('100'), atr: decimal('1.5'), risk: decimal('2') };
const rules = exchangeRules();

describe('the price of a level', () => {
  it.each([
    ['64.25', '64.25', '64.25'],
    ['2%', '98', '102'],
    ['2atr', '97', '103'],
    ['1.5r', '97', '103'],
    ['0.333%', '99.66', '100.33'],
  ])('%s is %s as the stop of a long and %s as its target', (level, stop, target) => {
    const long = { ...BASIS, side: 'long', rules } as const;
    const short = { ...BASIS, side: 'short', rules } as const;
    expect(levelPrice(parseLevel(level), long, 'loss')?.toFixed()).toBe(stop);
    expect(levelPrice(parseLevel(level), long, 'profit')?.toFixed()).toBe(target);
    // What lies on one side for a long lies on the other for a short; the rounding turns with it.
    const mirrored = levelPrice(parseLevel(level), short, 'profit');
    expect(mirrored?.minus(stop).abs().lte(rules.tick)).toBe(true);
  });

  it('is unknown while what it counts by is', () => {
    const blind = { from: BASIS.from, atr: null, risk: null, side: 'long', rules } as const;
    expect(levelPrice(parseLevel('2atr'), blind, 'loss')).toBeNull();
    expect(levelPrice(parseLevel('2r'), blind, 'profit')).toBeNull();
    expect(levelPrice(parseLevel('2%'), blind, 'loss')?.toFixed()).toBe('98');
  });

  it('is at least one tick, however far the distance', () => {
    expect(levelPrice(parseLevel('150%'), { ...BASIS, side: 'long', rules }, 'loss')?.toFixed()).toBe('0.01');
  });
});
