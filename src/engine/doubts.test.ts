import { describe, expect, it } from 'vitest';
import { Doubts } from './doubts.ts';

const KEY = 'position 1';

/** One look: what differs then; `hidden` when an order under way hides it, null when nothing does. */
type Look = readonly [at: number, difference: string | null];

/** What each look takes for real. */
function believed(...looks: readonly Look[]): readonly boolean[] {
  const doubts = new Doubts();
  return looks.map(([at, difference]) => {
    doubts.begin();
    if (difference === 'hidden') doubts.keep(KEY);
    return difference !== null && difference !== 'hidden' && doubts.isReal(KEY, { difference, at });
  });
}

describe('a difference between books and exchange', () => {
  it('is believed when it is found again as it was after two seconds', () => {
    expect(believed([0, '-1'], [1_000, '-1'], [2_000, '-1'])).toEqual([false, false, true]);
    expect(believed([0, '-1'], [2_500, '-2'], [5_000, '-2'])).toEqual([false, false, true]);
  });

  it('begins anew when it was gone in between', () => {
    expect(believed([0, '-1'], [2_500, null], [5_000, '-1'])).toEqual([false, false, false]);
  });

  it('goes on when it could not be looked at in between, however often', () => {
    expect(believed([0, '-1'], [60_000, 'hidden'], [60_100, '-1'])).toEqual([false, false, true]);
    expect(believed([0, 'hidden'], [60_000, 'hidden'], [60_100, '-1'])).toEqual([false, false, false]);
  });
});
