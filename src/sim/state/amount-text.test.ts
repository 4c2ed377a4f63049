import { describe, expect, it } from 'vitest';

import { atoms } from '../../matching/atoms.ts';
import { averageText, fixedText } from './amount-text.ts';

describe('amounts in answers', () => {
  it('have the decimals of the rules that hold now', () => {
    expect(fixedText(atoms('0.5'), 3)).toBe('0.500');
    expect(fixedText(atoms('120'), 0)).toBe('120');
    expect(fixedText(0n, 2)).toBe('0.00');
  });

  it('lose no digit that they were made with under finer rules', () => {
    expect(fixedText(atoms('97.02'), 1)).toBe('97.02');
    expect(fixedText(atoms('-97.02'), 1)).toBe('-97.02');
  });

  it('are cut where they are averages', () => {
    expect(averageText(atoms('10'), atoms('3'), 2)).toBe('3.33');
  });
});
