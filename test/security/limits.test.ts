import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { filterSource } from '../../src/testkit/builders/sandbox-market.ts';
import { AttackedSandbox } from './attacked-sandbox.ts';

const LONGEST_MS = 6_000;

describe('the limits of the product', () => {
  it.concurrent.each([
    ['a loop that can be interrupted', 'for (;;) {}'],
    ['native code that cannot', 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)'],
  ])('end %s within 6 s, by the clock of the check', async (_name, body) => {
    const attacked = new AttackedSandbox({});
    await attacked.start();
    const before = await attacked.witness();
    const startedAt = performance.now();
    const outcome = await attacked.attack(filterSource(body));
    expect(outcome).toMatchObject({ ok: false, fault: { code: 'timeout' }, failuresInARow: 1 });
    // A whole check is what the limit is about: it holds on a busy machine too, because the engine's clock ends it.
    expect(performance.now() - startedAt).toBeLessThan(LONGEST_MS + 1_000);
    expect(await attacked.witness()).toEqual(before);
    await attacked.close();
  });

  it('are those of the contract', async () => {
    const attacked = new AttackedSandbox({});
    expect(attacked.sandbox.limits).toEqual({
      checkMs: 5_000,
      memoryBytes: 64 * 2 ** 20,
      sourceBytes: 10_240,
      resultBytes: 65_536,
    });
    await attacked.close();
  });

  it('give a sandbox process neither environment nor the way to the files of the user', async () => {
    const attacked = new AttackedSandbox();
    await attacked.start();
    const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ');
    const sandboxes = children.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('filter-sandbox'));
    expect(sandboxes.length).toBeGreaterThan(0);
    for (const pid of sandboxes) {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
      expect(environment.toSorted()).toEqual(['LC_ALL=C', 'MALLOC_ARENA_MAX=1', 'TZ=UTC']);
    }
    await attacked.close();
  });
});
