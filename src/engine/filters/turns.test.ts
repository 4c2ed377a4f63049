import { describe, expect, it } from 'vitest';

import { Turns } from './turns.ts';

describe('turns', () => {
  it('do the work of one key one after the other, though one of them fails, and that of others beside it', async () => {
    const turns = new Turns<string>();
    const log: string[] = [];
    const work =
      (name: string, fails = false) =>
      async () => {
        log.push(`${name} begins`);
        await Promise.resolve();
        if (fails) throw new Error(name);
        log.push(`${name} ends`);
        return name;
      };
    const [a1, a2, b1] = [turns.take('a', work('a1', true)), turns.take('a', work('a2')), turns.take('b', work('b1'))];
    expect(turns.isTaken('a')).toBe(true);
    await expect(a1).rejects.toThrow('a1');
    expect(await a2).toBe('a2');
    expect(await b1).toBe('b1');
    expect(log).toEqual(['a1 begins', 'b1 begins', 'b1 ends', 'a2 begins', 'a2 ends']);
    await new Promise(setImmediate);
    expect(turns.isTaken('a')).toBe(false);
  });
});
