import { expect, it } from 'vitest';
import { systemChance } from './chance.ts';

it('system chance is uniform in [0, 1)', () => {
  const drawn = Array.from({ length: 10_000 }, () => systemChance.next());
  expect(drawn.every((draw) => draw >= 0 && draw < 1)).toBe(true);
  // The mean of 10,000 uniform numbers has a standard deviation of 0.003: ten of them off is a fault, never chance.
  expect(drawn.reduce((sum, draw) => sum + draw, 0) / drawn.length).toBeCloseTo(0.5, 1);
});
