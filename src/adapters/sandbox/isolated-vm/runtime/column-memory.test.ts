import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ColumnMemory } from './column-memory.ts';

const CAPACITY = 6;

describe('the memory of private columns', () => {
  it('gives columns of NaN that overlap no other column in use, whatever was given back before', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 300 }), (steps) => {
        const memory = new ColumnMemory(CAPACITY);
        const used: { column: Float64Array; mark: number }[] = [];
        steps.forEach((isTaken, mark) => {
          if (isTaken || used.length === 0) {
            const column = memory.take();
            expect([...column]).toEqual(new Array<number>(CAPACITY).fill(NaN));
            used.push({ column: column.fill(mark), mark });
          } else memory.give(used.splice(mark % used.length, 1)[0]!.column);
        });
        for (const { column, mark } of used) expect([...column]).toEqual(new Array<number>(CAPACITY).fill(mark));
      }),
    );
  });

  it('has one column that all share for an output that nobody reads', () => {
    const memory = new ColumnMemory(CAPACITY);
    expect(memory.unread(1)).toBe(memory.unread(1));
    expect(memory.unread(1)).not.toBe(memory.unread(2));
  });
});
