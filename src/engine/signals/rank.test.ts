import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asId } from '../../domain/ids.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import { rankMatches } from './rank.ts';

const match = (name: string, score: number) => ({ symbol: asId<VenueSymbol>(name), score });
const VOLUMES: Readonly<Record<string, number>> = { A: 5, B: 9, C: 5, D: NaN };
const volumeOf = (symbol: VenueSymbol): number => VOLUMES[symbol] ?? NaN;

describe('matches of one check', () => {
  it('compete by score, then quote volume, then symbol, whatever order they come in', () => {
    const matches = [match('E', 7), match('B', 1), match('A', 1), match('C', 1), match('D', 1), match('F', NaN)];
    fc.assert(
      fc.property(fc.shuffledSubarray(matches, { minLength: matches.length }), (shuffled) => {
        expect(rankMatches(shuffled, volumeOf, null).map(({ symbol }) => symbol)).toEqual([
          'E',
          'B',
          'A',
          'C',
          'D',
          'F',
        ]);
      }),
    );
  });

  it('are cut to the best', () => {
    const matches = [match('A', 1), match('B', 2), match('C', 3)];
    expect(rankMatches(matches, volumeOf, 2).map(({ symbol }) => symbol)).toEqual(['C', 'B']);
    expect(rankMatches(matches, volumeOf, 9)).toHaveLength(3);
  });
});
