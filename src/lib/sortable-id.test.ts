import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from './random.ts';
import { createSortableIds, timeOfSortableId } from './sortable-id.ts';

const NOVEMBER_2026 = 1_795_000_000_000;

/** Ids made while the clock shows one time after the other. */
function idsAt(times: readonly number[], random: () => number): string[] {
  let nowMs = 0;
  const ids = createSortableIds({ now: () => nowMs, random });
  return times.map((timeMs) => {
    nowMs = timeMs;
    return ids.next();
  });
}

function chanceOf(seed: number): () => number {
  const random = seededRandom(seed);
  return () => random.next();
}

/** Clocks that stand, run and jump both ways. */
const clocks = fc
  .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 }), fc.integer({ min: -10_000, max: 10_000 })), {
    maxLength: 200,
  })
  .map((steps) => {
    let timeMs = NOVEMBER_2026;
    return steps.map((step) => (timeMs += step));
  });

/** Chance that is often at its ends, so that groups run over. */
const anyChance = fc
  .infiniteStream(fc.oneof(fc.double({ min: 0, max: 1 - 2 ** -53, noNaN: true }), fc.constantFrom(0, 1 - 2 ** -53)))
  .map((stream) => () => Number(stream.next().value));

describe('sortable ids', () => {
  it('have 24 characters [0-9a-z]', () => {
    fc.assert(
      fc.property(clocks, anyChance, (times, random) => {
        for (const id of idsAt(times, random)) expect(id).toMatch(/^[0-9a-z]{24}$/);
      }),
    );
  });

  it('only grow, within one millisecond, when the clock steps back, and when chance is at its end', () => {
    fc.assert(
      fc.property(clocks, anyChance, (times, random) => {
        const ids = idsAt(times, random);
        ids.slice(1).forEach((id, i) => expect(id > (ids[i] ?? '')).toBe(true));
      }),
    );
  });

  it('sort by their time across sources', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 45 - 2), fc.integer({ min: 1, max: 10 ** 12 }), anyChance, (earlier, step, random) => {
        const later = Math.min(earlier + step, 2 ** 45 - 1);
        const [first = ''] = idsAt([earlier], random);
        const [second = ''] = idsAt([later], random);
        expect(first < second).toBe(true);
      }),
    );
  });

  it('differ between sources that share every millisecond', () => {
    const times = Array.from({ length: 2_000 }, (_, i) => NOVEMBER_2026 + Math.floor(i / 4));
    const ids = [1, 2, 3].flatMap((seed) => idsAt(times, chanceOf(seed)));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are the same for the same clock and seed', () => {
    fc.assert(
      fc.property(clocks, fc.maxSafeInteger(), (times, seed) => {
        expect(idsAt(times, chanceOf(seed))).toEqual(idsAt(times, chanceOf(seed)));
      }),
    );
  });

  it('go on in the next millisecond when a whole millisecond is used up', () => {
    const last = () => 1 - 2 ** -53;
    expect(idsAt([0, 0], last)).toEqual(['000000000zzzzzzzzzzzzzzz', '000000001zzzzzzzzzzzzzzz']);
  });

  it('are not made outside of the years that 9 characters hold', () => {
    expect(() => idsAt([-1], () => 0)).toThrow(RangeError);
    expect(() => idsAt([2 ** 45], () => 0)).toThrow(RangeError);
    expect(() => idsAt([Number.NaN], () => 0)).toThrow(RangeError);
  });

  it('tell when they were made, and other texts do not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 45 - 1 }), anyChance, (timeMs, chance) => {
        const [id = ''] = idsAt([timeMs], chance);
        expect(timeOfSortableId(id)).toBe(timeMs);
      }),
    );
    for (const text of ['', '1k3f', 'u'.repeat(24), '0'.repeat(25)]) expect(timeOfSortableId(text)).toBeNaN();
  });
});
