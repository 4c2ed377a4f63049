import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { span } from '../style/line.ts';
import { lineWidth } from '../style/text.ts';
import type { Column, ListingOptions } from './listing.ts';
import { listing, UNSORTED, windowStart } from './listing.ts';

interface Row {
  readonly name: string;
  readonly size: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'Name', width: 4, grows: true, rank: 0, cell: ({ name }) => span(name), sortBy: ({ name }) => name },
  {
    title: 'Size',
    width: 6,
    align: 'right',
    rank: 1,
    cell: ({ size }) => span(String(size)),
    sortBy: ({ size }) => size,
  },
  { title: 'More', width: 6, rank: 2, cell: () => span('more') },
];

const ROWS: readonly Row[] = [
  { name: 'b', size: 2 },
  { name: 'c', size: NaN },
  { name: 'a', size: 3 },
];

function of(options: Partial<ListingOptions<Row>> = {}) {
  return listing({
    columns: COLUMNS,
    rows: ROWS,
    keyOf: ({ name }) => name,
    empty: 'nothing',
    sorting: UNSORTED,
    ...options,
  });
}

function textOf(lines: ReturnType<ReturnType<typeof of>['draw']>): string[] {
  return lines.map((line) =>
    line
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  );
}

describe('a list', () => {
  it('is sorted by names from A on, by figures from the greatest on, what is unknown last', () => {
    expect(of().keys).toEqual(['b', 'c', 'a']);
    expect(of({ sorting: { column: 0, isReversed: false } }).keys).toEqual(['a', 'b', 'c']);
    expect(of({ sorting: { column: 1, isReversed: false } }).keys).toEqual(['a', 'b', 'c']);
    expect(of({ sorting: { column: 1, isReversed: true } }).keys).toEqual(['c', 'b', 'a']);
    expect(of({ sorting: { column: null, isReversed: true } }).keys).toEqual(['a', 'c', 'b']);
  });

  it('leaves out the columns of the highest rank where there is too little room', () => {
    expect(textOf(of().draw(30, 2, null))).toEqual(['  Name             Size More', '  b                   2 more']);
    expect(textOf(of().draw(18, 2, null))).toEqual(['  Name        Size', '  b              2']);
    expect(textOf(of().draw(8, 2, null))).toEqual(['  Name', '  b']);
  });

  it('marks the chosen row by a sign', () => {
    expect(textOf(of().draw(30, 4, 1))[2]).toMatch(/^› c/);
  });

  it('says what there is to do when it is empty', () => {
    expect(textOf(of({ rows: [] }).draw(30, 4, null))).toEqual(['  nothing']);
  });

  it('shows its beginning, its end when it follows, and the chosen row always', () => {
    const rows = Array.from({ length: 50 }, (_, size) => ({ name: `n${size}`, size }));
    expect(textOf(of({ rows }).draw(30, 3, null))[1]).toMatch(/^ {2}n0 /);
    expect(textOf(of({ rows, follows: true }).draw(30, 3, null)).at(-1)).toMatch(/^ {2}n49 /);
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.nat(49), (height, chosen) => {
        const lines = of({ rows }).draw(30, height, chosen);
        expect(lines.length).toBeLessThanOrEqual(height);
        expect(textOf(lines).filter((line) => line.startsWith(`› n${chosen} `))).toHaveLength(1);
      }),
    );
  });

  it('draws rows of one width', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 80 }), (width) => {
        for (const line of of().draw(width, 5, 0)) expect(lineWidth(line)).toBeLessThanOrEqual(width + 1);
      }),
    );
  });

  it('has a window that never leaves it', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(60), fc.nat(120), (count, height, focus) => {
        const start = windowStart(count, height, focus);
        expect(start).toBeGreaterThanOrEqual(0);
        expect(start + Math.min(height, count)).toBeLessThanOrEqual(count);
      }),
    );
  });
});
