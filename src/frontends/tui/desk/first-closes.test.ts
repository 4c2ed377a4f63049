import { describe, expect, it } from 'vitest';

import { FirstCloses } from './first-closes.ts';

describe('the hint after the first closes', () => {
  it.each([
    [
      [1, 2, -1, -2, 3],
      [false, false, true, false, false],
    ],
    [
      [-1, 0, 1, -1],
      [false, false, true, false],
    ],
  ] as const)('comes once, with the trade that completes a win and a loss: %j', (pnls, expected) => {
    const closes = new FirstCloses();
    expect(pnls.map((pnl) => closes.see({ pnl }) !== null)).toEqual(expected);
  });
});
