import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';

import { filterSource } from '../../src/testkit/builders/sandbox-market.ts';
import { createFakeClock } from '../../src/testkit/fake-clock.ts';
import { AttackedSandbox } from './attacked-sandbox.ts';

/** One of each kind of what ends a filter. How soon the sandbox is back after them is a figure of `make bench`. */
const BREAKS: Readonly<Record<string, string>> = {
  'a loop that is interrupted': 'for (;;) {}',
  'native code whose process is killed': 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)',
  'a heap that is full': 'const a = []; for (;;) a.push({ x: a.length })',
  'a process that aborts': 'return "x".repeat(2 ** 28).split("")',
};
const MENDED = filterSource('return { side: "long", conditions: [context.symbol] }');

describe('a sandbox in which a filter broke a limit', { timeout: 60_000 }, () => {
  it.concurrent.each(Object.entries(BREAKS))('goes on with all traders after %s', async (_name, body) => {
    const attacked = new AttackedSandbox();
    try {
      await attacked.start();
      const before = await attacked.witness();
      for (let attempt = 1; attempt <= 2; attempt += 1) {
        expect(await attacked.attack(filterSource(body))).toMatchObject({ ok: false });
        expect(await attacked.witness()).toEqual(before);
      }
      expect(await attacked.attack(MENDED)).toMatchObject({ ok: true, checked: attacked.market.symbols.length });
    } finally {
      await attacked.close();
    }
  });
});

describe('a sandbox that has nothing to do', () => {
  /** Leaves 25 MB of garbage behind. */
  const LITTERING = `let litter = [];\n${filterSource(`
    if (litter?.length === 0) for (let i = 0; i < 250_000; i += 1) litter.push({ i, list: [i] });
    else litter = null;
    return { side: 'long', conditions: [typeof gc, String(Reflect.ownKeys(globalThis).includes('gc'))] }`)}`;
  const clock = createFakeClock();
  const attacked = new AttackedSandbox({ clock });
  afterEach(() => attacked.close());

  const residentBytes = (): number => {
    const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ');
    const sizes = children.map((pid) => Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]));
    return 4_096 * Math.max(...sizes);
  };

  it('gives back what garbage holds, and the collector that does it is no global of a filter', async () => {
    await attacked.start();
    const before = await attacked.witness();
    const littered = await attacked.attack(LITTERING);
    expect(littered).toMatchObject({ ok: true, matches: [{ conditions: ['undefined', 'false'] }, {}, {}] });
    const bytes = residentBytes();
    await clock.advance(1_000);
    // Checks go before: one trader is tidied, the other in the next lull.
    expect(await attacked.witness()).toEqual(before);
    await clock.advance(100);
    expect(await attacked.witness()).toEqual(before);
    expect(residentBytes()).toBeLessThan(bytes - 8 * 2 ** 20);
    expect(await attacked.attack(LITTERING)).toMatchObject({
      ok: true,
      matches: [{ conditions: ['undefined', 'false'] }, {}, {}],
    });
  });
});
