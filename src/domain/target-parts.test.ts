import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, decimal } from './decimal.ts';
import { parseLevel } from './levels.ts';
import { shareParts } from './target-parts.ts';

const at = parseLevel('1r');
const targets = (parts: readonly (string | null)[]) =>
  parts.map((part) => ({ at, part: part === null ? null : decimal(part) }));

describe('the parts of targets', () => {
  it('are equal shares of what the named ones leave', () => {
    const parts = shareParts(targets(['0.4', null, null]))?.map(({ part }) => part.toFixed());
    expect(parts).toEqual(['0.4', '0.3', '0.3']);
  });

  it('are never more than the whole, and all of it when one is unnamed', () => {
    const part = fc.option(fc.integer({ min: -20, max: 120 }).map((percent) => String(percent / 100)));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const shared = shareParts(targets(parts));
        if (shared === null) return;
        const sum = shared.reduce((total, share) => total.plus(share.part), new Decimal(0)).toDecimalPlaces(30);
        expect(sum.lte(1)).toBe(true);
        expect(shared.every((share) => share.part.greaterThan(0))).toBe(true);
        if (parts.includes(null)) expect(sum.toFixed()).toBe('1');
      }),
    );
  });

  it.each([[['0.6', '0.5']], [['1', null]], [['0']], [['-0.1', null]]])('are refused as %j', (parts) => {
    expect(shareParts(targets(parts))).toBeNull();
  });

  it('may leave a rest, and may be none', () => {
    expect(shareParts(targets(['0.5']))).toHaveLength(1);
    expect(shareParts([])).toEqual([]);
  });
});
