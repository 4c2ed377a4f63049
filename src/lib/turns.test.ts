import { describe, expect, it } from 'vitest';

import { Turns } from './turns.ts';

describe('turns', () => {
  it('are taken one after another by the same owner, also after one that failed; other owners do not wait', async () => {
    const [turns, one, other] = [new Turns(), {}, {}];
    const steps: string[] = [];
    const gate = Promise.withResolvers<void>();
    const work =
      (name: string, waits: Promise<void> = Promise.resolve()) =>
      async (): Promise<string> => {
        steps.push(`${name} begins`);
        await waits;
        steps.push(`${name} ends`);
        if (name === 'b') throw new Error('b failed');
        return name;
      };
    const [a, b, c] = [
      turns.take(one, work('a', gate.promise)),
      turns.take(one, work('b')),
      turns.take(one, work('c')),
    ];
    expect(await turns.take(other, work('d'))).toBe('d');
    gate.resolve();
    const outcomes = await Promise.allSettled([a, b, c]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(steps).toEqual(['a begins', 'd begins', 'd ends', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });
});
